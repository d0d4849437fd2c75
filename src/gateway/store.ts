import { randomUUID } from 'node:crypto';
import type { RowRequest } from '../cache/index.ts';
import { createDatabase, createSqliteStrategy, type Database, type Strategy } from '../db/index.ts';
import { coreEntities } from '../entities/index.ts';
import type { EntityChange, EntityEvent } from '../events/index.ts';
import { GibbonError, type Logger, randomString, systemClock } from '../kernel/index.ts';
import type { AnyPlugin } from '../pdk/index.ts';
import { pluginSubschema } from '../pdk/support.ts';
import type { EntityDefinition, Row } from '../schema/index.ts';
import type { Settings } from '../settings/index.ts';
import { vaultSubschema } from '../vaults/index.ts';

/** Entities that every worker holds whole, in the order in which they are handed over. */
const heldWhole = [
  'certificates',
  'ca_certificates',
  'snis',
  'upstreams',
  'targets',
  'services',
  'routes',
  'plugins',
] as const;

const batch = 1000;

/** Core entities and those of the plugins. */
export function entitiesOf(plugins: readonly AnyPlugin[]): readonly EntityDefinition[] {
  const all: EntityDefinition[] = [...coreEntities];
  for (const plugin of plugins) {
    for (const entity of plugin.entities ?? []) {
      if (!all.some((known) => known.name === entity.name)) all.push(entity);
    }
  }
  return all;
}

/**
 * Opens the store that the settings name, or the one that is given.
 * @throws GibbonError of the store, such as `ERR_STORE_OPEN`.
 */
export function openStore(
  settings: Settings,
  plugins: readonly AnyPlugin[],
  logger: Logger,
  onEvent: (event: EntityEvent) => void,
  strategy: Strategy = createSqliteStrategy({ path: settings.sqlite_path, clock: systemClock }),
): Promise<Database> {
  const schemas = new Map(plugins.map((plugin) => [plugin.name, pluginSubschema(plugin)]));
  return createDatabase({
    strategy,
    entities: entitiesOf(plugins),
    environment: {
      now: () => systemClock.now(),
      uuid: () => randomUUID(),
      randomString: () => randomString(),
      subschema: (entity, key) =>
        entity === 'plugins' ? schemas.get(key) : entity === 'vaults' ? vaultSubschema(key) : undefined,
    },
    onEvent,
    clock: systemClock,
    logger,
  });
}

/** Puts secrets in place of what refers to them in a row of an entity. */
export type ResolveRow = (entity: string, row: Row) => Row;

/** Everything that a new worker must hold, as changes in batches. */
export async function* loadAll(database: Database, resolve: ResolveRow): AsyncIterable<readonly EntityChange[]> {
  for (const entity of heldWhole) {
    let offset: string | undefined;
    do {
      const page = await database.dao(entity).page({ size: batch, ...(offset === undefined ? {} : { offset }) });
      if (!page.ok) {
        throw new GibbonError(`Cannot read ${entity} from the store: ${page.error.message}`, {
          code: 'ERR_STORE_READ',
        });
      }
      if (page.value.rows.length > 0) {
        yield page.value.rows.map((row): EntityChange => ({ entity, operation: 'create', row: resolve(entity, row) }));
      }
      offset = page.value.offset;
    } while (offset !== undefined);
  }
}

/** Looks up a row for a worker. */
export async function findRow(database: Database, request: RowRequest, resolve: ResolveRow): Promise<Row | undefined> {
  const dao = database.dao(request.entity);
  const found =
    request.by === 'id'
      ? await dao.select(request.id)
      : request.by === 'field'
        ? await dao.selectBy(request.field, request.value)
        : await dao.selectByCacheKey(...request.values);
  // What cannot be a key of a row, such as an id that is no UUID, names no row.
  return found.ok && found.value !== undefined ? resolve(request.entity, found.value) : undefined;
}
