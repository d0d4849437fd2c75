import type { EntityChange } from '../events/index.ts';
import { type Clock, createLru, GibbonError, type Lru } from '../kernel/index.ts';
import type { EntityReader } from '../pdk/index.ts';
import type { EntityDefinition, Row, Stored } from '../schema/index.ts';
import {
  affectedKeys,
  cacheKey,
  cacheKeyFields,
  cacheKeyPrefix,
  cacheKeySuffix,
  fieldKey,
  listKey,
  uniqueFields,
} from './cache-keys.ts';
import type { SharedCache } from './shared-cache.ts';

/** What is asked of the store when no cache has it. */
export type RowRequest =
  | { readonly by: 'cache_key'; readonly entity: string; readonly values: readonly string[] }
  | { readonly by: 'id'; readonly entity: string; readonly id: string }
  | { readonly by: 'field'; readonly entity: string; readonly field: string; readonly value: string }
  /** All rows whose foreign field refers to a row: answered with one record, `{ rows }`. */
  | { readonly by: 'parent'; readonly entity: string; readonly field: string; readonly id: string };

/** What {@link createEntityCache} needs; the names of kong.conf stand beside. */
export interface EntityCacheOptions {
  /** Reads a row from the store; nothing when there is none. */
  readonly fetch: (request: RowRequest) => Promise<Row | null | undefined>;
  readonly clock: Clock;
  /** The workspace that rows without a `ws_id` of their own belong to. */
  readonly workspaceId: string;
  /** Rows that this worker keeps; 500,000 unless told. */
  readonly capacity?: number;
  /**
   * Misses that this worker keeps, apart from the rows, so that guessing keys pushes no row out; 50,000 unless told.
   */
  readonly missCapacity?: number;
  /** Rows and misses shared with the other workers of the node; apart for the same reason. */
  readonly shared?: SharedCache;
  readonly sharedMisses?: SharedCache;
  /** Seconds for which a row is kept, 0 for until it changes (`db_cache_ttl`); 0 unless told. */
  readonly ttl?: number;
  /** The same for misses (`db_cache_neg_ttl`); as `ttl` unless told. */
  readonly missTtl?: number;
  /** Seconds for which a row that is too old is used further when the store fails (`db_resurrect_ttl`); 30 unless told. */
  readonly resurrectTtl?: number;
}

/** The rows of one worker: read through its own cache, the one that workers share, and the store. */
export interface EntityCache {
  /** How many rows this worker keeps. */
  readonly size: number;
  /**
   * A reader for rows of one entity; its methods answer at once what is cached in this worker or shared. `findBy` throws a
   * GibbonError `ERR_CACHE_FIELD` for a field that is not unique, `findAllFor` for one that is not foreign.
   */
  reader<E extends EntityDefinition>(definition: E): EntityReader<Stored<E>>;
  /**
   * Forgets what a change made wrong, here and in the shared caches. A read of the store that is under way is not kept,
   * and nobody who asks from now on is given its outcome. Entities that have no reader here are of no concern.
   */
  invalidate(change: EntityChange): void;
  /** Forgets everything, as after a new declarative configuration. */
  clear(): void;
}

interface Entry {
  readonly row: Row;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** True for a row that ends by itself, which nothing may resurrect. */
  readonly isMortal: boolean;
}

interface Flight {
  /** True once a change came while the store was being read. */
  isStale: boolean;
  readonly outcome: Promise<Row | undefined>;
}

const never = Number.POSITIVE_INFINITY;

