import { type Clock, GibbonError } from '../../../kernel/index.ts';
import type { Row } from '../../../schema/index.ts';
import type { TableLayout } from '../columns.ts';
import { inLots } from '../lots.ts';
import type {
  Addition,
  Key,
  NewRecord,
  ReadSession,
  StoredRecord,
  TagRecord,
  Violation,
  WriteSession,
} from '../strategy.ts';
import { decodeRecord, encodeRecord, type SqlValue } from '../values.ts';
import { type Client, type SqlRow, storeFault } from './connection.ts';
import {
  deleteTags,
  isPerWorkspace,
  type Query,
  selectByField,
  selectDistinct,
  selectListing,
  selectPage,
  selectTags,
  sumOffset,
  type TableStatements,
  tableStatements,
  tagsInsertion,
} from './statements.ts';
import { isConstraint, violationOf } from './violations.ts';

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

/** Reads through a connection, or through whichever one of a pool is free. */
export function createReadSession(client: Client, context: SessionContext): ReadSession {
  const now = (): number => context.clock.now() / 1000;

  async function all({ sql, values }: Query): Promise<readonly SqlRow[]> {
    try {
      return await client.query(sql, values);
    } catch (fault) {
      throw storeFault('read from', fault);
    }
  }

  async function one(table: Table, sql: string, values: readonly SqlValue[]): Promise<StoredRecord | undefined> {
    const [found] = await all({ sql, values: table.layout.hasTtl ? [...values, now()] : values });
    return found === undefined ? undefined : decodeRecord(table.layout, found);
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
      for (const lot of inLots(keys)) {
        const values = table.layout.hasTtl ? [...lot, now()] : lot;
        for (const row of await all({ sql, values })) found.push(decodeRecord(table.layout, row));
      }
      return found;
    },
    selectBy(entity, field, value) {
      const table = tableOf(context, entity);
      const bound = typeof value === 'boolean' ? Number(value) : value;
      const values = isPerWorkspace(table.layout, field) ? [context.workspaceId, bound] : [bound];
      return one(table, selectByField(table.layout, field), values);
    },
    selectByCacheKey(entity, cacheKey) {
      const table = tableOf(context, entity);
      return one(table, table.statements.selectByCacheKey, [cacheKey]);
    },
    async page(entity, query) {
      const { layout } = tableOf(context, entity);
      return (await all(selectPage(layout, query, now()))).map((values) => decodeRecord(layout, values));
    },
    async pageTags(query) {
      const tagged = [...context.tables.values()].filter(({ layout }) => layout.hasTags);
      if (tagged.length === 0) return [];
      const names = tagged.map(({ layout }) => layout.entity);
      return (await all(selectTags(names, query))).map(
        ([tag, entity_name, entity_id, ordinality]) => ({ tag, entity_name, entity_id, ordinality }) as TagRecord,
      );
    },
    async findListing(entity, path, value) {
      const { layout } = tableOf(context, entity);
      const [found] = await all(selectListing(layout, path, value, now()));
      return found === undefined ? undefined : decodeRecord(layout, found);
    },
    async distinct(entity, field) {
      const rows = await all({ sql: selectDistinct(tableOf(context, entity).layout, field), values: [] });
      return rows.map(([value]) => String(value));
    },
  };
}

/** Reads and writes through a connection that is inside a transaction; a refused statement undoes itself alone. */
export function createWriteSession(client: Client, context: SessionContext): WriteSession {
  async function attempt(layout: TableLayout, work: () => Promise<unknown>): Promise<Violation | undefined> {
    try {
      await work();
      return undefined;
    } catch (fault) {
      if (isConstraint(fault)) return violationOf(layout, fault);
      throw storeFault('write to', fault);
    }
  }

  async function write(
    table: Table,
    row: Row,
    work: () => Promise<unknown>,
    { isNew }: { readonly isNew: boolean },
  ): Promise<Violation | undefined> {
    const { layout } = table;
    const whole = async (): Promise<void> => {
      await work();
      if (!layout.hasTags) return;
      if (!isNew) await client.run(deleteTags(layout.entity), [String(row.id)]);
      await insertTags(layout.entity, String(row.id), row.tags);
    };
    const violation = await attempt(layout, whole);
    if (violation === undefined || !layout.hasTtl || violation.kind === 'foreign') return violation;
    // A row that has expired but was not swept yet must not keep its successor out.
    return (await removeExpired(client, context, table)) > 0 ? attempt(layout, whole) : violation;
  }

  async function insertTags(entity: string, id: string, tags: unknown): Promise<void> {
    const list = (tags ?? []) as readonly string[];
    if (list.length === 0) return;
    await client.run(
      tagsInsertion(entity, list.length),
      list.flatMap((tag, at) => [id, at + 1, tag]),
    );
  }

  function encoded(table: Table, record: NewRecord): SqlValue[] {
    const values = encodeRecord(table.layout, record, context.workspaceId);
    if (table.layout.hasTtl && record.expiresAt !== undefined) values.push(record.expiresAt);
    return values;
  }

  function insert(table: Table, record: NewRecord): Promise<Violation | undefined> {
    const values = encoded(table, { ...record, expiresAt: record.expiresAt ?? null });
    return write(table, record.row, () => client.run(table.statements.insert, values), { isNew: true });
  }

  function update(table: Table, key: Key, record: NewRecord): Promise<Violation | undefined> {
    const { statements } = table;
    const sql = record.expiresAt === undefined ? statements.updateKeepingTtl : statements.update;
    const values = [...encoded(table, record), ...key];
    return write(table, record.row, () => client.run(sql, values), { isNew: false });
  }

  return {
    ...createReadSession(client, context),
    insert: (entity, record) => insert(tableOf(context, entity), record),
    update: (entity, key, record) => update(tableOf(context, entity), key, record),
    async upsert(entity, record, isThere) {
      const table = tableOf(context, entity);
      const key = table.layout.primaryKey.map((name) => record.row[name] as string | number);
      const whole = { ...record, expiresAt: record.expiresAt ?? null };
      if (isThere) return update(table, key, whole);
      // ON DUPLICATE KEY would also take the row of another primary key that has one of the unique values. The primary key
      // is looked at first, so its violation says that an expired row is there.
      const violation = await insert(table, whole);
      return violation?.kind === 'primary' ? update(table, key, whole) : violation;
    },
    delete(entity, key) {
      const table = tableOf(context, entity);
      return attempt(table.layout, () => client.run(table.statements.delete, key));
    },
  };
}

/** Adds to the values of rows, one by one, and returns the sums. */
export async function addToValues(
  client: Client,
  context: SessionContext,
  entity: string,
  additions: readonly Addition[],
): Promise<readonly number[]> {
  const { layout, statements } = tableOf(context, entity);
  const sums: number[] = [];
  for (const { key, by, expiresAt } of additions) {
    if (by === 0) {
      const [found] = await client.query(statements.selectValue, key);
      sums.push(Number(found?.[0] ?? 0));
      continue;
    }
    const row = layout.hasTtl ? [...key, by, expiresAt] : [...key, by];
    const { count, insertId } = await client.run(statements.add, [...row, by + sumOffset]);
    // A row that was changed counts as two.
    sums.push(count === 1 ? by : insertId - sumOffset);
  }
  return sums;
}

/** Deletes the expired rows of a table and returns how many. */
export async function removeExpired(client: Client, context: SessionContext, table: Table): Promise<number> {
  try {
    return (await client.run(table.statements.removeExpired, [context.clock.now() / 1000])).count;
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
