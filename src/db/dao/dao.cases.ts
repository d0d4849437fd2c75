import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { EntityEvent } from '../../events/index.ts';
import { createLogger, createManualClock, type ManualClock } from '../../kernel/index.ts';
import { defineEntity, type EntityDefinition, f, type Row, typedefs } from '../../schema/index.ts';
import { createDatabase, type Database } from '../database.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { Dao, DaoError, DaoResult } from './types.ts';

/** A store that cases may fill; `open` may be called again after the strategy it gave was closed. */
export interface StoreUnderTest {
  open(clock: ManualClock): Strategy;
  /** Removes what is left of it. */
  dispose(): Promise<void>;
}

/** Names that could only do harm where text is pasted into SQL. */
const hostileNames = [
  `x'); DROP TABLE "authors"; --`,
  `"; DELETE FROM authors; --`,
  `' OR '1'='1`,
  `\\'; SELECT 1`,
  'a\u0000b\u0001\u001f',
  'Łódź 🦧 名前',
  '%_*?',
  '__proto__',
];

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

/** The cases that hold for the DAO over every kind of store. */
export function daoCases(name: string, createStore: () => Promise<StoreUnderTest>): void {
  describe(`dao over ${name}`, () => {
    let store: StoreUnderTest;
    let clock: ManualClock;
    let database: Database;
    let events: EntityEvent[];
    let log: string;
    let onEvent: (event: EntityEvent) => void;

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
        onEvent: (event) => onEvent(event),
        clock,
        logger,
      });
    }

    beforeEach(async () => {
      store = await createStore();
      clock = createManualClock(1_700_000_000_000);
      events = [];
      log = '';
      onEvent = (event) => events.push(event);
      await open();
    });

    afterEach(async () => {
      await database.close();
      await store.dispose();
    });

    const dao = (entity: string): Dao => database.dao(entity);
    const insert = async (entity: string, given: object): Promise<Row> => value(await dao(entity).insert(given));
    const all = async (entity: string): Promise<Row[]> => Array.fromAsync(dao(entity).each());
    const operations = (event: EntityEvent | undefined): string[] =>
      (event?.changes ?? []).map(({ entity, operation }) => `${operation} ${entity}`).sort();

    describe('insert', () => {
      it('hands back the complete row, stores it and announces it once', async () => {
        const row = await insert('authors', { name: 'ada' });
        const expected = {
          id: row.id,
          created_at: 1_700_000_000,
          name: 'ada',
          email: null,
          age: 30,
          score: null,
          alive: true,
          nicknames: null,
          address: { street: null, door: 1 },
          links: null,
          tags: null,
        };
        assert.deepEqual(row, expected);
        assert.deepEqual(value(await dao('authors').select(String(row.id))), expected);
        assert.deepEqual(value(await dao('authors').selectBy('name', 'ada')), expected);
        assert.deepEqual(events, [{ changes: [{ entity: 'authors', operation: 'create', row: expected }] }]);
      });

      it('keeps every kind of value', async () => {
        const given = {
          name: 'Łódź 🦧',
          age: 0,
          score: 1.25,
          alive: false,
          nicknames: ['a', 'a', 'b\'"\\'],
          address: { street: 'Main\n1', door: 7 },
          links: { home: ['http://x/?a=b&c'], __proto__x: [] },
          tags: ['t 1', 'ü'],
        };
        const row = await insert('authors', given);
        const stored = value(await dao('authors').select(String(row.id)))!;
        assert.deepEqual({ ...stored, ...given }, stored);
      });

      it('takes a given id, in lower case, and finds it in either case', async () => {
        const id = randomUUID();
        const row = await insert('authors', { id: id.toUpperCase(), name: 'x' });
        assert.equal(row.id, id);
        assert.equal(value(await dao('authors').select(id.toUpperCase()))?.id, id);
      });

      it('refuses what the schema refuses, without a trace', async () => {
        assert.deepEqual(failure(await dao('authors').insert({ age: 201, nope: 1 })), {
          code: 2,
          name: 'schema violation',
          message: '2 schema violations (age: value should be between 0 and 200; nope: unknown field)',
          fields: { age: 'value should be between 0 and 200', nope: 'unknown field' },
        });
        for (const given of [undefined, null, 'text', 5]) {
          assert.equal(failure(await dao('authors').insert(given)).code, 2);
        }
        assert.deepEqual([await all('authors'), events], [[], []]);
      });

      it('refuses a taken primary key with code 3', async () => {
        const { id } = await insert('authors', { name: 'a' });
        assert.deepEqual(failure(await dao('authors').insert({ id, name: 'b' })), {
          code: 3,
          name: 'primary key violation',
          message: `primary key violation on key '{id="${String(id)}"}'`,
          fields: { id },
        });
      });

      it('refuses a taken unique value with code 5, and lets nulls be', async () => {
        await insert('authors', { name: 'a', email: 'e@x' });
        await insert('authors', { name: null });
        await insert('authors', { name: null });
        assert.deepEqual(failure(await dao('authors').insert({ name: 'a' })), {
          code: 5,
          name: 'unique constraint violation',
          message: `UNIQUE violation detected on '{name="a"}'`,
          fields: { name: 'a' },
        });
        assert.deepEqual(failure(await dao('authors').insert({ email: 'e@x' })).fields, { email: 'e@x' });
        assert.equal(events.length, 3);
      });

      it('treats hostile names as names', async () => {
        for (const name of hostileNames) {
          const row = await insert('authors', { name });
          assert.equal(row.name, name);
          assert.equal(value(await dao('authors').selectBy('name', name))?.id, row.id);
          assert.deepEqual(failure(await dao('authors').insert({ name })).fields, { name });
        }
        assert.equal((await all('authors')).length, hostileNames.length);
      });
    });

    describe('references', () => {
      it('are taken by id or by a unique field, and handed back by id', async () => {
        const author = await insert('authors', { name: 'ada', email: 'ada@x' });
        for (const [title, reference] of Object.entries({
          one: { id: author.id },
          two: { name: 'ada' },
          three: { email: 'ada@x' },
          four: { id: String(author.id).toUpperCase() },
        })) {
          assert.deepEqual((await insert('books', { title, author: reference })).author, { id: author.id });
        }
        assert.equal((await insert('books', { title: 'none', author: null })).author, null);
      });

      it('to an id that is not there are refused with code 4', async () => {
        const id = randomUUID();
        assert.deepEqual(failure(await dao('books').insert({ title: 'b', author: { id } })), {
          code: 4,
          name: 'foreign key violation',
          message: `the foreign key '{id="${id}"}' does not reference an existing 'authors' entity.`,
          fields: { author: { id } },
        });
      });

      it('by a value that nobody has are refused with code 13', async () => {
        const text = `the foreign key cannot be resolved with '{name="bob"}' for an existing 'authors' entity`;
        assert.deepEqual(failure(await dao('books').insert({ title: 'b', author: { name: 'bob' } })), {
          code: 13,
          name: 'foreign keys unresolved',
          message: `foreign key unresolved (author.name: ${text})`,
          fields: { author: { name: text } },
        });
        const both = await dao('books').insert({ title: 'b', author: { name: 'x' }, editor: { email: 'y' } });
        assert.match(failure(both).message, /^2 foreign keys unresolved \(author\.name: .*; editor\.email: .*\)$/);
      });

      it('that name nothing are left to the schema', async () => {
        assert.equal(failure(await dao('books').insert({ title: 'b', author: 'ada' })).code, 2);
        assert.equal(failure(await dao('books').insert({ title: 'b', author: {} })).code, 2);
      });
    });

    describe('composite cache keys', () => {
      it('are unique, null being a value like any other', async () => {
        const author = await insert('authors', { name: 'ada' });
        await insert('notes', { kind: 'k' });
        await insert('notes', { kind: 'k', author: { id: author.id } });
        assert.deepEqual(failure(await dao('notes').insert({ kind: 'k' })), {
          code: 5,
          name: 'unique constraint violation',
          message: `UNIQUE violation detected on '{author=null,book=null,kind="k"}'`,
          fields: { kind: 'k', author: null, book: null },
        });
        const taken = failure(await dao('notes').insert({ kind: 'k', author: { id: author.id } }));
        assert.deepEqual(taken.fields, { kind: 'k', author: { id: author.id }, book: null });
        assert.equal(
          taken.message,
          `UNIQUE violation detected on '{author={id="${String(author.id)}"},book=null,kind="k"}'`,
        );
      });

      it('follow updates, and find rows', async () => {
        const author = await insert('authors', { name: 'ada' });
        const note = await insert('notes', { kind: 'k' });
        const other = await insert('notes', { kind: 'other' });
        value(await dao('notes').update(String(note.id), { author: { id: author.id } }));
        assert.equal(value(await dao('notes').selectByCacheKey('k', String(author.id)))?.id, note.id);
        assert.equal(value(await dao('notes').selectByCacheKey('k')), undefined);
        const refused = await dao('notes').update(String(other.id), { kind: 'k', author: { id: author.id } });
        assert.equal(failure(refused).code, 5);
      });

      it('of one field, or none, find rows too', async () => {
        const pass = await insert('passes', { key: 'secret' });
        assert.equal(value(await dao('passes').selectByCacheKey('secret'))?.id, pass.id);
        const author = await insert('authors', { name: 'x' });
        assert.equal(value(await dao('authors').selectByCacheKey(String(author.id)))?.id, author.id);
      });
    });

    describe('update', () => {
      it('merges records, replaces lists and maps, clears with null, keeps the rest', async () => {
        const row = await insert('authors', {
          name: 'ada',
          age: 40,
          nicknames: ['a', 'b'],
          address: { street: 'x', door: 2 },
          links: { a: ['1'], b: ['2'] },
        });
        events.length = 0;
        const changed = value(
          await dao('authors').update(String(row.id), {
            age: null,
            nicknames: ['c'],
            address: { street: 'y' },
            links: { c: ['3'] },
          }),
        );
        const expected = {
          ...row,
          age: null,
          nicknames: ['c'],
          address: { street: 'y', door: 2 },
          links: { c: ['3'] },
        };
        assert.deepEqual(changed, expected);
        assert.deepEqual(value(await dao('authors').select(String(row.id))), expected);
        assert.deepEqual(events, [{ changes: [{ entity: 'authors', operation: 'update', row: expected, old: row }] }]);
      });

      it('never moves a row to another key', async () => {
        const row = await insert('authors', { name: 'ada' });
        const changed = value(await dao('authors').update(String(row.id), { id: randomUUID(), age: 1 }));
        assert.equal(changed.id, row.id);
        assert.equal((await all('authors')).length, 1);
      });

      it('of a row that is not there is refused with code 6', async () => {
        const id = randomUUID();
        assert.deepEqual(failure(await dao('authors').update(id, {})), {
          code: 6,
          name: 'not found',
          message: `could not find the entity with primary key '{id="${id}"}'`,
          fields: { id },
        });
        assert.deepEqual(failure(await dao('authors').updateBy('name', 'bob', {})), {
          code: 6,
          name: 'not found',
          message: `could not find the entity with '{name="bob"}'`,
          fields: { name: 'bob' },
        });
      });

      it('by a unique field reaches the same row', async () => {
        const row = await insert('authors', { name: 'ada' });
        assert.deepEqual(value(await dao('authors').updateBy('name', 'ada', { age: 5 })), { ...row, age: 5 });
      });

      it('refuses taken values and bad references, and changes nothing then', async () => {
        await insert('authors', { name: 'a' });
        const row = await insert('authors', { name: 'b' });
        const book = await insert('books', { title: 't' });
        events.length = 0;
        assert.equal(failure(await dao('authors').update(String(row.id), { name: 'a', age: 1 })).code, 5);
        assert.equal(failure(await dao('books').update(String(book.id), { author: { id: randomUUID() } })).code, 4);
        assert.equal(failure(await dao('books').update(String(book.id), { author: { name: 'z' } })).code, 13);
        assert.deepEqual(value(await dao('authors').select(String(row.id))), row);
        assert.deepEqual(value(await dao('books').select(String(book.id))), book);
        assert.deepEqual(events, []);
      });
    });

    describe('upsert', () => {
      it('creates with the key that it is given, and announces a creation', async () => {
        const id = randomUUID();
        const row = value(await dao('authors').upsert(id, { id: randomUUID(), name: 'ada' }));
        assert.equal(row.id, id);
        assert.deepEqual(events.map(operations), [['create authors']]);
      });

      it('replaces the whole row, and announces an update with the old one', async () => {
        const row = await insert('authors', { name: 'ada', age: 9, nicknames: ['x'], tags: ['t'] });
        events.length = 0;
        clock.advance(5000);
        const replaced = value(await dao('authors').upsert(String(row.id), { name: 'eve' }));
        assert.deepEqual(replaced, {
          ...row,
          name: 'eve',
          age: 30,
          nicknames: null,
          tags: null,
          created_at: 1_700_000_005,
        });
        assert.deepEqual(events, [{ changes: [{ entity: 'authors', operation: 'update', row: replaced, old: row }] }]);
      });

      it('by a unique field keeps the id of the row that has it', async () => {
        const row = await insert('authors', { name: 'ada', age: 9 });
        const replaced = value(await dao('authors').upsertBy('name', 'ada', { id: randomUUID(), name: 'ignored' }));
        assert.deepEqual([replaced.id, replaced.name, replaced.age], [row.id, 'ada', 30]);
        const made = value(await dao('authors').upsertBy('name', 'bob', {}));
        assert.notEqual(made.id, row.id);
        const id = randomUUID();
        assert.equal(value(await dao('authors').upsertBy('name', 'eve', { id })).id, id);
      });

      it('refuses what another row has', async () => {
        await insert('authors', { name: 'a' });
        const row = await insert('authors', { name: 'b' });
        assert.equal(failure(await dao('authors').upsert(String(row.id), { name: 'a' })).code, 5);
        assert.equal(failure(await dao('authors').upsert(randomUUID(), { name: 'a' })).code, 5);
        assert.equal(
          failure(await dao('books').upsert(randomUUID(), { title: 't', author: { id: randomUUID() } })).code,
          4,
        );
        assert.equal((await all('authors')).length, 2);
      });
    });

    describe('delete', () => {
      it('removes a row once', async () => {
        const row = await insert('authors', { name: 'a' });
        events.length = 0;
        assert.equal(value(await dao('authors').delete(String(row.id))), true);
        assert.equal(value(await dao('authors').delete(String(row.id))), false);
        assert.equal(value(await dao('authors').select(String(row.id))), undefined);
        assert.deepEqual(events, [{ changes: [{ entity: 'authors', operation: 'delete', row }] }]);
      });

      it('is refused with code 4 while others refer to the row', async () => {
        const author = await insert('authors', { name: 'a' });
        await insert('notes', { kind: 'k', author: { id: author.id } });
        await insert('books', { title: 't', author: { id: author.id } });
        events.length = 0;
        assert.deepEqual(failure(await dao('authors').delete(String(author.id))), {
          code: 4,
          name: 'foreign key violation',
          message: "an existing 'books' entity references this 'authors' entity",
          fields: { '@referenced_by': 'books' },
        });
        assert.deepEqual([(await all('notes')).length, (await all('authors')).length, events], [1, 1, []]);
      });

      it('takes dependent rows along, however deep, in one event', async () => {
        const author = await insert('authors', { name: 'a' });
        const other = await insert('authors', { name: 'other' });
        const note = await insert('notes', { kind: 'k', author: { id: author.id } });
        await insert('notes', { kind: 'stays', author: { id: other.id } });
        await insert('replies', { note: { id: note.id } });
        await insert('replies', { note: { id: note.id } });
        events.length = 0;
        assert.equal(value(await dao('authors').delete(String(author.id))), true);
        assert.deepEqual(events.map(operations), [
          ['delete authors', 'delete notes', 'delete replies', 'delete replies'],
        ]);
        assert.deepEqual(events[0]!.changes[0]!.row, author);
        assert.deepEqual([(await all('notes')).length, (await all('replies')).length], [1, 0]);
      });

      it('announces a row that goes for two reasons once', async () => {
        const author = await insert('authors', { name: 'a' });
        const book = await insert('books', { title: 't', editor: { id: author.id } });
        const note = await insert('notes', { kind: 'k', author: { id: author.id }, book: { id: book.id } });
        events.length = 0;
        assert.equal(value(await dao('books').delete(String(book.id))), true);
        assert.deepEqual(events.map(operations), [['delete books', 'delete notes']]);
        assert.equal(value(await dao('notes').select(String(note.id))), undefined);
      });

      it('clears references that are declared so, and announces those as updates', async () => {
        const author = await insert('authors', { name: 'a' });
        const book = await insert('books', { title: 't', editor: { id: author.id } });
        events.length = 0;
        assert.equal(value(await dao('authors').delete(String(author.id))), true);
        assert.deepEqual(events.map(operations), [['delete authors', 'update books']]);
        assert.equal(value(await dao('books').select(String(book.id)))?.editor, null);
      });

      it('reaches more dependants than are read at a time', async () => {
        const author = await insert('authors', { name: 'a' });
        for (let at = 0; at < 1050; at++) await insert('notes', { kind: `k${at}`, author: { id: author.id } });
        events.length = 0;
        assert.equal(value(await dao('authors').delete(String(author.id))), true);
        assert.equal(events[0]?.changes.length, 1051);
      });
    });

    describe('keys', () => {
      it('that are no uuid are refused with code 1', async () => {
        const expected = {
          code: 1,
          name: 'invalid primary key',
          message: `invalid primary key: '{id="expected a valid UUID"}'`,
          fields: { id: 'expected a valid UUID' },
        };
        assert.deepEqual(failure(await dao('authors').select('nope')), expected);
        assert.deepEqual(failure(await dao('authors').update('nope', {})), expected);
        assert.deepEqual(failure(await dao('authors').upsert('nope', {})), expected);
        assert.deepEqual(failure(await dao('authors').delete('nope')), expected);
      });

      it('that no row could have are refused with code 10', async () => {
        const refused = failure(await dao('authors').selectBy('name', ''));
        assert.deepEqual([refused.code, refused.name], [10, 'invalid unique name']);
        assert.equal(failure(await dao('authors').selectBy('age', 30)).code, 10);
        assert.equal(failure(await dao('authors').updateBy('name', '', {})).code, 10);
        assert.equal(failure(await dao('authors').upsertBy('name', '', {})).code, 10);
      });

      it('may have several fields', async () => {
        await insert('counters', { name: 'a', period: 2, value: 5 });
        const key = '["a",2]';
        assert.equal(value(await dao('counters').select(key))?.value, 5);
        assert.equal(value(await dao('counters').selectByCacheKey('a', '2'))?.value, 5);
        assert.equal(failure(await dao('counters').insert({ name: 'a', period: 2 })).code, 3);
        assert.equal(value(await dao('counters').update(key, { value: 6 })).value, 6);
        assert.equal(value(await dao('counters').upsert('["a",3]', { value: 7 })).period, 3);
        const first = value(await dao('counters').page({ size: 1 }));
        const second = value(await dao('counters').page({ size: 1, offset: first.offset! }));
        assert.deepEqual([first.rows[0]?.period, second.rows[0]?.period, second.offset], [2, 3, undefined]);
        assert.equal(value(await dao('counters').delete(key)), true);
        assert.equal(failure(await dao('counters').select('a')).code, 1);
      });
    });

    describe('paging', () => {
      it('walks all rows in the order of their ids', async () => {
        for (let at = 0; at < 7; at++) await insert('authors', { name: `n${at}` });
        const seen: unknown[] = [];
        let offset: string | undefined;
        let pages = 0;
        do {
          const page = value(await dao('authors').page({ size: 3, ...(offset === undefined ? {} : { offset }) }));
          seen.push(...page.rows.map((row) => row.id));
          offset = page.offset;
          pages += 1;
        } while (offset !== undefined);
        assert.equal(pages, 3);
        assert.deepEqual(seen, [...seen].sort());
        assert.equal(new Set(seen).size, 7);
        assert.equal((await all('authors')).length, 7);
      });

      it('ends on a full page without an offset', async () => {
        for (let at = 0; at < 4; at++) await insert('authors', { name: `n${at}` });
        const first = value(await dao('authors').page({ size: 2 }));
        const second = value(await dao('authors').page({ size: 2, offset: first.offset! }));
        assert.deepEqual([second.rows.length, second.offset], [2, undefined]);
      });

      it('gives 100 rows unless told, and no more than 1000', async () => {
        for (let at = 0; at < 101; at++) await insert('authors', { name: `n${at}` });
        assert.equal(value(await dao('authors').page()).rows.length, 100);
        assert.equal(value(await dao('authors').page({ size: 1000 })).rows.length, 101);
        for (const size of [0, -1, 1001, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
          assert.deepEqual(failure(await dao('authors').page({ size })), {
            code: 9,
            name: 'invalid size',
            message: 'size must be an integer between 1 and 1000',
          });
        }
      });

      it('refuses an offset that it did not give', async () => {
        const encoded = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');
        for (const [offset, reason] of [
          ['*', 'bad base64 encoding'],
          ['', 'bad base64 encoding'],
          [encoded('potato'), 'bad json encoding'],
          [encoded('{}'), 'bad json encoding'],
          [encoded('[]'), 'bad json encoding'],
          [encoded('[null]'), 'bad json encoding'],
          [encoded('["a","b"]'), 'bad json encoding'],
        ] as const) {
          assert.deepEqual(failure(await dao('authors').page({ offset })), {
            code: 7,
            name: 'invalid offset',
            message: `'${offset}' is not a valid offset: ${reason}`,
          });
        }
      });

      it('of one parent shows its children only', async () => {
        const [one, two] = [await insert('authors', { name: 'a' }), await insert('authors', { name: 'b' })];
        for (let at = 0; at < 3; at++) await insert('books', { title: `one ${at}`, author: { id: one.id } });
        await insert('books', { title: 'two', author: { id: two.id } });
        const first = value(await dao('books').pageFor('author', String(one.id), { size: 2 }));
        const rest = value(await dao('books').pageFor('author', String(one.id), { size: 2, offset: first.offset! }));
        assert.deepEqual([first.rows.length, rest.rows.length, rest.offset], [2, 1, undefined]);
        assert.deepEqual(value(await dao('books').pageFor('author', randomUUID())), { rows: [] });
      });

      it('lists distinct values', async () => {
        for (const kind of ['b', 'a']) {
          await insert('notes', { kind });
          await insert('notes', { kind, author: { id: (await insert('authors', {})).id } });
        }
        assert.deepEqual(await dao('notes').distinct('kind'), ['a', 'b']);
      });
    });

    describe('tags', () => {
      const names = async (list: readonly string[], mode: 'and' | 'or'): Promise<unknown[]> =>
        value(await dao('authors').page({ tags: { tags: list, mode } }))
          .rows.map((row) => row.name)
          .sort();

      it('narrow a page to rows with all or any of them', async () => {
        await insert('authors', { name: 'x', tags: ['a', 'b'] });
        await insert('authors', { name: 'y', tags: ['b', 'c'] });
        await insert('authors', { name: 'z' });
        await insert('books', { title: 'not an author', tags: ['a', 'b'] });
        assert.deepEqual(await names(['b'], 'and'), ['x', 'y']);
        assert.deepEqual(await names(['a', 'b'], 'and'), ['x']);
        assert.deepEqual(await names(['a', 'c'], 'and'), []);
        assert.deepEqual(await names(['a', 'c'], 'or'), ['x', 'y']);
        assert.deepEqual(await names(["' OR 1=1 --"], 'or'), []);
      });

      it('page with the rest', async () => {
        for (let at = 0; at < 5; at++)
          await insert('authors', { name: `n${at}`, tags: at % 2 === 0 ? ['even'] : ['odd'] });
        const options = { size: 2, tags: { tags: ['even'], mode: 'and' } } as const;
        const first = value(await dao('authors').page(options));
        const rest = value(await dao('authors').page({ ...options, offset: first.offset! }));
        assert.deepEqual([first.rows.length, rest.rows.length, rest.offset], [2, 1, undefined]);
      });

      it('are refused with code 11 when they are no tags, too many, or not there', async () => {
        const refusal = async (entity: string, list: readonly string[]): Promise<DaoError> =>
          failure(await dao(entity).page({ tags: { tags: list, mode: 'and' } }));
        assert.deepEqual(await refusal('authors', ['1', '2', '3', '4', '5', '6']), {
          code: 11,
          name: 'invalid options',
          message: 'invalid option (tags: cannot query more than 5 tags)',
          options: { tags: 'cannot query more than 5 tags' },
        });
        assert.deepEqual((await refusal('passes', ['a'])).options, { tags: "cannot be used with 'passes'" });
        assert.deepEqual((await refusal('authors', ['a\n'])).options, {
          tags: 'must only contain printable ascii (except `,` and `/`) or valid utf-8',
        });
      });

      it('are listed over all entities, whole and one by one, and follow every change', async () => {
        const author = await insert('authors', { name: 'x', tags: ['a', 'b'] });
        const note = await insert('notes', { kind: 'k', author: { id: author.id }, tags: ['a'] });
        const listed = async (tag?: string): Promise<string[]> => {
          const page = tag === undefined ? await dao('tags').page() : await dao('tags').pageFor('tag', tag);
          return value(page)
            .rows.map((row) => `${String(row.tag)} ${String(row.entity_name)} ${String(row.entity_id)}`)
            .sort();
        };
        assert.deepEqual(await listed('a'), [`a authors ${String(author.id)}`, `a notes ${String(note.id)}`].sort());
        assert.deepEqual((await listed()).length, 3);
        value(await dao('authors').update(String(author.id), { tags: ['c'] }));
        assert.deepEqual(await listed('c'), [`c authors ${String(author.id)}`]);
        assert.deepEqual(await listed('b'), []);
        value(await dao('authors').upsert(String(author.id), { name: 'x', tags: ['d'] }));
        assert.deepEqual((await listed()).length, 2);
        value(await dao('authors').delete(String(author.id)));
        assert.deepEqual(await listed(), []);
      });

      it('page through the view', async () => {
        for (let at = 0; at < 3; at++) await insert('authors', { tags: ['a', 'b'] });
        const seen = new Set<string>();
        let offset: string | undefined;
        do {
          const page: DaoResult<{ rows: readonly Row[]; offset?: string }> = await dao('tags').page({
            size: 2,
            ...(offset === undefined ? {} : { offset }),
          });
          for (const row of value(page).rows) seen.add(JSON.stringify(row));
          offset = value(page).offset;
        } while (offset !== undefined);
        assert.equal(seen.size, 6);
        assert.equal((await Array.fromAsync(dao('tags').each())).length, 6);
      });

      it('cannot be written through the view', async () => {
        const text = 'does not support insert/upsert/update/delete operations';
        assert.deepEqual(failure(await dao('tags').insert({ tag: 'x' })), {
          code: 2,
          name: 'schema violation',
          message: `schema violation (tags: ${text})`,
          fields: { tags: text },
        });
      });
    });

    describe('time to live', () => {
      it('shows what is left, and hides the row when it is over', async () => {
        const pass = value(await dao('passes').insert({ key: 'k' }, { ttl: 10 }));
        assert.equal(pass.ttl, 10);
        clock.advance(4000);
        assert.equal(value(await dao('passes').select(String(pass.id)))?.ttl, 6);
        clock.advance(6001);
        assert.equal(value(await dao('passes').select(String(pass.id))), undefined);
        assert.equal(value(await dao('passes').selectBy('key', 'k')), undefined);
        assert.deepEqual(value(await dao('passes').page()), { rows: [] });
        assert.equal(failure(await dao('passes').update(String(pass.id), {})).code, 6);
        assert.equal(value(await dao('passes').delete(String(pass.id))), false);
      });

      it('is null for rows that stay, and may be taken away with 0', async () => {
        assert.equal((await insert('passes', {})).ttl, null);
        const pass = value(await dao('passes').insert({}, { ttl: 10 }));
        assert.equal(value(await dao('passes').update(String(pass.id), {}, { ttl: 0 })).ttl, null);
      });

      it('is kept by an update and dropped by a replacement', async () => {
        const pass = value(await dao('passes').insert({ key: 'k' }, { ttl: 10 }));
        assert.equal(value(await dao('passes').update(String(pass.id), { label: 'x' })).ttl, 10);
        assert.equal(value(await dao('passes').update(String(pass.id), {}, { ttl: 20 })).ttl, 20);
        assert.equal(value(await dao('passes').upsert(String(pass.id), { key: 'k' })).ttl, null);
        assert.equal(value(await dao('passes').upsert(String(pass.id), { key: 'k' }, { ttl: 5 })).ttl, 5);
      });

      it('is refused with code 11 when out of range or not offered', async () => {
        for (const ttl of [-1, 1.5, 100_000_001, Number.NaN, '5' as unknown as number]) {
          assert.deepEqual(failure(await dao('passes').insert({}, { ttl })), {
            code: 11,
            name: 'invalid options',
            message: 'invalid option (ttl: must be an integer between 0 and 100000000)',
            options: { ttl: 'must be an integer between 0 and 100000000' },
          });
        }
        assert.deepEqual(failure(await dao('authors').insert({}, { ttl: 5 })).options, {
          ttl: "cannot be used with 'authors'",
        });
      });

      it('leaves room for a successor with the same key, swept or not', async () => {
        const pass = value(await dao('passes').insert({ key: 'k' }, { ttl: 10 }));
        clock.advance(11_000);
        assert.equal((await insert('passes', { key: 'k' })).key, 'k');
        const again = value(await dao('passes').upsert(String(pass.id), { key: 'other' }, { ttl: 1 }));
        assert.equal(again.id, pass.id);
        clock.advance(2000);
        assert.equal(await database.removeExpired(), 1);
        assert.equal(await database.removeExpired(), 0);
        assert.equal((await all('passes')).length, 1);
      });
    });

    describe('events', () => {
      it('come after the write is there for everyone', async () => {
        const seen: Promise<unknown>[] = [];
        onEvent = ({ changes }) => {
          seen.push(dao('authors').select(String(changes[0]!.row.id)).then(value));
        };
        const row = await insert('authors', { name: 'a' });
        assert.deepEqual(await Promise.all(seen), [row]);
      });

      it('come in the order of the writes', async () => {
        const row = await insert('authors', { name: 'a', age: 0 });
        events.length = 0;
        await Promise.all([1, 2, 3, 4, 5].map((age) => dao('authors').update(String(row.id), { age })));
        const ages = events.map(({ changes }) => [(changes[0] as { old: Row }).old.age, changes[0]!.row.age]);
        assert.deepEqual(ages, [
          [0, 1],
          [1, 2],
          [2, 3],
          [3, 4],
          [4, 5],
        ]);
      });

      it('do not undo a write when a listener fails', async () => {
        onEvent = () => {
          throw new Error('listener is broken');
        };
        const row = await insert('authors', { name: 'a' });
        assert.equal(value(await dao('authors').select(String(row.id)))?.name, 'a');
        await new Promise((resolve) => setImmediate(resolve));
        assert.match(log, /Cannot announce a change of "authors".*listener is broken/);
        assert.equal(log.split('\n').length, 2);
      });
    });

    describe('writers at the same time', () => {
      it('leave one winner for a unique value', async () => {
        const results = await Promise.all(Array.from({ length: 20 }, () => dao('authors').insert({ name: 'same' })));
        assert.equal(results.filter((result) => result.ok).length, 1);
        assert.ok(results.every((result) => result.ok || result.error.code === 5));
        assert.equal(events.length, 1);
      });

      it('lose no change of one another', async () => {
        const row = await insert('authors', { name: 'a', links: {} });
        const id = String(row.id);
        await Promise.all([
          dao('authors').update(id, { age: 1 }),
          dao('authors').update(id, { score: 2 }),
          dao('authors').update(id, { email: 'e' }),
          dao('authors').update(id, { address: { street: 's' } }),
          dao('authors').update(id, { address: { door: 9 } }),
        ]);
        const { age, score, email, address } = value(await dao('authors').select(id))!;
        assert.deepEqual([age, score, email, address], [1, 2, 'e', { street: 's', door: 9 }]);
      });

      it('make one row when they put the same name', async () => {
        await Promise.all(Array.from({ length: 10 }, (_, age) => dao('authors').upsertBy('name', 'same', { age })));
        assert.equal((await all('authors')).length, 1);
        assert.deepEqual(
          events.map(operations),
          Array.from({ length: 10 }, (_, at) => [at === 0 ? 'create authors' : 'update authors']),
        );
      });

      it('show nothing before it is committed', async () => {
        const writing = dao('authors').insert({ name: 'a' });
        const during = await dao('authors').page();
        await writing;
        assert.ok(value(during).rows.length <= 1);
        assert.equal((await all('authors')).length, 1);
      });
    });

    describe('the store', () => {
      it('keeps rows and its workspace when it is opened again', async () => {
        const row = await insert('authors', { name: 'a', tags: ['t'] });
        const { workspaceId } = database;
        await database.close();
        await open();
        assert.equal(database.workspaceId, workspaceId);
        assert.deepEqual(value(await dao('authors').select(String(row.id))), row);
        assert.equal(value(await dao('tags').page()).rows.length, 1);
      });

      it('says whether it can be reached, and refuses work once it is closed', async () => {
        assert.equal(await database.reachable(), true);
        await database.close();
        assert.equal(await database.reachable(), false);
        await assert.rejects(dao('authors').insert({ name: 'a' }), { code: 'ERR_STORE_CLOSED' });
        await assert.rejects(dao('authors').select(randomUUID()), { code: 'ERR_STORE_CLOSED' });
      });

      it('knows no other entities than those it was given', () => {
        assert.equal(database.has('authors'), true);
        assert.equal(database.has('nope'), false);
        assert.throws(() => dao('nope'), { code: 'ERR_STORE_ENTITY' });
      });
    });
  });
}

function value<T>(result: DaoResult<T>): T {
  assert.ok(result.ok, result.ok ? '' : result.error.message);
  return result.value;
}

function failure(result: DaoResult<unknown>): DaoError {
  assert.ok(!result.ok, 'expected a failure');
  return result.error;
}
