import { createPool as createMysqlPool, type PoolConnection, type ResultSetHeader } from 'mysql2/promise';
import { GibbonError, messageOf } from '../../../kernel/index.ts';
import type { After } from '../timers.ts';
import { createTurns } from '../turns.ts';
import type { SqlValue } from '../values.ts';

/** Where a MySQL or MariaDB server is and how it is spoken to. */
export interface MysqlServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  /** Time for connecting, for a free connection and for each query, in milliseconds. */
  readonly timeoutMs: number;
  /** Time for each query where it is another. */
  readonly queryTimeoutMs?: number;
  /** TLS is demanded; `ca` are PEM certificates in place of the system's. */
  readonly tls?: { readonly verify: boolean; readonly ca?: readonly string[] };
  readonly poolSize: number;
}

/** A row as a list of values; JSON columns come as text or as what it stands for, which depends on the server. */
export type SqlRow = readonly unknown[];

/** Runs statements, one after the other. Its methods reject with what the server says. */
export interface Client {
  /** Runs a statement that is prepared once per connection, and gives its rows. */
  query(sql: string, values?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Runs a statement that changes rows. */
  run(sql: string, values?: readonly SqlValue[]): Promise<{ readonly count: number; readonly insertId: number }>;
  /** Runs a statement that cannot be prepared, such as one that defines a table. */
  script(sql: string): Promise<void>;
}

/** Connections that are opened as they are needed. A lost one is replaced at the next use. */
export interface Pool extends Client {
  /** Lends one connection to `work`. */
  lend<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How long an idle connection is kept, in milliseconds. */
const keepAliveMs = 60_000;

/** Creates a pool; nothing is opened yet. */
export function createPool(server: MysqlServer, after: After): Pool {
  const { tls, timeoutMs, queryTimeoutMs = timeoutMs } = server;
  const pool = createMysqlPool({
    host: server.host,
    port: server.port,
    database: server.database,
    user: server.user,
    ...(server.password === undefined ? {} : { password: server.password }),
    ...(tls === undefined
      ? {}
      : {
          ssl: {
            rejectUnauthorized: tls.verify,
            verifyIdentity: tls.verify,
            ...(tls.ca === undefined ? {} : { ca: [...tls.ca] }),
          },
        }),
    connectionLimit: server.poolSize,
    connectTimeout: timeoutMs,
    idleTimeout: keepAliveMs,
    charset: 'utf8mb4',
    rowsAsArray: true,
    // No date and no list is ever bound: what looks like one is text.
    stringifyObjects: true,
  });
  const inTurn = createTurns({ limit: server.poolSize, timeoutMs, after });

  function lend<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return inTurn(async () => {
      const leased = await pool.getConnection();
      let isBroken = false;
      const onFault = (fault: unknown): void => {
        isBroken ||= !isAnswer(fault);
      };
      try {
        if (!prepared.has(leased.connection)) {
          await settle(leased, timeoutMs).catch((fault: unknown) => {
            onFault(fault);
            throw fault;
          });
          prepared.add(leased.connection);
        }
        return await work(wrap(leased, queryTimeoutMs, onFault));
      } finally {
        if (isBroken) leased.destroy();
        else leased.release();
      }
    });
  }

  return {
    lend,
    query: (sql, values) => lend((client) => client.query(sql, values)),
    run: (sql, values) => lend((client) => client.run(sql, values)),
    script: (sql) => lend((client) => client.script(sql)),
    close: () => pool.end(),
  };
}

/** Connections whose session is set up. */
const prepared = new WeakSet<object>();

/** Values that do not fit are refused, and a transaction sees what was committed before each of its statements. */
async function settle(leased: PoolConnection, timeoutMs: number): Promise<void> {
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000));
  await leased.query({
    sql: `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = ${seconds}`,
    timeout: timeoutMs,
  });
  await leased.query({ sql: 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED', timeout: timeoutMs });
}

/** What the server answers a statement that it refuses. */
export interface MysqlError {
  /** https://mariadb.com/docs/server/reference/error-codes and MySQL's own list agree on those used here. */
  readonly errno: number;
  readonly message: string;
}

/** True when the server itself refused a statement and the connection goes on; false for a lost or silent connection. */
export function isAnswer(fault: unknown): fault is MysqlError {
  if (typeof fault !== 'object' || fault === null) return false;
  const { errno, sqlState, fatal } = fault as { errno?: unknown; sqlState?: unknown; fatal?: unknown };
  return typeof errno === 'number' && errno > 0 && typeof sqlState === 'string' && fatal !== true;
}

/** What a failure of the store is told as: never with the statement or its values. */
export function storeFault(what: string, fault: unknown): GibbonError {
  if (fault instanceof GibbonError) return fault;
  const detail = isAnswer(fault) ? `error ${fault.errno} of the server` : messageOf(fault);
  return new GibbonError(`Cannot ${what} the store: ${detail}`, { code: 'ERR_STORE', cause: fault });
}

/** Quotes an SQL identifier. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function wrap(leased: PoolConnection, timeout: number, onFault: (fault: unknown) => void): Client {
  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (fault) {
      onFault(fault);
      throw fault;
    }
  }
  return {
    query: (sql, values = []) =>
      attempt(async () => {
        const [rows] = await leased.execute({ sql, values: [...values], timeout });
        return rows as unknown as readonly SqlRow[];
      }),
    run: (sql, values = []) =>
      attempt(async () => {
        const [header] = await leased.execute({ sql, values: [...values], timeout });
        const { affectedRows, insertId } = header as ResultSetHeader;
        return { count: affectedRows, insertId };
      }),
    script: (sql) =>
      attempt(async () => {
        await leased.query({ sql, timeout });
      }),
  };
}
