import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createManualClock } from '../kernel/index.ts';
import { createSharedCacheBuffer, openSharedCache } from './shared-cache.ts';
import type { CacheHammerData } from './shared-cache.worker.ts';

/** The lock of the first segment, in words: right after the header. */
const firstLock = 16;

function setUp(bytes = 64 * 1024) {
  const clock = createManualClock();
  const buffer = createSharedCacheBuffer(bytes);
  return { clock, buffer, cache: openSharedCache(buffer, clock) };
}

describe('shared cache', () => {
  it('gives back what was set, to all who open it', () => {
    const { buffer, clock, cache } = setUp();
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.set('a', '{"id":1}'), true);
    assert.equal(cache.set('ключ 🔑', '{"name":"日本 €😀"}', clock.now() + 5), true);
    assert.equal(cache.set('', ''), true);
    const other = openSharedCache(buffer, clock);
    assert.deepEqual(other.get('a'), { text: '{"id":1}', expiresAt: Number.POSITIVE_INFINITY });
    assert.deepEqual(other.get('ключ 🔑'), { text: '{"name":"日本 €😀"}', expiresAt: clock.now() + 5 });
    assert.equal(other.get('')?.text, '');
    assert.equal(other.size, 3);
  });

  it('replaces and deletes', () => {
    const { cache } = setUp();
    cache.set('a', 'one');
    cache.set('a', 'two, which is longer');
    cache.set('b', 'three');
    assert.equal(cache.get('a')?.text, 'two, which is longer');
    cache.delete('a');
    cache.delete('nobody');
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.get('b')?.text, 'three');
    assert.equal(cache.size, 1);
  });

  it('forgets on time', () => {
    const { clock, cache } = setUp();
    cache.set('a', 'text', clock.now() + 1000);
    clock.advance(999);
    assert.equal(cache.get('a')?.text, 'text');
    clock.advance(1);
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.size, 0);
  });

  it('stays within its memory: the oldest make room', () => {
    const { cache } = setUp(16 * 1024);
    const text = 'x'.repeat(100);
    for (let key = 0; key < 1000; key++) assert.equal(cache.set(`key ${key}`, text + key), true);
    const kept = Array.from({ length: 1000 }, (_, key) => cache.get(`key ${key}`)?.text === text + key);
    const first = kept.indexOf(true);
    assert.ok(first > 800 && kept.slice(first).every(Boolean), `the first one kept is ${first}`);
    assert.equal(cache.size, 1000 - first);
  });

  it('agrees with a map over many random steps', () => {
    const { cache } = setUp(8 * 1024);
    const model = new Map<string, string>();
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let hits = 0;
    for (let step = 0; step < 50_000; step++) {
      const key = `key ${random(60)}`;
      const choice = random(10);
      if (choice < 4) {
        const text = `${step}`.repeat(1 + random(60));
        assert.equal(cache.set(key, text), true);
        model.set(key, text);
      } else if (choice < 5) {
        cache.delete(key);
        model.delete(key);
      } else {
        const found = cache.get(key)?.text;
        // The cache may have forgotten, but what it gives must be right.
        if (found !== undefined) {
          assert.equal(found, model.get(key));
          hits++;
        }
      }
    }
    assert.ok(hits > 10_000, `${hits} hits`);
  });

  it('refuses what is too large, and forgets what it would have replaced', () => {
    const { cache } = setUp(8 * 1024);
    cache.set('a', 'small');
    assert.equal(cache.set('a', 'x'.repeat(3000)), false);
    assert.equal(cache.get('a'), undefined);
  });

  it('does not store what was read before a deletion', () => {
    const { buffer, clock, cache } = setUp();
    const other = openSharedCache(buffer, clock);
    const stamp = cache.stamp('a');
    assert.equal(cache.set('a', 'current', undefined, stamp), true);
    other.delete('a');
    assert.equal(cache.set('a', 'stale', undefined, stamp), false);
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.set('a', 'new', undefined, cache.stamp('a')), true);
    const again = cache.stamp('a');
    other.clear();
    assert.equal(cache.size, 0);
    assert.equal(cache.set('a', 'stale', undefined, again), false);
  });

  it('refuses a buffer without room', () => {
    assert.throws(() => createSharedCacheBuffer(4159), { code: 'ERR_SHARED_CACHE_SIZE' });
    assert.throws(() => createSharedCacheBuffer(Number.NaN), { code: 'ERR_SHARED_CACHE_SIZE' });
    assert.equal(openSharedCache(createSharedCacheBuffer(4160), createManualClock()).set('a', 'b'), true);
  });
});

describe('shared cache after the death of a worker in the middle of a call', () => {
  it('misses at first, then goes on with an empty segment', () => {
    const { buffer, clock, cache } = setUp();
    cache.set('a', 'text');
    const words = new Int32Array(buffer);
    Atomics.store(words, firstLock, 4711);
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.set('b', 'text'), false);
    clock.advance(99);
    assert.equal(cache.get('a'), undefined);
    clock.advance(1);
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.size, 0);
    assert.equal(cache.set('a', 'text'), true);
    assert.equal(cache.get('a')?.text, 'text');
  });

  it('deletes for certain', () => {
    const { buffer, cache } = setUp();
    cache.set('a', 'text');
    const stamp = cache.stamp('a');
    Atomics.store(new Int32Array(buffer), firstLock, 4711);
    cache.delete('a');
    assert.equal(cache.get('a'), undefined);
    assert.equal(cache.set('a', 'stale', undefined, stamp), false);
  });

  it('ends its walks through memory that makes no sense', () => {
    const { buffer, cache } = setUp(8 * 1024);
    for (let key = 0; key < 100; key++) cache.set(`key ${key}`, 'text');
    // Everything after the header of the segment, left as garbage: references that lead in circles and out of bounds.
    new Int32Array(buffer).fill(0x01010101, firstLock + 8);
    new Int32Array(buffer).fill(3, firstLock + 8, firstLock + 200);
    for (let key = 0; key < 300; key++) {
      cache.get(`key ${key}`);
      cache.set(`key ${key}`, `text ${key}`);
      cache.delete(`key ${key}`);
    }
    cache.clear();
    cache.set('a', 'text');
    assert.equal(cache.get('a')?.text, 'text');
  });
});

describe('shared cache under contention', () => {
  it('never gives a text that belongs to another key or is torn', async () => {
    const workerData: CacheHammerData = { buffer: createSharedCacheBuffer(32 * 1024), steps: 60_000, keys: 100 };
    const threads = Array.from(
      { length: 4 },
      () => new Worker(new URL('./shared-cache.worker.ts', import.meta.url), { workerData }),
    );
    const outcomes = await Promise.all(threads.map((thread) => once(thread, 'message')));
    for (const [{ hits, mistakes }] of outcomes) {
      assert.equal(mistakes, 0);
      assert.ok(hits > 0);
    }
  });
});
