import type { EntityDefinition } from '../../../schema/index.ts';
import { type Column, extraColumns, type TableLayout, tableLayout } from '../columns.ts';
import type { Catalogue } from './catalogue.ts';
import { quoted } from './connection.ts';
import { type KongTable, kongTables, tableName } from './layout/index.ts';
import { type TableStatements, tableStatements } from './statements.ts';
import { type HeldColumn, holdingOf } from './values.ts';

/** A table with what the catalogue says of it, and its statements. */
export interface Table {
  readonly layout: TableLayout;
  readonly name: string;
  readonly columns: readonly HeldColumn[];
  readonly hasWorkspace: boolean;
  readonly hasCacheKey: boolean;
  readonly statements: TableStatements;
}

/** What an entity asks for, as far as Kong's table has it: one of them tells in another way which rows are over. */
export function postgresLayout(definition: EntityDefinition): TableLayout {
  const layout = tableLayout(definition);
  const kongs = kongTables.find(({ name }) => name === tableName(layout.entity));
  return kongs?.expired === undefined ? layout : { ...layout, hasTtl: false };
}

/** Joins the layout that an entity asks for with the table that is there. */
export function createTable(layout: TableLayout, catalogue: Catalogue): Table {
  const name = tableName(layout.entity);
  const present = catalogue.columns.get(name) ?? new Map<string, string>();
  const table = {
    layout,
    name,
    columns: layout.columns.map((column) => ({
      ...column,
      holding: holdingOf(present.get(column.name) ?? '', column),
    })),
    hasWorkspace: layout.hasWorkspace && present.has(extraColumns.workspace),
    hasCacheKey: layout.hasCacheKey && present.has(extraColumns.cacheKey),
  };
  return { ...table, statements: tableStatements(table, kongTables.find((one) => one.name === name)?.expired) };
}

/** Statements that bring a table to what Kong's layout says; only what is missing is added. */
export function completeKongTable(table: KongTable, catalogue: Catalogue): string[] {
  const name = quoted(table.name);
  const present = catalogue.columns.get(table.name);
  const columns = table.columns.map((text) => text.replace(/^\w+/, quoted));
  const statements =
    present === undefined
      ? [`CREATE TABLE ${name} (${columns.join(', ')})`]
      : columns
          .filter((_, at) => !present.has(firstWord(table.columns[at]!)))
          .map((column) => `ALTER TABLE ${name} ADD COLUMN ${column}`);
  for (const key of table.keys) {
    if (!catalogue.constraints.has(firstWord(key))) statements.push(`ALTER TABLE ${name} ADD CONSTRAINT ${key}`);
  }
  for (const index of table.indexes) {
    statements.push(`CREATE ${index.replace(/INDEX (\w+) USING/, `INDEX IF NOT EXISTS $1 ON ${name} USING`)}`);
  }
  return statements;
}

/** Foreign keys and triggers, once all tables and functions are there. */
export function connectKongTable(table: KongTable, catalogue: Catalogue): string[] {
  const name = quoted(table.name);
  const statements = table.references
    .filter((text) => !catalogue.constraints.has(firstWord(text)))
    .map((text) => `ALTER TABLE ${name} ADD CONSTRAINT ${text}`);
  const { tagsTrigger, ttlTrigger } = table;
  if (tagsTrigger !== undefined && !catalogue.triggers.has(tagsTrigger)) {
    statements.push(createTagsTrigger(tagsTrigger, table.name));
  }
  if (ttlTrigger !== undefined && !catalogue.triggers.has(ttlTrigger.name)) {
    statements.push(
      `CREATE TRIGGER ${quoted(ttlTrigger.name)} AFTER INSERT ON ${name} FOR EACH STATEMENT ` +
        `EXECUTE PROCEDURE batch_delete_expired_rows('${ttlTrigger.column}')`,
    );
  }
  return statements;
}

