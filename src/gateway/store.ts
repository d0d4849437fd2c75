import { randomUUID } from 'node:crypto';
import type { RowRequest } from '../cache/index.ts';
import {
  createDatabase,
  createMysqlStrategy,
  createPostgresStrategy,
  createSqliteStrategy,
  type Dao,
  type DaoResult,
  type Database,
  type Strategy,
} from '../db/index.ts';
import { coreEntitiesFor } from '../entities/index.ts';
import type { EntityChange, EntityEvent } from '../events/index.ts';
import { GibbonError, type Logger, randomString, systemClock } from '../kernel/index.ts';
import type { AnyPlugin } from '../pdk/index.ts';
import { pluginSubschema } from '../pdk/support.ts';
import { checkExpression } from '../router/index.ts';
import type { EntityDefinition, Row } from '../schema/index.ts';
import type { Settings } from '../settings/index.ts';
import { vaultSubschema } from '../vaults/index.ts';
import type { RowAddition, RowWrite } from './messages.ts';
import { after, mysqlServer, postgresReplica, postgresServer } from './store-servers.ts';

/** Entities that every worker holds whole, in the order in which they are handed over. */
const heldWhole = [
  'certificates',
  'ca_certificates',
  'snis',
  'upstreams',
  'targets',
  'services',
  'routes',
  'plugins',
] as const;

const batch = 1000;

/** Core entities, with routes as the router's flavour has them, and those of the plugins. */
export function entitiesOf(
  plugins: readonly AnyPlugin[],
  flavor: Settings['router_flavor'],
): readonly EntityDefinition[] {
  const all: EntityDefinition[] = [...coreEntitiesFor(flavor, checkExpression)];
  for (const plugin of plugins) {
    for (const entity of plugin.entities ?? []) {
      if (!all.some((known) => known.name === entity.name)) all.push(entity);
    }
  }
  return all;
}

/** How {@link openStore} is to go about it. */
export interface OpenOptions {
  /** Used in place of the one that the settings name. */
  readonly strategy?: Strategy;
  /** Creates the store or brings it up to date first; the embedded store always is. */
  readonly migrate?: boolean;
  /** Called when changes of other nodes may have been missed. */
  readonly onLost?: () => void;
}

/** How long a node that starts waits for another one that migrates, in milliseconds. */
const lockTimeoutMs = 60_000;

/** MySQL sends no notifications: its table of events is read this often at the least, in milliseconds. */
const mysqlUpdateMs = 100;

/**
 * Opens the store that the settings name, or the one that is given. `onEvent` hears of every write to it, those of other
 * nodes too.
 * @throws GibbonError of the store, such as `ERR_STORE_OPEN`.
 */
export function openStore(
  settings: Settings,
  plugins: readonly AnyPlugin[],
  logger: Logger,
  onEvent: (event: EntityEvent) => void,
  options: OpenOptions = {},
): Promise<Database> {
  const schemas = new Map(plugins.map((plugin) => [plugin.name, pluginSubschema(plugin)]));
  return createDatabase({
    strategy: options.strategy ?? strategyOf(settings, options),
    entities: entitiesOf(plugins, settings.router_flavor),
    environment: {
      now: () => systemClock.now(),
      uuid: () => randomUUID(),
      randomString: () => randomString(),
      subschema: (entity, key) =>
        entity === 'plugins' ? schemas.get(key) : entity === 'vaults' ? vaultSubschema(key) : undefined,
    },
    onEvent,
    ...(options.onLost === undefined ? {} : { onLost: options.onLost }),
    clock: systemClock,
    logger,
  });
}

