import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cookieAttributes, cookieCount, mergeCookies, splitCookies } from './cookies.ts';

const style = { domain: null, path: '/', sameSite: 'Strict', secure: true, httpOnly: true };

test('attributes are those of the style, in the order of Kong', () => {
  for (const [changes, expected] of [
    [{}, '; Path=/; SameSite=Strict; Secure; HttpOnly'],
    [{ domain: 'a.test', path: '/x' }, '; Domain=a.test; Path=/x; SameSite=Strict; Secure; HttpOnly'],
    [{ domain: 'localhost' }, '; Path=/; SameSite=Strict; Secure; HttpOnly'],
    [{ sameSite: 'Lax', secure: false, httpOnly: false }, '; Path=/; SameSite=Lax'],
    [{ sameSite: 'None', secure: false }, '; Path=/; SameSite=None; Secure; HttpOnly'],
    [{ sameSite: 'Default' }, '; Path=/; SameSite=Default; Secure; HttpOnly'],
    [{ path: null, sameSite: null, secure: null, httpOnly: null }, '; Path=/; SameSite=Lax; HttpOnly'],
  ] as const) {
    assert.equal(cookieAttributes({ ...style, ...changes }), expected);
  }
});

test('a session takes as many cookies as its size needs, nine at most', () => {
  const first = 4096 - 110 - 's='.length;
  assert.deepEqual([cookieCount('s', 0), cookieCount('s', first), cookieCount('s', first + 1)], [1, 1, 2]);
  assert.equal(cookieCount('s', 9 * 4096 - 110 - 2 - 8 * 3), 9);
  assert.equal(cookieCount('s', 9 * 4096 - 110 - 2 - 8 * 3 + 1), undefined);
});

test('cookies together are the session, and none is too long', () => {
  const head = 'h'.repeat(110);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 36_000 }), fc.stringMatching(/^[a-z]{1,20}$/), (size, name) => {
      const data = 'd'.repeat(size);
      const count = cookieCount(name, size);
      if (count === undefined) return;
      const cookies = splitCookies(name, head, data);
      assert.equal(cookies.map(([, value]) => value).join(''), head + data);
      assert.deepEqual(
        cookies.map(([one]) => one),
        Array.from({ length: count }, (_, at) => (at === 0 ? name : `${name}${at + 1}`)),
      );
      for (const [one, value] of cookies) assert.ok(`${one}=${value}`.length <= 4096);
    }),
    { numRuns: 50 },
  );
});

test('a cookie takes the place of the one of its name', () => {
  assert.deepEqual(mergeCookies([], ['a=1; Path=/']), ['a=1; Path=/']);
  assert.deepEqual(mergeCookies(['b=1', 'a=1', 'aa=1'], ['a=2', 'c=3']), ['b=1', 'a=2', 'aa=1', 'c=3']);
});
