import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { PostgresServer } from '../../../src/db/strategies/postgres/connection.ts';
import { createPostgresStrategy, type PostgresOptions } from '../../../src/db/strategies/postgres/index.ts';
import type { Strategy } from '../../../src/db/strategies/strategy.ts';
import { systemClock } from '../../../src/kernel/index.ts';
import type { GivenSettings } from '../../support/gateway.ts';
import { sharedServer } from '../../support/servers.ts';

/** A database of a test's own on a server. */
export interface TestDatabase {
  readonly server: PostgresServer;
  /** Runs SQL as it is and gives rows as lists of text. */
  readonly sql: (text: string) => Promise<(string | null)[][]>;
  readonly drop: () => Promise<void>;
}

/** Makes an empty database on the server of the run, or on the one whose URL is given. */
export async function createTestDatabase(url = sharedServer('postgres')): Promise<TestDatabase> {
  const name = `gibbon_${randomUUID().replaceAll('-', '')}`;
  await execute(url, `CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    server: serverOf(own),
    sql: (text) => execute(own.href, text),
    drop: async () => {
      await closeAll(serverOf(own));
      await execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** The server that a URL names, with the settings' own defaults. */
export function serverOf(url: URL): PostgresServer {
  return {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: url.username,
    password: url.password,
    timeoutMs: 5000,
    maxConcurrentQueries: 0,
    semaphoreTimeoutMs: 60_000,
    keepAliveMs: 60_000,
    poolSize: 5,
  };
}

/** Settings with which a gateway uses a database. */
export function gatewaySettings(
  server: Pick<PostgresServer, 'host' | 'port' | 'user' | 'password' | 'database'>,
): GivenSettings {
  return {
    database: 'postgres',
    pg_host: server.host,
    pg_port: String(server.port),
    pg_user: server.user,
    pg_password: server.password!,
    pg_database: server.database,
  };
}

/** Runs work later, and never keeps the process alive for it. */
export function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

/** Strategies by their database: one that a failed test left open would keep the process alive. */
const strategies = new Map<string, Strategy[]>();

function keyOf({ port, database }: PostgresServer): string {
  return `${port}/${database}`;
}

/** Closes whatever is open on a database. */
export async function closeAll(server: PostgresServer): Promise<void> {
  await Promise.allSettled((strategies.get(keyOf(server)) ?? []).map((strategy) => strategy.close()));
}

/** What a test sets differently; `migrate: undefined` opens a store as it is. */
export type OptionsUnderTest = { readonly [Name in keyof PostgresOptions]?: PostgresOptions[Name] | undefined };

/** A strategy over a server, which migrates unless told otherwise. */
export function strategyOn(server: PostgresServer, more: OptionsUnderTest = {}): Strategy {
  const usual: PostgresOptions = {
    server,
    nodeId: randomUUID(),
    migrate: { lockTimeoutMs: 10_000 },
    updateEveryMs: 5000,
    clock: systemClock,
    after,
  };
  const strategy = createPostgresStrategy({ ...usual, ...more } as PostgresOptions);
  const key = keyOf(server);
  strategies.set(key, [...(strategies.get(key) ?? []), strategy]);
  return strategy;
}

async function execute(url: string, text: string): Promise<(string | null)[][]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const types = { getTypeParser: () => (value: string | Buffer) => value };
    const result = await client.query({ text, rowMode: 'array', types });
    const last = Array.isArray(result) ? result.at(-1) : result;
    return last.rows as (string | null)[][];
  } finally {
    await client.end();
  }
}
