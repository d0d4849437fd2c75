import { type Clock, GibbonError } from '../../../kernel/index.ts';
import type { EntityDefinition } from '../../../schema/index.ts';
import { createFeed, type Feed } from '../feed.ts';
import { createLock } from '../lock.ts';
import { openFault, storeName, transactShared } from '../server-store.ts';
import type { Decision, ReadSession, Strategy } from '../strategy.ts';
import type { After } from '../timers.ts';
import { readCatalogue } from './catalogue.ts';
import { type Client, createPool, type Ear, listen, type Pool, type PostgresServer, storeFault } from './connection.ts';
import { eventReaders, eventsKeptMs, notificationChannel, publish } from './events.ts';
import { addOwnTables, lacksOwnTables, migrate, readState, requireUpToDate } from './migrations.ts';
import { addToValues, createReadSession, createWriteSession, removeExpired, type SessionContext } from './session.ts';
import { createTable, postgresLayout } from './tables.ts';

/** Where a Postgres store lives and how it is shared. */
export interface PostgresOptions {
  readonly server: PostgresServer;
  /** A replica that reads go to. */
  readonly replica?: PostgresServer;
  /** How far it may be behind, in milliseconds: for so long after a write that is known of, the primary is read. */
  readonly replicaLagMs?: number;
  /** Whose events are not to be heard: this node's. */
  readonly nodeId: string;
  /** Creates the store or brings it up to date, where absent a store that needs it is refused. */
  readonly migrate?: { readonly lockTimeoutMs: number };
  /** How often the table of events is read even when no notification came, in milliseconds. */
  readonly updateEveryMs: number;
  /** False leaves it at that, for servers behind a pool of connections that passes no notifications on. */
  readonly hearsNotifications?: boolean;
  readonly clock: Clock;
  readonly after: After;
}

interface Opened {
  readonly pool: Pool;
  readonly replica: Pool | undefined;
  /** To be called when a write is known of. */
  readonly written: () => void;
  readonly context: SessionContext;
  readonly read: ReadSession;
  readonly feed: Feed;
}

/** Names the advisory lock that a transaction holds: writers of all nodes come one at a time. */
const writerLock = 7_101_339_482;

/** How long to wait before the connection for notifications is opened again, in milliseconds. */
const listenAgainMs = 1000;

/**
 * A store on a Postgres server, in the tables of Kong 3.9. Any number of nodes share it: writers take turns, and every
 * commit is told to the other nodes by a notification, or when they next read the table of events.
 */
export function createPostgresStrategy(options: PostgresOptions): Strategy {
  const { server, nodeId } = options;
  const exclusively = createLock();
  let opened: Opened | undefined;
  let ear: Ear | undefined;
  let cancelListening = (): void => {};

  function store(): Opened {
    if (opened === undefined) {
      throw new GibbonError(`Cannot use the store "${storeName(server)}": it is closed`, { code: 'ERR_STORE_CLOSED' });
    }
    return opened;
  }

  /** Notifications only make haste: without them events are found when the table is read next. */
  async function hearNotifications(feed: Feed): Promise<void> {
    const again = (): void => {
      ear = undefined;
      if (opened?.feed !== feed) return;
      cancelListening = options.after(listenAgainMs, () => void hearNotifications(feed));
    };
    try {
      const heard = await listen(
        server,
        notificationChannel,
        (payload) => {
          if (payload !== nodeId) feed.wake();
        },
        again,
      );
      if (opened?.feed === feed) ear = heard;
      else await heard.close();
      feed.wake();
    } catch {
      again();
    }
  }

  return {
    name: 'postgres',
    get workspaceId() {
      return store().context.workspaceId;
    },
    get read() {
      return store().read;
    },
    async open(entities) {
      opened = await openStore(options, entities, exclusively);
    },
    transaction: (work, promise) =>
      exclusively(async () => {
        const { pool, context, feed, written } = store();
        return transactShared(
          {
            pool,
            feed,
            inTransaction,
            session: (client) => createWriteSession(client, context, promise),
            publish: (client, event) => publish(client, nodeId, event),
            fault: (fault) => storeFault('write to', fault),
            written,
          },
          work,
        );
      }),
    async add(entity, additions) {
      const { pool, context } = store();
      return addToValues(pool, context, entity, additions);
    },
    async follow(hearer) {
      const { feed, written } = store();
      await feed.start({
        heard(event) {
          written();
          hearer.heard(event);
        },
        lost: () => hearer.lost(),
      });
      if (options.hearsNotifications !== false) await hearNotifications(feed);
    },
    async reachable() {
      try {
        await store().pool.query('SELECT 1');
        return true;
      } catch {
        return false;
      }
    },
    removeExpired: () =>
      exclusively(async () => {
        const { pool, context } = store();
        let removed = 0;
        for (const table of context.tables.values()) {
          removed += await removeExpired(pool, context, table);
        }
        return removed;
      }),
    close: () =>
      exclusively(async () => {
        if (opened === undefined) return;
        const { pool, replica, feed } = opened;
        opened = undefined;
        feed.stop();
        cancelListening();
        await ear?.close();
        await replica?.close();
        await pool.close();
      }),
  };
}

