import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Clock, GibbonError, messageOf } from '../../../kernel/index.ts';
import type { EntityDefinition } from '../../../schema/index.ts';
import { type TableLayout, tableLayout } from '../columns.ts';
import { createLock } from '../lock.ts';
import type { Decision, ReadSession, Strategy, WriteSession } from '../strategy.ts';
import { type Connection, connect } from './connection.ts';
import { migrate } from './migrations.ts';
import {
  addToValues,
  createReadSession,
  createTable,
  createWriteSession,
  removeExpired,
  type SessionContext,
} from './session.ts';

/** Where and when a SQLite store lives. */
export interface SqliteOptions {
  /** The database file; made with its folder when missing, readable by its owner only. */
  readonly path: string;
  readonly clock: Clock;
}

interface Opened {
  readonly writer: Connection;
  readonly reader: Connection;
  readonly context: SessionContext;
  readonly read: ReadSession;
  readonly write: WriteSession;
}

/**
 * A store in one file, on Node's own SQLite. One connection writes, one transaction at a time; a second one reads what
 * is committed. Every call is synchronous inside: a statement takes microseconds.
 */
export function createSqliteStrategy(options: SqliteOptions): Strategy {
  const { path, clock } = options;
  const exclusively = createLock();
  let opened: Opened | undefined;

  function store(): Opened {
    if (opened === undefined) {
      throw new GibbonError(`Cannot use the store "${path}": it is closed`, { code: 'ERR_STORE_CLOSED' });
    }
    return opened;
  }

  return {
    name: 'sqlite',
    get workspaceId() {
      return store().context.workspaceId;
    },
    get read() {
      return store().read;
    },
    async open(entities) {
      opened = openStore(path, clock, entities);
    },
    transaction: (work) =>
      exclusively(async () => {
        const { writer, write } = store();
        const decision = await inTransaction(writer, () => work(write));
        if (decision.commit) decision.committed?.();
        return decision.value;
      }),
    add: (entity, additions) =>
      exclusively(async () => {
        const { writer, context } = store();
        const add = async () => ({ commit: true, value: addToValues(writer, context, entity, additions) });
        return (await inTransaction(writer, add)).value;
      }),
    async reachable() {
      try {
        return store().reader.get('SELECT 1', []) !== undefined;
      } catch {
        return false;
      }
    },
    removeExpired: () =>
      exclusively(async () => {
        const { writer, context } = store();
        let removed = 0;
        for (const table of context.tables.values()) {
          if (table.layout.hasTtl) removed += removeExpired(writer, context, table);
        }
        return removed;
      }),
    close: () =>
      exclusively(async () => {
        if (opened === undefined) return;
        const { reader, writer } = opened;
        opened = undefined;
        reader.close();
        writer.close();
      }),
  };
}

function openStore(path: string, clock: Clock, entities: readonly EntityDefinition[]): Opened {
  const layouts: TableLayout[] = entities.map(tableLayout);
  createFile(path);
  const writer = connect(path, { readOnly: false });
  try {
    const workspaceId = migrate(writer, path, layouts, clock);
    const tables = new Map(layouts.map((layout) => [layout.entity, createTable(layout)]));
    const context: SessionContext = { tables, clock, workspaceId };
    const reader = connect(path, { readOnly: true });
    return {
      writer,
      reader,
      context,
      read: createReadSession(reader, context),
      write: createWriteSession(writer, context),
    };
  } catch (fault) {
    writer.close();
    throw fault;
  }
}

/** The file is made before SQLite makes it, so that nobody else can read it for a moment; its WAL takes over the mode. */
function createFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  } catch (fault) {
    throw new GibbonError(`Cannot create the store "${path}": ${messageOf(fault)}`, {
      code: 'ERR_STORE_OPEN',
      cause: fault,
    });
  }
}

async function inTransaction<T extends Decision<unknown>>(writer: Connection, work: () => Promise<T>): Promise<T> {
  run(writer, 'BEGIN IMMEDIATE');
  try {
    const decision = await work();
    run(writer, decision.commit ? 'COMMIT' : 'ROLLBACK');
    return decision;
  } catch (fault) {
    rollBack(writer);
    throw fault;
  }
}

function rollBack(writer: Connection): void {
  try {
    writer.run('ROLLBACK', []);
  } catch {
    // SQLite has rolled back by itself, for example when the disk is full; the first fault is the one to report.
  }
}

function run(writer: Connection, sql: string): void {
  try {
    writer.run(sql, []);
  } catch (fault) {
    throw new GibbonError(`Cannot write to the store: ${messageOf(fault)}`, { code: 'ERR_STORE', cause: fault });
  }
}
