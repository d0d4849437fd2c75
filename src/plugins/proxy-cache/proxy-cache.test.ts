import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createPluginRunner,
  type FakeExchangeOptions,
  type FakeHostOptions,
  type FakeUpstreamResponse,
  type PluginRun,
} from '../../pdk/testing.ts';
import { proxyCache } from './index.ts';

const text = { 'Content-Type': 'text/plain' };
const hello: FakeUpstreamResponse = { status: 200, headers: text, body: 'hello' };

function runnerOf(config: { [field: string]: unknown } = {}, options: FakeExchangeOptions & FakeHostOptions = {}) {
  return createPluginRunner([{ plugin: proxyCache, config: { strategy: 'memory', ...config } }], {
    upstreamResponse: hello,
    ...options,
  });
}

const statusOf = (run: PluginRun): unknown => run.headers['x-cache-status'];
const withCacheControl = (value: string): FakeExchangeOptions => ({ request: { headers: { 'Cache-Control': value } } });

test('the second request is answered from the cache, with the head of the first', async () => {
  const headers = { ...text, Connection: 'close', 'X-RateLimit-Remaining-Minute': '3', ETag: '"1"', Age: '100' };
  const runner = runnerOf({}, { upstreamResponse: { ...hello, headers } });
  const first = await runner.send();
  assert.deepEqual([first.status, first.body, statusOf(first), first.headers['age']], [200, 'hello', 'Miss', '100']);
  runner.host.clock.advance(7900);
  const second = await runner.send();
  assert.equal(second.upstream, undefined);
  assert.equal(second.body, 'hello');
  const { 'content-length': length, ...rest } = second.headers;
  assert.equal(length, '5');
  assert.deepEqual(rest, {
    'content-type': 'text/plain',
    etag: '"1"',
    age: '7',
    'x-cache-status': 'Hit',
    'x-cache-key': first.headers['x-cache-key'],
  });
  const hit = second.shared['proxy_cache_hit'] as {
    readonly res: { readonly status: number };
    readonly server_addr: string;
  };
  assert.deepEqual([hit.res.status, typeof hit.server_addr], [200, 'string']);
});

test('bytes come back as they were', async () => {
  const body = Uint8Array.from({ length: 256 }, (_, at) => at);
  const runner = runnerOf(
    {},
    { upstreamResponse: { headers: text, body: [body.subarray(0, 100), body.subarray(100)] } },
  );
  await runner.send();
  const second = await runner.send();
  assert.equal(statusOf(second), 'Hit');
  assert.deepEqual(second.headers['content-length'], '256');
});

test('after cache_ttl the upstream is asked anew', async () => {
  const runner = runnerOf({ cache_ttl: 10, storage_ttl: 60 });
  await runner.send();
  runner.host.clock.advance(10_000);
  assert.equal(statusOf(await runner.send()), 'Hit');
  runner.host.clock.advance(1000);
  assert.equal(statusOf(await runner.send()), 'Refresh');
  assert.equal(statusOf(await runner.send()), 'Hit');
  runner.host.clock.advance(60_000);
  assert.equal(statusOf(await runner.send()), 'Miss');
});

const notStored: readonly [title: string, config: { [field: string]: unknown }, options: FakeExchangeOptions][] = [
  ['other methods', {}, { request: { method: 'POST' } }],
  ['other statuses', {}, { upstreamResponse: { ...hello, status: 201 } }],
  ['other types', {}, { upstreamResponse: { headers: { 'Content-Type': 'text/html' }, body: 'x' } }],
  [
    'types with other parameters',
    {},
    { upstreamResponse: { headers: { 'Content-Type': 'text/plain; a=b' }, body: 'x' } },
  ],
  ['answers without a type', {}, { upstreamResponse: { body: 'x' } }],
  ['requests with no-store', { cache_control: true }, withCacheControl('no-store')],
  ['requests with no-cache', { cache_control: true }, withCacheControl('no-cache')],
  ['private answers', { cache_control: true }, answerWith('private, max-age=10')],
  ['answers with no-store', { cache_control: true }, answerWith('no-store, max-age=10')],
  ['answers with no-cache', { cache_control: true }, answerWith('no-cache, max-age=10')],
  ['answers that are not fresh for a second', { cache_control: true }, answerWith('max-age=0')],
  ['answers that say nothing', { cache_control: true }, {}],
  ['Vary: *', { respect_vary: true }, { upstreamResponse: { ...hello, headers: { ...text, Vary: 'Accept, *' } } }],
];

