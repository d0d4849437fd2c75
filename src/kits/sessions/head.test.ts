import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { headBytes, packSealed, packSigned, unpackHead } from './head.ts';

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((one) => Buffer.from(one));

test('every head comes back', () => {
  const head = fc.record({
    flags: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
    sid: bytes(32),
    createdAt: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
    rollingOffset: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    dataSize: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
    tag: bytes(16),
    idlingOffset: fc.integer({ min: 0, max: 2 ** 24 - 1 }),
    mac: bytes(16),
  });
  fc.assert(
    fc.property(head, ({ mac, ...given }) => {
      const packed = Buffer.concat([packSigned(packSealed(given), given.tag, given.idlingOffset), mac]);
      assert.equal(packed.length, headBytes);
      assert.deepEqual(unpackHead(packed), { ...given, mac });
    }),
  );
});

test('other lengths and types are no heads', () => {
  assert.equal(unpackHead(Buffer.alloc(headBytes)), undefined);
  assert.equal(unpackHead(Buffer.alloc(headBytes - 1, 1)), undefined);
  assert.equal(unpackHead(Buffer.alloc(headBytes + 1, 1)), undefined);
  assert.equal(unpackHead(Buffer.alloc(0)), undefined);
});
