import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Logger, silentLogger } from '../../kernel/index.ts';
import { createRedisClient, redisScript } from './client.ts';
import { createRedisClients } from './clients.ts';
import type { RedisConfig } from './config.ts';
import type { Connect, ConnectionEvents, RedisArgument } from './connection.ts';

const config: RedisConfig = {
  host: 'redis.test',
  port: 6379,
  timeout: 2000,
  username: null,
  password: null,
  database: 0,
  ssl: false,
  ssl_verify: false,
  server_name: null,
};

/** A server that does as the test says. */
function createServer() {
  const made: { events: ConnectionEvents; isClosed: boolean; renewals: number }[] = [];
  const asked: string[] = [];
  let answer: (command: string, args: readonly RedisArgument[]) => unknown = () => 'OK';
  const connect: Connect = async (_config, events) => {
    const state = { events, isClosed: false, renewals: 0 };
    made.push(state);
    const call = async (command: string, args: readonly RedisArgument[]): Promise<unknown> => {
      asked.push([command, ...args].join(' '));
      return answer(command, args);
    };
    return {
      call,
      callForBytes: call,
      renew: () => {
        state.renewals += 1;
      },
      close: () => {
        state.isClosed = true;
      },
    };
  };
  return {
    connect,
    made,
    asked,
    set answer(given: typeof answer) {
      answer = given;
    },
  };
}

function createLog(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const add = (line: string): void => {
    lines.push(line);
  };
  return { lines, log: { ...silentLogger, error: add, notice: add } };
}

const away = { code: 'ERR_REDIS_AWAY', message: 'Cannot reach Redis "redis.test:6379": refused' };

test('the first commands wait for the connection, later ones fail at once while the server is away', async () => {
  const server = createServer();
  const { log, lines } = createLog();
  const client = createRedisClient(config, log, server.connect);
  const first = client.call('GET', ['a']);
  await Promise.resolve();
  server.made[0]!.events.onReady();
  assert.equal(await first, 'OK');
  server.made[0]!.events.onAway('refused');
  server.made[0]!.events.onAway('refused');
  await assert.rejects(client.call('GET', ['b']), away);
  server.made[0]!.events.onReady();
  assert.equal(await client.call('GET', ['c']), 'OK');
  assert.deepEqual(server.asked, ['GET a', 'GET c']);
  assert.deepEqual(lines, ['Cannot reach Redis "redis.test:6379": refused', 'Redis "redis.test:6379" is back']);
});

test('a server that was never there fails commands once that is known', async () => {
  const server = createServer();
  const client = createRedisClient(config, silentLogger, server.connect);
  const first = client.call('GET', ['a']);
  server.made[0]!.events.onAway('refused');
  await assert.rejects(first, away);
});

test('a server that falls silent is left for a new connection', async () => {
  const server = createServer();
  server.answer = () => {
    throw new Error('Command timed out');
  };
  const client = createRedisClient(config, silentLogger, server.connect);
  server.made[0]!.events.onReady();
  const silent = { code: 'ERR_REDIS_AWAY', message: 'Cannot reach Redis "redis.test:6379": no answer in time' };
  await assert.rejects(client.call('GET', ['a']), silent);
  await assert.rejects(client.call('GET', ['b']), silent);
  assert.deepEqual([server.asked, server.made[0]!.renewals], [['GET a'], 1]);
});

test('a script is sent once in full, by its digest after that', async () => {
  const server = createServer();
  const script = redisScript('return 1');
  let isKnown = false;
  server.answer = (command) => {
    if (command === 'EVALSHA' && !isKnown) {
      throw Object.assign(new Error('NOSCRIPT No matching script.'), { name: 'ReplyError' });
    }
    isKnown = true;
    return 1;
  };
  const client = createRedisClient(config, silentLogger, server.connect);
  server.made[0]!.events.onReady();
  assert.equal(await client.run(script, ['k'], [7]), 1);
  assert.equal(await client.run(script, ['k'], [8]), 1);
  assert.deepEqual(server.asked, [
    `EVALSHA ${script.digest} 1 k 7`,
    'EVAL return 1 1 k 7',
    `EVALSHA ${script.digest} 1 k 8`,
  ]);
});

test('what the server refuses is told apart from an outage', async () => {
  const server = createServer();
  server.answer = () => {
    throw Object.assign(new Error('WRONGTYPE no'), { name: 'ReplyError' });
  };
  const client = createRedisClient(config, silentLogger, server.connect);
  server.made[0]!.events.onReady();
  await assert.rejects(client.call('INCR', ['a']), {
    code: 'ERR_REDIS_REPLY',
    message: 'Cannot run INCR on Redis "redis.test:6379": WRONGTYPE no',
  });
});

test('equal configurations share a connection until the last of them is closed', async () => {
  const server = createServer();
  const clients = createRedisClients(silentLogger, server.connect);
  const first = clients.open(config);
  const second = clients.open({ ...config });
  const other = clients.open({ ...config, database: 1 });
  await Promise.resolve();
  assert.equal(server.made.length, 2);
  first.close();
  first.close();
  assert.equal(server.made[0]!.isClosed, false);
  second.close();
  assert.equal(server.made[0]!.isClosed, true);
  clients.open(config);
  assert.equal(server.made.length, 3);
  other.close();
});
