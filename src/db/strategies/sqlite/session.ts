import type { Clock } from '../../../kernel/index.ts';
import { GibbonError, messageOf } from '../../../kernel/index.ts';
import type { TableLayout } from '../columns.ts';
import type {
  Addition,
  NewRecord,
  ReadSession,
  StoredRecord,
  TagRecord,
  Violation,
  WriteSession,
} from '../strategy.ts';
import { decodeRecord, encodeRecord, type SqlValue } from '../values.ts';
import type { Connection } from './connection.ts';
import {
  isPerWorkspace,
  type Query,
  selectByField,
  selectListing,
  selectPage,
  selectTags,
  type TableStatements,
  tableStatements,
} from './statements.ts';
import { quoted } from './tables.ts';
import { deleteViolation, isConstraint, writeViolation } from './violations.ts';

/** A table with its statements, built once. */
export interface Table {
  readonly layout: TableLayout;
  readonly statements: TableStatements;
}

/** What sessions of one store share. */
export interface SessionContext {
  readonly tables: ReadonlyMap<string, Table>;
  readonly clock: Clock;
  readonly workspaceId: string;
}

/** Builds the table of a layout. */
export function createTable(layout: TableLayout): Table {
  return { layout, statements: tableStatements(layout) };
}

/** Reads through a connection. */
export function createReadSession(connection: Connection, context: SessionContext): ReadSession {
  const now = (): number => context.clock.now() / 1000;

  function one(table: Table, sql: string, values: readonly SqlValue[]): StoredRecord | undefined {
    const bound = table.layout.hasTtl ? [...values, now()] : values;
    const found = attempt('read from', () => connection.get(sql, bound));
    return found === undefined ? undefined : decodeRecord(table.layout, found);
  }

  function all(query: Query): readonly (readonly SqlValue[])[] {
    return attempt('read from', () => connection.all(query.sql, query.values));
  }

  return {
    async select(entity, key) {
      const table = tableOf(context, entity);
      return one(table, table.statements.select, key);
    },
    async selectBy(entity, field, value) {
      const table = tableOf(context, entity);
      const bound = typeof value === 'boolean' ? Number(value) : value;
      const values = isPerWorkspace(table.layout, field) ? [context.workspaceId, bound] : [bound];
      return one(table, selectByField(table.layout, field), values);
    },
    async selectByCacheKey(entity, cacheKey) {
      const table = tableOf(context, entity);
      return one(table, table.statements.selectByCacheKey, [cacheKey]);
    },
    async page(entity, query) {
      const { layout } = tableOf(context, entity);
      return all(selectPage(layout, query, now())).map((values) => decodeRecord(layout, values));
    },
    async pageTags(query) {
      return all(selectTags(query)).map(
        ([tag, entity_name, entity_id, ordinality]) => ({ tag, entity_name, entity_id, ordinality }) as TagRecord,
      );
    },
    async findListing(entity, path, value) {
      const { layout } = tableOf(context, entity);
      const found = all(selectListing(layout, path, value, now()))[0];
      return found === undefined ? undefined : decodeRecord(layout, found);
    },
    async distinct(entity, field) {
      const column = quoted(field);
      const table = quoted(tableOf(context, entity).layout.entity);
      const sql = `SELECT DISTINCT ${column} FROM ${table} WHERE ${column} IS NOT NULL ORDER BY ${column}`;
      return all({ sql, values: [] }).map(([value]) => String(value));
    },
  };
}

/** Reads and writes through a connection that is inside a transaction. */
export function createWriteSession(connection: Connection, context: SessionContext): WriteSession {
  function write(table: Table, sql: string, record: NewRecord, values: readonly SqlValue[]): Violation | undefined {
    try {
      connection.run(sql, values);
      return undefined;
    } catch (fault) {
      if (!isConstraint(fault)) throw storeFault('write to', fault);
      const violation = writeViolation(connection, table.layout, record, fault);
      // A row that has expired but was not swept yet must not keep its successor out.
      if (table.layout.hasTtl && violation.kind !== 'foreign' && removeExpired(connection, context, table) > 0) {
        return write(table, sql, record, values);
      }
      return violation;
    }
  }

  function encoded(table: Table, record: NewRecord): SqlValue[] {
    const values = encodeRecord(table.layout, record, context.workspaceId);
    if (table.layout.hasTtl && record.expiresAt !== undefined) values.push(record.expiresAt);
    return values;
  }

  return {
    ...createReadSession(connection, context),
    async insert(entity, record) {
      const table = tableOf(context, entity);
      const whole = { ...record, expiresAt: record.expiresAt ?? null };
      return write(table, table.statements.insert, record, encoded(table, whole));
    },
    async upsert(entity, record) {
      const table = tableOf(context, entity);
      const whole = { ...record, expiresAt: record.expiresAt ?? null };
      return write(table, table.statements.upsert, record, encoded(table, whole));
    },
    async update(entity, key, record) {
      const table = tableOf(context, entity);
      const { update, updateKeepingTtl } = table.statements;
      const sql = record.expiresAt === undefined ? updateKeepingTtl : update;
      return write(table, sql, record, [...encoded(table, record), ...key]);
    },
    async delete(entity, key) {
      const table = tableOf(context, entity);
      try {
        connection.run(table.statements.delete, key);
        return undefined;
      } catch (fault) {
        if (!isConstraint(fault)) throw storeFault('delete from', fault);
        const layouts = [...context.tables.values()].map((candidate) => candidate.layout);
        return deleteViolation(connection, layouts, entity, String(key[0]), fault);
      }
    },
  };
}

/** Adds to the values of rows and returns the sums; to be called inside a transaction. */
export function addToValues(
  connection: Connection,
  context: SessionContext,
  entity: string,
  additions: readonly Addition[],
): readonly number[] {
  const { layout, statements } = tableOf(context, entity);
  return attempt('write to', () =>
    additions.map(({ key, by, expiresAt }) => {
      if (by === 0) return Number(connection.get(statements.selectValue, key)?.[0] ?? 0);
      const values = layout.hasTtl ? [...key, by, expiresAt] : [...key, by];
      return Number(connection.get(statements.add, values)![0]);
    }),
  );
}

/** Deletes the expired rows of a table and returns how many. */
export function removeExpired(connection: Connection, context: SessionContext, table: Table): number {
  return attempt('delete from', () => connection.run(table.statements.removeExpired, [context.clock.now() / 1000]));
}

function tableOf(context: SessionContext, entity: string): Table {
  const table = context.tables.get(entity);
  if (table === undefined) {
    throw new GibbonError(`Cannot find the table of "${entity}": no such entity`, { code: 'ERR_STORE_ENTITY' });
  }
  return table;
}

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (fault) {
    throw storeFault(what, fault);
  }
}

function storeFault(what: string, fault: unknown): GibbonError {
  return new GibbonError(`Cannot ${what} the store: ${messageOf(fault)}`, { code: 'ERR_STORE', cause: fault });
}
