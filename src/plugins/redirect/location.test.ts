import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRelocation } from './location.ts';

test('path and query take the place of those of the URL', () => {
  for (const [location, path, query, expected] of [
    ['https://a.test', '/b', '', 'https://a.test/b'],
    ['https://a.test/x/y?z=1', '/b/c', 'd=1', 'https://a.test/b/c?d=1'],
    ['https://a.test:8443/x?z=1', '/', '', 'https://a.test:8443/'],
    ['http://A.test:80/', '/B', 'C', 'http://a.test/B?C'],
    ['https://user:word@a.test/x', '/b', '', 'https://user:word@a.test/b'],
    ['https://a.test/x#part', '/b', 'c', 'https://a.test/b?c#part'],
    ['https://[2001:DB8::1]/', '/b', '', 'https://[2001:db8::1]/b'],
    ['https://a.test', '/b c/é', 'd=é f', 'https://a.test/b%20c/%C3%A9?d=%C3%A9%20f'],
    ['https://a.test', '/b%20c', 'd=%zz', 'https://a.test/b%20c?d=%zz'],
    ['https://a.test', '/a/../b/./c', 'x/../y', 'https://a.test/b/c?x/../y'],
    ['https://a.test', '/a\\b?c#d', 'e#f', 'https://a.test/a/b%3Fc%23d?e%23f'],
    ['https://a.test', '//evil.test/', '', 'https://a.test//evil.test/'],
    ['https://a.test', '/a', '?b', 'https://a.test/a?b'],
  ] as const) {
    assert.equal(createRelocation(location)(path, query), expected);
  }
});

test('any path and query give what the URL Standard says', () => {
  const char = fc.oneof(
    fc.constantFrom(...'/.%?#\\@:;&=+\'" <>^`{|}~'.split('')),
    fc.string({ unit: 'grapheme', maxLength: 2 }),
  );
  const text = fc.array(char, { maxLength: 12 }).map((chars) => chars.join(''));
  const relocate = createRelocation('https://a.test/x?y#z');
  fc.assert(
    fc.property(text, text, (path, query) => {
      const url = new URL('https://a.test/x?y#z');
      url.pathname = `/${path}`;
      url.search = query;
      assert.equal(relocate(`/${path}`, query), url.href);
    }),
    { numRuns: 2000 },
  );
});

test('refuses what is no URL', () => {
  assert.throws(() => createRelocation('a.test'), TypeError);
});
