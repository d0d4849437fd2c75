import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWindows } from '../../../kits/windows/index.ts';
import { createFakeCounters, createManualClock } from '../../../pdk/testing.ts';
import { limitsOf } from '../limit.ts';
import { createLocalPolicy } from './local.ts';
import { testPolicy } from './policy.cases.ts';

const startOfMinute = Date.UTC(2026, 10, 20, 13, 37);

testPolicy('local', (limits) => {
  const clock = createManualClock(startOfMinute);
  const counters = createFakeCounters(() => clock.now());
  return { clock, policy: createLocalPolicy(counters, 'p:', limits, createWindows()) };
});

test('workers that count at once never let more through than the limit', () => {
  const counts = new Map<string, number>();
  const limits = limitsOf({ second: null, minute: 5, hour: 7, day: null, month: null, year: null });
  let depth = 0;
  let passed = 0;
  const workers = Array.from({ length: 3 }, () =>
    createLocalPolicy(
      {
        // Before each addition another worker may count a whole request of its own.
        add(key, by) {
          if (depth < 2) {
            depth++;
            ask(depth);
            depth--;
          }
          const value = (counts.get(key) ?? 0) + by;
          counts.set(key, value);
          return value;
        },
        read: (key) => counts.get(key) ?? 0,
      },
      'p:',
      limits,
      createWindows(),
    ),
  );
  function ask(worker: number): void {
    const left = workers[worker]!.take('a', startOfMinute) as number[];
    if (left.every((one) => one > 0)) passed++;
  }
  for (let request = 0; request < 10; request++) ask(0);
  assert.equal(passed, 5);
  assert.deepEqual([...counts.values()], [5, 5]);
});

test('a sliding window counts what is left of the window before', () => {
  const clock = createManualClock(startOfMinute);
  const limits = limitsOf({ second: null, minute: 10, hour: null, day: null, month: null, year: null });
  const counters = createFakeCounters(() => clock.now());
  const policy = createLocalPolicy(counters, 'p:', limits, createWindows(), true);
  const take = (): number => (policy.take('a', clock.now()) as number[])[0]!;
  for (let request = 0; request < 10; request++) take();
  assert.equal(take(), 0);
  clock.advance(60_000);
  assert.equal(take(), 0);
  clock.advance(6000);
  assert.deepEqual([take(), take()], [1, 0]);
  clock.advance(24_000);
  assert.equal(take(), 4);
});