/** Statements that bring the table of an entity that Kong does not know to what its definition says. */
export function completeTable(layout: TableLayout, catalogue: Catalogue): string[] {
  const table = tableName(layout.entity);
  const present = catalogue.columns.get(table);
  const declarations = columnDeclarations(layout);
  const key = layout.primaryKey.map(quoted).join(', ');
  const statements =
    present === undefined
      ? [`CREATE TABLE ${quoted(table)} (${[...declarations.values(), `PRIMARY KEY (${key})`].join(', ')})`]
      : missingColumns(layout, present).map(
          (name) => `ALTER TABLE ${quoted(table)} ADD COLUMN ${declarations.get(name)}`,
        );
  for (const { field, columns } of layout.unique)
    statements.push(createIndex(table, `${field}_key`, columns, 'UNIQUE '));
  for (const column of layout.indexed) statements.push(createIndex(table, `${column}_idx`, [column]));
  if (layout.hasCacheKey) statements.push(createIndex(table, 'cache_key_key', ['cache_key'], 'UNIQUE '));
  if (layout.hasTtl) statements.push(createIndex(table, 'ttl_idx', ['ttl']));
  if (layout.hasTags) {
    statements.push(`CREATE INDEX IF NOT EXISTS ${quoted(`${table}_tags_idx`)} ON ${quoted(table)} USING gin (tags)`);
    const trigger = `${table}_sync_tags_trigger`;
    if (!catalogue.triggers.has(trigger)) statements.push(createTagsTrigger(trigger, table));
  }
  return statements;
}

/** The columns that a table should have and has not. */
export function missingColumns(layout: TableLayout, present: ReadonlyMap<string, string>): string[] {
  return [...columnDeclarations(layout).keys()].filter((name) => !present.has(name));
}

function columnDeclarations(layout: TableLayout): Map<string, string> {
  const all = new Map<string, string>();
  for (const column of layout.columns) {
    const reference = layout.references.find((candidate) => candidate.column === column.name);
    const target = reference === undefined ? '' : ` REFERENCES ${quoted(tableName(reference.parent))} ("id")`;
    const action = reference?.onDelete === 'cascade' ? ' ON DELETE CASCADE' : '';
    all.set(column.name, `${quoted(column.name)} ${typeOf(column)}${target}${action}`);
  }
  if (layout.hasCacheKey) all.set('cache_key', '"cache_key" text');
  if (layout.hasWorkspace) all.set('ws_id', '"ws_id" uuid REFERENCES "workspaces" ("id")');
  if (layout.hasTtl) all.set('ttl', '"ttl" timestamp with time zone');
  return all;
}

/** The type that Kong gives such a field. */
function typeOf({ definition }: Column): string {
  switch (definition.type) {
    case 'foreign':
      return 'uuid';
    case 'string':
      return definition.uuid === true ? 'uuid' : 'text';
    case 'integer':
    case 'number':
      if (definition.timestamp === true) return 'timestamp with time zone';
      return definition.type === 'integer' ? 'bigint' : 'double precision';
    case 'boolean':
      return 'boolean';
    case 'array':
    case 'set':
      return definition.elements.type === 'string' ? 'text[]' : 'jsonb[]';
    default:
      return 'jsonb';
  }
}

function createIndex(table: string, name: string, columns: readonly string[], kind = ''): string {
  const index = quoted(`${table}_${name}`);
  return `CREATE ${kind}INDEX IF NOT EXISTS ${index} ON ${quoted(table)} (${columns.map(quoted).join(', ')})`;
}

function createTagsTrigger(name: string, table: string): string {
  return (
    `CREATE TRIGGER ${quoted(name)} AFTER INSERT OR UPDATE OF tags OR DELETE ON ${quoted(table)} ` +
    'FOR EACH ROW EXECUTE PROCEDURE sync_tags()'
  );
}

function firstWord(text: string): string {
  return text.slice(0, text.indexOf(' '));
}