function answerWith(cacheControl: string): FakeExchangeOptions {
  return { upstreamResponse: { ...hello, headers: { ...text, 'Cache-Control': cacheControl } } };
}

for (const [title, config, options] of notStored) {
  test(`pass by: ${title}`, async () => {
    const runner = runnerOf(config, options);
    assert.equal(statusOf(await runner.send()), 'Bypass');
    const second = await runner.send();
    assert.equal(statusOf(second), 'Bypass');
    assert.ok(second.upstream);
  });
}

test('without cache_control the header counts for nothing', async () => {
  const runner = runnerOf({}, { ...answerWith('no-store'), ...withCacheControl('no-cache') });
  await runner.send();
  assert.equal(statusOf(await runner.send()), 'Hit');
});

const wishes: readonly [wish: string, age: number, status: string][] = [
  ['max-age=5', 5, 'Hit'],
  ['max-age=5', 6, 'Refresh'],
  ['max-stale=5', 25, 'Hit'],
  ['max-stale=5', 26, 'Refresh'],
  ['min-fresh=5', 15, 'Hit'],
  ['min-fresh=5', 16, 'Refresh'],
  // As in Kong 3.9: what storage_ttl keeps longer is given to whoever does not ask for better.
  ['max-transform', 40, 'Hit'],
];

for (const [wish, age, status] of wishes) {
  test(`with cache_control a request with ${wish} after ${age} s of 20 is a ${status}`, async () => {
    const runner = runnerOf({ cache_control: true, storage_ttl: 100 }, answerWith('max-age=20'));
    await runner.send();
    runner.host.clock.advance(age * 1000);
    assert.equal(statusOf(await runner.send(withCacheControl(wish))), status);
  });
}

test('with cache_control an answer is kept as long as it is fresh', async () => {
  const runner = runnerOf({ cache_control: true }, answerWith('max-age=20'));
  await runner.send();
  runner.host.clock.advance(19_999);
  assert.equal(statusOf(await runner.send()), 'Hit');
  runner.host.clock.advance(1);
  assert.equal(statusOf(await runner.send()), 'Miss');
});

test('only-if-cached is 504 when nothing is', async () => {
  const runner = runnerOf({ cache_control: true }, answerWith('max-age=20'));
  const first = await runner.send(withCacheControl('only-if-cached'));
  assert.deepEqual([first.status, first.upstream, first.body], [504, undefined, '']);
  await runner.send();
  assert.equal(statusOf(await runner.send(withCacheControl('only-if-cached'))), 'Hit');
});

test('headers of the cache can be left out, and a Kong-Debug header brings them back', async () => {
  const runner = runnerOf({ response_headers: { age: false, 'X-Cache-Status': false, 'X-Cache-Key': false } });
  await runner.send();
  const quiet = await runner.send();
  assert.deepEqual(Object.keys(quiet.headers).sort(), ['content-length', 'content-type']);
  const loud = await runner.send({ request: { headers: { 'Kong-Debug': '1' } } });
  assert.deepEqual([statusOf(loud), loud.headers['age']], ['Hit', '0']);
});

test('HEAD is kept apart from GET', async () => {
  const runner = runnerOf();
  await runner.send();
  assert.equal(statusOf(await runner.send({ request: { method: 'HEAD' } })), 'Miss');
});

test('a body that is too large flows on and is not stored', async () => {
  const runner = runnerOf({ max_body_size: 8 }, { upstreamResponse: { headers: text, body: ['12345', '678', '9'] } });
  const first = await runner.send();
  assert.deepEqual([first.body, statusOf(first)], ['123456789', 'Miss']);
  assert.equal(statusOf(await runner.send()), 'Miss');
  const exact = runnerOf({ max_body_size: 8 }, { upstreamResponse: { headers: text, body: ['12345', '678'] } });
  await exact.send();
  assert.equal(statusOf(await exact.send()), 'Hit');
});

