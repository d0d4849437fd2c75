import { randomUUID } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { MysqlServer } from '../../../src/db/strategies/mysql/connection.ts';
import { createMysqlStrategy, type MysqlOptions } from '../../../src/db/strategies/mysql/index.ts';
import type { Strategy } from '../../../src/db/strategies/strategy.ts';
import { systemClock } from '../../../src/kernel/index.ts';
import { sharedServer } from '../../support/servers.ts';
import { after } from '../postgres/database.ts';

/** A database of a test's own on a server. */
export interface TestDatabase {
  readonly server: MysqlServer;
  /** Runs a statement as it is and gives its rows. */
  readonly sql: (text: string) => Promise<unknown[][]>;
  readonly drop: () => Promise<void>;
}

/** Makes an empty database on the server of the run, or on the one whose URL is given. */
export async function createTestDatabase(url = sharedServer('mariadb')): Promise<TestDatabase> {
  const { hostname: host, port, username: user, password } = new URL(url);
  const database = `gibbon_${randomUUID().replaceAll('-', '')}`;
  const server: MysqlServer = { host, port: Number(port), database, user, password, timeoutMs: 5000, poolSize: 5 };
  const execute = async (text: string, name?: string): Promise<unknown[][]> => {
    const connection = await createConnection({
      host,
      port: Number(port),
      user,
      password,
      ...(name === undefined ? {} : { database: name }),
    });
    try {
      const [rows] = await connection.query({ sql: text, rowsAsArray: true });
      return rows as unknown[][];
    } finally {
      await connection.end();
    }
  };
  await execute(`CREATE DATABASE ${database}`);
  return {
    server,
    sql: (text) => execute(text, database),
    drop: async () => {
      await closeAll(server);
      await execute(`DROP DATABASE IF EXISTS ${database}`);
    },
  };
}

/** Strategies by their database: one that a failed test left open would keep the process alive. */
const strategies = new Map<string, Strategy[]>();

function keyOf({ port, database }: MysqlServer): string {
  return `${port}/${database}`;
}

/** Closes whatever is open on a database. */
export async function closeAll(server: MysqlServer): Promise<void> {
  await Promise.allSettled((strategies.get(keyOf(server)) ?? []).map((strategy) => strategy.close()));
}

/** What a test sets differently; `migrate: undefined` opens a store as it is. */
export type OptionsUnderTest = { readonly [Name in keyof MysqlOptions]?: MysqlOptions[Name] | undefined };

/** A strategy over a server, which migrates unless told otherwise. */
export function strategyOn(server: MysqlServer, more: OptionsUnderTest = {}): Strategy {
  const usual: MysqlOptions = {
    server,
    nodeId: randomUUID(),
    migrate: { lockTimeoutMs: 10_000 },
    updateEveryMs: 100,
    clock: systemClock,
    after,
  };
  const strategy = createMysqlStrategy({ ...usual, ...more } as MysqlOptions);
  const key = keyOf(server);
  strategies.set(key, [...(strategies.get(key) ?? []), strategy]);
  return strategy;
}
