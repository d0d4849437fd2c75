import type { Client } from './connection.ts';

/** What the schema holds, as far as it matters here. */
export interface Catalogue {
  /** Types by column by table. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Unique indexes and foreign keys by name. */
  readonly constraints: ReadonlyMap<string, Constraint>;
  readonly triggers: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
}

/** A constraint and the columns that it is about, in order. */
export interface Constraint {
  readonly kind: 'primary' | 'unique' | 'foreign';
  readonly table: string;
  readonly columns: readonly string[];
}

const own = '(SELECT oid FROM pg_namespace WHERE nspname = current_schema())';

/** Reads the catalogue of the current schema. */
export async function readCatalogue(client: Client): Promise<Catalogue> {
  const columns = new Map<string, Map<string, string>>();
  const found = await client.query(
    'SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid ' +
      `WHERE c.relnamespace = ${own} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`,
  );
  for (const [table, column, type] of found.rows) {
    const known = columns.get(table!) ?? new Map<string, string>();
    columns.set(table!, known.set(column!, type!));
  }
  return {
    columns,
    constraints: await readConstraints(client),
    triggers: await readNames(
      client,
      `SELECT g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE c.relnamespace = ${own}`,
    ),
    functions: await readNames(client, `SELECT proname FROM pg_proc WHERE pronamespace = ${own}`),
  };
}

async function readConstraints(client: Client): Promise<Map<string, Constraint>> {
  const names = (oids: string, table: string): string =>
    `(SELECT json_agg(a.attname ORDER BY k.place) FROM unnest(${oids}) WITH ORDINALITY AS k (number, place) ` +
    `JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = k.number)`;
  const { rows } = await client.query(
    `SELECT x.relname, CASE WHEN i.indisprimary THEN 'primary' ELSE 'unique' END, t.relname, ` +
      `${names('i.indkey::int2[]', 'i.indrelid')} FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid ` +
      `JOIN pg_class t ON t.oid = i.indrelid WHERE i.indisunique AND t.relnamespace = ${own} ` +
      `UNION ALL SELECT f.conname, 'foreign', t.relname, ${names('f.conkey', 'f.conrelid')} ` +
      `FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid WHERE f.contype = 'f' AND f.connamespace = ${own}`,
  );
  return new Map(
    rows.map(([name, kind, table, list]) => [
      name!,
      { kind: kind as Constraint['kind'], table: table!, columns: JSON.parse(list ?? '[]') as string[] },
    ]),
  );
}

async function readNames(client: Client, sql: string): Promise<Set<string>> {
  return new Set((await client.query(sql)).rows.map(([name]) => name!));
}
