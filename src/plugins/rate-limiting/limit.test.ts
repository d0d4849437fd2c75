import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderProblem } from '../../kits/windows/index.ts';
import { carriedOver, exhausted, limitsOf, secondsToReset, shownRemaining, tightest } from './limit.ts';

test('limits are those that are set, shortest first', () => {
  assert.deepEqual(limitsOf({ second: null, minute: 5, hour: null, day: null, month: null, year: 100 }), [
    { period: 1, limit: 5, limitHeader: 'X-RateLimit-Limit-Minute', remainingHeader: 'X-RateLimit-Remaining-Minute' },
    { period: 5, limit: 100, limitHeader: 'X-RateLimit-Limit-Year', remainingHeader: 'X-RateLimit-Remaining-Year' },
  ]);
});

test('a longer period may not have less than a shorter one', () => {
  assert.equal(
    orderProblem({ second: 10, hour: 9.5 }, 'The'),
    'The limit for hour(9.5) cannot be lower than the limit for second(10.0)',
  );
  assert.equal(orderProblem({ minute: 10, month: null, year: 10 }, 'The'), undefined);
});

test('a limit with nothing left stops the request', () => {
  assert.equal(exhausted([1, 0.5]), -1);
  assert.equal(exhausted([0, 3]), 0);
  assert.equal(exhausted([0, -1]), 1);
});

test('what is left is told after this request, and never below 0', () => {
  assert.equal(shownRemaining(5, 0, -1), 4);
  assert.equal(shownRemaining(0.5, 0, -1), 0);
  assert.equal(shownRemaining(0, 1, 1), 0);
  assert.equal(shownRemaining(5, 0, 1), 5);
});

test('the tightest limit has least left, the longest period among equals', () => {
  assert.equal(tightest([5, 3, 9], -1), 1);
  assert.equal(tightest([3, 3, 9], -1), 1);
  assert.equal(tightest([0, 0], 1), 1);
});

test('a window is over after its length, a month after 30 days', () => {
  assert.equal(secondsToReset(1, 60_000, 60_000), 60);
  assert.equal(secondsToReset(1, 60_000, 61_999), 59);
  assert.equal(secondsToReset(0, 60_000, 60_999), 1);
  assert.equal(secondsToReset(4, 0, 30 * 86_400_000), 1);
});

test('of the window before counts what a sliding window still covers', () => {
  const seen = [0, 15_000, 30_000, 59_999, 60_000, -5, 70_000].map((now) => carriedOver(10, 0, 60_000, now));
  assert.deepEqual(seen, [10, 8, 5, 1, 0, 10, 0]);
});
