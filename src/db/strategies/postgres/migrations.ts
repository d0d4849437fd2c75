import { randomUUID } from 'node:crypto';
import { GibbonError } from '../../../kernel/index.ts';
import type { TableLayout } from '../columns.ts';
import type { MigrationGroup, StoreState } from '../state.ts';
import type { After } from '../timers.ts';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import { type Client, createPool, isAnswer, literal, type PostgresServer, quoted } from './connection.ts';
import { kongFunctions, kongMigrations, kongTables, tableName } from './layout/index.ts';
import { completeKongTable, completeTable, connectKongTable, missingColumns } from './tables.ts';

/** Our own steps beyond Kong's, oldest first; tables of entities that Kong does not know follow the definitions. */
const ownSteps: readonly string[] = ['001_base'];

/** Names the advisory lock that one node at a time may hold while it migrates. */
const migrationLock = 7_101_339_481;

/** The longest time that changing a table may take, in milliseconds. */
const longest = 600_000;

/** How many of Kong's core migrations a database must have seen for the rest to be additions only: those of Kong 3.0. */
const firstMajor = '016_280_to_300';

/**
 * Brings the schema to the layout of Kong 3.9 with what entities need beyond it, in one transaction: it is done whole or
 * not at all. Only ever adds.
 * @throws GibbonError `ERR_STORE_NEWER`, `ERR_STORE_PENDING` or `ERR_STORE_OLDER` for a database that another program
 * must see to first, `ERR_STORE_LOCKED` when another node migrates for longer than `lockTimeoutMs`
 */
export async function migrate(
  server: PostgresServer,
  layouts: readonly TableLayout[],
  options: { readonly lockTimeoutMs: number; readonly after: After },
): Promise<void> {
  const { lockTimeoutMs, after } = options;
  // Waiting for the lock, and changing large tables, take longer than a query may otherwise.
  const pool = createPool({ ...server, queryTimeoutMs: lockTimeoutMs + longest }, after);
  try {
    await pool.lend((client) => migrateWith(client, layouts, lockTimeoutMs, server.schema));
  } finally {
    await pool.close();
  }
}

function migrateWith(
  client: Client,
  layouts: readonly TableLayout[],
  lockTimeoutMs: number,
  schema: string | undefined,
): Promise<void> {
  return aloneInTransaction(client, lockTimeoutMs, async () => {
    if (schema !== undefined) await createSchema(client, schema);
    const catalogue = await readCatalogue(client);
    const state = await readState(client, layouts, catalogue);
    if (state !== undefined) {
      refuseForeign(state);
      await refuseOldConfigs(client, state);
    }
    await complete(client, layouts, catalogue);
  });
}

/** How long a node that starts waits for one that migrates, in milliseconds. */
const startTimeoutMs = 60_000;

/**
 * Adds tables that Kong does not know to a database that is up to date otherwise, so that one of Kong's opens as it is.
 * @throws GibbonError `ERR_STORE_LOCKED` when another node migrates for long, and whatever the server says
 */
export function addOwnTables(client: Client, layouts: readonly TableLayout[]): Promise<void> {
  return aloneInTransaction(client, startTimeoutMs, async () => {
    const statements = ownTables(layouts, await readCatalogue(client));
    if (statements.length > 0) await client.script(statements.join(';\n'));
  });
}

/** True when nothing is missing but tables that Kong does not know. */
export function lacksOwnTables(state: StoreState | undefined, layouts: readonly TableLayout[]): boolean {
  if (state === undefined || state.pending.length > 0) return false;
  const own = new Set(ownLayouts(layouts).map(({ entity }) => entity));
  const missing = neededGroups(state);
  return (
    missing.length > 0 &&
    missing.every(({ subsystem, names }) => subsystem === 'entities' && names.every((name) => own.has(name)))
  );
}

async function aloneInTransaction(client: Client, lockTimeoutMs: number, work: () => Promise<void>): Promise<void> {
  await client.script('BEGIN');
  try {
    await lock(client, lockTimeoutMs);
    await work();
    await client.script('COMMIT');
  } catch (fault) {
    await client.script('ROLLBACK').catch(() => {});
    throw fault;
  }
}

/**
 * Reads how far the schema has come; undefined when nobody bootstrapped it.
 * @throws GibbonError `ERR_STORE_NEWER` when a newer version of Kong or of ours wrote it
 */
