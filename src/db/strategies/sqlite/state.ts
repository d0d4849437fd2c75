import { existsSync, rmSync } from 'node:fs';
import type { Clock } from '../../../kernel/index.ts';
import type { EntityDefinition } from '../../../schema/index.ts';
import type { MigrationGroup, StoreMaintenance } from '../state.ts';
import { connect } from './connection.ts';
import { createSqliteStrategy } from './index.ts';
import { migrations } from './migrations.ts';

/** How far the layout of a SQLite store has come. */
export interface SqliteState {
  /** Steps that were taken, by their version. */
  readonly executed: readonly number[];
  /** Steps that this version knows and the store has not taken. */
  readonly missing: readonly number[];
}

/**
 * Reads how far a store has come, without changing it; undefined when there is none at the path.
 * @throws GibbonError `ERR_STORE_OPEN` when the file is not a store
 */
export function readSqliteState(path: string): SqliteState | undefined {
  if (!existsSync(path)) return undefined;
  const connection = connect(path, { readOnly: true });
  try {
    const table = connection.get(`SELECT 1 FROM "sqlite_schema" WHERE "name" = 'schema_meta'`, []);
    if (table === undefined) return undefined;
    const sql = `SELECT "value" FROM "schema_meta" WHERE "subsystem" = 'core' AND "name" = 'version'`;
    const version = Number(connection.get(sql, [])?.[0] ?? 0);
    const versions = migrations.map((step) => step.version);
    return {
      executed: versions.filter((known) => known <= version),
      missing: versions.filter((known) => known > version),
    };
  } finally {
    connection.close();
  }
}

/** Deletes a store with everything in it. No process may have it open. */
export function deleteSqliteStore(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
}

/** What the operator may do with a SQLite store; see {@link StoreMaintenance}. */
export function createSqliteMaintenance(
  path: string,
  entities: readonly EntityDefinition[],
  clock: Clock,
): StoreMaintenance {
  const group = (versions: readonly number[]): readonly MigrationGroup[] => {
    const names = versions.map((version) => String(version).padStart(3, '0'));
    return names.length === 0 ? [] : [{ subsystem: 'core', namespace: 'gibbon', names }];
  };
  return {
    async state() {
      const state = readSqliteState(path);
      return state && { executed: group(state.executed), pending: [], missing: group(state.missing) };
    },
    async migrate() {
      const strategy = createSqliteStrategy({ path, clock });
      await strategy.open(entities.filter(({ name }) => name !== 'tags'));
      await strategy.close();
    },
    async reset() {
      deleteSqliteStore(path);
    },
  };
}
