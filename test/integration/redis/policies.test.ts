import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createManualClock, silentLogger } from '../../../src/kernel/index.ts';
import { createRedisClient, type RedisClient } from '../../../src/kits/redis/index.ts';
import { createWindows } from '../../../src/kits/windows/index.ts';
import { limitsOf } from '../../../src/plugins/rate-limiting/limit.ts';
import { testPolicy } from '../../../src/plugins/rate-limiting/policies/policy.cases.ts';
import { createRedisPolicy } from '../../../src/plugins/rate-limiting/policies/redis.ts';
import { requireService } from '../../support/services.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const executable = requireService('redis');
const startOfMinute = Date.UTC(2026, 10, 20, 13, 37);
const none = { second: null, minute: null, hour: null, day: null, month: null, year: null };
let redis: TestRedis;
let client: RedisClient;
before(async () => {
  redis = await startRedis(executable);
  client = createRedisClient(redis.config, silentLogger);
});
after(async () => {
  client.close();
  await redis.close();
});

let prefixes = 0;
testPolicy('redis', (limits) => ({
  clock: createManualClock(startOfMinute),
  policy: createRedisPolicy(client, `p${++prefixes}:`, limits, createWindows()),
}));

test('keys are those of Kong, and end with their windows', async () => {
  const policy = createRedisPolicy(
    client,
    'ratelimit:r:s:',
    limitsOf({ ...none, minute: 5, month: 9 }),
    createWindows(),
  );
  const now = Date.UTC(2026, 11, 1, 0, 0, 10);
  await policy.take('10.0.0.1', now);
  const minute = `ratelimit:r:s:10.0.0.1:${Date.UTC(2026, 11, 1)}:minute`;
  const month = `ratelimit:r:s:10.0.0.1:${Date.UTC(2026, 11, 1)}:month`;
  assert.deepEqual(await client.call('MGET', [minute, month]), ['1', '1']);
  assert.equal(await client.call('TTL', [minute]), 60);
  const monthLeft = Number(await client.call('TTL', [month]));
  assert.ok(monthLeft > 2_678_385 && monthLeft <= 2_678_390, String(monthLeft));
});

test('a thousand at once take no more than the limit', async () => {
  const limits = limitsOf({ ...none, hour: 100, day: 150 });
  const policies = Array.from({ length: 4 }, () => createRedisPolicy(client, 'many:', limits, createWindows()));
  const asked = Array.from({ length: 1000 }, async (_, at) => policies[at % 4]!.take('a', startOfMinute));
  const left = await Promise.all(asked);
  assert.equal(left.filter((one) => Array.from(one).every((rest) => rest > 0)).length, 100);
  assert.equal(await client.call('GET', [`many:a:${Date.UTC(2026, 10, 20)}:day`]), '100');
});

test('a sliding window counts what is left of the window before', async () => {
  const policy = createRedisPolicy(client, 'sliding:', limitsOf({ ...none, minute: 10 }), createWindows(), true);
  const take = async (seconds: number) => Array.from(await policy.take('a', startOfMinute + seconds * 1000))[0];
  for (let request = 0; request < 10; request++) await take(0);
  assert.deepEqual([await take(59), await take(60), await take(66), await take(66)], [0, 0, 1, 0]);
  assert.equal(await take(90), 4);
});
