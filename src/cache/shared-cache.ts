import { randomFillSync } from 'node:crypto';
import { type Clock, GibbonError, hashText64, textHash } from '../kernel/index.ts';
import { lock, steal, tryLock, unlock } from './shared-lock.ts';
import {
  openSegment,
  type Segment,
  type SharedBytes,
  type SharedEntry,
  segmentGeneration,
  segmentLock,
} from './shared-segment.ts';

/*
 * Layout: a header of 64 bytes (owner numbers given out, segments, bytes of a segment, two seeds), then the segments. Each
 * has a lock of its own, so that workers are seldom in each other's way, and a dead worker can only spoil one of them.
 */
const headerBytes = 64;
const ownersWord = 0;
const segmentsWord = 1;
const segmentBytesWord = 2;
const seedsWord = 3;

const minBytes = 4096;
const idealSegmentBytes = 512 * 1024;
/** Milliseconds after which the holder of a lock counts as dead. */
const patienceMs = 100;

/** A cache of texts in memory that all workers share. What cannot be had at once counts as not there. */
export interface SharedCache {
  /** How many texts it holds; expired ones that nobody asked for count too. */
  readonly size: number;
  get(key: string): SharedEntry | undefined;
  /** As {@link SharedCache.get}, for what was stored as bytes. */
  getBytes(key: string): SharedBytes | undefined;
  /** A number that changes whenever the key is deleted, and now and then without need. */
  stamp(key: string): number;
  /**
   * Stores a text or bytes until `expiresAt` (milliseconds since the epoch), unless the key's stamp is no longer the one given,
   * it is larger than a quarter of a segment, or the place is busy. The oldest entries make room. True when stored.
   */
  set(key: string, content: string | Uint8Array, expiresAt?: number, stamp?: number): boolean;
  /** Certain: on return the key is gone, and texts with an older stamp will not be stored. */
  delete(key: string): void;
  clear(): void;
}

/**
 * Creates the memory for a shared cache; made once by the main thread, handed to every worker. The larger its segments,
 * the larger the entries that fit, and the more workers wait for one another.
 * @throws GibbonError `ERR_SHARED_CACHE_SIZE` below 4160 bytes.
 */
export function createSharedCacheBuffer(bytes: number, segmentSize = idealSegmentBytes): SharedArrayBuffer {
  const room = bytes - headerBytes;
  if (!(room >= minBytes)) {
    throw new GibbonError(`Cannot create a shared cache of "${bytes}" bytes: 4160 is the least`, {
      code: 'ERR_SHARED_CACHE_SIZE',
    });
  }
  const segments = Math.min(256, Math.max(1, Math.floor(room / segmentSize)));
  const segmentBytes = Math.floor(room / segments / 64) * 64;
  const buffer = new SharedArrayBuffer(headerBytes + segments * segmentBytes);
  const words = new Int32Array(buffer);
  words[segmentsWord] = segments;
  words[segmentBytesWord] = segmentBytes;
  words.set(randomFillSync(new Int32Array(2)), seedsWord);
  return buffer;
}

type Reader<T> = (segment: Segment, key: string, high: number, low: number) => T | undefined;
const textReader: Reader<SharedEntry> = (segment, key, high, low) => segment.get(key, high, low);
const bytesReader: Reader<SharedBytes> = (segment, key, high, low) => segment.getBytes(key, high, low);

/** Opens a shared cache in one thread. */
export function openSharedCache(buffer: SharedArrayBuffer, clock: Clock): SharedCache {
  const words = new Int32Array(buffer);
  const owner = Atomics.add(words, ownersWord, 1) + 1;
  const count = words[segmentsWord]!;
  const segmentBytes = words[segmentBytesWord]!;
  const seed = words[seedsWord]!;
  const otherSeed = words[seedsWord + 1]!;
  const segments = Array.from({ length: count }, (_, at) =>
    openSegment(buffer, headerBytes + at * segmentBytes, segmentBytes),
  );
  const suspects = new Int32Array(count);
  const suspectSince = new Float64Array(count);

  const wordsOf = (at: number): number => (headerBytes + at * segmentBytes) / 4;

  function locate(key: string): number {
    hashText64(key, seed, otherSeed);
    return Math.floor(((textHash.high >>> 0) / 4_294_967_296) * count);
  }

  /** Takes a segment's lock if it is free, or if its holder has died, which costs the segment its contents. */
  function enter(at: number): boolean {
    const lockAt = wordsOf(at) + segmentLock;
    if (tryLock(words, lockAt, owner)) {
      suspects[at] = 0;
      return true;
    }
    const holder = Atomics.load(words, lockAt);
    const now = clock.monotonic();
    if (holder === 0 || holder !== suspects[at]) {
      suspects[at] = holder;
      suspectSince[at] = now;
      return false;
    }
    if (now - suspectSince[at]! < patienceMs || !steal(words, lockAt, holder, owner)) return false;
    suspects[at] = 0;
    reset(at);
    return true;
  }

  /** Takes a segment's lock, if need be after a wait for its holder, or from a dead one. */
  function enterSurely(at: number): void {
    if (lock(words, wordsOf(at) + segmentLock, owner)) reset(at);
  }

  /** False when the lock was lost to somebody who took us for dead, after a long pause. */
  function leave(at: number): boolean {
    return unlock(words, wordsOf(at) + segmentLock, owner);
  }

  function reset(at: number): void {
    segments[at]!.clear();
    Atomics.add(words, wordsOf(at) + segmentGeneration, 1);
  }

  function read<T extends { readonly expiresAt: number }>(key: string, reader: Reader<T>): T | undefined {
    const at = locate(key);
    const { high, low } = textHash;
    if (!enter(at)) return undefined;
    const segment = segments[at]!;
    let entry = reader(segment, key, high, low);
    if (entry !== undefined && entry.expiresAt !== Number.POSITIVE_INFINITY && entry.expiresAt <= clock.now()) {
      segment.delete(key, high, low);
      entry = undefined;
    }
    return leave(at) ? entry : undefined;
  }

  return {
    get size() {
      return segments.reduce((sum: number, segment: Segment) => sum + segment.entries, 0);
    },
    get: (key) => read(key, textReader),
    getBytes: (key) => read(key, bytesReader),
    stamp: (key) => Atomics.load(words, wordsOf(locate(key)) + segmentGeneration),
    set(key, content, expiresAt = Number.POSITIVE_INFINITY, stamp) {
      const at = locate(key);
      const { high, low } = textHash;
      if (!enter(at)) return false;
      const isCurrent = stamp === undefined || stamp === Atomics.load(words, wordsOf(at) + segmentGeneration);
      const isStored = isCurrent && segments[at]!.set(key, high, low, content, expiresAt);
      leave(at);
      return isStored;
    },
    delete(key) {
      const at = locate(key);
      const { high, low } = textHash;
      enterSurely(at);
      segments[at]!.delete(key, high, low);
      Atomics.add(words, wordsOf(at) + segmentGeneration, 1);
      leave(at);
    },
    clear() {
      for (let at = 0; at < count; at++) {
        enterSurely(at);
        reset(at);
        leave(at);
      }
    },
  };
}
