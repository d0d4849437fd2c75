import { extraColumns, type TableLayout } from '../columns.ts';
import { lotSize } from '../lots.ts';
import type { Addition, Key, PageQuery, TagQuery } from '../strategy.ts';
import { quoted, type SqlValue } from './connection.ts';
import type { Table } from './tables.ts';
import { bindExpression, type HeldColumn, readExpression } from './values.ts';

/** SQL text with the values to bind, in order. */
export interface Query {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The statements of one table that never change. `now` binds last, as seconds since the epoch, where rows may expire. */
export interface TableStatements {
  readonly insert: string;
  readonly upsert: string;
  readonly update: string;
  /** Leaves the expiry as it is. */
  readonly updateKeepingTtl: string;
  readonly delete: string;
  readonly select: string;
  /** For a lot of keys; see `inLots`. */
  readonly selectMany: string;
  readonly selectByCacheKey: string;
  /** Absent where rows do not expire. */
  readonly removeExpired: string | undefined;
}

/** The part of a table that its statements are made of. */
export type Shape = Omit<Table, 'statements'>;

/** Builds the fixed statements of a table; `expired` says which rows are over where no column does. */
export function tableStatements(table: Shape, expired?: string): TableStatements {
  const { layout } = table;
  const name = quoted(table.name);
  const columns = writtenColumns(table);
  const ttl: WrittenColumn = { name: extraColumns.ttl, holding: 'timestamp' };
  const withTtl = layout.hasTtl ? [...columns, ttl] : columns;
  const bound = withTtl.map((column, at) => bindExpression(`$${at + 1}`, column.holding));
  const insert = `INSERT INTO ${name} (${withTtl.map((column) => quoted(column.name)).join(', ')}) VALUES (${bound.join(', ')})`;
  const replaced = withTtl
    .filter((column) => !layout.primaryKey.includes(column.name))
    .map((column) => `${quoted(column.name)} = EXCLUDED.${quoted(column.name)}`);
  const update = (written: readonly WrittenColumn[]): string => {
    const set = written.map((column, at) => `${quoted(column.name)} = ${bindExpression(`$${at + 1}`, column.holding)}`);
    return `UPDATE ${name} SET ${set.join(', ')} WHERE ${keyCondition(layout, written.length)}`;
  };
  const expiredCondition = layout.hasTtl ? '"ttl" < to_timestamp($1)' : expired;
  return {
    insert,
    upsert: `${insert} ON CONFLICT (${keyList(layout)}) DO UPDATE SET ${replaced.join(', ')}`,
    update: update(withTtl),
    updateKeepingTtl: update(columns),
    delete: `DELETE FROM ${name} WHERE ${keyCondition(layout, 0)}`,
    select: `${selectFrom(table)} WHERE ${keyCondition(layout, 0)}${alive(layout, layout.primaryKey.length + 1)}`,
    selectMany: `${selectFrom(table)} WHERE ${lotCondition(layout)}${alive(layout, lotSize * layout.primaryKey.length + 1)}`,
    selectByCacheKey: `${selectFrom(table)} WHERE "cache_key" = $1${alive(layout, 2)}`,
    removeExpired: expiredCondition === undefined ? undefined : `DELETE FROM ${name} WHERE ${expiredCondition}`,
  };
}

type WrittenColumn = Pick<HeldColumn, 'name' | 'holding'>;

/** The columns that every write binds, in the order of `encodeRecord`. */
function writtenColumns(table: Shape): WrittenColumn[] {
  const columns: WrittenColumn[] = [...table.columns];
  if (table.hasCacheKey) columns.push({ name: extraColumns.cacheKey, holding: 'plain' });
  if (table.hasWorkspace) columns.push({ name: extraColumns.workspace, holding: 'plain' });
  return columns;
}

/** One row by a field; the workspace binds before the value where the field's unique index starts with it. */
export function selectByField(table: Table, field: string): string {
  const column = columnOf(table, field);
  const workspace = isPerWorkspace(table, field) ? '"ws_id" = $1 AND ' : '';
  const at = workspace === '' ? 1 : 2;
  const where = `WHERE ${workspace}${quoted(column.name)} = $${at}${alive(table.layout, at + 1)}`;
  return `${selectFrom(table)} ${where} ORDER BY ${keyList(table.layout)} LIMIT 1`;
}

/** True for a field whose values are unique in each workspace. */
export function isPerWorkspace(table: Table, field: string): boolean {
  if (!table.hasWorkspace) return false;
  return table.layout.unique.some((unique) => unique.field === field && unique.columns.length > 1);
}

/** A page of rows behind a key, of one parent, with tags. */
export function selectPage(table: Table, query: PageQuery, now: number): Query {
  const { layout } = table;
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const bind = (value: SqlValue): string => `$${values.push(value)}`;
  if (query.parent !== undefined) {
    conditions.push(`${quoted(columnOf(table, query.parent.field).name)} = ${bind(query.parent.id)}`);
  }
  if (query.after !== undefined) conditions.push(`(${keyList(layout)}) > (${query.after.map(bind).join(', ')})`);
  if (query.tags !== undefined) {
    conditions.push(`"tags" ${query.tags.mode === 'or' ? '&&' : '@>'} ${bind(query.tags.tags)}::text[]`);
  }
  if (layout.hasTtl) conditions.push(`("ttl" IS NULL OR "ttl" >= to_timestamp(${bind(now)}))`);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  const limit = bind(query.limit);
  return { sql: `${selectFrom(table)}${where} ORDER BY ${keyList(layout)} LIMIT ${limit}`, values };
}

/** A page of the tags of all rows, one line for each tag. */
export function selectTags(query: TagQuery): Query {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const bind = (value: SqlValue): string => `$${values.push(value)}`;
  if (query.tag !== undefined) {
    conditions.push(`r."tags" @> ARRAY[${bind(query.tag)}]::text[] AND t."tag" = ${bind(query.tag)}`);
  }
  if (query.after !== undefined) {
    const { entityId, entityName, ordinality } = query.after;
    conditions.push(
      '(r."entity_id", r."entity_name", t."ordinality") > ' +
        `(${bind(entityId)}::uuid, ${bind(entityName)}, ${bind(ordinality)})`,
    );
  }
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return {
    sql:
      'SELECT t."tag", r."entity_name", r."entity_id", t."ordinality" FROM "tags" r ' +
      `CROSS JOIN LATERAL unnest(r."tags") WITH ORDINALITY AS t ("tag", "ordinality")${where} ` +
      `ORDER BY r."entity_id", r."entity_name", t."ordinality" LIMIT ${bind(query.limit)}`,
    values,
  };
}

/** Adds to the values of rows, in one statement; gives the key and the sum of each. No key may come twice. */
export function addition(table: Table, additions: readonly Addition[]): Query {
  const { layout } = table;
  const values: SqlValue[] = [];
  const keys = keyColumns(table);
  const ttl = layout.hasTtl ? [quoted(extraColumns.ttl)] : [];
  const columns = [...keys.map(({ name }) => quoted(name)), '"value"', ...ttl];
  const rows = additions.map(({ key, by, expiresAt }) => {
    const bound = boundKey(keys, key, values);
    bound.push(`$${values.push(by)}`);
    if (layout.hasTtl) bound.push(bindExpression(`$${values.push(expiresAt)}`, 'timestamp'));
    return `(${bound.join(', ')})`;
  });
  const name = quoted(table.name);
  return {
    sql:
      `INSERT INTO ${name} (${columns.join(', ')}) VALUES ${rows.join(', ')} ON CONFLICT (${keyList(layout)}) ` +
      `DO UPDATE SET "value" = ${name}."value" + EXCLUDED."value" RETURNING ${keyAndValue(keys)}`,
    values,
  };
}

/** The keys and values of those rows among `additions` that are there. */
export function selectValues(table: Table, additions: readonly Addition[]): Query {
  const values: SqlValue[] = [];
  const keys = keyColumns(table);
  const rows = additions.map(({ key }) => `(${boundKey(keys, key, values).join(', ')})`);
  return {
    sql: `SELECT ${keyAndValue(keys)} FROM ${quoted(table.name)} WHERE (${keyList(table.layout)}) IN (${rows.join(', ')})`,
    values,
  };
}

/** The columns of the primary key, in its order. */
export function keyColumns(table: Table): HeldColumn[] {
  return table.layout.primaryKey.map((field) => columnOf(table, field));
}

function boundKey(columns: readonly HeldColumn[], key: Key, values: SqlValue[]): string[] {
  return columns.map(({ holding }, at) => bindExpression(`$${values.push(key[at]!)}`, holding));
}

function keyAndValue(columns: readonly HeldColumn[]): string {
  return [...columns.map(({ name, holding }) => readExpression(quoted(name), holding)), '"value"'].join(', ');
}

/** The first row in whose list at a path a value stands. */
export function selectListing(table: Table, path: readonly string[], value: string, now: number): Query {
  const [field, ...rest] = path;
  const column = columnOf(table, field!);
  const name = quoted(column.name);
  const values: SqlValue[] = [value];
  const bind = (more: SqlValue): string => `$${values.push(more)}`;
  const condition =
    column.holding === 'list' ? `$1 = ANY (${name})` : `(${name} #> ${bind(rest)}::text[]) @> to_jsonb($1::text)`;
  const living = layoutAlive(table.layout, () => bind(now));
  return { sql: `${selectFrom(table)} WHERE ${condition}${living} ORDER BY ${keyList(table.layout)} LIMIT 1`, values };
}

/** The distinct values of a text field, in the order of their bytes. */
export function selectDistinct(table: Table, field: string): string {
  const column = quoted(columnOf(table, field).name);
  return (
    `SELECT ${column} FROM (SELECT DISTINCT ${column} FROM ${quoted(table.name)} WHERE ${column} IS NOT NULL) AS "found" ` +
    `ORDER BY ${column} COLLATE "C"`
  );
}

function columnOf(table: Shape, field: string): HeldColumn {
  return table.columns.find((column) => column.field === field)!;
}

function selectFrom(table: Shape): string {
  const columns = table.columns.map((column) => readExpression(quoted(column.name), column.holding));
  if (table.layout.hasTtl) columns.push(readExpression(quoted(extraColumns.ttl), 'timestamp'));
  return `SELECT ${columns.join(', ')} FROM ${quoted(table.name)}`;
}

function keyCondition(layout: TableLayout, before: number): string {
  return layout.primaryKey.map((name, at) => `${quoted(name)} = $${before + at + 1}`).join(' AND ');
}

function lotCondition(layout: TableLayout): string {
  const width = layout.primaryKey.length;
  const keys = Array.from({ length: lotSize }, (_, key) => {
    const places = layout.primaryKey.map((_name, at) => `$${key * width + at + 1}`);
    return `(${places.join(', ')})`;
  });
  return `(${keyList(layout)}) IN (${keys.join(', ')})`;
}

function keyList(layout: TableLayout): string {
  return layout.primaryKey.map(quoted).join(', ');
}

function alive(layout: TableLayout, at: number): string {
  return layoutAlive(layout, () => `$${at}`);
}

function layoutAlive(layout: TableLayout, now: () => string): string {
  return layout.hasTtl ? ` AND ("ttl" IS NULL OR "ttl" >= to_timestamp(${now()}))` : '';
}
