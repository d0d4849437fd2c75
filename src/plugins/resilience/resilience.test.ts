import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPlugin } from '../../pdk/testing.ts';
import { resilience } from './index.ts';

test('says when requests are tried again', async () => {
  const run = await runPlugin(resilience, { retry: { statuses: [502, 503], try_timeout: 250 } });
  const { statuses, methods, tryTimeout, mayRetry } = run.upstream!.retryPolicy!;
  assert.deepEqual([...statuses], [502, 503]);
  assert.equal(methods, undefined);
  assert.equal(tryTimeout, 250);
  assert.equal(mayRetry(), true);
  assert.equal(run.upstream!.ejectionPolicy, undefined);
});

test('keeps further tries within the budget', async () => {
  const run = await runPlugin(resilience, {
    retry: { methods: ['POST'], budget_percent: 100, budget_min_per_second: 0 },
  });
  const policy = run.upstream!.retryPolicy!;
  assert.deepEqual([...policy.methods!], ['POST']);
  assert.deepEqual([policy.mayRetry(), policy.mayRetry()], [true, false]);
});

test('says when targets are ejected, in milliseconds', async () => {
  const run = await runPlugin(resilience, { ejection: { statuses: [503], failures: 3, time: 0.5 } });
  const { statuses, ...limits } = run.upstream!.ejectionPolicy!;
  assert.deepEqual(limits, { failures: 3, time: 500, maxTime: 300_000, maxShare: 50 });
  assert.deepEqual([...statuses], [503]);
});

test('changes nothing unless it is told to', async () => {
  const { retryPolicy, ejectionPolicy } = (await runPlugin(resilience, {})).upstream!;
  assert.deepEqual([retryPolicy!.statuses.size, retryPolicy!.methods, retryPolicy!.tryTimeout], [0, undefined, 0]);
  assert.equal(ejectionPolicy, undefined);
});

const refused: readonly [config: { [field: string]: unknown }, text: RegExp][] = [
  [{ retry: { statuses: [200] } }, /value should be between 400 and 599/],
  [{ retry: { methods: ['get'] } }, /invalid value: get/],
  [{ retry: { budget_percent: 101 } }, /value should be between 0 and 100/],
  [{ ejection: { failures: -1 } }, /value should be between 0 and 10000/],
  [{ ejection: { time: 10, max_time: 5 } }, /ejection.max_time must not be below ejection.time/],
];

for (const [config, text] of refused) {
  test(`refuses ${JSON.stringify(config)}`, async () => {
    await assert.rejects(runPlugin(resilience, config), text);
  });
}
