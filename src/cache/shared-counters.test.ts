import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createManualClock } from '../kernel/index.ts';
import { createSharedCountersBuffer, openSharedCounters } from './shared-counters.ts';
import type { HammerData } from './shared-counters.worker.ts';

const bucket = 448;

function setUp(bytes = 64 * 1024) {
  const clock = createManualClock();
  const buffer = createSharedCountersBuffer(bytes);
  return { clock, buffer, counters: openSharedCounters(buffer, clock), later: clock.now() + 60_000 };
}

describe('shared counters', () => {
  it('start at 0 and add up', () => {
    const { counters, later } = setUp();
    assert.equal(counters.read('a'), 0);
    assert.equal(counters.add('a', 1, later), 1);
    assert.equal(counters.add('a', 5, later), 6);
    assert.equal(counters.add('b', 2.5, later), 2.5);
    assert.equal(counters.add('a', -2, later), 4);
    assert.equal(counters.read('a'), 4);
    assert.equal(counters.read('b'), 2.5);
  });

  it('count beyond 32 bits', () => {
    const { counters, later } = setUp();
    counters.add('bytes', 2 ** 40, later);
    assert.equal(counters.add('bytes', 1, later), 2 ** 40 + 1);
  });

  it('are the same for all who open the buffer', () => {
    const { buffer, clock, counters, later } = setUp();
    const other = openSharedCounters(buffer, clock);
    counters.add('a', 1, later);
    assert.equal(other.add('a', 1, later), 2);
    assert.equal(counters.read('a'), 2);
  });

  it('are forgotten once their time is over; the first expiry given counts', () => {
    const { clock, counters, later } = setUp();
    counters.add('a', 3, later);
    counters.add('a', 1, later + 60_000);
    clock.advance(59_999);
    assert.equal(counters.read('a'), 4);
    clock.advance(1);
    assert.equal(counters.read('a'), 0);
    assert.equal(counters.add('a', 1, later + 60_000), 1);
  });

  it('reuse the slots of expired counters', () => {
    const { clock, counters } = setUp(bucket);
    for (let round = 0; round < 50; round++) {
      for (let key = 0; key < counters.capacity; key++) {
        assert.equal(counters.add(`round ${round} key ${key}`, 1, clock.now() + 1000), 1);
      }
      for (let key = 0; key < counters.capacity; key++) assert.equal(counters.read(`round ${round} key ${key}`), 1);
      clock.advance(1000);
    }
    assert.equal(counters.evicted, 0);
  });

  it('give up the counter that expires next when there is no room', () => {
    const { clock, counters } = setUp(bucket);
    assert.equal(counters.capacity, 15);
    for (let key = 0; key < 15; key++) counters.add(`key ${key}`, 7, clock.now() + 1000 + ((key * 4) % 15) * 10);
    assert.equal(counters.add('one more', 1, clock.now() + 5000), 1);
    assert.equal(counters.evicted, 1);
    assert.equal(counters.read('key 0'), 0);
    for (let key = 1; key < 15; key++) assert.equal(counters.read(`key ${key}`), 7);
  });

  it('keep 10,000 keys apart', () => {
    const { counters, later } = setUp(1024 * 1024);
    for (let key = 0; key < 10_000; key++) counters.add(`0855b320-0dd2-547d-891d-601e9b38647f:${key}`, key, later);
    for (let key = 0; key < 10_000; key++) {
      assert.equal(counters.read(`0855b320-0dd2-547d-891d-601e9b38647f:${key}`), key);
    }
    assert.equal(counters.evicted, 0);
  });

  it('refuse a buffer without room', () => {
    assert.throws(() => createSharedCountersBuffer(447), { code: 'ERR_SHARED_COUNTERS_SIZE' });
    assert.throws(() => createSharedCountersBuffer(Number.NaN), { code: 'ERR_SHARED_COUNTERS_SIZE' });
  });

  it('go on after a worker died in the middle of a call', () => {
    const { buffer, counters, later } = setUp(bucket);
    counters.add('a', 1, later);
    // The lock of the only bucket is the first word after the header; no living thread has this number.
    Atomics.store(new Int32Array(buffer), 16, 4711);
    assert.equal(counters.add('a', 1, later), 2);
    assert.equal(Atomics.load(new Int32Array(buffer), 16), 0);
  });
});

describe('shared counters under contention', () => {
  for (const { name, bytes, keys, adds, phases } of [
    { name: 'one key', bytes: 64 * 1024, keys: 1, adds: 50_000, phases: 2 },
    { name: 'a bucket full of keys, created and expiring together', bytes: bucket, keys: 15, adds: 20, phases: 300 },
    { name: 'many keys', bytes: 1024 * 1024, keys: 2000, adds: 5, phases: 5 },
  ]) {
    it(`are exact: ${name}`, async () => {
      const workers = 4;
      const gate = new SharedArrayBuffer(12);
      const workerData: HammerData = {
        buffer: createSharedCountersBuffer(bytes),
        gate,
        workers,
        phases,
        keys,
        adds,
      };
      const threads = Array.from(
        { length: workers },
        () => new Worker(new URL('./shared-counters.worker.ts', import.meta.url), { workerData }),
      );
      await Promise.all(threads.map((thread) => once(thread, 'message')));
      const [, barriers, mistakes] = new Int32Array(gate);
      assert.deepEqual({ barriers, mistakes }, { barriers: phases * 3, mistakes: 0 });
    });
  }
});
