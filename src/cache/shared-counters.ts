import { randomFillSync } from 'node:crypto';
import { type Clock, GibbonError, hashText64, textHash } from '../kernel/index.ts';
import type { SharedCounters } from '../pdk/index.ts';
import { lock, unlock } from './shared-lock.ts';

/*
 * Layout, in bytes. A header of 64: owner numbers given out, counters evicted, two seeds. Then buckets of 384, each on
 * cache lines of its own: a lock (8), the fingerprints of 15 slots (15 x 8), their values (15 x 8 and 8 to spare), and
 * when they expire (15 x 8 and 8 to spare). A fingerprint of 0 is an empty slot. A key lives in the one bucket that its
 * hash leads to, so that one lock makes claiming, counting and reusing a slot one step.
 */
const headerBytes = 64;
const bucketBytes = 384;
const ways = 15;
const wordsEach = bucketBytes / 4;
const doublesEach = bucketBytes / 8;
const fingerprintAt = 2;
const valueAt = 16;
const expiryAt = 32;

const ownersWord = 0;
const evictedWord = 1;
const seedsWord = 2;

/** {@link SharedCounters}, and what an operator may want to know of them. */
export interface SharedCounterTable extends SharedCounters {
  /** How many counters the buffer holds at most. */
  readonly capacity: number;
  /** How many living counters had to make room for others, in all workers together; a sign that the buffer is too small. */
  readonly evicted: number;
}

/**
 * Creates the memory for shared counters; made once by the main thread, handed to every worker. A counter takes 25.6
 * bytes. Counters are safe from eviction while up to about a third of the table is in use.
 * @throws GibbonError `ERR_SHARED_COUNTERS_SIZE` below 448 bytes.
 */
export function createSharedCountersBuffer(bytes: number): SharedArrayBuffer {
  const buckets = Math.floor((bytes - headerBytes) / bucketBytes);
  if (!(buckets >= 1)) {
    throw new GibbonError(`Cannot create shared counters of "${bytes}" bytes: 448 is the least`, {
      code: 'ERR_SHARED_COUNTERS_SIZE',
    });
  }
  const buffer = new SharedArrayBuffer(headerBytes + buckets * bucketBytes);
  // Seeds that nobody outside knows, so that nobody can make keys that share a counter.
  const seeds = randomFillSync(new Int32Array(2));
  new Int32Array(buffer).set(seeds, seedsWord);
  return buffer;
}

/**
 * Opens shared counters in one thread. All calls are atomic and exact however many workers count at once.
 *
 * A key is known by a 64-bit fingerprint alone: among a million living counters, two share one with a probability of
 * 3 in 100 million. The expiry that a counter was created with stands until it is over. When a bucket of 15 is full of
 * living counters, the one that expires next makes room. Only the death of a worker in the middle of a call (after
 * `terminate`) can cost anything: the bucket stands still for a tenth of a second, and that one count may be lost.
 */
export function openSharedCounters(buffer: SharedArrayBuffer, clock: Clock): SharedCounterTable {
  const words = new Int32Array(buffer);
  const doubles = new Float64Array(buffer);
  const buckets = Math.floor((buffer.byteLength - headerBytes) / bucketBytes);
  const owner = Atomics.add(words, ownersWord, 1) + 1;
  const seed = words[seedsWord]!;
  const otherSeed = words[seedsWord + 1]!;
  let high = 0;
  let low = 0;
  let located = '';
  let locatedAt = -1;

  /** Hashes the key into `high` and `low`; returns its bucket. */
  function locate(key: string): number {
    // The same key comes again and again; one text is compared with itself without a look at its characters.
    if (locatedAt !== -1 && key === located) return locatedAt;
    hashText64(key, seed, otherSeed);
    high = textHash.high | 0;
    low = textHash.low | 0;
    if (high === 0 && low === 0) low = 1;
    located = key;
    locatedAt = Math.floor(((high >>> 0) / 4_294_967_296) * buckets);
    return locatedAt;
  }

  /** The slot of the key in hand, -1 when it has none. To be called under the bucket's lock. */
  function find(bucket: number): number {
    const first = headerBytes / 4 + bucket * wordsEach + fingerprintAt;
    for (let slot = 0, at = first; slot < ways; slot++, at += 2) {
      if (words[at] === low && words[at + 1] === high) return slot;
    }
    return -1;
  }

  /** An empty slot, else an expired one, else the one that expires next. */
  function claim(bucket: number, now: number): number {
    const first = headerBytes / 4 + bucket * wordsEach + fingerprintAt;
    const expiries = headerBytes / 8 + bucket * doublesEach + expiryAt;
    let next = 0;
    for (let slot = 0; slot < ways; slot++) {
      if (words[first + 2 * slot] === 0 && words[first + 2 * slot + 1] === 0) return slot;
      if (doubles[expiries + slot]! < doubles[expiries + next]!) next = slot;
    }
    if (doubles[expiries + next]! > now) Atomics.add(words, evictedWord, 1);
    return next;
  }

  return {
    capacity: buckets * ways,
    get evicted() {
      return Atomics.load(words, evictedWord);
    },
    add(key, by, expiresAt) {
      const now = clock.now();
      const bucket = locate(key);
      const lockAt = headerBytes / 4 + bucket * wordsEach;
      const base = headerBytes / 8 + bucket * doublesEach;
      lock(words, lockAt, owner);
      let slot = find(bucket);
      let value = by;
      if (slot !== -1 && doubles[base + expiryAt + slot]! > now) {
        value += doubles[base + valueAt + slot]!;
        doubles[base + valueAt + slot] = value;
      } else {
        if (slot === -1) slot = claim(bucket, now);
        const at = lockAt + fingerprintAt + 2 * slot;
        // The name comes last: should this thread die on the way, no other counter is left under a wrong one.
        words[at] = 0;
        words[at + 1] = 0;
        doubles[base + valueAt + slot] = value;
        doubles[base + expiryAt + slot] = expiresAt;
        words[at] = low;
        words[at + 1] = high;
      }
      unlock(words, lockAt, owner);
      return value;
    },
    read(key) {
      const now = clock.now();
      const bucket = locate(key);
      const lockAt = headerBytes / 4 + bucket * wordsEach;
      const base = headerBytes / 8 + bucket * doublesEach;
      lock(words, lockAt, owner);
      const slot = find(bucket);
      const value = slot !== -1 && doubles[base + expiryAt + slot]! > now ? doubles[base + valueAt + slot]! : 0;
      unlock(words, lockAt, owner);
      return value;
    },
  };
}
