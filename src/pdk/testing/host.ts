import { createManualClock, type ManualClock } from '../../kernel/index.ts';
import type { EntityDefinition, Row, Stored } from '../../schema/index.ts';
import type { EntityReader, EntityWriter, PluginHost, SharedCounters, SharedStore, StoredBytes } from '../plugin.ts';
import { createMemoryLogger, type LogLine } from './log.ts';
import { createFakeTables } from './tables.ts';

/** What a fake host is made of. */
export interface FakeHostOptions {
  /** Rows by plural entity name, such as `consumers`. */
  readonly entities?: { readonly [entity: string]: readonly Row[] };
  /** `later` makes every read of a row answer with a promise, as when it is not cached yet; `now` unless told. */
  readonly reads?: 'now' | 'later';
  readonly clock?: ManualClock;
  readonly counters?: SharedCounters;
  readonly store?: SharedStore;
  /** PEM texts; none unless told. */
  readonly trusted?: readonly string[];
  /** Name of the node; `gibbon-test` unless told. */
  readonly hostname?: string;
}

/** A {@link PluginHost} without a gateway around it. */
export interface FakeHost extends PluginHost {
  readonly clock: ManualClock;
  /** Everything that was logged, plugins' lines included. */
  readonly lines: LogLine[];
  /** Reads rows of one entity by name. */
  rows(entity: string): EntityReader;
  /** Runs each task once that was given to `every` and not ended. */
  runTimers(): void;
}

/** The id of the fake node. */
export const fakeNodeId = '00000000-0000-4000-8000-000000000001';

/** Creates a {@link FakeHost}. */
export function createFakeHost(options: FakeHostOptions = {}): FakeHost {
  const lines: LogLine[] = [];
  const clock = options.clock ?? createManualClock();
  const tasks = new Set<() => void>();
  const tables = createFakeTables(options.entities ?? {}, clock);
  const rows = (entity: string, cacheKey: readonly string[] = ['id']): EntityReader =>
    createReader(() => tables.rows(entity), cacheKey, options.reads ?? 'now');
  return {
    log: createMemoryLogger(lines),
    lines,
    clock,
    node: { id: fakeNodeId, hostname: options.hostname ?? 'gibbon-test', version: '3.9.3', worker: 0, pid: 4711 },
    trusted: options.trusted ?? [],
    counters: options.counters ?? createFakeCounters(() => clock.now()),
    store: options.store ?? createFakeStore(() => clock.now()),
    rows,
    reader: <E extends EntityDefinition>(entity: E) =>
      rows(entity.name, entity.cache_key ?? entity.primary_key) as EntityReader<Stored<E>>,
    core: { consumers: rows('consumers'), caCertificates: rows('ca_certificates') },
    writer: <E extends EntityDefinition>(entity: E) => tables.writer(entity.name) as EntityWriter<Stored<E>>,
    every(_ms, task) {
      tasks.add(task);
      return () => tasks.delete(task);
    },
    runTimers() {
      for (const task of tasks) task();
    },
  };
}

function createReader(rows: () => readonly Row[], cacheKey: readonly string[], reads: 'now' | 'later'): EntityReader {
  const answer = (isWanted: (row: Row) => boolean): Row | undefined | Promise<Row | undefined> => {
    const row = rows().find(isWanted);
    return reads === 'now' ? row : Promise.resolve(row);
  };
  const lists = new Map<string, { readonly of: readonly Row[]; readonly list: readonly Row[] }>();
  return {
    find: (...values) => answer((row) => cacheKey.every((field, at) => (plainValue(row[field]) ?? '') === values[at])),
    findById: (id) => answer((row) => row['id'] === id),
    findBy: (field, value) => answer((row) => plainValue(row[field]) === value),
    findAllFor(foreignField, id) {
      const key = `${foreignField}:${id}`;
      const of = rows();
      const known = lists.get(key);
      const list = known?.of === of ? known.list : of.filter((row) => plainValue(row[foreignField]) === id);
      lists.set(key, { of, list });
      return reads === 'now' ? list : Promise.resolve(list);
    },
  };
}

function plainValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
}

/** Creates {@link SharedCounters} in ordinary memory; `now` is in milliseconds since the epoch. */
export function createFakeCounters(now: () => number): SharedCounters {
  const counters = new Map<string, { value: number; expiresAt: number }>();
  const live = (key: string): { value: number; expiresAt: number } | undefined => {
    const counter = counters.get(key);
    if (counter === undefined || counter.expiresAt > now()) return counter;
    counters.delete(key);
    return undefined;
  };
  return {
    add(key, by, expiresAt) {
      const counter = live(key);
      if (counter !== undefined) {
        counter.value += by;
        return counter.value;
      }
      counters.set(key, { value: by, expiresAt });
      return by;
    },
    read: (key) => live(key)?.value ?? 0,
  };
}

/** Creates a {@link SharedStore} in ordinary memory; `now` is in milliseconds since the epoch. */
export function createFakeStore(now: () => number): SharedStore {
  const entries = new Map<string, StoredBytes>();
  const versions = new Map<string, number>();
  let epoch = 0;
  const versionOf = (key: string): number => epoch + (versions.get(key) ?? 0);
  const change = (key: string): void => {
    versions.set(key, (versions.get(key) ?? 0) + 1);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined || entry.expiresAt <= now()) return undefined;
      return { bytes: Buffer.from(entry.bytes), expiresAt: entry.expiresAt };
    },
    version: versionOf,
    set(key, bytes, expiresAt, version) {
      if (version !== undefined && version !== versionOf(key)) return undefined;
      entries.set(key, { bytes: Buffer.from(bytes), expiresAt });
      change(key);
      return versionOf(key);
    },
    delete(key) {
      entries.delete(key);
      change(key);
    },
    clear() {
      entries.clear();
      epoch += 1_000_000;
    },
  };
}
