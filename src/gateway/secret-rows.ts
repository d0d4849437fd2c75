import type { Database } from '../db/index.ts';
import type { EntityChange } from '../events/index.ts';
import type { Logger } from '../kernel/index.ts';
import type { AnyPlugin } from '../pdk/index.ts';
import { pluginSubschema } from '../pdk/support.ts';
import type { Row } from '../schema/index.ts';
import { createRowResolver, createVaults, type RowResolver, type VaultRow, vaultSubschema } from '../vaults/index.ts';

/** Rows on their way to the workers: what refers to a vault gets its secret, and again when the vault changes. */
export class SecretRows {
  readonly #vaults = createVaults(process.env);
  readonly #rows: RowResolver;
  /** Rows that refer to vaults, as they are stored, by entity and id. */
  readonly #referring = new Map<string, { readonly entity: string; readonly row: Row }>();

  constructor(database: Database, plugins: readonly AnyPlugin[], logger: Logger) {
    const schemas = new Map(plugins.map((plugin) => [plugin.name, pluginSubschema(plugin)]));
    this.#rows = createRowResolver({
      definitions: database.entities,
      subschema: (entity, key) => {
        if (entity === 'plugins') return schemas.get(key);
        return entity === 'vaults' ? vaultSubschema(key) : undefined;
      },
      resolve: (reference) => this.#vaults.resolve(reference),
      onMissing: (entity, reference, error) => logger.error(`Cannot resolve "${reference}" in ${entity}: ${error}`),
    });
  }

  /** Takes the vaults that are set up already. */
  async readVaults(database: Database): Promise<void> {
    for await (const row of database.dao('vaults').each()) this.#vaults.put(row as unknown as VaultRow);
  }

  /** The row with its secrets. */
  resolve(entity: string, row: Row): Row {
    const resolved = this.#rows.resolve(entity, row);
    if (resolved !== row) this.#referring.set(`${entity} ${String(row['id'])}`, { entity, row });
    else if (this.#referring.size > 0) this.#referring.delete(`${entity} ${String(row['id'])}`);
    return resolved;
  }

  /** The same for changes; a changed vault brings the rows that refer to one along. */
  resolveChanges(changes: readonly EntityChange[]): readonly EntityChange[] {
    let vaultsChanged = false;
    for (const { entity, operation, row } of changes) {
      if (entity !== 'vaults') continue;
      vaultsChanged = true;
      if (operation === 'delete') this.#vaults.delete(String(row['id']));
      else this.#vaults.put(row as unknown as VaultRow);
    }
    const resolved = changes.map((change) => {
      if (change.operation === 'delete') {
        this.#referring.delete(`${change.entity} ${String(change.row['id'])}`);
        return change;
      }
      const row = this.resolve(change.entity, change.row);
      return row === change.row ? change : { ...change, row };
    });
    if (!vaultsChanged) return resolved;
    for (const { entity, row } of [...this.#referring.values()]) {
      resolved.push({ entity, operation: 'update', row: this.resolve(entity, row), old: row });
    }
    return resolved;
  }
}
