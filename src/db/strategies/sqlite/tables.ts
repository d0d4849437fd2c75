import type { Column, TableLayout } from '../columns.ts';

/** Quotes an SQL identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The declaration of a field's column, for CREATE TABLE and ALTER TABLE. */
export function columnDeclaration(layout: TableLayout, column: Column): string {
  const reference = layout.references.find((candidate) => candidate.column === column.name);
  const parts = [quoted(column.name), typeOf(column)];
  if (layout.primaryKey.includes(column.name)) parts.push('NOT NULL');
  if (reference !== undefined) {
    const action = { cascade: 'CASCADE', null: 'SET NULL', restrict: 'RESTRICT' }[reference.onDelete ?? 'restrict'];
    parts.push(`REFERENCES ${quoted(reference.parent)} ("id") ON DELETE ${action}`);
  }
  return parts.join(' ');
}

/** Every column of the table as `[name, declaration]`, the extra ones behind those of fields. */
export function columnDeclarations(layout: TableLayout): [name: string, declaration: string][] {
  const all: [string, string][] = layout.columns.map((column) => [column.name, columnDeclaration(layout, column)]);
  if (layout.hasCacheKey) all.push(['cache_key', '"cache_key" TEXT']);
  if (layout.hasWorkspace) all.push(['ws_id', '"ws_id" TEXT']);
  if (layout.hasTtl) all.push(['ttl', '"ttl" REAL']);
  return all;
}

/** The statement that creates the table of an entity. */
export function createTable(layout: TableLayout): string {
  const columns = columnDeclarations(layout).map(([, declaration]) => declaration);
  const key = layout.primaryKey.map(quoted).join(', ');
  return `CREATE TABLE ${quoted(layout.entity)} (${[...columns, `PRIMARY KEY (${key})`].join(', ')}) STRICT`;
}

/** The statements that create indexes and triggers where they are missing. */
export function createIndexes(layout: TableLayout): string[] {
  const table = layout.entity;
  const statements = layout.unique.map(({ field, columns }) => index(table, `${field}_unique`, columns, true));
  for (const column of layout.indexed) statements.push(index(table, `${column}_index`, [column], false));
  if (layout.hasCacheKey) statements.push(index(table, 'cache_key_unique', ['cache_key'], true));
  if (layout.hasTtl) statements.push(index(table, 'ttl_index', ['ttl'], false));
  if (layout.hasTags) statements.push(...tagTriggers(table));
  return statements;
}

/** The table over which tags are filtered and listed; triggers keep it in step, also when a deletion cascades. */
export const createTagsTable = `CREATE TABLE IF NOT EXISTS "tags" (
  "entity_id" TEXT NOT NULL, "entity_name" TEXT NOT NULL, "ordinality" INTEGER NOT NULL, "tag" TEXT NOT NULL,
  PRIMARY KEY ("entity_id", "entity_name", "ordinality")) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS "tags_tag_index" ON "tags" ("tag", "entity_name", "entity_id");`;

function index(table: string, name: string, columns: readonly string[], unique: boolean): string {
  const kind = unique ? 'UNIQUE INDEX' : 'INDEX';
  // Rows without a value need no entry: null is never looked up, and never collides.
  const value = quoted(columns.at(-1)!);
  return (
    `CREATE ${kind} IF NOT EXISTS ${quoted(`${table}_${name}`)} ON ${quoted(table)} ` +
    `(${columns.map(quoted).join(', ')}) WHERE ${value} IS NOT NULL`
  );
}

function tagTriggers(table: string): string[] {
  const name = `'${table.replaceAll("'", "''")}'`;
  const remove = `DELETE FROM "tags" WHERE "entity_id" = OLD."id" AND "entity_name" = ${name};`;
  const add = `INSERT INTO "tags" SELECT NEW."id", ${name}, "key" + 1, "value" FROM json_each(NEW."tags");`;
  const trigger = (event: string, when: string, body: string): string =>
    `CREATE TRIGGER IF NOT EXISTS ${quoted(`${table}_tags_${event.split(' ')[0]!.toLowerCase()}`)} AFTER ${event} ON ` +
    `${quoted(table)} WHEN ${when} BEGIN ${body} END`;
  return [
    trigger('INSERT', 'NEW."tags" IS NOT NULL', add),
    trigger('UPDATE OF "tags"', 'OLD."tags" IS NOT NEW."tags"', `${remove} ${add}`),
    trigger('DELETE', 'OLD."tags" IS NOT NULL', remove),
  ];
}

function typeOf(column: Column): string {
  switch (column.definition.type) {
    case 'integer':
    case 'boolean':
      return 'INTEGER';
    case 'number':
      return 'REAL';
    default:
      return 'TEXT';
  }
}
