import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createManualClock } from '../../kernel/index.ts';
import { createRetryBudget } from './retry-budget.ts';

const spendAll = (budget: { spend(): boolean }): number => {
  let spent = 0;
  while (spent < 10_000 && budget.spend()) spent += 1;
  return spent;
};

test('allows a share of the requests of the last ten seconds', () => {
  const clock = createManualClock();
  const budget = createRetryBudget(20, 0, clock);
  assert.equal(budget.spend(), false);
  for (let request = 0; request < 100; request++) budget.request();
  assert.equal(spendAll(budget), 20);
  clock.advance(5000);
  for (let request = 0; request < 50; request++) budget.request();
  assert.equal(spendAll(budget), 10);
  clock.advance(5000);
  // What came and was spent ten seconds ago is forgotten.
  assert.equal(spendAll(budget), 0);
  for (let request = 0; request < 50; request++) budget.request();
  assert.equal(spendAll(budget), 10);
  clock.advance(60_000);
  assert.equal(spendAll(budget), 0);
});

test('allows so many a second however few requests there are', () => {
  const clock = createManualClock();
  const budget = createRetryBudget(0, 2, clock);
  assert.equal(spendAll(budget), 20);
  clock.advance(9000);
  assert.equal(budget.spend(), false);
  clock.advance(1000);
  assert.equal(spendAll(budget), 20);
});

test('never allows more than that in any ten seconds', () => {
  const step = fc.record({ wait: fc.nat(4000), requests: fc.nat(30), tries: fc.nat(10) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.nat(100), (steps, percent) => {
      const clock = createManualClock();
      const budget = createRetryBudget(percent, 0, clock);
      const log: { second: number; requests: number; tries: number }[] = [];
      for (const { wait, requests, tries } of steps) {
        clock.advance(wait);
        const entry = { second: Math.floor(clock.monotonic() / 1000), requests, tries: 0 };
        log.push(entry);
        for (let request = 0; request < requests; request++) budget.request();
        for (let time = 0; time < tries; time++) if (budget.spend()) entry.tries += 1;
        const recent = log.filter(({ second }) => second > entry.second - 10);
        const sum = (key: 'requests' | 'tries') => recent.reduce((total, each) => total + each[key], 0);
        if (entry.tries > 0) assert.ok(sum('tries') <= (sum('requests') * percent) / 100);
      }
    }),
    { seed: 1 },
  );
});
