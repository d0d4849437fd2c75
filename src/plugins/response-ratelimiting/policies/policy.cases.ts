import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ManualClock } from '../../../pdk/testing.ts';
import { type Cell, limitsOf } from '../limits.ts';
import type { Policy } from './policy.ts';

/** A policy made for a test, and what moves its time. */
export interface PolicyUnderTest {
  readonly policy: Policy;
  readonly clock: ManualClock;
}

/**
 * The cases that every policy passes; `create` makes a fresh one, its clock at the start of an hour. `half` is what half a
 * thing counts for, where only whole ones can be counted.
 */
export function testPolicy(name: string, create: (cells: readonly Cell[]) => PolicyUnderTest, half = 0.5): void {
  const { cells } = limitsOf({ videos: { minute: 10, hour: 100 }, images: { hour: 5 } });

  describe(`the policy ${name}`, () => {
    test('counts what was used, in all windows of a name', async () => {
      const { policy, clock } = create(cells);
      const left = async () => Array.from(await policy.remaining('a', clock.now()));
      assert.deepEqual(await left(), [10, 100, 5]);
      await policy.add('a', clock.now(), [3, 0]);
      await policy.add('a', clock.now(), [0, 6]);
      assert.deepEqual(await left(), [7, 97, -1]);
      await policy.add('a', clock.now(), [-1, 0.5]);
      assert.deepEqual(await left(), [8, 98, -1 - half]);
    });

    test('counts every identifier on its own', async () => {
      const { policy, clock } = create(cells);
      await policy.add('a', clock.now(), [3, 1]);
      assert.deepEqual(Array.from(await policy.remaining('b', clock.now())), [10, 100, 5]);
    });

    test('begins anew with the next window', async () => {
      const { policy, clock } = create(cells);
      await policy.add('a', clock.now(), [3, 1]);
      clock.advance(59_999);
      assert.deepEqual(Array.from(await policy.remaining('a', clock.now())), [7, 97, 4]);
      clock.advance(1);
      assert.deepEqual(Array.from(await policy.remaining('a', clock.now())), [10, 97, 4]);
    });

    test('counts for the window in which a request came', async () => {
      const { policy, clock } = create(cells);
      const before = clock.now();
      clock.advance(60_000);
      await policy.add('a', before, [3, 0]);
      assert.deepEqual(Array.from(await policy.remaining('a', clock.now())), [10, 97, 5]);
    });
  });
}
