import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock, createPluginRunner, type FakeHostOptions, type PluginRun } from '../../pdk/testing.ts';
import { rateLimiting } from './index.ts';

const startOfMinute = Date.UTC(2026, 10, 20, 13, 37);

function limitHeaders(run: PluginRun): { [name: string]: unknown } {
  return Object.fromEntries(
    Object.entries(run.headers).filter(([name]) => name.includes('ratelimit') || name === 'retry-after'),
  );
}

function runnerOf(config: { [field: string]: unknown }, options: FakeHostOptions = {}) {
  const clock = createManualClock(startOfMinute + 20_500);
  return createPluginRunner([{ plugin: rateLimiting, config }], { clock, ...options });
}

test('headers tell limit, rest and time until the window ends', async () => {
  const runner = runnerOf({ minute: 2, hour: 2.5 });
  assert.deepEqual(limitHeaders(await runner.send()), {
    'x-ratelimit-limit-minute': '2',
    'x-ratelimit-remaining-minute': '1',
    'x-ratelimit-limit-hour': '2.5',
    'x-ratelimit-remaining-hour': '1.5',
    'ratelimit-limit': '2',
    'ratelimit-remaining': '1',
    'ratelimit-reset': '40',
  });
  await runner.send();
  const refused = await runner.send();
  assert.deepEqual([refused.status, JSON.parse(refused.body).message], [429, 'API rate limit exceeded']);
  assert.deepEqual(limitHeaders(refused), {
    'x-ratelimit-limit-minute': '2',
    'x-ratelimit-remaining-minute': '0',
    'x-ratelimit-limit-hour': '2.5',
    'x-ratelimit-remaining-hour': '0.5',
    'ratelimit-limit': '2',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '40',
    'retry-after': '40',
  });
});

test('the next window begins with the minute of the clock', async () => {
  const runner = runnerOf({ minute: 1 });
  assert.equal((await runner.send()).status, 200);
  assert.equal((await runner.send()).status, 429);
  runner.host.clock.advance(39_499);
  const last = await runner.send();
  assert.deepEqual([last.status, last.headers['retry-after']], [429, '1']);
  runner.host.clock.advance(1);
  assert.equal((await runner.send()).status, 200);
});

test('a month is told to last 30 days', async () => {
  const clock = createManualClock(Date.UTC(2026, 9, 31, 12));
  const runner = createPluginRunner([{ plugin: rateLimiting, config: { month: 1 } }], { clock });
  assert.equal((await runner.send()).headers['ratelimit-reset'], '1');
  clock.advance(86_400_000);
  assert.equal((await runner.send()).status, 200);
});

test('configurations of one route and service share their counters, those of others do not', async () => {
  const counted: string[] = [];
  const counters = {
    add(key: string, by: number) {
      counted.push(key);
      return by;
    },
    read: () => 0,
  };
  const config = { second: 9 };
  const instance = { routeId: 'r1', serviceId: 's1', consumerId: 'c1' };
  await createPluginRunner([{ plugin: rateLimiting, config, instance }], {
    counters,
    clock: createManualClock(startOfMinute),
  }).send({ request: { forwardedIp: '10.0.0.1' } });
  await createPluginRunner([{ plugin: rateLimiting, config }], {
    counters,
    clock: createManualClock(startOfMinute),
  }).send({ consumer: { id: 'c1' } });
  const none = '00000000-0000-0000-0000-000000000000';
  assert.deepEqual(counted, [
    `ratelimit:r1:s1:10.0.0.1:${startOfMinute}:second`,
    `ratelimit:${none}:${none}:c1:${startOfMinute}:second`,
  ]);
});

const identifiers: readonly [limitBy: string, identifier: string][] = [
  ['consumer', 'c1'],
  ['credential', 'k1'],
  ['service', 's1'],
  ['ip', '10.0.0.9'],
  ['header', 'tenant-7'],
  ['path', '/shop'],
];

