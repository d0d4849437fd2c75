import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstHeader, headerKey, headerLines, safeHeaderValue } from './headers.ts';

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

test('the first of several lines is taken', () => {
  assert.equal(firstHeader({ a: ['1', '2'], b: '3' }, 'a'), '1');
  assert.equal(firstHeader({ a: ['1', '2'], b: '3' }, 'b'), '3');
  assert.equal(firstHeader({}, 'a'), undefined);
});