test('bytes of another form are replaced', async () => {
  const runner = runnerOf();
  const key = (await runner.send()).headers['x-cache-key'] as string;
  runner.host.store.set(`proxy-cache:${key}`, Buffer.from('old'), Number.POSITIVE_INFINITY);
  assert.equal(statusOf(await runner.send()), 'Bypass');
  assert.equal(statusOf(await runner.send()), 'Hit');
});

test('what was purged while it was fetched is not stored', async () => {
  const runner = runnerOf();
  const key = (await runner.send()).headers['x-cache-key'] as string;
  runner.host.store.delete(`proxy-cache:${key}`);
  const purging = {
    get body() {
      runner.host.store.delete(`proxy-cache:${key}`);
      return 'old';
    },
    headers: text,
  };
  assert.equal(statusOf(await runner.send({ upstreamResponse: purging })), 'Miss');
  assert.equal(statusOf(await runner.send()), 'Miss');
});

test('with respect_vary answers are kept apart as they say', async () => {
  const answerIn = (language: string, body: string): FakeExchangeOptions => ({
    request: { headers: { 'Accept-Language': language } },
    upstreamResponse: { headers: { ...text, Vary: 'Accept-Language' }, body },
  });
  const runner = runnerOf({ respect_vary: true });
  assert.equal(statusOf(await runner.send(answerIn('de', 'hallo'))), 'Miss');
  assert.equal(statusOf(await runner.send(answerIn('fr', 'salut'))), 'Miss');
  for (const [language, body] of [
    ['de', 'hallo'],
    ['fr', 'salut'],
  ]) {
    const run = await runner.send(answerIn(language!, 'new'));
    assert.deepEqual([statusOf(run), run.body], ['Hit', body]);
  }
  const key = (await runner.send(answerIn('de', 'new'))).headers['x-cache-key'] as string;
  runner.host.store.delete(`proxy-cache:${key}`);
  assert.deepEqual((await runner.send(answerIn('de', 'neu'))).body, 'neu');
  assert.equal(statusOf(await runner.send(answerIn('fr', 'nouveau'))), 'Miss');
});

const down: FakeUpstreamResponse = {
  status: 503,
  headers: { 'Content-Type': 'text/html', 'X-Why': 'tired' },
  body: ['<p>', 'no'],
};

test('with stale_if_error an old answer takes the place of an error', async () => {
  const runner = runnerOf({ cache_ttl: 10, stale_if_error: 30 });
  await runner.send();
  runner.host.clock.advance(40_000);
  const stale = await runner.send({ upstreamResponse: down });
  assert.deepEqual([stale.status, stale.body, statusOf(stale)], [200, 'hello', 'Stale']);
  assert.deepEqual(
    [stale.headers['age'], stale.headers['x-why'], stale.headers['content-type']],
    ['40', undefined, 'text/plain'],
  );
  runner.host.clock.advance(1000);
  assert.equal((await runner.send({ upstreamResponse: down })).status, 503);
});

test('without stale_if_error an error is an error', async () => {
  const runner = runnerOf({ cache_ttl: 10, storage_ttl: 100 });
  await runner.send();
  runner.host.clock.advance(40_000);
  assert.equal((await runner.send({ upstreamResponse: down })).status, 503);
});

test('without stale_if_error a fresh answer that the client did not want takes the place of nothing', async () => {
  const runner = runnerOf({ cache_control: true }, answerWith('max-age=100'));
  await runner.send();
  runner.host.clock.advance(5000);
  const run = await runner.send({ ...withCacheControl('max-age=1'), upstreamResponse: down });
  assert.deepEqual([run.status, run.body, statusOf(run)], [503, '<p>no', 'Bypass']);
});

