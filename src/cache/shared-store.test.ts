import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createManualClock, systemClock } from '../kernel/index.ts';
import { createSharedStoreMemory, openSharedStore } from './shared-store.ts';

const forever = Number.POSITIVE_INFINITY;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function openTwo(size = 1024 * 1024) {
  const clock = createManualClock();
  const memory = createSharedStoreMemory(size);
  return { clock, one: openSharedStore(memory, clock), other: openSharedStore(memory, clock) };
}

test('bytes come back as they were, as a copy, to every worker', () => {
  const { one, other } = openTwo();
  const given = Buffer.from([0, 1, 127, 128, 255]);
  assert.ok(one.set('k', given, forever) !== undefined);
  given[0] = 9;
  const got = other.get('k')!;
  assert.deepEqual([...got.bytes], [0, 1, 127, 128, 255]);
  assert.ok(!(got.bytes.buffer instanceof SharedArrayBuffer));
  assert.equal(other.get('none'), undefined);
});

test('entries end with their time', () => {
  const { one, clock } = openTwo();
  one.set('k', bytes('a'), clock.now() + 1000);
  clock.advance(999);
  assert.equal(one.get('k')?.expiresAt, clock.now() + 1);
  clock.advance(1);
  assert.equal(one.get('k'), undefined);
});

test('the version changes with every change, and only then', () => {
  const { one, other } = openTwo();
  const seen = [one.version('k')];
  seen.push(one.set('k', bytes('a'), forever)!);
  assert.equal(other.version('k'), seen[1]);
  one.get('k');
  assert.equal(other.version('k'), seen[1]);
  other.delete('k');
  seen.push(one.version('k'));
  one.clear();
  seen.push(other.version('k'));
  assert.equal(new Set(seen).size, 4);
});

test('what was asked for before a deletion is not stored after it', () => {
  const { one, other } = openTwo();
  const before = one.version('k');
  other.delete('k');
  assert.equal(one.set('k', bytes('old'), forever, before), undefined);
  const between = one.version('k');
  other.clear();
  assert.equal(one.set('k', bytes('old'), forever, between), undefined);
  assert.equal(one.get('k'), undefined);
  assert.ok(one.set('k', bytes('new'), forever, one.version('k')) !== undefined);
});

test('the oldest entries make room, and what is too large is not stored', () => {
  const { one } = openTwo(64 * 1024);
  assert.equal(one.set('large', new Uint8Array(32 * 1024), forever), undefined);
  for (let at = 0; at < 100; at++) one.set(`k${at}`, new Uint8Array(2048).fill(at), forever);
  assert.equal(one.get('k0'), undefined);
  assert.equal(one.get('k99')?.bytes[0], 99);
});

test('whatever runs beside it, nothing older than a deletion is found after it', async () => {
  const memory = createSharedStoreMemory(1024 * 1024);
  const store = openSharedStore(memory, systemClock);
  const gate = new SharedArrayBuffer(16);
  const words = new Int32Array(gate);
  const workers = [0, 1].map(
    () => new Worker(new URL('./shared-store.worker.ts', import.meta.url), { workerData: { memory, gate } }),
  );
  const reports = workers.map(
    (worker) =>
      new Promise<{ readonly stored: number; readonly wrongCopies: number }>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
      }),
  );
  while (Atomics.load(words, 1) < 2) await new Promise(setImmediate);
  let older = 0;
  for (let truth = 1; truth <= 20_000; truth++) {
    Atomics.store(words, 0, truth);
    store.delete('key');
    Atomics.store(words, 3, truth);
    for (let read = 0; read < 3; read++) {
      const found = store.get('key');
      if (found !== undefined && Buffer.from(found.bytes).readInt32LE() < truth) older++;
    }
  }
  Atomics.store(words, 2, 1);
  const [one, other] = await Promise.all(reports);
  assert.equal(older, 0);
  assert.deepEqual([one!.wrongCopies, other!.wrongCopies], [0, 0]);
  assert.ok(one!.stored + other!.stored > 0);
});
