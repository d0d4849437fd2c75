import { randomFillSync } from 'node:crypto';
import { type Clock, hashText64, textHash } from '../kernel/index.ts';
import type { SharedStore } from '../pdk/index.ts';
import { createSharedCacheBuffer, openSharedCache } from './shared-cache.ts';

/** Versions are kept for so many groups of keys; keys of one group change theirs together. */
const groups = 65_536;
const epochWord = groups;
const seedsWord = groups + 1;

/** A version that no key ever has. */
const noVersion = -1;

/** Entries take a quarter of a segment at most: 2 MiB. */
const segmentBytes = 8 * 1024 * 1024;

/** The memory of a {@link SharedStore}, to be handed to other threads. */
export interface SharedStoreMemory {
  readonly entries: SharedArrayBuffer;
  readonly versions: SharedArrayBuffer;
}

/**
 * Creates the memory for so many bytes; made once by the main thread. The system gives it out as it is used.
 * @throws GibbonError `ERR_SHARED_CACHE_SIZE` below 4160 bytes.
 */
export function createSharedStoreMemory(bytes: number): SharedStoreMemory {
  const versions = new SharedArrayBuffer((groups + 3) * 4);
  new Int32Array(versions).set(randomFillSync(new Int32Array(2)), seedsWord);
  return { entries: createSharedCacheBuffer(bytes, segmentBytes), versions };
}

/**
 * Opens a shared store in one thread. Versions let each worker keep copies of its own and know, without a lock, whether
 * they are still what the node has.
 */
export function openSharedStore(memory: SharedStoreMemory, clock: Clock): SharedStore {
  const cache = openSharedCache(memory.entries, clock);
  const versions = new Int32Array(memory.versions);
  const seed = versions[seedsWord]!;
  const otherSeed = versions[seedsWord + 1]!;

  function groupOf(key: string): number {
    hashText64(key, seed, otherSeed);
    return textHash.low & (groups - 1);
  }

  function versionOf(group: number): number {
    return (Atomics.load(versions, epochWord) >>> 0) * 4_294_967_296 + (Atomics.load(versions, group) >>> 0);
  }

  return {
    get: (key) => cache.getBytes(key),
    version: (key) => versionOf(groupOf(key)),
    set(key, bytes, expiresAt, version) {
      const group = groupOf(key);
      // Whoever deletes changes the version first and then, under the lock, the stamp: one of the two tells.
      const stamp = cache.stamp(key);
      const before = versionOf(group);
      if (version !== undefined && version !== before) return undefined;
      if (!cache.set(key, bytes, expiresAt, stamp)) return undefined;
      const low = Atomics.add(versions, group, 1) >>> 0;
      // When somebody else was quicker, it is open whose bytes stayed: no copy may count as current.
      return low === before % 4_294_967_296 ? before + 1 : noVersion;
    },
    delete(key) {
      const group = groupOf(key);
      Atomics.add(versions, group, 1);
      cache.delete(key);
      // Whoever read in between has the new version with the old bytes.
      Atomics.add(versions, group, 1);
    },
    clear() {
      Atomics.add(versions, epochWord, 1);
      cache.clear();
      Atomics.add(versions, epochWord, 1);
    },
  };
}
