import { randomUUID } from 'node:crypto';
import { type Clock, GibbonError } from '../../../kernel/index.ts';
import type { Field } from '../../../schema/index.ts';
import type { Column, TableLayout } from '../columns.ts';
import { encodeRecord } from '../values.ts';
import type { Connection } from './connection.ts';
import { columnDeclarations, createIndexes, createTable, createTagsTable, quoted } from './tables.ts';

/** A step from one layout of the store to the next; it must keep every row. */
export interface Migration {
  readonly version: number;
  readonly up: (connection: Connection) => void;
}

/** Steps beyond what entity definitions say, oldest first; tables, columns and indexes follow the definitions. */
export const migrations: readonly Migration[] = [{ version: 1, up: (connection) => connection.exec(createTagsTable) }];

const createMeta = `CREATE TABLE IF NOT EXISTS "schema_meta" (
  "subsystem" TEXT NOT NULL, "name" TEXT NOT NULL, "value" TEXT NOT NULL, "executed_at" INTEGER NOT NULL,
  PRIMARY KEY ("subsystem", "name")) STRICT`;

/**
 * Brings the store up to date in one transaction and returns the id of its default workspace. Only ever adds: tables,
 * columns, indexes.
 * @throws GibbonError `ERR_STORE_NEWER` when a newer version wrote it
 */
export function migrate(
  connection: Connection,
  path: string,
  layouts: readonly TableLayout[],
  clock: Clock,
  steps: readonly Migration[] = migrations,
): string {
  connection.exec('BEGIN IMMEDIATE');
  try {
    connection.exec(createMeta);
    const meta = createMetaTable(connection, clock);
    runSteps(connection, path, meta, steps);
    for (const layout of layouts) bringUpToDate(connection, meta, layout);
    const workspaceId = meta.get('core', 'default_workspace') ?? randomUUID();
    meta.set('core', 'default_workspace', workspaceId);
    connection.exec('COMMIT');
    return workspaceId;
  } catch (fault) {
    connection.exec('ROLLBACK');
    throw fault;
  }
}

interface MetaTable {
  get(subsystem: string, name: string): string | undefined;
  set(subsystem: string, name: string, value: string): void;
}

function createMetaTable(connection: Connection, clock: Clock): MetaTable {
  return {
    get(subsystem, name) {
      const sql = 'SELECT "value" FROM "schema_meta" WHERE "subsystem" = ? AND "name" = ?';
      return connection.get(sql, [subsystem, name])?.[0] as string | undefined;
    },
    set(subsystem, name, value) {
      const sql =
        'INSERT INTO "schema_meta" VALUES (?, ?, ?, ?) ON CONFLICT ("subsystem", "name") ' +
        'DO UPDATE SET "value" = excluded."value", "executed_at" = excluded."executed_at" ' +
        'WHERE "value" <> excluded."value"';
      connection.run(sql, [subsystem, name, value, Math.floor(clock.now() / 1000)]);
    },
  };
}

function runSteps(connection: Connection, path: string, meta: MetaTable, steps: readonly Migration[]): void {
  const newest = steps.at(-1)?.version ?? 0;
  const found = Number(meta.get('core', 'version') ?? 0);
  if (found > newest) {
    throw new GibbonError(
      `Cannot open the store "${path}": a newer version wrote it (store layout ${found}, this version knows ${newest}): ` +
        'start that version again, or put back a copy of the file from before the upgrade',
      { code: 'ERR_STORE_NEWER' },
    );
  }
  for (const step of steps) if (step.version > found) step.up(connection);
  meta.set('core', 'version', String(newest));
}

function bringUpToDate(connection: Connection, meta: MetaTable, layout: TableLayout): void {
  const present = new Set(
    connection.all(`SELECT "name" FROM pragma_table_info(?)`, [layout.entity]).map(([name]) => String(name)),
  );
  if (present.size === 0) {
    connection.exec(createTable(layout));
  } else {
    for (const [name, declaration] of columnDeclarations(layout)) {
      if (!present.has(name)) addColumn(connection, layout, name, declaration);
    }
  }
  for (const statement of createIndexes(layout)) connection.exec(statement);
  meta.set('entity', layout.entity, JSON.stringify(columnDeclarations(layout).map(([name]) => name)));
}

function addColumn(connection: Connection, layout: TableLayout, name: string, declaration: string): void {
  connection.exec(`ALTER TABLE ${quoted(layout.entity)} ADD COLUMN ${declaration}`);
  const column = layout.columns.find((candidate) => candidate.name === name);
  const value = column === undefined ? undefined : defaultOf(column);
  if (value === undefined) return;
  // Rows from before the field existed are given its default, as an insert would have.
  const encoded = encodeRecord(
    { ...layout, columns: [column!], hasCacheKey: false, hasWorkspace: false },
    { row: value },
    '',
  );
  connection.run(`UPDATE ${quoted(layout.entity)} SET ${quoted(name)} = ?`, encoded);
}

function defaultOf(column: Column): { readonly [field: string]: unknown } | undefined {
  const value = (column.definition as Field).default;
  return value === undefined || value === null ? undefined : { [column.field]: value };
}
