import { randomFillSync } from 'node:crypto';
import { type Clock, hashText64, textHash } from '../kernel/index.ts';
import type { SharedStore } from '../pdk/index.ts';
import { createSharedCacheBuffer, openSharedCache } from './shared-cache.ts';

/** Versions are kept for so many groups of keys; keys of one group change theirs together. */
const groups = 65_536;
const epochWord = groups;
const seedsWord = groups + 1;

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
      const before = version ?? versionOf(group);
      if (before !== versionOf(group) || !cache.set(key, bytes, expiresAt)) return undefined;
      // Whoever deletes changes the version first: if that happened meanwhile, what was stored must go again.
      const low = (before % 4_294_967_296) | 0;
      const isOurs = Atomics.compareExchange(versions, group, low, (low + 1) | 0) === low;
      if (isOurs && Math.floor(before / 4_294_967_296) === Atomics.load(versions, epochWord) >>> 0)
        return versionOf(group);
      cache.delete(key);
      return undefined;
    },
    delete(key) {
      Atomics.add(versions, groupOf(key), 1);
      cache.delete(key);
    },
    clear() {
      Atomics.add(versions, epochWord, 1);
      cache.clear();
    },
  };
}
