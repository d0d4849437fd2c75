import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFakeHost,
  createManualClock,
  createPluginRunner,
  type FakeExchangeOptions,
  type FakeHostOptions,
  runPlugin,
} from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { responseRatelimiting } from './index.ts';

const limits = { videos: { minute: 3, hour: 10 } };

function runner(config: Row, options: FakeHostOptions = {}) {
  const made = createPluginRunner([{ plugin: responseRatelimiting, config: { limits, ...config } }], options);
  /** Sends a request that uses up so much; tells the status and what is left. */
  const send = async (uses?: string, request: FakeExchangeOptions = {}) => {
    const headers = uses === undefined ? {} : { 'X-Kong-Limit': uses };
    const run = await made.send({ upstreamResponse: { headers, body: 'ok' }, ...request });
    return [
      run.status,
      run.headers['x-ratelimit-remaining-videos'],
      run.headers['x-ratelimit-remaining-videos-minute'],
    ];
  };
  return { made, send };
}

test('counts come down by what the upstream says, and up with the next window', async () => {
  const clock = createManualClock(Date.UTC(2026, 10, 20, 13, 0));
  const { send } = runner({}, { clock });
  assert.deepEqual(await send('videos=2'), [200, '3', '1']);
  assert.deepEqual(await send('videos=2'), [200, '1', '0']);
  assert.deepEqual(await send('videos=1'), [429, '-1', '0']);
  assert.deepEqual(await send(), [200, '-1', '0']);
  clock.advance(60_000);
  assert.deepEqual(await send('videos=1'), [200, '3', '2']);
});

test('what is refused does not count', async () => {
  const { send } = runner({ limits: { videos: { year: 1 } } });
  const statuses: unknown[] = [];
  for (let request = 0; request < 3; request++) statuses.push((await send('videos=1'))[0]);
  assert.deepEqual(statuses, [200, 429, 429]);
  assert.deepEqual((await send('videos=-1'))[0], 200);
  assert.deepEqual((await send('videos=1'))[0], 200);
});

test('with early refusals the upstream is not asked', async () => {
  const { made } = runner({ block_on_first_violation: true });
  const upstreamResponse = { headers: { 'x-kong-limit': 'videos=5' } };
  assert.equal((await made.send({ upstreamResponse })).status, 200);
  const run = await made.send({ upstreamResponse });
  assert.deepEqual([run.status, JSON.parse(run.body).message], [429, "API rate limit exceeded for 'videos'"]);
  assert.equal(run.upstream, undefined);
  assert.deepEqual(
    Object.keys(run.headers).filter((name) => name.startsWith('x-ratelimit')),
    [],
  );
  assert.deepEqual(made.host.lines, []);
});

test('consumers, credentials and addresses have counts of their own', async () => {
  const ann = { id: 'a', username: 'ann' };
  const bob = { id: 'b', username: 'bob' };
  const key = { id: 'k' };
  const left = async (limit_by: string, ...requests: FakeExchangeOptions[]) => {
    const { send } = runner({ limit_by });
    const seen: unknown[] = [];
    for (const request of requests) seen.push((await send('videos=1', request))[1]);
    return seen.join();
  };
  const from = (clientIp: string): FakeExchangeOptions => ({ request: { clientIp } });
  assert.equal(await left('consumer', { consumer: ann }, { consumer: bob }, { consumer: ann }), '3,3,2');
  assert.equal(await left('consumer', { credential: key }, { credential: key, ...from('10.0.0.1') }), '3,2');
  assert.equal(await left('consumer', from('10.0.0.1'), from('10.0.0.2'), from('10.0.0.1')), '3,3,2');
  assert.equal(await left('credential', { consumer: ann }, { consumer: bob }), '3,2');
  assert.equal(await left('credential', { credential: key }, {}, { credential: key }), '3,3,2');
  assert.equal(await left('ip', { consumer: ann }, { consumer: bob }, from('10.0.0.1')), '3,2,3');
});

test('configurations of one route share counts, those of two do not', async () => {
  const host = createFakeHost();
  const routes = ['r1', 'r1', 'r2'];
  const left: unknown[] = [];
  for (const routeId of routes) {
    const made = createPluginRunner([{ plugin: responseRatelimiting, config: { limits }, instance: { routeId } }], {
      counters: host.counters,
    });
    const run = await made.send({ upstreamResponse: { headers: { 'x-kong-limit': 'videos=1' } } });
    left.push(run.headers['x-ratelimit-remaining-videos']);
  }
  assert.deepEqual(left, ['3', '2', '3']);
});

test('counts that cannot be read let requests through, or keep them out', async () => {
  const counters = {
    add: () => assert.fail('not called'),
    read: (): number => {
      throw new Error('no memory');
    },
  };
  const tolerant = await runner({}, { counters }).send('videos=1');
  assert.deepEqual(tolerant, [200, undefined, undefined]);
  const strict = await runner({ fault_tolerant: false }, { counters }).send('videos=1');
  assert.equal(strict[0], 500);
});

test('an answer that is not the upstream’s uses nothing up', async () => {
  const { made, send } = runner({});
  const run = await made.send({ service: null });
  assert.equal(run.status, 503);
  assert.deepEqual(await send('videos=1'), [200, '3', '2']);
});

test('refuses limits without a window, windows in a wrong order, and policies that are not there', async () => {
  const refuse = (config: Row, message: RegExp) =>
    assert.rejects(runPlugin(responseRatelimiting, config as never), message);
  await refuse({}, /limits: required field missing/);
  await refuse({ limits: {} }, /limits: length must be at least 1/);
  await refuse({ limits: { videos: {} } }, /at least one of these fields must be non-empty/);
  await refuse({ limits: { videos: { minute: 0 } } }, /value must be greater than 0/);
  await refuse(
    { limits: { videos: { minute: 10, hour: 5 } } },
    /the limit for hour\(5\.0\) cannot be lower than the limit for minute\(10\.0\)/,
  );
  await refuse({ limits, policy: 'nowhere' }, /expected one of: local, cluster, redis/);
  await refuse({ limits, policy: 'redis' }, /redis/);
});
