import { type Clock, GibbonError } from '../../../kernel/index.ts';
import type { Row } from '../../../schema/index.ts';
import { inLots } from '../lots.ts';
import type {
  Addition,
  NewRecord,
  ReadSession,
  StoredRecord,
  TagRecord,
  Violation,
  WorkPromise,
  WriteSession,
} from '../strategy.ts';
import type { Catalogue } from './catalogue.ts';
import { type Client, type SqlRow, type SqlValue, storeFault } from './connection.ts';
import {
  addition,
  isPerWorkspace,
  keyColumns,
  type Query,
  selectByField,
  selectDistinct,
  selectListing,
  selectPage,
  selectTags,
  selectValues,
} from './statements.ts';
import type { Table } from './tables.ts';
import { decodeRecord, encodeRecord, hasNul, unstorableField } from './values.ts';
import { isBadValue, isConstraint, violationOf } from './violations.ts';

/** What sessions of one store share. */
export interface SessionContext {
  readonly tables: ReadonlyMap<string, Table>;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly workspaceId: string;
}

/** Reads through a connection, or through whichever one of a pool is free. */
export function createReadSession(client: Client, context: SessionContext): ReadSession {
  const now = (): number => context.clock.now() / 1000;

  async function all({ sql, values }: Query): Promise<readonly SqlRow[]> {
    // What cannot be the value of a column is the value of no row.
    if (values.some(hasNul)) return [];
    try {
      return (await client.query(sql, values)).rows;
    } catch (fault) {
      if (isBadValue(fault)) return [];
      throw storeFault('read from', fault);
    }
  }

  async function one(table: Table, sql: string, values: readonly SqlValue[]): Promise<StoredRecord | undefined> {
    const [found] = await all({ sql, values: table.layout.hasTtl ? [...values, now()] : values });
    return found === undefined ? undefined : decodeRecord(table, found);
  }

  return {
    select(entity, key) {
      const table = tableOf(context, entity);
      return one(table, table.statements.select, key);
    },
    async selectMany(entity, keys) {
      const table = tableOf(context, entity);
      const sql = table.statements.selectMany;
      const found: StoredRecord[] = [];
      for (const lot of inLots(keys.filter((key) => !hasNul(key)))) {
        const values = table.layout.hasTtl ? [...lot, now()] : lot;
        for (const row of await all({ sql, values })) found.push(decodeRecord(table, row));
      }
      return found;
    },
    selectBy(entity, field, value) {
      const table = tableOf(context, entity);
      const values = isPerWorkspace(table, field) ? [context.workspaceId, value] : [value];
      return one(table, selectByField(table, field), values);
    },
    selectByCacheKey(entity, cacheKey) {
      const table = tableOf(context, entity);
      return one(table, table.statements.selectByCacheKey, [cacheKey]);
    },
    async page(entity, query) {
      const table = tableOf(context, entity);
      return (await all(selectPage(table, query, now()))).map((values) => decodeRecord(table, values));
    },
    async pageTags(query) {
      return (await all(selectTags(query))).map(
        ([tag, entity_name, entity_id, ordinality]) =>
          ({ tag, entity_name, entity_id, ordinality: Number(ordinality) }) as TagRecord,
      );
    },
    async findListing(entity, path, value) {
      const table = tableOf(context, entity);
      const [found] = await all(selectListing(table, path, value, now()));
      return found === undefined ? undefined : decodeRecord(table, found);
    },
    async distinct(entity, field) {
      const rows = await all({ sql: selectDistinct(tableOf(context, entity), field), values: [] });
      return rows.map(([value]) => value!);
    },
  };
}