/** Creates an {@link EntityCache}. */
export function createEntityCache(options: EntityCacheOptions): EntityCache {
  const { fetch, clock, workspaceId, shared, sharedMisses } = options;
  const ttlMs = (options.ttl ?? 0) * 1000;
  const missTtlMs = (options.missTtl ?? options.ttl ?? 0) * 1000;
  const resurrectMs = (options.resurrectTtl ?? 30) * 1000;
  const rows: Lru<string, Entry> = createLru(options.capacity ?? 500_000);
  const misses: Lru<string, number> = createLru(options.missCapacity ?? 50_000);
  const flights = new Map<string, Flight>();
  const definitions = new Map<string, EntityDefinition>();

  const isOver = (expiresAt: number): boolean => expiresAt !== never && expiresAt <= clock.now();
  const after = (ms: number): number => (ms > 0 ? clock.now() + ms : never);

  function read(
    key: string,
    definition: EntityDefinition,
    request: RowRequest,
  ): Row | undefined | Promise<Row | undefined> {
    const entry = rows.get(key);
    if (entry !== undefined && !isOver(entry.expiresAt)) return entry.row;
    const missedUntil = misses.get(key);
    if (missedUntil !== undefined && !isOver(missedUntil)) return undefined;
    const flight = flights.get(key);
    if (flight !== undefined) return flight.outcome;

    const found = shared?.get(key);
    if (found !== undefined) {
      const row = Object.freeze(JSON.parse(found.text) as Row);
      rows.set(key, { row, expiresAt: found.expiresAt, isMortal: isMortal(definition, row) });
      return row;
    }
    const missing = sharedMisses?.get(key);
    if (missing !== undefined) {
      misses.set(key, missing.expiresAt);
      return undefined;
    }
    return fly(key, definition, request, entry);
  }

  function fly(
    key: string,
    definition: EntityDefinition,
    request: RowRequest,
    former: Entry | undefined,
  ): Promise<Row | undefined> {
    // Taken before the store is read: a change in between makes the shared caches refuse what we bring.
    const stamp = shared?.stamp(key);
    const missStamp = sharedMisses?.stamp(key);
    const started = clock.now();

    async function ask(): Promise<Row | undefined> {
      let row: Row | null | undefined;
      try {
        row = await fetch(request);
      } catch (fault) {
        if (former === undefined || former.isMortal || flight.isStale) throw fault;
        rows.set(key, { ...former, expiresAt: clock.now() + resurrectMs });
        return former.row;
      } finally {
        if (!flight.isStale) flights.delete(key);
      }
      if (row === null || row === undefined) {
        if (!flight.isStale) keepMiss(key, missStamp);
        return undefined;
      }
      Object.freeze(row);
      if (!flight.isStale) keep(key, definition, row, started, stamp);
      return row;
    }

    // The store is asked in a later microtask, when the flight is there to be marked as stale.
    const flight: Flight = { isStale: false, outcome: Promise.resolve().then(ask) };
    flights.set(key, flight);
    return flight.outcome;
  }

  function keep(key: string, definition: EntityDefinition, row: Row, started: number, stamp: number | undefined): void {
    const mortal = isMortal(definition, row);
    const ownEnd = mortal ? started + (row.ttl as number) * 1000 : never;
    const expiresAt = Math.min(ownEnd, after(ttlMs));
    misses.delete(key);
    rows.set(key, { row, expiresAt, isMortal: mortal });
    shared?.set(key, JSON.stringify(row), expiresAt, stamp);
  }

  function keepMiss(key: string, stamp: number | undefined): void {
    const expiresAt = after(missTtlMs);
    rows.delete(key);
    misses.set(key, expiresAt);
    sharedMisses?.set(key, '', expiresAt, stamp);
  }

  function forget(key: string): void {
    rows.delete(key);
    misses.delete(key);
    const flight = flights.get(key);
    if (flight !== undefined) {
      flight.isStale = true;
      flights.delete(key);
    }
    shared?.delete(key);
    sharedMisses?.delete(key);
  }

  function reader<E extends EntityDefinition>(definition: E): EntityReader<Stored<E>> {
    definitions.set(definition.name, definition);
    const entity = definition.name;
    const fields = cacheKeyFields(definition);
    const prefix = cacheKeyPrefix(definition);
    const suffix = cacheKeySuffix(definition, 1, workspaceId);
    const unique = new Set(uniqueFields(definition));
    const isKeyedById = fields.length === 1 && fields[0] === definition.primary_key[0];

    function find(...values: readonly string[]): Row | undefined | Promise<Row | undefined> {
      const key = values.length === 1 ? prefix + values[0]! + suffix : cacheKey(definition, values, workspaceId);
      return read(key, definition, { by: 'cache_key', entity, values });
    }
    function findById(id: string): Row | undefined | Promise<Row | undefined> {
      if (isKeyedById) return find(id);
      return read(fieldKey(definition, 'id', id, workspaceId), definition, { by: 'id', entity, id });
    }
    function findBy(field: string, value: string): Row | undefined | Promise<Row | undefined> {
      if (fields.length === 1 && fields[0] === field) return find(value);
      if (definition.primary_key.length === 1 && definition.primary_key[0] === field) return findById(value);
      if (!unique.has(field)) throw notUnique(entity, field);
      return read(fieldKey(definition, field, value, workspaceId), definition, { by: 'field', entity, field, value });
    }
    function findAllFor(field: string, id: string): readonly Row[] | Promise<readonly Row[]> {
      if (definition.ttl === true || definition.fields[field]?.type !== 'foreign') throw notListed(entity, field);
      const found = read(listKey(definition, field, id), definition, { by: 'parent', entity, field, id });
      return found instanceof Promise ? found.then(rowsOf) : rowsOf(found);
    }
    return { find, findById, findBy, findAllFor } as EntityReader<Stored<E>>;
  }

  return {
    get size() {
      return rows.size;
    },
    reader,
    invalidate(change) {
      const definition = definitions.get(change.entity);
      if (definition === undefined) return;
      for (const key of affectedKeys(definition, change, workspaceId)) forget(key);
    },
    clear() {
      rows.clear();
      misses.clear();
      for (const flight of flights.values()) flight.isStale = true;
      flights.clear();
      shared?.clear();
      sharedMisses?.clear();
    },
  };
}

/** Only unique fields are followed when rows change: anything else would be cached for good. */
function notUnique(entity: string, field: string): GibbonError {
  return new GibbonError(`Cannot find ${entity} by "${field}": the field is not unique`, { code: 'ERR_CACHE_FIELD' });
}

/** Only foreign fields are followed when rows change, and rows that expire would have to leave the list by themselves. */
function notListed(entity: string, field: string): GibbonError {
  return new GibbonError(`Cannot list ${entity} by "${field}": it is no foreign field of rows that stay`, {
    code: 'ERR_CACHE_FIELD',
  });
}

const noRows: readonly Row[] = Object.freeze([]);

function rowsOf(list: Row | undefined): readonly Row[] {
  return (list?.rows as readonly Row[] | undefined) ?? noRows;
}

/** True for a row that carries the seconds it has left, as rows of entities with `ttl` may. */
function isMortal(definition: EntityDefinition, row: Row): boolean {
  return definition.ttl === true && typeof row.ttl === 'number';
}
