import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeExchangeOptions, type PluginRun, runPlugin } from '../../pdk/testing.ts';
import { cors } from './index.ts';

type Config = Parameters<typeof runPlugin<typeof cors.config>>[1];

const all = 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT';

function corsHeaders(run: PluginRun): { [name: string]: unknown } {
  return Object.fromEntries(
    Object.entries(run.headers).filter(([name]) => name.startsWith('access-control-') || name === 'vary'),
  );
}

function preflight(headers: { [name: string]: string } = {}): FakeExchangeOptions {
  return {
    request: {
      method: 'OPTIONS',
      headers: { Origin: 'http://shop.test', 'Access-Control-Request-Method': 'PUT', ...headers },
    },
  };
}

function get(origin?: string, upstream: { [name: string]: string } = {}): FakeExchangeOptions {
  return {
    request: { headers: origin === undefined ? {} : { Origin: origin } },
    upstreamResponse: { headers: upstream },
  };
}

const preflights: readonly [title: string, config: Config, asked: FakeExchangeOptions, headers: object][] = [
  [
    'a preflight is answered for everybody unless told otherwise',
    {},
    preflight(),
    { 'access-control-allow-origin': '*', 'access-control-allow-methods': all },
  ],
  [
    'a preflight is answered with what is configured',
    {
      origins: ['http://shop.test'],
      methods: ['GET', 'PUT'],
      headers: ['X-A', 'X-B'],
      exposed_headers: ['X-C'],
      max_age: 23,
      credentials: true,
    },
    preflight({ 'Access-Control-Request-Headers': 'x-z' }),
    {
      vary: 'Origin',
      'access-control-allow-origin': 'http://shop.test',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'X-A,X-B',
      'access-control-allow-methods': 'GET,PUT',
      'access-control-max-age': '23',
    },
  ],
  [
    'the headers that a preflight asks for are allowed',
    {},
    preflight({ 'Access-Control-Request-Headers': 'x-a, x-b' }),
    {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': all,
      'access-control-allow-headers': 'x-a, x-b',
    },
  ],
  [
    'with credentials the origin takes the place of the star',
    { credentials: true },
    preflight(),
    {
      vary: 'Origin',
      'access-control-allow-origin': 'http://shop.test',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': all,
    },
  ],
  [
    'private networks are answered when asked for',
    { private_network: true },
    preflight({ 'Access-Control-Request-Private-Network': 'true' }),
    {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': all,
      'access-control-allow-private-network': 'true',
    },
  ],
  [
    'private networks are not answered when not asked for',
    { private_network: true },
    preflight(),
    { 'access-control-allow-origin': '*', 'access-control-allow-methods': all },
  ],
  [
    'an origin that is not allowed gets none',
    { origins: ['http://a.test', 'http://b.test'] },
    preflight(),
    { vary: 'Origin', 'access-control-allow-methods': all },
  ],
];

for (const [title, config, asked, headers] of preflights) {
  test(title, async () => {
    const run = await runPlugin(cors, config, asked);
    assert.deepEqual([run.status, run.body, run.upstream, corsHeaders(run)], [200, '', undefined, headers]);
    assert.equal(run.headers['content-length'], '0');
  });
}

test('a preflight may be left to the upstream, nothing is added then', async () => {
  const run = await runPlugin(
    cors,
    { preflight_continue: true },
    { ...preflight(), upstreamResponse: { status: 204 } },
  );
  assert.deepEqual([run.status, corsHeaders(run)], [204, {}]);
});

for (const missing of ['Origin', 'Access-Control-Request-Method']) {
  test(`OPTIONS without ${missing} is no preflight`, async () => {
    const headers: { [name: string]: string } = { Origin: 'http://shop.test', 'Access-Control-Request-Method': 'PUT' };
    delete headers[missing];
    const run = await runPlugin(cors, {}, { request: { method: 'OPTIONS', headers } });
    assert.deepEqual([run.upstream?.method, corsHeaders(run)], ['OPTIONS', { 'access-control-allow-origin': '*' }]);
  });
}

const answers: readonly [title: string, config: Config, asked: FakeExchangeOptions, headers: object][] = [
  ['an answer is for everybody unless told otherwise', {}, get(), { 'access-control-allow-origin': '*' }],
  [
    'what the upstream says is replaced',
    {},
    get('http://shop.test', { 'Access-Control-Allow-Origin': 'http://own.test' }),
    { 'access-control-allow-origin': '*' },
  ],
  [
    'one origin is told to everybody',
    { origins: ['http://shop.test'], exposed_headers: ['X-A', 'X-B'], credentials: true },
    get('http://other.test'),
    {
      vary: 'Origin',
      'access-control-allow-origin': 'http://shop.test',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'X-A,X-B',
    },
  ],
  [
    'Vary is added to what the upstream says',
    { origins: ['http://shop.test'] },
    get('http://shop.test', { Vary: 'Accept' }),
    { vary: ['Accept', 'Origin'], 'access-control-allow-origin': 'http://shop.test' },
  ],
  [
    'of several origins the one that asks is told',
    { origins: ['http://a.test', 'http://shop.test'] },
    get('http://shop.test:80'),
    { vary: 'Origin', 'access-control-allow-origin': 'http://shop.test' },
  ],
  [
    "an origin that is not allowed gets none, not the upstream's either",
    { origins: ['http://a.test', 'http://b.test'], credentials: true },
    get('http://shop.test', { 'Access-Control-Allow-Origin': '*' }),
    { vary: 'Origin', 'access-control-allow-credentials': 'true' },
  ],
  ['a request without an origin gets none', { origins: ['http://a.test', '*'] }, get(), { vary: 'Origin' }],
  [
    'a star among others allows everybody',
    { origins: ['http://a.test', '*'] },
    get('http://shop.test'),
    { vary: 'Origin', 'access-control-allow-origin': '*' },
  ],
  [
    'with credentials the origin takes the place of the star',
    { credentials: true },
    get('http://shop.test'),
    {
      vary: 'Origin',
      'access-control-allow-origin': 'http://shop.test',
      'access-control-allow-credentials': 'true',
    },
  ],
  [
    'with credentials and without an origin the star stays',
    { credentials: true },
    get(),
    { 'access-control-allow-origin': '*' },
  ],
];

for (const [title, config, asked, headers] of answers) {
  test(title, async () => {
    assert.deepEqual(corsHeaders(await runPlugin(cors, config, asked)), headers);
  });
}

test('answers of the gateway itself carry the headers too', async () => {
  const run = await runPlugin(cors, {}, { route: null });
  assert.deepEqual([run.status, corsHeaders(run)], [404, { 'access-control-allow-origin': '*' }]);
});

test('refuses what is no regular expression and no method', async () => {
  await assert.rejects(runPlugin(cors, { origins: ['*', '(a'] }), /'\(a' is not a valid regex/);
  await assert.rejects(runPlugin(cors, { origins: ['*.shop.test'] }), /'\*\.shop\.test' is not a valid regex/);
  await assert.rejects(runPlugin(cors, { methods: ['BREW' as 'GET'] }), /expected one of: GET, HEAD, PUT/);
});
