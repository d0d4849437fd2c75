import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerKey, headerLines, safeHeaderValue } from './headers.ts';

test('names are compared without case, dashes equal underscores', () => {
  assert.equal(headerKey('X-Api_Key'), 'x-api-key');
});

test('a value stands for one line or several', () => {
  assert.deepEqual(headerLines('a'), ['a']);
  assert.deepEqual(headerLines(true), ['true']);
  assert.deepEqual(headerLines(['a', 2]), ['a', '2']);
});

test('a value cannot start another line', () => {
  assert.equal(safeHeaderValue('a\r\nSet-Cookie: b\0\x7f\tc'), 'a%0D%0ASet-Cookie: b%00%7F\tc');
});
