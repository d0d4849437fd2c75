import { bench, do_not_optimize, group, run } from 'mitata';
import { createEntityCache, createSharedCacheBuffer, openSharedCache } from '../../src/cache/index.ts';
import { systemClock } from '../../src/kernel/index.ts';
import { defineEntity, f } from '../../src/schema/index.ts';

const definition = defineEntity({
  name: 'keyauth_credentials',
  primary_key: ['id'],
  cache_key: ['key'],
  endpoint_key: 'key',
  workspaceable: true,
  fields: { id: f.string(), key: f.string({ unique: true }) },
});
const workspaceId = '0dc6f45b-8f8d-40d2-a504-473544ee190b';
const rows = 100_000;
const keys = Array.from({ length: rows }, (_, at) => `Zq8yT3vK1mNcR5bX7wPd9fGh${String(at).padStart(8, '0')}`);
const rowOf = (key: string) => ({
  id: '0855b320-0dd2-547d-891d-601e9b38647f',
  created_at: 1_700_000_000,
  consumer: { id: '7a3bba01-5a9b-4c61-8e24-1f5d3a6c9b10' },
  key,
  tags: null,
  ttl: null,
});
const shared = openSharedCache(createSharedCacheBuffer(128 * 1024 * 1024), systemClock);
const createCache = (capacity: number) =>
  createEntityCache({
    fetch: async (request) => (request.by === 'cache_key' ? rowOf(request.values[0]!) : undefined),
    clock: systemClock,
    workspaceId,
    shared,
    capacity,
  });
const full = createCache(rows * 2).reader(definition);
for (const key of keys) await full.find(key);
// Room for one row only: with two rows in turn every read comes from the shared cache.
const tiny = createCache(1).reader(definition);
const sharedKey = `keyauth_credentials:${keys[7]}:::::${workspaceId}`;
const text = JSON.stringify(rowOf(keys[7]!));
let next = 0;
// As a header value comes out of the parser: a text of its own each time.
const fresh = (key: string): string => Buffer.from(key, 'latin1').toString('latin1');

group('first level', () => {
  bench('hit, the same key', () => do_not_optimize(full.find(keys[7]!)));
  bench('hit, the same key as a new text', () => do_not_optimize(full.find(fresh(keys[7]!))));
  bench('(making the new text)', () => do_not_optimize(fresh(keys[7]!)));
  bench('hit, 100,000 keys in turn', () => {
    next = next + 1 === rows ? 0 : next + 1;
    do_not_optimize(full.find(keys[next]!));
  });
});
group('second level', () => {
  bench('hit by the reader, decoded', () => {
    next = next === 1 ? 2 : 1;
    do_not_optimize(tiny.find(keys[next]!));
  });
  bench('get, text of 190 bytes', () => do_not_optimize(shared.get(sharedKey)));
  bench('get, miss', () => do_not_optimize(shared.get('keyauth_credentials:nobody:::::')));
  bench('set', () => do_not_optimize(shared.set(sharedKey, text)));
  bench('delete', () => shared.delete('keyauth_credentials:nobody:::::'));
});

await run();
