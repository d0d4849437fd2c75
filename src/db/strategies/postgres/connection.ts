import { Client as PgClient, Pool as PgPool, type PoolClient, type QueryArrayConfig } from 'pg';
import { GibbonError, messageOf } from '../../../kernel/index.ts';
import type { After } from '../timers.ts';
import { createTurns } from '../turns.ts';

/** Where a Postgres server is and how it is spoken to. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** The schema that is used; the server's choice when absent. */
  readonly schema?: string;
  readonly user: string;
  readonly password?: string;
  /** Time for connecting and for each query, in milliseconds. */
  readonly timeoutMs: number;
  /** Time for each query where it is another. */
  readonly queryTimeoutMs?: number;
  /** TLS is demanded; `ca` are PEM certificates in place of the system's. */
  readonly tls?: { readonly verify: boolean; readonly ca?: readonly string[] };
  /** Queries under way at once; 0 sets no limit. */
  readonly maxConcurrentQueries: number;
  /** How long a query waits for its turn, in milliseconds. */
  readonly semaphoreTimeoutMs: number;
  /** How long an idle connection is kept, in milliseconds. */
  readonly keepAliveMs: number;
  readonly poolSize: number;
  /** Queries that may wait for a connection; no limit when absent. */
  readonly backlog?: number;
}

/** What is bound to a statement: lists are Postgres arrays. */
export type SqlValue = string | number | boolean | null | readonly string[];

/** A row as lists of values in text form. */
export type SqlRow = readonly (string | null)[];

/** Runs statements, one after the other. Its methods reject with what Postgres says. */
export interface Client {
  /** Runs a statement that is prepared once per connection. */
  query(
    sql: string,
    values?: readonly SqlValue[],
  ): Promise<{ readonly rows: readonly SqlRow[]; readonly count: number }>;
  /** Runs statements that bind nothing and give nothing back. */
  script(sql: string): Promise<void>;
}

