import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createWindows } from '../../../kits/windows/index.ts';
import { createFakeCounters, createManualClock } from '../../../pdk/testing.ts';
import { limitsOf } from '../limit.ts';
import { createLocalPolicy } from './local.ts';

const start = Date.UTC(2026, 10, 20, 23, 59, 30);
const periods = [
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
] as const;

/** Limits, longer ones no lower, and the pauses before requests of two clients. */
const runs = fc.record({
  second: fc.integer({ min: 1, max: 4 }),
  minute: fc.integer({ min: 4, max: 12 }),
  hour: fc.integer({ min: 12, max: 30 }),
  requests: fc.array(
    fc.record({
      pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90_000 })),
      client: fc.constantFrom('a', 'b'),
    }),
    { maxLength: 80 },
  ),
});
type Run = typeof runs extends fc.Arbitrary<infer T> ? T : never;

/** The times at which each client was let through. */
function passages(run: Run, isSliding: boolean): Map<string, number[]> {
  const clock = createManualClock(start);
  const limits = limitsOf({
    second: run.second,
    minute: run.minute,
    hour: run.hour,
    day: null,
    month: null,
    year: null,
  });
  const counters = createFakeCounters(() => clock.now());
  const workers = [0, 1].map(() => createLocalPolicy(counters, 'p:', limits, createWindows(), isSliding));
  const passed = new Map<string, number[]>();
  for (const [at, { pause, client }] of run.requests.entries()) {
    clock.advance(pause);
    const left = workers[at % 2]!.take(client, clock.now()) as ArrayLike<number>;
    if (Array.from(left).every((one) => one > 0)) passed.set(client, [...(passed.get(client) ?? []), clock.now()]);
  }
  return passed;
}

function inWindow(times: readonly number[], time: number, length: number): number {
  return times.filter((one) => Math.floor(one / length) === Math.floor(time / length)).length;
}

test('fixed windows let through exactly what a plain count of each window does', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const expected = new Map<string, number[]>();
      let time = start;
      for (const { pause, client } of run.requests) {
        time += pause;
        const times = expected.get(client) ?? [];
        if (periods.every(([name, length]) => inWindow(times, time, length) < run[name])) {
          expected.set(client, [...times, time]);
        }
      }
      assert.deepEqual(passages(run, false), expected);
    }),
  );
});

test('sliding windows let no more through than fixed ones, nor ever two bursts', () => {
  fc.assert(
    fc.property(runs, (run) => {
      for (const times of passages(run, true).values()) {
        for (const time of times) {
          for (const [name, length] of periods) {
            assert.ok(inWindow(times, time, length) <= run[name]);
            const lately = times.filter((one) => one > time - length && one <= time).length;
            assert.ok(lately < 2 * run[name] || run[name] === 1);
          }
        }
      }
    }),
  );
});