/** Reads and writes through a connection that is inside a transaction. */
export function createWriteSession(client: Client, context: SessionContext, promise?: WorkPromise): WriteSession {
  /** A failed statement would end the transaction: it is undone alone, unless all is to be undone anyway. */
  async function attempt(
    table: Table,
    row: Row,
    sql: string,
    values: readonly SqlValue[],
  ): Promise<Violation | undefined> {
    // Where rows expire, a statement is tried again once the expired ones are gone.
    const isAlone = promise?.endsAtFirstViolation !== true || table.layout.hasTtl;
    try {
      if (isAlone) await client.script('SAVEPOINT "attempt"');
      await client.query(sql, values);
      if (isAlone) await client.script('RELEASE SAVEPOINT "attempt"');
      return undefined;
    } catch (fault) {
      if (!isConstraint(fault)) throw storeFault('write to', fault);
      if (isAlone) await client.script('ROLLBACK TO SAVEPOINT "attempt"; RELEASE SAVEPOINT "attempt"');
      return violationOf(table, row, context.tables.values(), context.catalogue, fault);
    }
  }

  async function write(
    table: Table,
    sql: string,
    record: NewRecord,
    values: readonly SqlValue[],
  ): Promise<Violation | undefined> {
    const unstorable = unstorableField(table, record.row);
    if (unstorable !== undefined) {
      return { kind: 'unstorable', field: unstorable, reason: 'must not contain the character of code 0' };
    }
    const violation = await attempt(table, record.row, sql, values);
    if (violation === undefined || !table.layout.hasTtl || violation.kind === 'foreign') return violation;
    // A row that has expired but was not swept yet must not keep its successor out.
    return (await removeExpired(client, context, table)) > 0 ? attempt(table, record.row, sql, values) : violation;
  }

  function encoded(table: Table, record: NewRecord): SqlValue[] {
    const values = encodeRecord(table, record, context.workspaceId);
    if (table.layout.hasTtl && record.expiresAt !== undefined) values.push(record.expiresAt);
    return values;
  }

  return {
    ...createReadSession(client, context),
    insert(entity, record) {
      const table = tableOf(context, entity);
      const whole = { ...record, expiresAt: record.expiresAt ?? null };
      return write(table, table.statements.insert, record, encoded(table, whole));
    },
    upsert(entity, record) {
      const table = tableOf(context, entity);
      const whole = { ...record, expiresAt: record.expiresAt ?? null };
      return write(table, table.statements.upsert, record, encoded(table, whole));
    },
    update(entity, key, record) {
      const table = tableOf(context, entity);
      const { update, updateKeepingTtl } = table.statements;
      const sql = record.expiresAt === undefined ? updateKeepingTtl : update;
      return write(table, sql, record, [...encoded(table, record), ...key]);
    },
    delete(entity, key) {
      const table = tableOf(context, entity);
      return attempt(table, {}, table.statements.delete, key);
    },
  };
}

/** Adds to the values of rows, each for itself, and returns the sums. */
export async function addToValues(
  client: Client,
  context: SessionContext,
  entity: string,
  additions: readonly Addition[],
): Promise<readonly number[]> {
  const table = tableOf(context, entity);
  const keys = keyColumns(table);
  const sums = new Map<string, number>();
  // What the server gives back is text, which for a time may have more digits than were bound.
  const nameOf = (key: readonly unknown[]): string =>
    JSON.stringify(key.map((part, at) => (keys[at]!.definition.type === 'integer' ? Number(part) : part)));
  const collect = async ({ sql, values }: Query): Promise<void> => {
    for (const row of (await client.query(sql, values)).rows) {
      sums.set(nameOf(row.slice(0, -1)), Number(row.at(-1)));
    }
  };
  const written = additions.filter(({ by }) => by !== 0);
  const asked = additions.filter(({ by }) => by === 0);
  try {
    if (written.length > 0) await collect(addition(table, written));
    if (asked.length > 0) await collect(selectValues(table, asked));
  } catch (fault) {
    throw storeFault('write to', fault);
  }
  return additions.map(({ key }) => sums.get(nameOf(key)) ?? 0);
}

/** Deletes the expired rows of a table and returns how many. */
export async function removeExpired(client: Client, context: SessionContext, table: Table): Promise<number> {
  const statement = table.statements.removeExpired;
  if (statement === undefined) return 0;
  try {
    return (await client.query(statement, [context.clock.now() / 1000])).count;
  } catch (fault) {
    throw storeFault('delete from', fault);
  }
}

function tableOf(context: SessionContext, entity: string): Table {
  const table = context.tables.get(entity);
  if (table === undefined) {
    throw new GibbonError(`Cannot find the table of "${entity}": no such entity`, { code: 'ERR_STORE_ENTITY' });
  }
  return table;
}