test('with stale_while_revalidate a client that asks for better gets it', async () => {
  const runner = runnerOf({ cache_control: true, stale_while_revalidate: 60 }, answerWith('max-age=10'));
  await runner.send();
  runner.host.clock.advance(11_000);
  const [fetching, meanwhile, fussy] = await Promise.all([
    runner.send(),
    runner.send(),
    runner.send(withCacheControl('max-age=0')),
  ]);
  assert.deepEqual([fetching, meanwhile, fussy].map(statusOf), ['Refresh', 'Stale', 'Refresh']);
});

test('with stale_while_revalidate one request fetches, others get the old answer meanwhile', async () => {
  const runner = runnerOf({ cache_ttl: 10, stale_while_revalidate: 30 });
  await runner.send();
  runner.host.clock.advance(11_000);
  const [fetching, meanwhile] = await Promise.all([runner.send(), runner.send()]);
  assert.deepEqual([statusOf(fetching), statusOf(meanwhile)], ['Refresh', 'Stale']);
  assert.equal(statusOf(await runner.send()), 'Hit');
});

test('with request_coalescing requests wait for the first of them', async () => {
  const runner = runnerOf({ request_coalescing: true });
  const runs = await Promise.all(Array.from({ length: 5 }, () => runner.send()));
  assert.deepEqual(runs.map(statusOf), ['Miss', 'Hit', 'Hit', 'Hit', 'Hit']);
});

test('what waited for an answer that is not stored goes upstream itself', async () => {
  const runner = runnerOf({ request_coalescing: true }, { upstreamResponse: { ...hello, status: 500 } });
  const runs = await Promise.all(Array.from({ length: 3 }, () => runner.send()));
  assert.deepEqual(
    runs.map((run) => [run.status, statusOf(run)]),
    [
      [500, 'Bypass'],
      [500, 'Bypass'],
      [500, 'Bypass'],
    ],
  );
});

test('with cache_status a header of the standard tells what became of a request', async () => {
  const upstreamResponse = { ...hello, headers: { ...text, 'Cache-Status': 'Origin; hit' } };
  const runner = runnerOf({ cache_status: true, cache_control: true, stale_if_error: 60 }, { upstreamResponse });
  const kept = { ...upstreamResponse, headers: { ...upstreamResponse.headers, 'Cache-Control': 'max-age=10' } };
  const statuses: unknown[] = [];
  const note = async (options: FakeExchangeOptions): Promise<void> => {
    statuses.push((await runner.send(options)).headers['cache-status']);
  };
  await note({ request: { method: 'POST' } });
  await note(withCacheControl('no-store'));
  await note({});
  await note({ upstreamResponse: kept });
  runner.host.clock.advance(4000);
  await note({});
  await note({ ...withCacheControl('max-age=1'), upstreamResponse: kept });
  runner.host.clock.advance(11_000);
  await note({ upstreamResponse: down });
  await note({ upstreamResponse: kept });
  assert.deepEqual(statuses, [
    ['Origin; hit', 'Gibbon; fwd=method'],
    ['Origin; hit', 'Gibbon; fwd=request'],
    ['Origin; hit', 'Gibbon; fwd=uri-miss'],
    ['Origin; hit', 'Gibbon; fwd=uri-miss; stored'],
    ['Origin; hit', 'Gibbon; hit; ttl=6'],
    ['Origin; hit', 'Gibbon; fwd=request; stored'],
    'Gibbon; fwd=stale; fwd-status=503',
    ['Origin; hit', 'Gibbon; fwd=stale; stored'],
  ]);
});

const refusedConfigs: readonly [config: { [field: string]: unknown }, message: RegExp][] = [
  [{ strategy: undefined }, /strategy: required field missing/],
  [{ strategy: 'disk' }, /expected one of: memory, redis/],
  [{ strategy: 'redis' }, /redis\.host is required for the strategy "redis"/],
  [{ response_code: [] }, /response_code: length must be at least 1/],
  [{ response_code: [99] }, /value should be between 100 and 900/],
  [{ request_method: ['DELETE'] }, /expected one of: HEAD, GET, POST, PATCH, PUT/],
  [{ cache_ttl: 0 }, /cache_ttl: value must be greater than 0/],
];

for (const [config, message] of refusedConfigs) {
  test(`refuses ${JSON.stringify(config)}`, () => {
    assert.throws(() => runnerOf(config), message);
  });
}
