import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach } from 'node:test';
import type { EntityEvent } from '../../../events/index.ts';
import { createLogger, createManualClock, type ManualClock } from '../../../kernel/index.ts';
import { defineEntity, type EntityDefinition, f, type Row, typedefs } from '../../../schema/index.ts';
import { createDatabase, type Database } from '../../database.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import type { Dao, DaoError, DaoResult } from '../types.ts';

/** A store that cases may fill; `open` may be called again after the strategy it gave was closed. */
export interface StoreUnderTest {
  open(clock: ManualClock): Strategy;
  /** Removes what is left of it. */
  dispose(): Promise<void>;
  /** True for stores that refuse text with the character of code 0. */
  readonly refusesNul?: boolean;
}

const authors = defineEntity({
  name: 'authors',
  primary_key: ['id'],
  endpoint_key: 'name',
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    name: f.string({ unique: true }),
    email: f.string({ unique: true }),
    age: f.integer({ default: 30, between: [0, 200] }),
    score: f.number(),
    alive: f.boolean({ required: true, default: true }),
    nicknames: f.array(f.string()),
    address: f.record({ street: f.string(), door: f.integer({ default: 1 }) }),
    links: f.map(f.string(), f.array(f.string())),
    tags: typedefs.tags(),
  },
});

const books = defineEntity({
  name: 'books',
  primary_key: ['id'],
  endpoint_key: 'title',
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    title: f.string({ required: true, unique: true }),
    author: f.foreign('authors'),
    editor: f.foreign('authors', { on_delete: 'null' }),
    tags: typedefs.tags(),
  },
});

const notes = defineEntity({
  name: 'notes',
  primary_key: ['id'],
  cache_key: ['kind', 'author', 'book'],
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    kind: f.string({ required: true }),
    author: f.foreign('authors', { on_delete: 'cascade' }),
    book: f.foreign('books', { on_delete: 'cascade' }),
    text: f.string(),
    tags: typedefs.tags(),
  },
});

const replies = defineEntity({
  name: 'replies',
  primary_key: ['id'],
  fields: {
    id: typedefs.uuid(),
    note: f.foreign('notes', { required: true, on_delete: 'cascade' }),
    tags: typedefs.tags(),
  },
});

const passes = defineEntity({
  name: 'passes',
  primary_key: ['id'],
  endpoint_key: 'key',
  cache_key: ['key'],
  ttl: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    key: f.string({ unique: true, auto: true }),
    label: f.string(),
  },
});

const counters = defineEntity({
  name: 'counters',
  primary_key: ['name', 'period'],
  ttl: true,
  fields: { name: f.string({ required: true }), period: f.integer({ required: true }), value: f.integer() },
});

const tags = defineEntity({
  name: 'tags',
  primary_key: ['tag'],
  endpoint_key: 'tag',
  fields: { tag: typedefs.tag({ required: true }), entity_name: f.string(), entity_id: f.string() },
});

const entities: readonly EntityDefinition[] = [authors, books, notes, replies, passes, counters, tags];

/** What cases work with; a fresh store stands behind it for each of them. */
export interface Harness {
  readonly clock: ManualClock;
  readonly database: Database;
  /** Everything that was announced. */
  readonly events: EntityEvent[];
  /** Takes the place of the recording of events. */
  onEvent: (event: EntityEvent) => void;
  /** What was logged. */
  readonly log: string;
  /** True for stores that refuse text with the character of code 0. */
  readonly refusesNul: boolean;
  readonly dao: (entity: string) => Dao;
  /** Inserts a row that must go in. */
  readonly insert: (entity: string, given: object) => Promise<Row>;
  readonly all: (entity: string) => Promise<Row[]>;
  /** Closes the store and opens it again. */
  readonly reopen: () => Promise<void>;
}

/** Opens a store before each case of the current suite and removes it afterwards. */
export function createHarness(createStore: () => Promise<StoreUnderTest>): Harness {
  let store: StoreUnderTest;
  let clock: ManualClock;
  let database: Database;
  let log: string;
  const events: EntityEvent[] = [];

  async function open(): Promise<void> {
    const logger = createLogger({
      level: 'debug',
      sink: (lines) => {
        log += lines;
      },
    });
    database = await createDatabase({
      strategy: store.open(clock),
      entities,
      environment: {
        now: () => clock.now(),
        uuid: () => randomUUID(),
        randomString: () => randomUUID().replaceAll('-', ''),
        subschema: () => undefined,
      },
      onEvent: (event) => harness.onEvent(event),
      clock,
      logger,
    });
  }

  const harness: Harness = {
    events,
    onEvent: () => {},
    get clock() {
      return clock;
    },
    get database() {
      return database;
    },
    get log() {
      return log;
    },
    get refusesNul() {
      return store.refusesNul === true;
    },
    dao: (entity) => database.dao(entity),
    insert: async (entity, given) => value(await database.dao(entity).insert(given)),
    all: (entity) => Array.fromAsync(database.dao(entity).each()),
    reopen: async () => {
      await database.close();
      await open();
    },
  };

  beforeEach(async () => {
    store = await createStore();
    clock = createManualClock(1_700_000_000_000);
    log = '';
    events.length = 0;
    harness.onEvent = (event) => events.push(event);
    await open();
  });

  afterEach(async () => {
    await database.close();
    await store.dispose();
  });

  return harness;
}

/** The changes of an event as `operation entity`, sorted. */
export function operations(event: EntityEvent | undefined): string[] {
  return (event?.changes ?? []).map(({ entity, operation }) => `${operation} ${entity}`).sort();
}

/** The value of a result that must be one. */
export function value<T>(result: DaoResult<T>): T {
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return result.value;
}

/** The error of a result that must be one. */
export function failure(result: DaoResult<unknown>): DaoError {
  assert.ok(!result.ok, 'expected a failure');
  return result.error;
}
