import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { silentLogger } from '../../../src/kernel/index.ts';
import { createRedisClient, redisScript } from '../../../src/kits/redis/index.ts';
import { requireService } from '../../support/services.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const executable = requireService('redis');
let redis: TestRedis;
before(async () => {
  redis = await startRedis(executable, ['--requirepass', 'secret word']);
});
after(() => redis.close());

const secured = () => ({ ...redis.config, password: 'secret word' });

test('commands, bytes and scripts come through', async () => {
  const client = createRedisClient(secured(), silentLogger);
  const bytes = Buffer.from([0, 255, 13, 10, 128]);
  assert.equal(await client.call('SET', ['b', bytes]), 'OK');
  assert.deepEqual(await client.callForBytes('GET', ['b']), bytes);
  assert.equal(await client.call('GET', ['none']), null);
  const script = redisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  assert.equal(await client.run(script, ['n'], [2]), 2);
  assert.equal(await client.run(script, ['n'], [3]), 5);
  client.close();
  await assert.rejects(client.call('GET', ['n']), { code: 'ERR_REDIS_AWAY' });
});

test('a database of its own can be chosen, and a user', async () => {
  const client = createRedisClient({ ...secured(), username: 'default', database: 3 }, silentLogger);
  await client.call('SET', ['only-here', '1']);
  const other = createRedisClient(secured(), silentLogger);
  assert.equal(await other.call('EXISTS', ['only-here']), 0);
  client.close();
  other.close();
});

test('a wrong password is told', async () => {
  const client = createRedisClient({ ...redis.config, password: 'wrong' }, silentLogger);
  await assert.rejects(client.call('GET', ['a']), /Redis "127\.0\.0\.1:\d+": (.*WRONGPASS|.*NOAUTH)/);
  client.close();
});

test('a server that stands still fails commands within the timeout, and is used again when it goes on', async () => {
  const client = createRedisClient({ ...secured(), timeout: 100 }, silentLogger);
  await client.call('SET', ['a', '1']);
  redis.freeze(true);
  try {
    const started = performance.now();
    await assert.rejects(client.call('GET', ['a']), /no answer in time/);
    for (let command = 0; command < 50; command++) {
      await assert.rejects(client.call('GET', ['a']), { code: 'ERR_REDIS_AWAY' });
    }
    assert.ok(performance.now() - started < 5000);
  } finally {
    redis.freeze(false);
  }
  const deadline = performance.now() + 10_000;
  for (;;) {
    const answer = await client.call('GET', ['a']).catch(() => undefined);
    if (answer === '1') break;
    assert.ok(performance.now() < deadline, 'the client never came back');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  client.close();
});
