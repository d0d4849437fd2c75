import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { failure, type Harness, value } from './harness.ts';

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

/** Cases of inserting rows: values, references, keys that must be unique. */
export function insertCases(harness: Harness): void {
  const { dao, insert, all, events } = harness;

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
      const names = hostileNames.filter((name) => !harness.refusesNul || !name.includes('\0'));
      for (const name of names) {
        const row = await insert('authors', { name });
        assert.equal(row.name, name);
        assert.equal(value(await dao('authors').selectBy('name', name))?.id, row.id);
        assert.deepEqual(failure(await dao('authors').insert({ name })).fields, { name });
      }
      assert.equal((await all('authors')).length, names.length);
    });

    it('keeps text with the character of code 0, or refuses it with code 2', async () => {
      const result = await dao('authors').insert({ nicknames: ['a\0b'] });
      if (harness.refusesNul) {
        assert.deepEqual(failure(result).fields, { nicknames: 'must not contain the character of code 0' });
        assert.equal(value(await dao('authors').selectBy('name', 'a\0b')), undefined);
        assert.deepEqual(await all('authors'), []);
      } else {
        assert.deepEqual(value(result).nicknames, ['a\0b']);
      }
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
}
