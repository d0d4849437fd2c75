import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseUsage } from './usage.ts';

const names = ['videos', 'images', 'a b'];

test('amounts are found by their names', () => {
  assert.deepEqual(parseUsage('videos=2', names), [2, 0, 0]);
  assert.deepEqual(parseUsage(' images = 1 ,videos=3,a b=4', names), [3, 1, 4]);
  assert.deepEqual(parseUsage('videos=-1.5, images=1e2', names), [-1.5, 100, 0]);
  assert.deepEqual(parseUsage('videos=1, videos=2', names), [2, 0, 0]);
});

test('what is no pair of a known name and a number is nothing', () => {
  for (const header of [
    undefined,
    '',
    'videos',
    'videos=',
    'videos=x',
    'videos=1=2',
    'Videos=1',
    'other=1',
    '=1',
    'videos=1 2',
    'videos=0x10',
    'videos=Infinity',
    'videos=1e999',
    'videos=nan',
    ',,=,',
  ]) {
    assert.deepEqual(parseUsage(header, names), [0, 0, 0], String(header));
  }
  assert.deepEqual(parseUsage('constructor=1, __proto__=1', names), [0, 0, 0]);
});

test('pairs come back, and nothing makes it throw', () => {
  fc.assert(
    fc.property(fc.integer(), fc.float({ noNaN: true, noDefaultInfinity: true }), (videos, images) => {
      assert.deepEqual(
        parseUsage(`images=${images}, videos=${videos}`, names),
        [videos, images, 0].map((n) => n + 0),
      );
    }),
  );
  const piece = fc.constantFrom('videos', 'images', '=', ',', ' ', '1', '-', '.', 'e', 'é');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      for (const amount of parseUsage(pieces.join(''), names)) assert.ok(Number.isFinite(amount));
    }),
  );
});
