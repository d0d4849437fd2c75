import { extraColumns, type TableLayout } from '../columns.ts';
import type { PageQuery, TagQuery } from '../strategy.ts';
import type { SqlValue } from '../values.ts';
import { quoted } from './tables.ts';

/** SQL text with the values to bind, in order. */
export interface Query {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The statements of one table that never change. `now` binds as seconds since the epoch where rows may expire. */
export interface TableStatements {
  readonly insert: string;
  readonly upsert: string;
  readonly update: string;
  /** Leaves the expiry as it is. */
  readonly updateKeepingTtl: string;
  readonly delete: string;
  readonly select: string;
  readonly selectByCacheKey: string;
  readonly removeExpired: string;
  /** Makes a row or adds to its value, and gives the sum. */
  readonly add: string;
  readonly selectValue: string;
}

/** Builds the fixed statements of a table. */
export function tableStatements(layout: TableLayout): TableStatements {
  const table = quoted(layout.entity);
  const columns = writtenColumns(layout);
  const withTtl = layout.hasTtl ? [...columns, extraColumns.ttl] : columns;
  const key = keyCondition(layout);
  const insert = `INSERT INTO ${table} (${withTtl.map(quoted).join(', ')}) VALUES (${withTtl.map(() => '?').join(', ')})`;
  const replaced = withTtl
    .filter((column) => !layout.primaryKey.includes(column))
    .map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
  const assign = (names: readonly string[]): string => names.map((name) => `${quoted(name)} = ?`).join(', ');
  return {
    insert,
    upsert: `${insert} ON CONFLICT (${layout.primaryKey.map(quoted).join(', ')}) DO UPDATE SET ${replaced.join(', ')}`,
    update: `UPDATE ${table} SET ${assign(withTtl)} WHERE ${key}`,
    updateKeepingTtl: `UPDATE ${table} SET ${assign(columns)} WHERE ${key}`,
    delete: `DELETE FROM ${table} WHERE ${key}`,
    select: `${selectFrom(layout)} WHERE ${key}${alive(layout)}`,
    selectByCacheKey: `${selectFrom(layout)} WHERE "cache_key" = ?${alive(layout)}`,
    removeExpired: `DELETE FROM ${table} WHERE "ttl" < ?`,
    add: additionInto(layout),
    selectValue: `SELECT "value" FROM ${table} WHERE ${key}`,
  };
}

function additionInto(layout: TableLayout): string {
  const table = quoted(layout.entity);
  const columns = [...layout.primaryKey, 'value', ...(layout.hasTtl ? [extraColumns.ttl] : [])];
  return (
    `INSERT INTO ${table} (${columns.map(quoted).join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ` +
    `ON CONFLICT (${keyList(layout)}) DO UPDATE SET "value" = ${table}."value" + excluded."value" RETURNING "value"`
  );
}

/** The columns that every write binds, in the order of `encodeRecord`. */
function writtenColumns(layout: TableLayout): string[] {
  const columns = layout.columns.map((column) => column.name);
  if (layout.hasCacheKey) columns.push(extraColumns.cacheKey);
  if (layout.hasWorkspace) columns.push(extraColumns.workspace);
  return columns;
}

/** One row by a field; the workspace binds before the value where the field's unique index starts with it. */
export function selectByField(layout: TableLayout, field: string): string {
  const column = layout.columns.find((candidate) => candidate.field === field)!;
  const workspace = isPerWorkspace(layout, field) ? '"ws_id" = ? AND ' : '';
  const where = `WHERE ${workspace}${quoted(column.name)} = ?${alive(layout)}`;
  return `${selectFrom(layout)} ${where} ORDER BY ${keyList(layout)} LIMIT 1`;
}

/** True for a field whose values are unique in each workspace. */
export function isPerWorkspace(layout: TableLayout, field: string): boolean {
  return layout.unique.some((unique) => unique.field === field && unique.columns.length > 1);
}

/** A page of rows behind a key, of one parent, with tags. */
export function selectPage(layout: TableLayout, query: PageQuery, now: number): Query {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  if (query.parent !== undefined) {
    const field = query.parent.field;
    conditions.push(`${quoted(layout.columns.find((column) => column.field === field)!.name)} = ?`);
    values.push(query.parent.id);
  }
  if (query.after !== undefined) {
    conditions.push(`(${keyList(layout)}) > (${query.after.map(() => '?').join(', ')})`);
    values.push(...query.after);
  }
  if (query.tags !== undefined) {
    const { tags, mode } = query.tags;
    const one = 'SELECT "entity_id" FROM "tags" WHERE "entity_name" = ? AND "tag"';
    if (mode === 'or') {
      conditions.push(`"id" IN (${one} IN (${tags.map(() => '?').join(', ')}))`);
      values.push(layout.entity, ...tags);
    } else {
      for (const tag of tags) {
        conditions.push(`"id" IN (${one} = ?)`);
        values.push(layout.entity, tag);
      }
    }
  }
  if (layout.hasTtl) {
    conditions.push('("ttl" IS NULL OR "ttl" >= ?)');
    values.push(now);
  }
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  values.push(query.limit);
  return { sql: `${selectFrom(layout)}${where} ORDER BY ${keyList(layout)} LIMIT ?`, values };
}

/** A page of the view over tags. */
export function selectTags(query: TagQuery): Query {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  if (query.tag !== undefined) {
    conditions.push('"tag" = ?');
    values.push(query.tag);
  }
  if (query.after !== undefined) {
    conditions.push('("entity_id", "entity_name", "ordinality") > (?, ?, ?)');
    values.push(query.after.entityId, query.after.entityName, query.after.ordinality);
  }
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  values.push(query.limit);
  return {
    sql:
      `SELECT "tag", "entity_name", "entity_id", "ordinality" FROM "tags"${where} ` +
      'ORDER BY "entity_id", "entity_name", "ordinality" LIMIT ?',
    values,
  };
}

/** The first row in whose list at a path a value stands. */
export function selectListing(layout: TableLayout, path: readonly string[], value: string, now: number): Query {
  const [field, ...rest] = path;
  const inside = `$${rest.map((name) => `."${name.replaceAll('"', '')}"`).join('')}`;
  const sql =
    `${selectFrom(layout)} WHERE EXISTS (SELECT 1 FROM json_each(${quoted(field!)}, ?) AS "listed" ` +
    `WHERE "listed"."value" = ?)${alive(layout)} ORDER BY ${keyList(layout)} LIMIT 1`;
  return { sql, values: layout.hasTtl ? [inside, value, now] : [inside, value] };
}

/** Whether some row of the table refers to an id. */
export function selectReferrer(table: string, column: string): string {
  return `SELECT 1 FROM ${quoted(table)} WHERE ${quoted(column)} = ? LIMIT 1`;
}

function selectFrom(layout: TableLayout): string {
  const columns = layout.columns.map((column) => column.name);
  if (layout.hasTtl) columns.push(extraColumns.ttl);
  return `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(layout.entity)}`;
}

function keyCondition(layout: TableLayout): string {
  return layout.primaryKey.map((name) => `${quoted(name)} = ?`).join(' AND ');
}

function keyList(layout: TableLayout): string {
  return layout.primaryKey.map(quoted).join(', ');
}

function alive(layout: TableLayout): string {
  return layout.hasTtl ? ' AND ("ttl" IS NULL OR "ttl" >= ?)' : '';
}
