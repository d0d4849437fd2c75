import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAnswer, encodeAnswer, headersToKeep } from './cached-answer.ts';
import { createLocalCopies } from './local-copies.ts';

const answer = {
  status: 200,
  headers: { 'Content-Type': 'text/plain', 'Set-Cookie': ['a', 'b'] },
  body: Buffer.from([0, 200, 255]),
  timestamp: 1_700_000_000,
  ttl: 30,
};

test('an answer comes back from its bytes', () => {
  assert.deepEqual(decodeAnswer(encodeAnswer(answer)), answer);
  const marker = { ...answer, body: Buffer.alloc(0), variants: { nonce: 'n', names: ['accept'] } };
  assert.deepEqual(decodeAnswer(encodeAnswer(marker)), marker);
});

test('bytes of another form are no answer', () => {
  const bytes = Buffer.from(encodeAnswer(answer));
  const other = Buffer.from(bytes.toString('latin1').replace('"version":1', '"version":7'), 'latin1');
  for (const wrong of [other, bytes.subarray(0, 3), bytes.subarray(0, 20), Buffer.from('\x05\0\0\0nojson')]) {
    assert.equal(decodeAnswer(wrong), undefined);
  }
});

test('headers that belong to a connection or to one client are not kept', () => {
  assert.deepEqual(
    headersToKeep({
      'content-type': 'text/plain',
      'content-length': '3',
      connection: 'close',
      'x-ratelimit-remaining-minute': '3',
      'ratelimit-remaining': '3',
      'x-ratelimit-limit-minute': '4',
      age: '7',
      'x-cache-key': 'k',
      etag: '"1"',
      'set-cookie': ['a', 'b'],
    }),
    { 'Content-Type': 'text/plain', 'X-Ratelimit-Limit-Minute': '4', Etag: '"1"', 'Set-Cookie': ['a', 'b'] },
  );
});

test('copies are bounded by bytes, and the one not used for the longest time goes', () => {
  const copies = createLocalCopies(20_000);
  const copy = (key: string, size: number) => ({
    key,
    answer: { ...answer, body: Buffer.alloc(size) },
    version: 0,
    expiresAt: Number.POSITIVE_INFINITY,
  });
  for (const key of ['a', 'b', 'c', 'd', 'e']) {
    copies.set(copy(key, 2976));
    copies.get('a');
  }
  copies.set(copy('f', 2976));
  const kept = ['a', 'b', 'c', 'd', 'e', 'f'].filter((key) => copies.get(key) !== undefined);
  assert.deepEqual(kept, ['a', 'c', 'd', 'e', 'f']);
  copies.set(copy('large', 10_000));
  assert.equal(copies.get('large'), undefined);
  copies.set(copy('a', 0));
  copies.delete('b');
  assert.equal(copies.get('a')?.answer.body.length, 0);
});
