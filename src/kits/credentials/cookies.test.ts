import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findCookie } from './cookies.ts';

test('a cookie is found by its name', () => {
  assert.equal(findCookie(['a=1; b=2; c=3'], 'b'), '2');
  assert.equal(findCookie(['a=1;b=2'], 'b'), '2');
  assert.equal(findCookie(['a=1, b=2'], 'b'), '2');
  assert.equal(findCookie(['ab=1; b=2'], 'b'), '2');
  assert.equal(findCookie(['B=2'], 'b'), '2');
  assert.equal(findCookie(['a=1', 'b=2'], 'b'), '2');
});

test('the first of a name counts, also an empty one', () => {
  assert.equal(findCookie(['b=1; b=2'], 'b'), '1');
  assert.equal(findCookie(['b=; b=2'], 'b'), '');
});

test('a value goes up to the semicolon', () => {
  assert.equal(findCookie(['b = a=b, c ; d=1'], 'b'), 'a=b, c ');
});

test('what is not there is not found', () => {
  for (const line of ['', ';', 'a=1', 'b', 'bb=1', 'x b=1', 'b;=1', ' ; ,']) {
    assert.equal(findCookie([line], 'b'), undefined);
  }
  assert.equal(findCookie([], 'b'), undefined);
});

test('cookies come back among any others, and nothing makes it throw', () => {
  const word = fc.stringMatching(/^[!-+\--:<>-~]{0,8}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word)), word, (pairs, value) => {
      const others = pairs.filter(([name]) => name.toLowerCase().split('=')[0] !== 'session');
      const line = [...others, ['session', value]].map(([name, text]) => `${name}=${text}`).join('; ');
      assert.equal(findCookie([line], 'session'), value);
    }),
  );
  fc.assert(fc.property(fc.array(fc.string()), fc.string(), (lines, name) => void findCookie(lines, name)));
});
