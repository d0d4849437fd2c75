import { type Clock, GibbonError } from '../../../kernel/index.ts';
import type { EntityDefinition } from '../../../schema/index.ts';
import { tableLayout } from '../columns.ts';
import { createFeed, type Feed } from '../feed.ts';
import { createLock } from '../lock.ts';
import { openFault, storeName, transactShared } from '../server-store.ts';
import type { Decision, ReadSession, Strategy } from '../strategy.ts';
import type { After } from '../timers.ts';
import { type Client, createPool, type MysqlServer, type Pool, storeFault } from './connection.ts';
import { eventReaders, eventsKeptMs, publish, removeOldEvents } from './events.ts';
import { migrate, readState, readWorkspaceId, requireUpToDate } from './migrations.ts';
import {
  addToValues,
  createReadSession,
  createTable,
  createWriteSession,
  removeExpired,
  type SessionContext,
} from './session.ts';

/** Where a MySQL or MariaDB store lives and how it is shared. */
export interface MysqlOptions {
  readonly server: MysqlServer;
  /** Whose events are not to be heard: this node's. */
  readonly nodeId: string;
  /** Creates the store or brings it up to date; where absent, a store that needs it is refused. */
  readonly migrate?: { readonly lockTimeoutMs: number };
  /** How often the table of events is read, in milliseconds. */
  readonly updateEveryMs: number;
  readonly clock: Clock;
  readonly after: After;
}

interface Opened {
  readonly pool: Pool;
  readonly context: SessionContext;
  readonly read: ReadSession;
  readonly feed: Feed;
}

/**
 * A store on a MySQL (8.0 or later) or MariaDB (10.5 or later) server, in tables of our own. Any number of nodes share
 * it: writers take turns, and every node reads what the others committed from the table of events.
 */
export function createMysqlStrategy(options: MysqlOptions): Strategy {
  const { server, nodeId } = options;
  const exclusively = createLock();
  let opened: Opened | undefined;

  function store(): Opened {
    if (opened === undefined) {
      throw new GibbonError(`Cannot use the store "${storeName(server)}": it is closed`, { code: 'ERR_STORE_CLOSED' });
    }
    return opened;
  }

  return {
    name: 'mysql',
    get workspaceId() {
      return store().context.workspaceId;
    },
    get read() {
      return store().read;
    },
    async open(entities) {
      opened = await openStore(options, entities, exclusively);
    },
    transaction: (work) =>
      exclusively(async () => {
        const { pool, context, feed } = store();
        return transactShared(
          {
            pool,
            feed,
            inTransaction,
            session: (client) => createWriteSession(client, context),
            publish: (client, event) => publish(client, nodeId, event),
            fault: (fault) => storeFault('write to', fault),
          },
          work,
        );
      }),
    async add(entity, additions) {
      const { pool, context } = store();
      return pool
        .lend((client) => addToValues(client, context, entity, additions))
        .catch((fault: unknown) => {
          throw storeFault('write to', fault);
        });
    },
    follow: (hearer) => store().feed.start(hearer),
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
          if (table.layout.hasTtl) removed += await removeExpired(pool, context, table);
        }
        await removeOldEvents(pool);
        return removed;
      }),
    close: () =>
      exclusively(async () => {
        if (opened === undefined) return;
        const { pool, feed } = opened;
        opened = undefined;
        feed.stop();
        await pool.close();
      }),
  };
}

async function openStore(
  options: MysqlOptions,
  entities: readonly EntityDefinition[],
  exclusively: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Opened> {
  const { server, clock, nodeId, after } = options;
  const layouts = entities.map(tableLayout);
  const pool = createPool(server, after);
  try {
    if (options.migrate !== undefined) await migrate(server, layouts, { ...options.migrate, after });
    requireUpToDate(await readState(pool, layouts));
    const workspaceId = await readWorkspaceId(pool);
    if (workspaceId === undefined) {
      throw new GibbonError("Cannot open the store: it has no workspace: run 'gibbon migrations up'", {
        code: 'ERR_STORE_OPEN',
      });
    }
    const tables = new Map(layouts.map((layout) => [layout.entity, createTable(layout)]));
    const context: SessionContext = { tables, clock, workspaceId };
    return {
      pool,
      context,
      read: createReadSession(pool, context),
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

/** Writers of all nodes come one at a time: each holds the one row of a table until its transaction ends. */
async function inTransaction<T extends Decision<unknown>>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.script('START TRANSACTION');
  let decision: T;
  try {
    await client.query('SELECT `id` FROM `gibbon_writer` WHERE `id` = 1 FOR UPDATE');
    decision = await work();
  } catch (fault) {
    await client.script('ROLLBACK').catch(() => {});
    throw fault;
  }
  await client.script(decision.commit ? 'COMMIT' : 'ROLLBACK');
  return decision;
}