async function openStore(
  options: PostgresOptions,
  entities: readonly EntityDefinition[],
  exclusively: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Opened> {
  const { server, clock, nodeId, after } = options;
  const layouts = entities.map(postgresLayout);
  const pool = createPool(server, after);
  try {
    if (options.migrate !== undefined) await migrate(server, layouts, { ...options.migrate, after });
    let catalogue = await readCatalogue(pool);
    let state = await readState(pool, layouts, catalogue);
    if (lacksOwnTables(state, layouts)) {
      await pool.lend((client) => addOwnTables(client, layouts));
      catalogue = await readCatalogue(pool);
      state = await readState(pool, layouts, catalogue);
    }
    requireUpToDate(state);
    const tables = new Map(layouts.map((layout) => [layout.entity, createTable(layout, catalogue)]));
    const { rows } = await pool.query(`SELECT "id" FROM "workspaces" WHERE "name" = 'default'`);
    const workspaceId = rows[0]?.[0];
    if (typeof workspaceId !== 'string') {
      throw new GibbonError('Cannot open the store: it has no workspace "default": run \'gibbon migrations up\'', {
        code: 'ERR_STORE_OPEN',
      });
    }
    const context: SessionContext = { tables, catalogue, clock, workspaceId };
    const replica = options.replica === undefined ? undefined : createPool(options.replica, after);
    let primaryUntil = Number.NEGATIVE_INFINITY;
    const written = (): void => {
      primaryUntil = clock.monotonic() + (options.replicaLagMs ?? 0);
    };
    // Whatever was written before the start may not have reached the replica either.
    written();
    const reader = (): Pool => (replica === undefined || clock.monotonic() < primaryUntil ? pool : replica);
    const readers: Client = {
      query: (sql, values) => reader().query(sql, values),
      script: (sql) => reader().script(sql),
    };
    return {
      pool,
      replica,
      written,
      context,
      read: createReadSession(readers, context),
      feed: createFeed({
        ...eventReaders(pool, nodeId),
        exclusively,
        everyMs: options.updateEveryMs,
        keptMs: eventsKeptMs,
        clock,
        after,
      }),
    };
  } catch (fault) {
    await pool.close();
    throw openFault(server, fault);
  }
}

async function inTransaction<T extends Decision<unknown>>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.script(`BEGIN; SELECT pg_advisory_xact_lock(${writerLock})`);
  let decision: T;
  try {
    decision = await work();
  } catch (fault) {
    await client.script('ROLLBACK').catch(() => {});
    throw fault;
  }
  await client.script(decision.commit ? 'COMMIT' : 'ROLLBACK');
  return decision;
}
