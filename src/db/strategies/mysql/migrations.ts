import { randomUUID } from 'node:crypto';
import { GibbonError } from '../../../kernel/index.ts';
import type { TableLayout } from '../columns.ts';
import type { MigrationGroup, StoreState } from '../state.ts';
import type { After } from '../timers.ts';
import { type Client, createPool, type MysqlServer, quoted } from './connection.ts';
import { completeTable, connectTable, missingColumns, tagsTable } from './tables.ts';

/** Steps of the layout beyond what entity definitions say, oldest first. */
const steps: readonly string[] = ['001_base'];

/** The longest time that changing a table may take, in milliseconds. */
const longest = 600_000;

/** What the database holds, as far as it matters here. */
interface Catalogue {
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly indexes: ReadonlyMap<string, ReadonlySet<string>>;
  readonly foreignKeys: ReadonlySet<string>;
}

/**
 * Brings the tables to what entities need. Definitions of tables are not part of transactions here, so a note is left
 * while they change: a store that was left half-way says so, and running this again finishes it. Only ever adds.
 * @throws GibbonError `ERR_STORE_NEWER` when a newer version wrote the store, `ERR_STORE_LOCKED` when another node
 * migrates for longer than `lockTimeoutMs`
 */
export async function migrate(
  server: MysqlServer,
  layouts: readonly TableLayout[],
  options: { readonly lockTimeoutMs: number; readonly after: After },
): Promise<void> {
  const { lockTimeoutMs, after } = options;
  // Waiting for the lock, and changing large tables, take longer than a query may otherwise.
  const pool = createPool({ ...server, queryTimeoutMs: lockTimeoutMs + longest }, after);
  try {
    await pool.lend((client) => migrateWith(client, layouts, lockTimeoutMs));
  } finally {
    await pool.close();
  }
}

async function migrateWith(client: Client, layouts: readonly TableLayout[], lockTimeoutMs: number): Promise<void> {
  const name = await lock(client, lockTimeoutMs);
  try {
    const state = await readState(client, layouts);
    // The note that a migration is under way must not be left where there is nothing to do: other nodes run already.
    const isDone = state !== undefined && state.pending.length === 0 && state.missing.length === 0;
    if (!isDone) await complete(client, layouts);
  } finally {
    await client.query('SELECT RELEASE_LOCK(?)', [name]);
  }
}

/**
 * Reads how far the store has come; undefined when nobody bootstrapped it.
 * @throws GibbonError `ERR_STORE_NEWER` when a newer version wrote it
 */
export async function readState(client: Client, layouts: readonly TableLayout[]): Promise<StoreState | undefined> {
  const catalogue = await readCatalogue(client);
  if (!catalogue.columns.has('schema_meta')) return undefined;
  const rows = await client.query("SELECT `name`, `state` FROM `schema_meta` WHERE `kind` = 'step' ORDER BY `name`");
  if (rows.length === 0) return undefined;
  const named = (state: string): string[] => rows.filter((row) => row[1] === state).map(([name]) => String(name));
  const [executed, pending] = [named('executed'), named('pending')];
  const newer = [...executed, ...pending].find((name) => !steps.includes(name));
  if (newer !== undefined) {
    throw new GibbonError(
      `Cannot open the store: a newer version wrote it (migration "${newer}" is not known here): run ` +
        "'gibbon migrations list' with the version that did, or start that version",
      { code: 'ERR_STORE_NEWER' },
    );
  }
  const group = (subsystem: string, names: readonly string[]): readonly MigrationGroup[] =>
    names.length === 0 ? [] : [{ subsystem, namespace: 'gibbon', names }];
  const missing = layouts.flatMap((layout) => {
    const present = catalogue.columns.get(layout.entity);
    if (present === undefined) return [layout.entity];
    return missingColumns(layout, present).map((column) => `${layout.entity}.${column}`);
  });
  const left = steps.filter((name) => !executed.includes(name) && !pending.includes(name));
  return {
    executed: group('core', executed),
    pending: group('core', pending),
    missing: [...group('core', left), ...group('entities', missing)],
  };
}

/**
 * Refuses a store that is not as far as this version needs it.
 * @throws GibbonError that names the command to run: `ERR_STORE_BOOTSTRAP`, `ERR_STORE_PENDING` or
 * `ERR_STORE_MIGRATIONS`
 */
export function requireUpToDate(state: StoreState | undefined): void {
  if (state === undefined) {
    throw new GibbonError("Database needs bootstrapping: run 'gibbon migrations bootstrap'", {
      code: 'ERR_STORE_BOOTSTRAP',
    });
  }
  if (state.pending.length > 0) {
    throw new GibbonError(
      `Database has pending migrations (${listed(state.pending)}): run 'gibbon migrations finish'`,
      {
        code: 'ERR_STORE_PENDING',
      },
    );
  }
  if (state.missing.length > 0) {
    throw new GibbonError(`New migrations available (${listed(state.missing)}): run 'gibbon migrations up'`, {
      code: 'ERR_STORE_MIGRATIONS',
    });
  }
}

