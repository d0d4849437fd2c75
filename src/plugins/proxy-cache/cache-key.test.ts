import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createFakeExchange, type FakeExchangeOptions } from '../../pdk/testing.ts';
import { createKeyBuilder, type KeyConfig } from './cache-key.ts';

const plain: KeyConfig = { ignore_uri_case: false, vary_query_params: null, vary_headers: null };
const route = { id: 'r1' };

function keyOf(options: FakeExchangeOptions, config: Partial<KeyConfig> = {}): string {
  const { kong } = createFakeExchange({ route, ...options });
  return createKeyBuilder({ ...plain, ...config })(kong, kong.request.getMethod());
}

const rows: readonly [title: string, options: FakeExchangeOptions, config: Partial<KeyConfig>, hashed: string][] = [
  ['the request line counts with its version', { request: { path: '/a' } }, {}, 'r1|GET|GET /a HTTP/1.1||'],
  [
    'HTTP/2 is written with its minor version',
    { request: { path: '/a', httpVersion: 2 } },
    {},
    'r1|GET|GET /a HTTP/2.0||',
  ],
  ['a query cuts the version off', { request: { path: '/a', query: 'x=1' } }, {}, 'r1|GET|GET /a|x=1|'],
  [
    'arguments are sorted, with their values',
    { request: { path: '/', query: 'b=2&a=1&c&b=10&d=' } },
    {},
    'r1|GET|GET /|a=1:b=10,2:c:d=|',
  ],
  ['texts are UTF-8', { request: { path: '/', query: '%C3%A9=%E2%82%AC' } }, {}, 'r1|GET|GET /|é=€|'],
  [
    'chosen arguments stand in their order',
    { request: { path: '/', query: 'b=2&a=1&c=3' } },
    { vary_query_params: ['c', 'none', 'b'] },
    'r1|GET|GET /|c=3:b=2|',
  ],
  [
    'an empty list of arguments is none',
    { request: { path: '/', query: 'a=1' } },
    { vary_query_params: [] },
    'r1|GET|GET /|a=1|',
  ],
  [
    'chosen headers stand in their order, their values sorted',
    { request: { path: '/', headers: { 'X-B': ['2', '1'], 'x-a': 'v' } } },
    { vary_headers: ['X-a', 'absent', 'x-b'] },
    'r1|GET|GET / HTTP/1.1||X-a=v:x-b=1,2',
  ],
  [
    'case can be ignored',
    { request: { path: '/Path', method: 'POST', query: 'A=B' } },
    { ignore_uri_case: true },
    'r1|POST|post /path|A=B|',
  ],
  ['the consumer counts', { request: { path: '/' }, consumer: { id: 'c1' } }, {}, 'c1:r1|GET|GET / HTTP/1.1||'],
  [
    'without a route there is one key for all',
    { request: { path: '/' }, route: null, consumer: { id: 'c1' } },
    {},
    'default|GET|GET / HTTP/1.1||',
  ],
];

for (const [title, options, config, hashed] of rows) {
  test(title, () => {
    assert.equal(keyOf(options, config), createHash('sha256').update(hashed).digest('hex'));
  });
}

test('bytes of a path that are no ASCII are hashed as they came', () => {
  const bytes = Buffer.concat([Buffer.from('r1|GET|GET /'), Buffer.from('é'), Buffer.from(' HTTP/1.1||')]);
  assert.equal(keyOf({ request: { path: '/é' } }), createHash('sha256').update(bytes).digest('hex'));
});

test('names of arguments cannot reach the prototype', () => {
  assert.notEqual(keyOf({ request: { query: '__proto__=1' } }), keyOf({ request: { query: '__proto__=2' } }));
  assert.equal(
    keyOf({ request: { path: '/', query: 'a=1' } }, { vary_query_params: ['constructor'] }),
    createHash('sha256').update('r1|GET|GET /||').digest('hex'),
  );
});
