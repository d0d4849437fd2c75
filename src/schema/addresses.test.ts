import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, isIp, isIpOrCidr, parseAddress } from './addresses.ts';
import { normalizePath, parseUrl } from './uri.ts';

const addresses: readonly (readonly [string, unknown])[] = [
  ['a.test', { type: 'name', host: 'a.test' }],
  ['A_b-c.test.', { type: 'name', host: 'A_b-c.test.' }],
  ['a.test:80', { type: 'name', host: 'a.test', port: 80 }],
  ['a.test:65536', { error: 'invalid port number' }],
  ['a.test:', { error: 'invalid hostname: a.test:' }],
  ['a..test', { error: 'invalid hostname: a..test' }],
  ['a-.test', { error: 'invalid hostname: a-.test' }],
  ['-a.test', { type: 'name', host: '-a.test' }],
  ['', { error: 'invalid hostname: ' }],
  ['ä.test', { error: 'invalid hostname: ä.test' }],
  ['1.2.3.4', { type: 'ipv4', host: '1.2.3.4' }],
  ['001.02.3.4:80', { type: 'ipv4', host: '1.2.3.4', port: 80 }],
  ['1.2.3.4:70000', { error: 'invalid port number' }],
  ['1.2.3', { error: 'invalid ipv4 address: 1.2.3' }],
  ['1.2.3.4.5', { error: 'invalid ipv4 address: 1.2.3.4.5' }],
  ['256.1.1.1', { error: 'invalid ipv4 address: 256.1.1.1' }],
  ['::1', { type: 'ipv6', host: '0000:0000:0000:0000:0000:0000:0000:0001' }],
  ['::', { type: 'ipv6', host: '0000:0000:0000:0000:0000:0000:0000:0000' }],
  ['FE80::A', { type: 'ipv6', host: 'fe80:0000:0000:0000:0000:0000:0000:000a' }],
  ['[::1]', { type: 'ipv6', host: '0000:0000:0000:0000:0000:0000:0000:0001' }],
  ['[::1]:80', { type: 'ipv6', host: '0000:0000:0000:0000:0000:0000:0000:0001', port: 80 }],
  ['[::1]:99999', { error: 'invalid port number' }],
  ['[::1]x', { error: 'invalid ipv6 address' }],
  ['[::1', { error: 'invalid ipv6 address: [::1' }],
  ['1::2::3', { error: 'invalid ipv6 address: 1::2::3' }],
  ['1:2:3:4:5:6:7:8:9', { error: 'invalid ipv6 address: 1:2:3:4:5:6:7:8:9' }],
];

for (const [text, parsed] of addresses) {
  test(`reads "${text}"`, () => assert.deepEqual(parseAddress(text), parsed));
}

test('writes addresses', () => {
  assert.equal(formatAddress({ type: 'name', host: 'a.test' }), 'a.test');
  assert.equal(formatAddress({ type: 'name', host: 'a.test' }, 8000), 'a.test:8000');
  assert.equal(formatAddress({ type: 'ipv6', host: '::1', port: 80 }, 8000), '[::1]:80');
});

test('tells addresses and ranges', () => {
  assert.deepEqual(['1.2.3.4', '::1', 'a', '1.2.3.4/8', '::1%lo'].map(isIp), [true, true, false, false, false]);
  assert.deepEqual(['1.2.3.4', '1.2.3.4/0', '1.2.3.4/33', '::/128', '::/129', '::/01', '1/0', '/8'].map(isIpOrCidr), [
    true,
    true,
    false,
    true,
    false,
    false,
    false,
    false,
  ]);
});

const urls: readonly (readonly [string, object])[] = [
  ['http://a.test:80/x', { scheme: 'http', host: 'a.test', port: '80', path: '/x' }],
  ['a.test/x', { path: 'a.test/x' }],
  ['//a.test', { host: 'a.test' }],
  ['http://u:p@[::1]/', { scheme: 'http', host: '::1', path: '/' }],
  ['http://[::1]:8', { scheme: 'http', host: '::1', port: '8' }],
  ['http://a?b', { scheme: 'http', host: 'a?b' }],
  ['http://a/b;c?d#e', { scheme: 'http', host: 'a', path: '/b' }],
  ['', {}],
];

for (const [url, parts] of urls) test(`takes "${url}" apart`, () => assert.deepEqual(parseUrl(url), parts));

const paths: readonly (readonly [string, string])[] = [
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['/a/./b/', '/a/b/'],
  ['/a/../b', '/b'],
  ['/a/..', '/'],
  ['/..', '/'],
  ['/a/.', '/a/'],
  ['/a//b///', '/a/b/'],
  ['/%41%7E%2e', '/A~.'],
  ['/%2f%3a', '/%2F%3A'],
  ['/%2e%2E/x', '/x'],
  ['/%C3%A9', '/é'],
  ['/%zz%', '/%zz%'],
];

for (const [path, normal] of paths) test(`normalizes "${path}"`, () => assert.equal(normalizePath(path), normal));