/** Connections that are opened as they are needed. A lost one is replaced at the next use. */
export interface Pool extends Client {
  /** Lends one connection to `work`. */
  lend<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Creates a pool; nothing is opened yet. */
export function createPool(server: PostgresServer, after: After): Pool {
  const pool = new PgPool({
    ...clientOptions(server),
    max: Math.max(1, server.poolSize),
    idleTimeoutMillis: server.keepAliveMs,
    // Called for a new connection, before it is lent for the first time.
    verify: (client, done) => {
      client.query(sessionSettings(server), (fault: Error | null) => done(fault ?? undefined));
    },
  });
  // A connection that fails while it idles, or between two statements, is dropped; the next statement tells of it.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const limits = [server.maxConcurrentQueries, server.backlog === undefined ? 0 : server.poolSize].filter((n) => n > 0);
  const inTurn = createTurns({
    limit: limits.length === 0 ? 0 : Math.min(...limits),
    timeoutMs: server.semaphoreTimeoutMs,
    ...(server.backlog === undefined ? {} : { backlog: server.backlog }),
    after,
  });

  function lend<T>(work: (client: Client) => Promise<T>): Promise<T> {
    return inTurn(async () => {
      const leased = await pool.connect();
      let isBroken = false;
      try {
        return await work(
          wrap(leased, (fault) => {
            isBroken ||= !isAnswer(fault);
          }),
        );
      } finally {
        leased.release(isBroken);
      }
    });
  }

  return {
    lend,
    query: (sql, values) => lend((client) => client.query(sql, values)),
    script: (sql) => lend((client) => client.script(sql)),
    close: () => pool.end(),
  };
}

/** A connection that hears notifications. */
export interface Ear {
  close(): Promise<void>;
}

/** Opens a connection of its own that listens on a channel until it is closed or lost. */
export async function listen(
  server: PostgresServer,
  channel: string,
  hear: (payload: string) => void,
  lost: () => void,
): Promise<Ear> {
  const client = new PgClient({ ...clientOptions(server), keepAlive: true });
  client.on('error', () => {});
  client.on('notification', (message) => hear(message.payload ?? ''));
  try {
    await client.connect();
    await client.query(`${sessionSettings(server)}; LISTEN ${quoted(channel)}`);
  } catch (fault) {
    await client.end().catch(() => {});
    throw fault;
  }
  client.on('end', lost);
  return {
    async close() {
      client.off('end', lost);
      await client.end().catch(() => {});
    },
  };
}

/** Quotes an SQL identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes an SQL string. */
export function literal(text: string): string {
  const inside = text.replaceAll("'", "''");
  return text.includes('\\') ? `E'${inside.replaceAll('\\', '\\\\')}'` : `'${inside}'`;
}

/** What Postgres answers a statement that it refuses. */
export interface PostgresError {
  /** SQLSTATE, five characters (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
  readonly code: string;
  readonly message: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
}

/** True when Postgres itself refused a statement and the connection goes on; false for a lost or silent connection. */
export function isAnswer(fault: unknown): fault is PostgresError {
  if (typeof fault !== 'object' || fault === null || !('code' in fault) || !('severity' in fault)) return false;
  // Classes 08 and 57P: the server is going, or does not let us in.
  return typeof fault.code === 'string' && /^[0-9A-Z]{5}$/.test(fault.code) && !/^(?:08|57P)/.test(fault.code);
}

/** What a failure of the store is told as: never with the statement or its values. */
export function storeFault(what: string, fault: unknown): GibbonError {
  if (fault instanceof GibbonError) return fault;
  const detail = isAnswer(fault) ? `error ${fault.code} of the server` : messageOf(fault);
  return new GibbonError(`Cannot ${what} the store: ${detail}`, { code: 'ERR_STORE', cause: fault });
}

function clientOptions(server: PostgresServer) {
  const { tls } = server;
  return {
    host: server.host,
    port: server.port,
    database: server.database,
    user: server.user,
    ...(server.password === undefined ? {} : { password: server.password }),
    connectionTimeoutMillis: server.timeoutMs,
    query_timeout: server.queryTimeoutMs ?? server.timeoutMs,
    application_name: 'gibbon',
    ssl:
      tls === undefined
        ? false
        : { rejectUnauthorized: tls.verify, ...(tls.ca === undefined ? {} : { ca: [...tls.ca] }) },
  };
}

/**
 * Kong's column defaults take it for granted that times are written in UTC. A node that stops in the middle of a
 * transaction must not keep the others from writing for long.
 */
function sessionSettings(server: PostgresServer): string {
  const path = server.schema === undefined ? '' : `SET search_path TO ${quoted(server.schema)}; `;
  const idle = 2 * (server.queryTimeoutMs ?? server.timeoutMs);
  return `${path}SET TIME ZONE 'UTC'; SET idle_in_transaction_session_timeout = ${Math.ceil(idle)}`;
}

/** Each text of a statement has one name for the life of the process, by which connections prepare it once. */
const names = new Map<string, string>();

function nameOf(sql: string): string {
  let name = names.get(sql);
  if (name === undefined) {
    name = `gibbon_${names.size}`;
    names.set(sql, name);
  }
  return name;
}

/** Values stay in the text form that Postgres sends: what they are is known from the column. */
const asText = { getTypeParser: () => (text: string | Buffer) => text };

function wrap(leased: PoolClient, onFault: (fault: unknown) => void): Client {
  return {
    async query(sql, values = []) {
      const config: QueryArrayConfig & { readonly types: typeof asText } = {
        name: nameOf(sql),
        text: sql,
        values: [...values],
        rowMode: 'array',
        types: asText,
      };
      try {
        const { rows, rowCount } = await leased.query(config);
        return { rows: rows as SqlRow[], count: rowCount ?? 0 };
      } catch (fault) {
        onFault(fault);
        throw fault;
      }
    },
    async script(sql) {
      try {
        await leased.query(sql);
      } catch (fault) {
        onFault(fault);
        throw fault;
      }
    },
  };
}
