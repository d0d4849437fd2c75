import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createManualClock, silentLogger } from '../../../src/kernel/index.ts';
import { createRedisClient, type RedisClient } from '../../../src/kits/redis/index.ts';
import { createWindows } from '../../../src/kits/windows/index.ts';
import { limitsOf } from '../../../src/plugins/response-ratelimiting/limits.ts';
import { testPolicy } from '../../../src/plugins/response-ratelimiting/policies/policy.cases.ts';
import { createRedisPolicy } from '../../../src/plugins/response-ratelimiting/policies/redis.ts';
import { requireService } from '../../support/services.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const executable = requireService('redis');
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
testPolicy('redis', (cells) => ({
  clock: createManualClock(Date.UTC(2026, 10, 20, 13, 0)),
  policy: createRedisPolicy(client, `r${++prefixes}:`, cells, createWindows()),
}));

test('keys are those of Kong, and end with their windows', async () => {
  const { cells } = limitsOf({ videos: { minute: 5 } });
  const policy = createRedisPolicy(client, 'response-ratelimit:r:s:', cells, createWindows());
  await policy.add('10.0.0.1', Date.UTC(2026, 11, 1, 0, 0, 10), [2]);
  const key = `response-ratelimit:r:s:10.0.0.1:${Date.UTC(2026, 11, 1)}:videos:minute`;
  assert.equal(await client.call('GET', [key]), '2');
  assert.equal(await client.call('TTL', [key]), 60);
});
