import { extraColumns, type TableLayout } from '../columns.ts';
import { lotSize } from '../lots.ts';
import type { PageQuery, TagQuery } from '../strategy.ts';
import type { SqlValue } from '../values.ts';
import { quoted } from './connection.ts';
import { tagsTable } from './tables.ts';

/** SQL text with the values to bind, in order. */
export interface Query {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The statements of one table that never change. `now` binds last, as seconds since the epoch, where rows may expire. */
export interface TableStatements {
  readonly insert: string;
  readonly update: string;
  /** Leaves the expiry as it is. */
  readonly updateKeepingTtl: string;
  readonly delete: string;
  readonly select: string;
  /** For a lot of keys; see `inLots`. */
  readonly selectMany: string;
  /** Whether there is a row with this key, expired or not. */
  readonly selectByCacheKey: string;
  readonly removeExpired: string;
  /** Makes a row or adds to its value; then the sum is the id that was inserted last, less {@link sumOffset}. */
  readonly add: string;
  readonly selectValue: string;
}

/** Builds the fixed statements of a table. */
export function tableStatements(layout: TableLayout): TableStatements {
  const table = quoted(layout.entity);
  const columns = writtenColumns(layout);
  const withTtl = layout.hasTtl ? [...columns, extraColumns.ttl] : columns;
  const key = keyCondition(layout);
  const assign = (names: readonly string[]): string => names.map((name) => `${quoted(name)} = ?`).join(', ');
  return {
    insert: `INSERT INTO ${table} (${withTtl.map(quoted).join(', ')}) VALUES (${withTtl.map(() => '?').join(', ')})`,
    update: `UPDATE ${table} SET ${assign(withTtl)} WHERE ${key}`,
    updateKeepingTtl: `UPDATE ${table} SET ${assign(columns)} WHERE ${key}`,
    delete: `DELETE FROM ${table} WHERE ${key}`,
    select: `${selectFrom(layout)} WHERE ${key}${alive(layout)}`,
    selectMany: `${selectFrom(layout)} WHERE ${lotCondition(layout)}${alive(layout)}`,
    selectByCacheKey: `${selectFrom(layout)} WHERE \`cache_key\` = ?${alive(layout)}`,
    removeExpired: `DELETE FROM ${table} WHERE \`ttl\` < ?`,
    add: additionInto(layout),
    selectValue: `SELECT \`value\` FROM ${table} WHERE ${key}`,
  };
}

/** What a sum is moved up by to be told as an id: those are not negative, and JavaScript counts to twice that exactly. */
export const sumOffset = 2 ** 52;

/** Binds the key, what to add, the expiry where there is one, and what to add moved up by the offset. */
function additionInto(layout: TableLayout): string {
  const ttl = layout.hasTtl ? [extraColumns.ttl] : [];
  const columns = [...layout.primaryKey, 'value', ...ttl];
  return (
    `INSERT INTO ${quoted(layout.entity)} (${columns.map(quoted).join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ` +
    `ON DUPLICATE KEY UPDATE \`value\` = CAST(LAST_INSERT_ID(\`value\` + ?) AS SIGNED) - ${sumOffset}`
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
  const workspace = isPerWorkspace(layout, field) ? '`ws_id` = ? AND ' : '';
  const where = `WHERE ${workspace}${quoted(columnOf(layout, field))} = ?${alive(layout)}`;
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
    conditions.push(`${quoted(columnOf(layout, query.parent.field))} = ?`);
    values.push(query.parent.id);
  }
  if (query.after !== undefined) {
    conditions.push(`(${keyList(layout)}) > (${query.after.map(() => '?').join(', ')})`);
    values.push(...query.after);
  }
  if (query.tags !== undefined) {
    const { tags, mode } = query.tags;
    const one = `SELECT \`entity_id\` FROM ${quoted(tagsTable(layout.entity))} WHERE \`tag\``;
    if (mode === 'or') {
      conditions.push(`\`id\` IN (${one} IN (${tags.map(() => '?').join(', ')}))`);
    } else {
      for (const _ of tags) conditions.push(`\`id\` IN (${one} = ?)`);
    }
    values.push(...tags);
  }
  if (layout.hasTtl) {
    conditions.push('(`ttl` IS NULL OR `ttl` >= ?)');
    values.push(now);
  }
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return { sql: `${selectFrom(layout)}${where} ORDER BY ${keyList(layout)} ${limit(query.limit)}`, values };
}

/** A page of the tags of all rows; `entities` are those that have tags. */
export function selectTags(entities: readonly string[], query: TagQuery): Query {
  const values: SqlValue[] = [];
  const parts = entities.map((entity) => {
    const conditions: string[] = [];
    if (query.tag !== undefined) {
      conditions.push('`tag` = ?');
      values.push(query.tag);
    }
    if (query.after !== undefined) {
      // The index is on the id: what lies before it need not be looked at.
      conditions.push('`entity_id` >= ?', '(`entity_id`, ?, `ordinality`) > (?, ?, ?)');
      const { entityId, entityName, ordinality } = query.after;
      values.push(entityId, entity, entityId, entityName, ordinality);
    }
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    return (
      `(SELECT \`tag\`, ${text(entity)} AS \`entity_name\`, \`entity_id\`, \`ordinality\` FROM ` +
      `${quoted(tagsTable(entity))}${where} ORDER BY \`entity_id\`, \`ordinality\` ${limit(query.limit)})`
    );
  });
  return {
    sql: `${parts.join(' UNION ALL ')} ORDER BY \`entity_id\`, \`entity_name\`, \`ordinality\` ${limit(query.limit)}`,
    values,
  };
}

/** The first row in whose list at a path a value stands. */
export function selectListing(layout: TableLayout, path: readonly string[], value: string, now: number): Query {
  const [field, ...rest] = path;
  const inside = `$${rest.map((name) => `."${name.replaceAll('"', '')}"`).join('')}`;
  const sql =
    `${selectFrom(layout)} WHERE JSON_CONTAINS(${quoted(columnOf(layout, field!))}, JSON_QUOTE(?), ${text(inside)})` +
    `${alive(layout)} ORDER BY ${keyList(layout)} LIMIT 1`;
  return { sql, values: layout.hasTtl ? [value, now] : [value] };
}

/** The distinct values of a text field, sorted. */
export function selectDistinct(layout: TableLayout, field: string): string {
  const column = quoted(columnOf(layout, field));
  return `SELECT DISTINCT ${column} FROM ${quoted(layout.entity)} WHERE ${column} IS NOT NULL ORDER BY ${column}`;
}

/** Writes the list of a row's tags: three values for each. */
export function tagsInsertion(entity: string, count: number): string {
  const places = Array.from({ length: count }, () => '(?, ?, ?)').join(', ');
  return `INSERT INTO ${quoted(tagsTable(entity))} (\`entity_id\`, \`ordinality\`, \`tag\`) VALUES ${places}`;
}

/** Forgets the tags of a row. */
export function deleteTags(entity: string): string {
  return `DELETE FROM ${quoted(tagsTable(entity))} WHERE \`entity_id\` = ?`;
}

function columnOf(layout: TableLayout, field: string): string {
  return layout.columns.find((column) => column.field === field)!.name;
}

function selectFrom(layout: TableLayout): string {
  const columns = layout.columns.map((column) => column.name);
  if (layout.hasTtl) columns.push(extraColumns.ttl);
  return `SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(layout.entity)}`;
}

function keyCondition(layout: TableLayout): string {
  return layout.primaryKey.map((name) => `${quoted(name)} = ?`).join(' AND ');
}

function lotCondition(layout: TableLayout): string {
  const key = `(${layout.primaryKey.map(() => '?').join(', ')})`;
  return `(${keyList(layout)}) IN (${Array.from({ length: lotSize }, () => key).join(', ')})`;
}

function keyList(layout: TableLayout): string {
  return layout.primaryKey.map(quoted).join(', ');
}

function alive(layout: TableLayout): string {
  return layout.hasTtl ? ' AND (`ttl` IS NULL OR `ttl` >= ?)' : '';
}

/** Numbers are bound as floating point, which LIMIT does not take. */
function limit(rows: number): string {
  return `LIMIT ${Math.trunc(rows)}`;
}

/** Quotes text of ours; what clients give is always bound. */
function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
