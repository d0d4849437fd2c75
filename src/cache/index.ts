/**
 * Cache: what the workers of a node share or keep for themselves so that the store is left alone: counters in shared
 * memory, rows in shared memory, and the entity cache of each worker over both. It knows no plugin, no store and no
 * thread: buffers and a way to fetch rows are handed in.
 */
export { affectedKeys, cacheKey, cacheKeyOf } from './cache-keys.ts';
export { createEntityCache, type EntityCache, type EntityCacheOptions, type RowRequest } from './entity-cache.ts';
export { createSharedCacheBuffer, openSharedCache, type SharedCache } from './shared-cache.ts';
export { createSharedCountersBuffer, openSharedCounters, type SharedCounterTable } from './shared-counters.ts';
export type { SharedEntry } from './shared-segment.ts';
export { createSharedStoreMemory, openSharedStore, type SharedStoreMemory } from './shared-store.ts';
