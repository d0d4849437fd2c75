import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ManualClock } from '../../../pdk/testing.ts';
import { type Limit, limitsOf } from '../limit.ts';
import type { Policy } from './policy.ts';

/** A policy made for a test, and what moves its time. */
export interface PolicyUnderTest {
  readonly policy: Policy;
  readonly clock: Pick<ManualClock, 'now' | 'advance'>;
}

const noLimits = { second: null, minute: null, hour: null, day: null, month: null, year: null };

/** The cases that every policy passes; `create` makes a fresh one, its clock at the start of a minute. */
export function testPolicy(name: string, create: (limits: readonly Limit[]) => PolicyUnderTest): void {
  describe(`the policy ${name}`, () => {
    test('counts down, refuses, and does not count what it refuses', async () => {
      const { policy, clock } = create(limitsOf({ ...noLimits, minute: 2 }));
      const seen: number[][] = [];
      for (let request = 0; request < 4; request++) seen.push(Array.from(await policy.take('a', clock.now())));
      assert.deepEqual(seen, [[2], [1], [0], [0]]);
    });

    test('counts every identifier on its own', async () => {
      const { policy, clock } = create(limitsOf({ ...noLimits, minute: 1 }));
      assert.deepEqual(Array.from(await policy.take('a', clock.now())), [1]);
      assert.deepEqual(Array.from(await policy.take('b', clock.now())), [1]);
      assert.deepEqual(Array.from(await policy.take('', clock.now())), [1]);
      assert.deepEqual(Array.from(await policy.take('a', clock.now())), [0]);
    });

    test('begins anew with the next window', async () => {
      const { policy, clock } = create(limitsOf({ ...noLimits, minute: 1 }));
      await policy.take('a', clock.now());
      clock.advance(59_999);
      assert.deepEqual(Array.from(await policy.take('a', clock.now())), [0]);
      clock.advance(1);
      assert.deepEqual(Array.from(await policy.take('a', clock.now())), [1]);
    });

    test('counts against all limits or against none', async () => {
      const { policy, clock } = create(limitsOf({ ...noLimits, second: 1, minute: 3 }));
      const seen: number[][] = [];
      for (const wait of [0, 0, 1000, 0, 1000, 1000]) {
        clock.advance(wait);
        seen.push(Array.from(await policy.take('a', clock.now())));
      }
      assert.deepEqual(seen, [
        [1, 3],
        [0, 2],
        [1, 2],
        [0, 1],
        [1, 1],
        [1, 0],
      ]);
    });

    test('a fraction of a request is one more', async () => {
      const { policy, clock } = create(limitsOf({ ...noLimits, minute: 1.5 }));
      const seen: number[][] = [];
      for (let request = 0; request < 3; request++) seen.push(Array.from(await policy.take('a', clock.now())));
      assert.deepEqual(seen, [[1.5], [0.5], [-0.5]]);
    });
  });
}