/** The id of the default workspace; undefined before the store is bootstrapped. */
export async function readWorkspaceId(client: Client): Promise<string | undefined> {
  const rows = await client.query(
    "SELECT `state` FROM `schema_meta` WHERE `kind` = 'workspace' AND `name` = 'default'",
  );
  return rows[0] === undefined ? undefined : String(rows[0][0]);
}

/** Deletes all tables of the database. */
export async function dropTables(client: Client): Promise<void> {
  const tables = await client.query(
    "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
  );
  await client.script('SET SESSION foreign_key_checks = 0');
  try {
    for (const [name] of tables) await client.script(`DROP TABLE ${quoted(String(name))}`);
  } finally {
    await client.script('SET SESSION foreign_key_checks = 1');
  }
}

function listed(groups: readonly MigrationGroup[]): string {
  return groups.map(({ subsystem, names }) => `${subsystem} ${names.join(', ')}`).join('; ');
}

/** Locks by name hold for the whole server, so the database's name is part of it. */
async function lock(client: Client, timeoutMs: number): Promise<string> {
  const [row] = await client.query("SELECT CONCAT('gibbon_', SHA1(DATABASE()))");
  const name = String(row![0]);
  // The server would keep the query waiting longer than a query may take.
  for (let waited = 0; waited < timeoutMs; waited += 1000) {
    const [answer] = await client.query('SELECT GET_LOCK(?, 1)', [name]);
    if (answer![0] === 1) return name;
  }
  throw new GibbonError(`Cannot migrate the store: another node has been at it for ${timeoutMs / 1000} s`, {
    code: 'ERR_STORE_LOCKED',
  });
}

async function complete(client: Client, layouts: readonly TableLayout[]): Promise<void> {
  const collation = await exactCollation(client);
  const options = `ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE ${collation}`;
  await client.script(
    'CREATE TABLE IF NOT EXISTS `schema_meta` (`kind` VARCHAR(32) NOT NULL, `name` VARCHAR(128) NOT NULL, ' +
      `\`state\` VARCHAR(64) NOT NULL, PRIMARY KEY (\`kind\`, \`name\`)) ${options}`,
  );
  const catalogue = await readCatalogue(client);
  const statements = [
    'CREATE TABLE IF NOT EXISTS `gibbon_events` (`id` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, ' +
      '`node_id` VARCHAR(36) NOT NULL, `at` TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, `changes` LONGTEXT NOT NULL, ' +
      `INDEX \`at_idx\` (\`at\`)) ${options}`,
    `CREATE TABLE IF NOT EXISTS \`gibbon_writer\` (\`id\` INT NOT NULL PRIMARY KEY) ${options}`,
    'INSERT IGNORE INTO `gibbon_writer` VALUES (1)',
    ...layouts.flatMap((layout) => {
      const indexes = catalogue.indexes.get(layout.entity) ?? new Set<string>();
      const present = catalogue.columns.get(layout.entity);
      const needed = completeTable(layout, present, indexes, collation);
      return catalogue.columns.has(tagsTable(layout.entity)) ? needed.filter((sql) => !isTagsTable(sql)) : needed;
    }),
    ...layouts.flatMap((layout) => connectTable(layout, catalogue.foreignKeys)),
  ];
  await note(client, 'pending', steps.at(-1)!);
  for (const sql of statements) await client.script(sql);
  await client.run("INSERT IGNORE INTO `schema_meta` VALUES ('workspace', 'default', ?)", [randomUUID()]);
  for (const name of steps) await note(client, 'executed', name);
}

function isTagsTable(sql: string): boolean {
  return sql.startsWith('CREATE TABLE IF NOT EXISTS');
}

async function note(client: Client, state: 'pending' | 'executed', name: string): Promise<void> {
  await client.run("REPLACE INTO `schema_meta` VALUES ('step', ?, ?)", [name, state]);
}

/** The collation under which texts are equal only when they are the same, spaces at the end included. */
async function exactCollation(client: Client): Promise<string> {
  const [row] = await client.query('SELECT VERSION()');
  return String(row![0]).includes('MariaDB') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}

async function readCatalogue(client: Client): Promise<Catalogue> {
  const sets = async (what: string, from: string): Promise<Map<string, Set<string>>> => {
    const found = new Map<string, Set<string>>();
    const sql = `SELECT TABLE_NAME, ${what} FROM information_schema.${from} WHERE TABLE_SCHEMA = DATABASE()`;
    for (const [table, name] of await client.query(sql)) {
      const known = found.get(String(table)) ?? new Set();
      found.set(String(table), known.add(String(name)));
    }
    return found;
  };
  const foreignKeys = await client.query(
    'SELECT CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()',
  );
  return {
    columns: await sets('COLUMN_NAME', 'COLUMNS'),
    indexes: await sets('INDEX_NAME', 'STATISTICS'),
    foreignKeys: new Set(foreignKeys.map(([name]) => String(name))),
  };
}
