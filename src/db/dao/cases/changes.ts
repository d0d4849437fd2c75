import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { failure, type Harness, operations, value } from './harness.ts';

/** Cases of changing and removing rows. */
export function changeCases(harness: Harness): void {
  const { dao, insert, all, events } = harness;

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
      harness.clock.advance(5000);
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
}