for (const [limitBy, identifier] of identifiers) {
  test(`limit_by ${limitBy} has a count for each`, async () => {
    const counted: string[] = [];
    const counters = {
      add(key: string, by: number) {
        counted.push(key);
        return by;
      },
      read: () => 0,
    };
    const config = { year: 9, limit_by: limitBy, header_name: 'x-tenant', path: '/shop' };
    const runner = createPluginRunner([{ plugin: rateLimiting, config }], { counters });
    const request = { path: '/shop', headers: { 'X-Tenant': 'tenant-7' }, forwardedIp: '10.0.0.9' };
    await runner.send({ request, consumer: { id: 'c1' }, credential: { id: 'k1' }, service: { id: 's1' } });
    await runner.send({ request: { path: '/other', forwardedIp: '10.0.0.8' }, service: { id: 's2' } });
    assert.equal(counted[0]!.split(':')[3], identifier);
    assert.equal(counted[1]!.split(':')[3], limitBy === 'service' ? 's2' : '10.0.0.8');
  });
}

test('a sliding window carries over what was let through shortly before', async () => {
  const runner = runnerOf({ minute: 4, window_type: 'sliding' });
  const statuses = async (requests: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let request = 0; request < requests; request++) seen.push((await runner.send()).status);
    return seen;
  };
  assert.deepEqual(await statuses(5), [200, 200, 200, 200, 429]);
  runner.host.clock.advance(39_500);
  assert.deepEqual(await statuses(1), [429]);
  runner.host.clock.advance(30_000);
  const half = await runner.send();
  assert.deepEqual([half.status, half.headers['x-ratelimit-remaining-minute']], [200, '1']);
  assert.deepEqual(await statuses(2), [200, 429]);
  runner.host.clock.advance(90_000);
  assert.deepEqual(await statuses(1), [200]);
});

test('limit_by consumer falls back on the credential', async () => {
  const runner = runnerOf({ minute: 1 });
  assert.equal((await runner.send({ credential: { id: 'k1' } })).status, 200);
  assert.equal((await runner.send({ credential: { id: 'k2' } })).status, 200);
  assert.equal((await runner.send({ credential: { id: 'k1' } })).status, 429);
});

const brokenCounters = {
  add(): number {
    throw new Error('no memory');
  },
  read: () => 0,
};

test('while counts cannot be read requests pass without headers, or fail when told so', async () => {
  const tolerant = await runnerOf({ minute: 1 }, { counters: brokenCounters }).send();
  assert.deepEqual([tolerant.status, limitHeaders(tolerant)], [200, {}]);
  assert.deepEqual(tolerant.logs, [{ level: 'error', message: '[rate-limiting] failed to get usage: no memory' }]);
  const strict = await runnerOf({ minute: 1, fault_tolerant: false }, { counters: brokenCounters }).send();
  assert.deepEqual([strict.status, strict.body], [500, '{"message":"An unexpected error occurred"}']);
});

const refusedConfigs: readonly [config: { [field: string]: unknown }, text: RegExp][] = [
  [{}, /at least one of these fields must be non-empty: 'config\.second', 'config\.minute'/],
  [{ minute: 0 }, /minute: value must be greater than 0/],
  [{ second: 10, minute: 5 }, /The limit for minute\(5\.0\) cannot be lower than the limit for second\(10\.0\)/],
  [{ minute: 1, limit_by: 'header' }, /config\.header_name|header_name: required field missing/],
  [{ minute: 1, limit_by: 'path' }, /path: required field missing/],
  [{ minute: 1, limit_by: 'weather' }, /expected one of: consumer, credential, ip, service, header, path/],
  [{ minute: 1, sync_rate: 1 }, /sync_rate can only be used with the redis policy/],
  [{ minute: 1, policy: 'redis' }, /redis\.host: required field missing|required field missing/],
  [{ minute: 1, policy: 'redis', redis: { host: 'r' }, sync_rate: 0.01 }, /sync_rate must be greater than 0\.02/],
  [{ minute: 1, policy: 'redis', redis: { host: 'r' }, sync_rate: 0 }, /sync_rate must be greater than 0\.02/],
  [
    { minute: 1, policy: 'redis', redis: { host: 'r' }, sync_rate: 1, window_type: 'sliding' },
    /sync_rate can only be used with the fixed window_type/,
  ],
  [{ minute: 1, window_type: 'elastic' }, /expected one of: fixed, sliding/],
  [{ minute: 1, policy: 'cluster', sync_rate: 1 }, /sync_rate can only be used with the redis policy/],
];

for (const [config, text] of refusedConfigs) {
  test(`refuses ${JSON.stringify(config)}`, () => {
    assert.throws(() => runnerOf(config), text);
  });
}

test('the flat names of older versions are understood', () => {
  assert.doesNotThrow(() => runnerOf({ minute: 1, redis_host: 'redis.test', redis_port: 6380 }));
});
