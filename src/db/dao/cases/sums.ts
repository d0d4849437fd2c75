import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Harness } from './harness.ts';

/** Cases of adding to values of rows. */
export function sumCases(harness: Harness): void {
  const { events } = harness;
  const add = (...additions: readonly (readonly [name: string, period: number, by: number, ttl?: number])[]) =>
    harness.database.add(
      'counters',
      additions.map(([name, period, by, ttl = 60]) => ({ key: [name, period], by, ttl })),
    );
  const rowOf = async (name: string, period: number) =>
    (await harness.all('counters')).find((row) => row.name === name && row.period === period);

  describe('sums', () => {
    it('begin at 0, count up and down, and come in the order asked for', async () => {
      assert.deepEqual(await add(['b', 1, 5], ['a', 2, 7]), [5, 7]);
      assert.deepEqual(await add(['a', 2, 1], ['c', 3, 1], ['b', 1, -6]), [8, 1, -1]);
      assert.equal((await rowOf('b', 1))?.value, -1);
      assert.deepEqual(events, []);
    });

    it('are read without making a row', async () => {
      await add(['a', 1_700_000_000, 3]);
      assert.deepEqual(await add(['a', 1_700_000_001, 0], ['a', 1_700_000_000, 0], ['b', 1, 2]), [0, 3, 2]);
      assert.equal(await rowOf('a', 1_700_000_001), undefined);
    });

    it('keep the life with which they began, and are swept', async () => {
      await add(['a', 1, 1, 10], ['b', 1, 1, 100]);
      await add(['a', 1, 1, 1000]);
      harness.clock.advance(11_000);
      assert.equal(await rowOf('a', 1), undefined);
      assert.equal(await harness.database.removeExpired(), 1);
      assert.deepEqual(await add(['a', 1, 1], ['b', 1, 1]), [1, 2]);
    });

    it('lose nothing when many add at once, nor to writers', async () => {
      const sums = await Promise.all([
        ...Array.from({ length: 40 }, () => add(['a', 1, 1], ['a', 2, 1], ['b', 1, 1])),
        harness.insert('authors', { name: 'ann' }),
      ]);
      for (const column of [0, 1, 2]) {
        const seen = sums.slice(0, 40).map((list) => (list as readonly number[])[column]!);
        assert.deepEqual(
          seen.sort((one, other) => one - other),
          Array.from({ length: 40 }, (_, at) => at + 1),
        );
      }
    });

    it('are of entities that there are', async () => {
      await assert.rejects(harness.database.add('nothing', []), { code: 'ERR_STORE_ENTITY' });
    });
  });
}