export async function readState(
  client: Client,
  layouts: readonly TableLayout[],
  catalogue: Catalogue,
): Promise<StoreState | undefined> {
  if (!catalogue.columns.has('schema_meta')) return undefined;
  const { rows } = await client.query(
    'SELECT "key", "subsystem", to_json(COALESCE("executed", \'{}\')), to_json(COALESCE("pending", \'{}\')) ' +
      `FROM "schema_meta" WHERE "key" IN ('schema_meta', 'gibbon')`,
  );
  const found = new Map(
    rows.map(([key, subsystem, executed, pending]) => [
      `${key}/${subsystem}`,
      { executed: JSON.parse(executed!) as string[], pending: JSON.parse(pending!) as string[] },
    ]),
  );
  if (!found.has('schema_meta/core')) return undefined;
  const groups = { executed: [] as MigrationGroup[], pending: [] as MigrationGroup[], missing: [] as MigrationGroup[] };
  const sort = (key: string, subsystem: string, namespace: string, known: readonly string[]): void => {
    const { executed, pending } = found.get(`${key}/${subsystem}`) ?? { executed: [], pending: [] };
    const newer = [...executed, ...pending].find((name) => !known.includes(name));
    if (newer !== undefined) throw newerStore(`${subsystem} ${newer}`);
    const add = (group: MigrationGroup[], names: readonly string[]): void => {
      if (names.length > 0) group.push({ subsystem, namespace, names });
    };
    add(groups.executed, executed);
    add(groups.pending, pending);
    add(
      groups.missing,
      known.filter((name) => !executed.includes(name) && !pending.includes(name)),
    );
  };
  for (const [subsystem, known] of Object.entries(kongMigrations)) {
    const namespace = subsystem === 'core' ? 'kong.db.migrations.core' : `kong.plugins.${subsystem}.migrations`;
    sort('schema_meta', subsystem, namespace, known);
  }
  sort('gibbon', 'core', 'gibbon', ownSteps);
  const tables = layouts.flatMap((layout) => {
    const present = catalogue.columns.get(tableName(layout.entity));
    if (present === undefined) return [layout.entity];
    return missingColumns(layout, present).map((column) => `${layout.entity}.${column}`);
  });
  if (tables.length > 0) groups.missing.push({ subsystem: 'entities', namespace: 'gibbon', names: tables });
  return groups;
}

/**
 * Refuses a schema that is not as far as this version needs it.
 * @throws GibbonError that names the command to run: `ERR_STORE_BOOTSTRAP`, `ERR_STORE_PENDING`, `ERR_STORE_OLDER` or
 * `ERR_STORE_MIGRATIONS`
 */
export function requireUpToDate(state: StoreState | undefined): void {
  if (state === undefined) {
    throw new GibbonError("Database needs bootstrapping: run 'gibbon migrations bootstrap'", {
      code: 'ERR_STORE_BOOTSTRAP',
    });
  }
  refuseForeign(state);
  const missing = neededGroups(state);
  if (missing.length > 0) {
    const names = missing.map(({ subsystem, names }) => `${subsystem} ${names.join(', ')}`).join('; ');
    throw new GibbonError(`New migrations available (${names}): run 'gibbon migrations up'`, {
      code: 'ERR_STORE_MIGRATIONS',
    });
  }
}

/** What is missing and cannot be done without: a database of Kong has all of it, but not the note that we were there. */
function neededGroups(state: StoreState): readonly MigrationGroup[] {
  return state.missing.filter(({ namespace, subsystem }) => subsystem === 'entities' || isCore(namespace));
}

/** What only Kong itself can bring forward. */
function refuseForeign(state: StoreState): void {
  const [pending] = state.pending;
  if (pending !== undefined) {
    throw new GibbonError(
      `Database has pending migrations (${pending.subsystem} ${pending.names.join(', ')}): run 'kong migrations finish' ` +
        'with the version of Kong that began them',
      { code: 'ERR_STORE_PENDING' },
    );
  }
  const core = state.executed.find(({ namespace }) => isCore(namespace));
  if (core === undefined || !core.names.includes(firstMajor)) {
    throw new GibbonError(
      "Database is older than Kong 3.0: run 'kong migrations up' and 'kong migrations finish' with a Kong 3.x first",
      { code: 'ERR_STORE_OLDER' },
    );
  }
}

/** Migrations of plugins that rewrite configurations, which only Kong does; all others add tables, columns or triggers. */
const rewriting: readonly (readonly [plugin: string, name: string])[] = [
  ['http-log', '001_280_to_300'],
  ['opentelemetry', '001_331_to_332'],
  ['acme', '003_350_to_360'],
  ['rate-limiting', '006_350_to_360'],
  ['response-ratelimiting', '001_350_to_360'],
  ['ai-proxy', '001_360_to_370'],
];

