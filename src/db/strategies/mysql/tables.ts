import { type Column, extraColumns, type TableLayout } from '../columns.ts';
import { quoted } from './connection.ts';

/** Characters that a text may have where it is looked up: four bytes of each fit the index, workspace and all. */
export const indexedLength = 512;
/** The same where two texts stand in the primary key. */
const pairedLength = 340;
/** The same for cache keys, which stand alone in their index. */
const cacheKeyLength = 700;

/** The table that lists the tags of an entity's rows; its rows go with those. */
export function tagsTable(entity: string): string {
  return `${entity}_tags`;
}

/** Statements that bring the tables of an entity to what its definition says; only what is missing is added. */
export function completeTable(
  layout: TableLayout,
  present: ReadonlySet<string> | undefined,
  indexes: ReadonlySet<string>,
  collation: string,
): string[] {
  const table = quoted(layout.entity);
  const options = `ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE ${collation}`;
  const declarations = columnDeclarations(layout);
  const key = `PRIMARY KEY (${layout.primaryKey.map(quoted).join(', ')})`;
  const statements =
    present === undefined
      ? [`CREATE TABLE ${table} (${[...declarations.values(), key].join(', ')}) ${options}`]
      : missingColumns(layout, present).map((name) => `ALTER TABLE ${table} ADD COLUMN ${declarations.get(name)}`);
  const index = (name: string, columns: readonly string[], kind = ''): void => {
    if (indexes.has(name)) return;
    statements.push(`CREATE ${kind}INDEX ${quoted(name)} ON ${table} (${columns.map(quoted).join(', ')})`);
  };
  for (const { field, columns } of layout.unique) index(`${field}_key`, columns, 'UNIQUE ');
  for (const column of layout.indexed) index(`${column}_idx`, [column]);
  if (layout.hasCacheKey) index('cache_key_key', ['cache_key'], 'UNIQUE ');
  if (layout.hasTtl) index('ttl_idx', ['ttl']);
  if (layout.hasTags) {
    statements.push(
      `CREATE TABLE IF NOT EXISTS ${quoted(tagsTable(layout.entity))} (\`entity_id\` VARCHAR(36) NOT NULL, ` +
        `\`ordinality\` INT NOT NULL, \`tag\` VARCHAR(${indexedLength}) NOT NULL, PRIMARY KEY (\`entity_id\`, \`ordinality\`), ` +
        `INDEX \`tag_idx\` (\`tag\`, \`entity_id\`), CONSTRAINT ${quoted(`${layout.entity}_tags_fk`)} FOREIGN KEY ` +
        `(\`entity_id\`) REFERENCES ${table} (\`id\`) ON DELETE CASCADE) ${options}`,
    );
  }
  return statements;
}

/** Statements that add the foreign keys that are missing, once all tables are there. */
export function connectTable(layout: TableLayout, constraints: ReadonlySet<string>): string[] {
  return layout.references
    .filter(({ column }) => !constraints.has(foreignKeyName(layout.entity, column)))
    .map(({ column, parent, onDelete }) => {
      const action = { cascade: 'CASCADE', null: 'SET NULL', restrict: 'RESTRICT' }[onDelete ?? 'restrict'];
      return (
        `ALTER TABLE ${quoted(layout.entity)} ADD CONSTRAINT ${quoted(foreignKeyName(layout.entity, column))} ` +
        `FOREIGN KEY (${quoted(column)}) REFERENCES ${quoted(parent)} (\`id\`) ON DELETE ${action}`
      );
    });
}

/** The columns that a table should have and has not. */
export function missingColumns(layout: TableLayout, present: ReadonlySet<string>): string[] {
  return [...columnDeclarations(layout).keys()].filter((name) => !present.has(name));
}

/** Names of foreign keys are shared by all tables of a database. */
export function foreignKeyName(entity: string, column: string): string {
  return `${entity}_${column}_fk`;
}

function columnDeclarations(layout: TableLayout): Map<string, string> {
  const lookedUp = new Set([
    ...layout.primaryKey,
    ...layout.indexed,
    ...layout.unique.flatMap(({ columns }) => columns),
  ]);
  const texts = layout.columns.filter(
    ({ name, definition }) =>
      layout.primaryKey.includes(name) && definition.type === 'string' && definition.uuid !== true,
  );
  const length = texts.length > 1 ? pairedLength : indexedLength;
  const all = new Map<string, string>();
  for (const column of layout.columns) {
    const isKey = layout.primaryKey.includes(column.name);
    all.set(column.name, `${quoted(column.name)} ${typeOf(column, lookedUp, length)}${isKey ? ' NOT NULL' : ' NULL'}`);
  }
  if (layout.hasCacheKey) all.set(extraColumns.cacheKey, `\`cache_key\` VARCHAR(${cacheKeyLength}) NULL`);
  if (layout.hasWorkspace) all.set(extraColumns.workspace, '`ws_id` VARCHAR(36) NULL');
  if (layout.hasTtl) all.set(extraColumns.ttl, '`ttl` DOUBLE NULL');
  return all;
}

function typeOf({ name, definition }: Column, lookedUp: ReadonlySet<string>, length: number): string {
  switch (definition.type) {
    case 'foreign':
      return 'VARCHAR(36)';
    case 'string':
      if (definition.uuid === true) return 'VARCHAR(36)';
      return lookedUp.has(name) ? `VARCHAR(${length})` : 'LONGTEXT';
    case 'integer':
      return 'BIGINT';
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'TINYINT';
    default:
      return 'JSON';
  }
}