function strategyOf(settings: Settings, options: OpenOptions): Strategy {
  switch (settings.database) {
    case 'postgres': {
      const replica = postgresReplica(settings);
      return createPostgresStrategy({
        server: postgresServer(settings),
        ...(replica === undefined ? {} : { replica, replicaLagMs: settings.db_update_propagation * 1000 }),
        // Not the node's own id: a copied prefix would make two nodes deaf to each other.
        nodeId: randomUUID(),
        ...(options.migrate === true ? { migrate: { lockTimeoutMs } } : {}),
        updateEveryMs: settings.db_update_frequency * 1000,
        clock: systemClock,
        after,
      });
    }
    case 'mysql':
      return createMysqlStrategy({
        server: mysqlServer(settings),
        // Not the node's own id: a copied prefix would make two nodes deaf to each other.
        nodeId: randomUUID(),
        ...(options.migrate === true ? { migrate: { lockTimeoutMs } } : {}),
        updateEveryMs: Math.min(mysqlUpdateMs, settings.db_update_frequency * 1000),
        clock: systemClock,
        after,
      });
    default:
      return createSqliteStrategy({ path: settings.sqlite_path, clock: systemClock });
  }
}

/** Puts secrets in place of what refers to them in a row of an entity. */
export type ResolveRow = (entity: string, row: Row) => Row;

/** Everything that a new worker must hold, or all rows of some entities, as changes in batches. */
export async function* loadAll(
  database: Database,
  resolve: ResolveRow,
  entities: readonly string[] = heldWhole,
): AsyncIterable<readonly EntityChange[]> {
  for (const entity of entities) {
    let offset: string | undefined;
    do {
      const page = await database.dao(entity).page({ size: batch, ...(offset === undefined ? {} : { offset }) });
      if (!page.ok) {
        throw new GibbonError(`Cannot read ${entity} from the store: ${page.error.message}`, {
          code: 'ERR_STORE_READ',
        });
      }
      if (page.value.rows.length > 0) {
        yield page.value.rows.map((row): EntityChange => ({ entity, operation: 'create', row: resolve(entity, row) }));
      }
      offset = page.value.offset;
    } while (offset !== undefined);
  }
}

/** Looks up a row, or all rows that refer to one, for a worker. */
export async function findRow(database: Database, request: RowRequest, resolve: ResolveRow): Promise<Row | undefined> {
  const dao = database.dao(request.entity);
  if (request.by === 'parent') return { rows: await findRows(dao, request.field, request.id) };
  const found =
    request.by === 'id'
      ? await dao.select(request.id)
      : request.by === 'field'
        ? await dao.selectBy(request.field, request.value)
        : await dao.selectByCacheKey(...request.values);
  // What cannot be a key of a row, such as an id that is no UUID, names no row.
  return found.ok && found.value !== undefined ? resolve(request.entity, found.value) : undefined;
}

/**
 * Writes a row for a worker; undefined when the row to change is not there.
 * @throws GibbonError `ERR_STORE_WRITE` when it is refused.
 */
export async function writeRow(database: Database, write: RowWrite | RowAddition): Promise<Row | undefined> {
  if (write.operation === 'add') return { values: await database.add(write.entity, write.additions) };
  const dao = database.dao(write.entity);
  const options = write.ttl === undefined ? {} : { ttl: write.ttl };
  if (write.operation === 'delete') return resultOf(await dao.delete(write.id)) === true ? { id: write.id } : undefined;
  if (write.operation === 'insert') return resultOf(await dao.insert(write.given, options));
  return resultOf(await dao.update(write.id, write.given, options));
}

/** What the DAO's errors have for a code: no such row, and a value that was refused. */
const notFound = 6;
const schemaViolation = 2;

function resultOf<T>(result: DaoResult<T>): T | undefined {
  if (result.ok) return result.value;
  if (result.error.code === notFound) return undefined;
  // Other messages have values in them, and a session's id is for nobody's log.
  const { code, name, message } = result.error;
  throw new GibbonError(code === schemaViolation ? message : name, { code: 'ERR_STORE_WRITE' });
}

async function findRows(dao: Dao, foreignField: string, id: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let offset: string | undefined;
  do {
    const page = await dao.pageFor(foreignField, id, { size: batch, ...(offset === undefined ? {} : { offset }) });
    if (!page.ok) return rows;
    rows.push(...page.value.rows);
    offset = page.value.offset;
  } while (offset !== undefined);
  return rows;
}
