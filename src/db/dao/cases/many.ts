import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import type { CompleteRow } from '../types.ts';
import { failure, type Harness, value } from './harness.ts';

/** Cases of writing many rows in one transaction. */
export function manyCases(harness: Harness): void {
  const { insert, all, events } = harness;

  const author = (name: string, id: string = randomUUID()): CompleteRow => ({
    entity: 'authors',
    row: { id, created_at: 1_700_000_000, name, alive: true, tags: [name] },
    expiresAt: null,
  });
  const counter = (name: string, period: number, count: number, expiresAt: number | null = null): CompleteRow => ({
    entity: 'counters',
    row: { name, period, value: count },
    expiresAt,
  });

  describe('writing all', () => {
    it('replaces rows that are there and inserts the others, however many', async () => {
      const kept = await insert('authors', { name: 'kept', tags: ['old'] });
      const before = await insert('authors', { name: 'before', tags: ['old', 'older'] });
      const others = Array.from({ length: 300 }, (_, at) => author(`a${at}`));
      events.length = 0;
      const rows = [...others, author('after', String(before.id)), counter('x', 1, 7)];
      const steps: number[] = [];
      assert.equal(value(await harness.database.writeAll(rows, (done) => steps.push(done))), 302);
      assert.deepEqual(
        steps,
        Array.from({ length: 302 }, (_, at) => at + 1),
      );
      assert.equal(events.length, 1);
      const operations = events[0]!.changes.map(({ operation }) => operation);
      assert.deepEqual(
        [operations.indexOf('update'), operations.lastIndexOf('update'), operations.length],
        [300, 300, 302],
      );
      const stored = new Map((await all('authors')).map((row) => [row.id, row]));
      assert.equal(stored.size, 302);
      assert.deepEqual(stored.get(kept.id), kept);
      assert.deepEqual([stored.get(before.id)?.name, stored.get(before.id)?.tags], ['after', ['after']]);
      assert.deepEqual(
        (await all('counters')).map((row) => row.value),
        [7],
      );
    });

    it('sees what it wrote itself, also rows with keys of several values', async () => {
      const id = randomUUID();
      const rows = [author('one', id), author('two', id), counter('x', 1, 1), counter('x', 2, 2), counter('x', 1, 3)];
      assert.equal(value(await harness.database.writeAll(rows)), 5);
      assert.deepEqual(
        events[0]!.changes.map(({ operation }) => operation),
        ['create', 'update', 'create', 'create', 'update'],
      );
      assert.deepEqual(
        (await all('authors')).map((row) => row.name),
        ['two'],
      );
      assert.deepEqual(
        (await all('counters')).map((row) => row.value),
        [3, 2],
      );
    });

    it('takes the place of an expired row', async () => {
      const soon = harness.clock.now() / 1000 + 10;
      value(await harness.database.writeAll([counter('x', 1, 1, soon)]));
      harness.clock.advance(60_000);
      value(await harness.database.writeAll([counter('x', 1, 2)]));
      assert.deepEqual(
        (await all('counters')).map((row) => row.value),
        [2],
      );
    });

    it('leaves nothing behind when one row is refused', async () => {
      await insert('authors', { name: 'taken' });
      events.length = 0;
      const rows = [...Array.from({ length: 150 }, (_, at) => author(`a${at}`)), author('taken'), author('b')];
      const refused = failure(await harness.database.writeAll(rows));
      assert.deepEqual([refused.code, refused.fields], [5, { name: 'taken' }]);
      assert.equal(events.length, 0);
      assert.equal((await all('authors')).length, 1);
      assert.equal(value(await harness.database.writeAll([author('c')])), 1);
    });
  });
}
