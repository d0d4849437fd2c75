import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Row } from '../../../schema/index.ts';
import { failure, type Harness, operations, value } from './harness.ts';

/** Cases of time, order and life: expiry, events, writers at the same time, opening and closing. */
export function lifetimeCases(harness: Harness): void {
  const { dao, insert, all, events } = harness;

  describe('time to live', () => {
    it('shows what is left, and hides the row when it is over', async () => {
      const pass = value(await dao('passes').insert({ key: 'k' }, { ttl: 10 }));
      assert.equal(pass.ttl, 10);
      harness.clock.advance(4000);
      assert.equal(value(await dao('passes').select(String(pass.id)))?.ttl, 6);
      harness.clock.advance(6001);
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
      harness.clock.advance(11_000);
      assert.equal((await insert('passes', { key: 'k' })).key, 'k');
      const again = value(await dao('passes').upsert(String(pass.id), { key: 'other' }, { ttl: 1 }));
      assert.equal(again.id, pass.id);
      harness.clock.advance(2000);
      assert.equal(await harness.database.removeExpired(), 1);
      assert.equal(await harness.database.removeExpired(), 0);
      assert.equal((await all('passes')).length, 1);
    });
  });

  describe('events', () => {
    it('come after the write is there for everyone', async () => {
      const seen: Promise<unknown>[] = [];
      harness.onEvent = ({ changes }) => {
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
      harness.onEvent = () => {
        throw new Error('listener is broken');
      };
      const row = await insert('authors', { name: 'a' });
      assert.equal(value(await dao('authors').select(String(row.id)))?.name, 'a');
      await new Promise((resolve) => setImmediate(resolve));
      assert.match(harness.log, /Cannot announce a change of "authors".*listener is broken/);
      assert.equal(harness.log.split('\n').length, 2);
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
      const { workspaceId } = harness.database;
      await harness.reopen();
      assert.equal(harness.database.workspaceId, workspaceId);
      assert.deepEqual(value(await dao('authors').select(String(row.id))), row);
      assert.equal(value(await dao('tags').page()).rows.length, 1);
    });

    it('says whether it can be reached, and refuses work once it is closed', async () => {
      assert.equal(await harness.database.reachable(), true);
      await harness.database.close();
      assert.equal(await harness.database.reachable(), false);
      await assert.rejects(dao('authors').insert({ name: 'a' }), { code: 'ERR_STORE_CLOSED' });
      await assert.rejects(dao('authors').select(randomUUID()), { code: 'ERR_STORE_CLOSED' });
    });

    it('knows no other entities than those it was given', () => {
      assert.equal(harness.database.has('authors'), true);
      assert.equal(harness.database.has('nope'), false);
      assert.throws(() => dao('nope'), { code: 'ERR_STORE_ENTITY' });
    });
  });
}
