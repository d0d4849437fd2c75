import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowanceOf, normalizeOrigin } from './origin.ts';

const origins: readonly [text: string, domain: string, host: string][] = [
  ['https://shop.test', 'https://shop.test', 'shop.test'],
  ['https://shop.test:443', 'https://shop.test', 'shop.test'],
  ['http://shop.test:80', 'http://shop.test', 'shop.test'],
  ['http://shop.test:443', 'http://shop.test:443', 'shop.test'],
  ['http://shop.test:8000/path?q#f', 'http://shop.test:8000', 'shop.test'],
  ['http://user:secret@shop.test', 'http://shop.test', 'shop.test'],
  ['//shop.test:80', 'shop.test:80', 'shop.test'],
  ['shop.test', 'shop.test', 'shop.test'],
  ['null', 'null', 'null'],
  ['http://[::1]:8000', 'http://[::1]:8000', '[::1]'],
  ['http://[::1]', 'http://[::1]', '[::1]'],
  ['http://', 'http://', 'http://'],
  ['', '', ''],
];

for (const [text, domain, host] of origins) {
  test(`takes the origin ${JSON.stringify(text)} apart`, () => {
    assert.deepEqual(normalizeOrigin(text), { domain, host });
  });
}

test('no list, an empty list and a lone star allow everybody', () => {
  assert.deepEqual([null, [], ['*']].map(allowanceOf), [{ kind: 'all' }, { kind: 'all' }, { kind: 'all' }]);
});

test('one origin in plain text is told to everybody', () => {
  assert.deepEqual(allowanceOf(['http://shop.test']), { kind: 'one', origin: 'http://shop.test' });
});

const matched: readonly [list: string[], origin: string, allowed: string | undefined][] = [
  [['http://a.test', 'http://b.test'], 'http://b.test', 'http://b.test'],
  [['http://a.test', 'http://b.test'], 'http://b.test:80', 'http://b.test'],
  [['http://a.test:80', 'http://b.test'], 'http://a.test', 'http://a.test'],
  [['http://a.test', 'http://b.test'], 'https://b.test', undefined],
  [['http://a.test', 'http://b.test'], 'http://c.test', undefined],
  [['a.test', 'b.test'], 'http://a.test', undefined],
  [['http://a.test', '*'], 'http://c.test', '*'],
  [['(.*[.])?shop[.]test'], 'https://eu.shop.test:8443', 'https://eu.shop.test:8443'],
  [['(.*[.])?shop[.]test'], 'https://shop.test.evil', undefined],
  [['(.*[.])?shop[.]test'], 'https://evilshop.test', undefined],
  [['^https?://shop[.]test$'], 'http://shop.test', 'http://shop.test'],
  [['https?://shop[.]test'], 'https://shop.test:8443', undefined],
  [['http://a[.]test|http://b[.]test'], 'http://a.test.evil', undefined],
  [['http://a[.]test|http://b[.]test'], 'http://a.test', 'http://a.test'],
  [['http://a.test', 'http://b.test'], '', undefined],
];

for (const [list, origin, allowed] of matched) {
  test(`${list.join(' ')} ${allowed === undefined ? 'refuses' : 'allows'} ${origin || 'an empty origin'}`, () => {
    const allowance = allowanceOf(list);
    assert.ok(allowance.kind === 'some');
    assert.equal(allowance.match(origin), allowed);
    assert.equal(allowance.match(origin), allowed, 'and again from memory');
  });
}
