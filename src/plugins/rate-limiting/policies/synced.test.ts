import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RedisClient } from '../../../kits/redis/index.ts';
import { createWindows } from '../../../kits/windows/index.ts';
import { createFakeHost, createManualClock } from '../../../pdk/testing.ts';
import { limitsOf } from '../limit.ts';
import { testPolicy } from './policy.cases.ts';
import { createSyncedPolicy } from './synced.ts';

const startOfMinute = Date.UTC(2026, 10, 20, 13, 37);
const perMinute = (limit: number) =>
  limitsOf({ second: null, minute: limit, hour: null, day: null, month: null, year: null });

/** Counters of a server that workers share. */
function createServer() {
  const totals = new Map<string, number>();
  let isAway = false;
  let calls = 0;
  const client: RedisClient = {
    async call(command, keys) {
      calls++;
      assert.equal(command, 'MGET');
      if (isAway) throw new Error('away');
      return keys.map((key) => totals.get(key as string)?.toString() ?? null);
    },
    callForBytes: () => assert.fail('not called'),
    async run(_script, keys, args) {
      calls++;
      if (isAway) throw new Error('away');
      return keys.map((key, at) => {
        const total = (totals.get(key) ?? 0) + Number(args[2 * at]);
        totals.set(key, total);
        return total;
      });
    },
    close: () => {},
  };
  return {
    client,
    totals,
    set isAway(given: boolean) {
      isAway = given;
    },
    get calls() {
      return calls;
    },
  };
}

function createWorker(
  server: ReturnType<typeof createServer>,
  limits = perMinute(10),
  clock = createManualClock(startOfMinute),
) {
  const host = createFakeHost({ clock });
  const policy = createSyncedPolicy({
    client: server.client,
    prefix: 'p:',
    limits,
    windows: createWindows(),
    interval: 1000,
    host,
  });
  return {
    policy,
    clock,
    host,
    take: async () => Array.from(await policy.take('a', clock.now()))[0],
    async sync() {
      host.runTimers();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    },
  };
}

testPolicy('redis with sync_rate', (limits) => createWorker(createServer(), limits));

test('workers hear of each other once an interval', async () => {
  const server = createServer();
  const one = createWorker(server);
  const other = createWorker(server);
  assert.deepEqual([await one.take(), await one.take(), await other.take()], [10, 9, 10]);
  await one.sync();
  await other.sync();
  assert.deepEqual([...server.totals], [[`p:a:${startOfMinute}:minute`, 3]]);
  assert.deepEqual([await other.take(), await one.take()], [7, 8]);
});

test('a worker is off by no more than the others take in one interval', async () => {
  const server = createServer();
  const workers = [createWorker(server), createWorker(server)];
  let passed = 0;
  for (let round = 0; round < 8; round++) {
    for (const worker of workers) {
      for (let request = 0; request < 2; request++) if ((await worker.take())! > 0) passed++;
    }
    for (const worker of workers) await worker.sync();
  }
  assert.ok(passed >= 10 && passed <= 12, String(passed));
});

test('known keys are judged at once; after an interval without requests the server is asked again', async () => {
  const server = createServer();
  const { policy, clock, take } = createWorker(server);
  await take();
  assert.ok(!(policy.take('a', clock.now()) instanceof Promise));
  const idle = createWorker(server, perMinute(10), clock);
  await idle.take();
  await idle.sync();
  clock.advance(1001);
  assert.ok(idle.policy.take('a', clock.now()) instanceof Promise);
  assert.equal(await idle.take(), 8);
});

test('many requests for a new key ask the server once', async () => {
  const server = createServer();
  const { take } = createWorker(server);
  const left = await Promise.all(Array.from({ length: 12 }, () => take()));
  assert.deepEqual([left.filter((one) => one! > 0).length, server.calls], [10, 1]);
});

test('counts are kept while the server is away, and told when it is back', async () => {
  const server = createServer();
  const worker = createWorker(server, perMinute(2));
  await worker.take();
  server.isAway = true;
  await worker.sync();
  assert.deepEqual([await worker.take(), await worker.take()], [1, 0]);
  assert.match(worker.host.lines[0]!.message, /Cannot sync rate limits: away/);
  await assert.rejects(async () => worker.policy.take('b', worker.clock.now()), /away/);
  server.isAway = false;
  await worker.sync();
  assert.deepEqual([...server.totals.values()], [2]);
});

test('what was counted last is told when the configuration goes', async () => {
  const server = createServer();
  const worker = createWorker(server);
  await worker.take();
  worker.policy.close();
  assert.deepEqual([...server.totals.values()], [1]);
});

test('windows that are over are forgotten', async () => {
  const server = createServer();
  const worker = createWorker(server);
  await worker.take();
  worker.clock.advance(60_000);
  await worker.sync();
  assert.equal(server.totals.size, 0);
});
