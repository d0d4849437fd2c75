import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { askLimited, crowd } from '../../support/crowd.ts';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../../support/scripted-upstream.ts';
import { requireService } from '../../support/services.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const executable = requireService('redis');
let redis: TestRedis;
let upstream: ScriptedUpstream;
let gateway: InProcessGateway;
before(async () => {
  redis = await startRedis(executable);
  upstream = await startUpstream();
  gateway = await startTestGateway({ nginx_worker_processes: '2' });
});
after(async () => {
  await gateway.stop();
  await upstream.close();
  await redis.close();
});

const send = (path: string) => askLimited(gateway.port, path);

async function limit(path: string, config: object): Promise<void> {
  const { route } = await createRoute(gateway, upstream.port, path);
  await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'rate-limiting', config });
}

// Windows are years, so that none ends while a test runs.
const policies: readonly [name: string, config: () => object][] = [
  ['local', () => ({ policy: 'local' })],
  ['local, sliding', () => ({ policy: 'local', window_type: 'sliding' })],
  ['redis', () => ({ policy: 'redis', redis: redis.config })],
  ['redis, sliding', () => ({ policy: 'redis', redis: redis.config, window_type: 'sliding' })],
];

for (const [at, [name, config]] of policies.entries()) {
  test(`100 clients of two workers get exactly 1,000 requests through (${name})`, async () => {
    await limit(`/crowd-${at}`, { year: 1000, ...config() });
    assert.deepEqual(await crowd([gateway.port], `/crowd-${at}`), { 200: 1000, 429: 500 });
  });
}

test('with sync_rate workers are off by no more than one lets through', async () => {
  await limit('/synced', { year: 1000, policy: 'redis', redis: redis.config, sync_rate: 0.02 });
  const counts = await crowd([gateway.port], '/synced');
  assert.ok(counts[200]! >= 1000 && counts[200]! <= 1500, JSON.stringify(counts));
});

test('without Redis requests pass or fail as configured, and limits are back when it is', async () => {
  const common = { year: 1000, policy: 'redis', redis: redis.config };
  await limit('/tolerant', common);
  await limit('/strict', { ...common, fault_tolerant: false });
  assert.deepEqual(await send('/tolerant'), { status: 200, remaining: '999' });
  assert.deepEqual(await send('/strict'), { status: 200, remaining: '999' });

  await redis.kill();
  for (let asked = 0; asked < 20; asked++) {
    assert.deepEqual(await send('/tolerant'), { status: 200, remaining: undefined });
    assert.equal((await send('/strict')).status, 500);
  }
  assert.match(gateway.readLog(), /Cannot reach Redis "127\.0\.0\.1:\d+"/);

  await redis.revive();
  const deadline = performance.now() + 15_000;
  // Each worker comes back for itself.
  for (let inARow = 0; inARow < 20; ) {
    const { status, remaining } = await send('/tolerant');
    assert.equal(status, 200);
    inARow = remaining === undefined ? 0 : inARow + 1;
    assert.ok(performance.now() < deadline, 'limits never came back');
  }
  assert.equal((await send('/strict')).status, 200);
});