async function refuseOldConfigs(client: Client, state: StoreState): Promise<void> {
  const missing = new Set(state.missing.flatMap(({ subsystem, names }) => names.map((name) => `${subsystem} ${name}`)));
  const needed = rewriting.filter(([plugin, name]) => missing.has(`${plugin} ${name}`));
  if (needed.length === 0) return;
  const { rows } = await client.query('SELECT DISTINCT "name" FROM "plugins" WHERE "name" = ANY ($1::text[])', [
    needed.map(([plugin]) => plugin),
  ]);
  const [plugin] = rows[0] ?? [];
  if (plugin === undefined) return;
  throw new GibbonError(
    `Database holds configurations of "${plugin}" as an older Kong wrote them: run 'kong migrations up' and ` +
      "'kong migrations finish' with Kong 3.9 first",
    { code: 'ERR_STORE_OLDER' },
  );
}

function isCore(namespace: string): boolean {
  return namespace === 'kong.db.migrations.core';
}

/** Asks first: a role that may not create schemas may well use one. */
async function createSchema(client: Client, schema: string): Promise<void> {
  const { count } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (count === 0) await client.script(`CREATE SCHEMA ${quoted(schema)}`);
}

async function lock(client: Client, timeoutMs: number): Promise<void> {
  try {
    await client.script(
      `SET LOCAL lock_timeout = ${Math.max(1, Math.ceil(timeoutMs))}; SELECT pg_advisory_xact_lock(${migrationLock})`,
    );
  } catch (fault) {
    if (!isAnswer(fault) || fault.code !== '55P03') throw fault;
    throw new GibbonError(`Cannot migrate the store: another node has been at it for ${timeoutMs / 1000} s`, {
      code: 'ERR_STORE_LOCKED',
      cause: fault,
    });
  }
}

async function complete(client: Client, layouts: readonly TableLayout[], before: Catalogue): Promise<void> {
  const statements = [
    ...kongTables.flatMap((table) => completeKongTable(table, before)),
    ...kongFunctions.filter(({ name }) => !before.functions.has(name)).map(({ sql }) => sql),
    ...kongTables.flatMap((table) => connectKongTable(table, before)),
    ...ownTables(layouts, before),
    ...records(),
  ];
  await client.script(statements.join(';\n'));
}

/** Statements for the tables that Kong does not know, parents before their children. */
function ownTables(layouts: readonly TableLayout[], before: Catalogue): string[] {
  const own = new Set(ownLayouts(layouts));
  return parentsFirst(layouts)
    .filter((layout) => own.has(layout))
    .flatMap((layout) => completeTable(layout, before));
}

function ownLayouts(layouts: readonly TableLayout[]): TableLayout[] {
  const isKongs = new Set(kongTables.map(({ name }) => name));
  return layouts.filter(({ entity }) => !isKongs.has(tableName(entity)));
}

/** What is recorded as executed, and the two rows that every database of Kong has. */
function records(): string[] {
  const executed = (key: string, subsystem: string, names: readonly string[]): string =>
    'INSERT INTO "schema_meta" ("key", "subsystem", "last_executed", "executed", "pending") VALUES ' +
    `(${[key, subsystem, names.at(-1)!].map(literal).join(', ')}, ARRAY[${names.map(literal).join(', ')}], '{}') ` +
    'ON CONFLICT ("key", "subsystem") DO UPDATE SET "last_executed" = EXCLUDED."last_executed", ' +
    '"executed" = EXCLUDED."executed"';
  return [
    ...Object.entries(kongMigrations).map(([subsystem, names]) => executed('schema_meta', subsystem, names)),
    executed('gibbon', 'core', ownSteps),
    `INSERT INTO "workspaces" ("id", "name") VALUES ('${randomUUID()}', 'default') ON CONFLICT ("name") DO NOTHING`,
    `INSERT INTO "parameters" ("key", "value") VALUES ('cluster_id', '${randomUUID()}') ON CONFLICT ("key") DO NOTHING`,
  ];
}

function parentsFirst(layouts: readonly TableLayout[]): TableLayout[] {
  const sorted = new Set<TableLayout>();
  const add = (layout: TableLayout): void => {
    for (const { parent } of layout.references) {
      const found = layouts.find(({ entity }) => entity === parent);
      if (found !== undefined && found !== layout && !sorted.has(found)) add(found);
    }
    sorted.add(layout);
  };
  for (const layout of layouts) add(layout);
  return [...sorted];
}

function newerStore(name: string): GibbonError {
  return new GibbonError(
    `Cannot open the store: a newer version wrote it (migration "${name}" is not known here): run 'gibbon migrations list' ` +
      'with the version that did, or start that version',
    { code: 'ERR_STORE_NEWER' },
  );
}
