import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { Row } from '../../../schema/index.ts';
import type { DaoError, DaoResult } from '../types.ts';
import { failure, type Harness, value } from './harness.ts';

/** Cases of finding and paging rows. */
export function readCases(harness: Harness): void {
  const { dao, insert, all } = harness;

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
      const seen: string[] = [];
      let offset: string | undefined;
      let pages = 0;
      do {
        const page = value(await dao('authors').page({ size: 3, ...(offset === undefined ? {} : { offset }) }));
        seen.push(...page.rows.map((row) => String(row.id)));
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
    const names = async (list: readonly string[], mode: 'and' | 'or'): Promise<string[]> =>
      value(await dao('authors').page({ tags: { tags: list, mode } }))
        .rows.map((row) => String(row.name))
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
}
