import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeCounters, createFakeHost, createManualClock } from '../../pdk/testing.ts';
import { createFlights } from './flights.ts';

function createWorkers() {
  const clock = createManualClock();
  const counters = createFakeCounters(() => clock.now());
  return Array.from({ length: 2 }, () => {
    const host = createFakeHost({ clock, counters });
    return { flights: createFlights(host), host, clock };
  });
}

async function isOver(wait: Promise<void>): Promise<boolean> {
  return Promise.race([wait.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);
}

test('one request at a time is first, on whatever worker it came', async () => {
  const [one, other] = createWorkers();
  assert.deepEqual(
    [one!.flights.take('k'), one!.flights.take('k'), other!.flights.take('k')],
    ['first', 'later', 'later'],
  );
  const here = one!.flights.wait('k');
  const there = other!.flights.wait('k');
  assert.equal(await isOver(here), false);
  one!.flights.land('k', true);
  await here;
  assert.equal(await isOver(there), false);
  other!.host.runTimers();
  await there;
  assert.equal(other!.flights.take('k'), 'first');
});

test('after an answer that was not stored requests go upstream for themselves for a while', () => {
  const [one] = createWorkers();
  assert.equal(one!.flights.take('k'), 'first');
  one!.flights.land('k', false);
  assert.deepEqual([one!.flights.take('k'), one!.flights.take('k')], ['apart', 'apart']);
  one!.clock.advance(10_000);
  assert.equal(one!.flights.take('k'), 'first');
});

test('nobody waits for ever', async () => {
  const [one] = createWorkers();
  one!.flights.take('k');
  const wait = one!.flights.wait('k');
  one!.clock.advance(29_999);
  one!.host.runTimers();
  assert.equal(await isOver(wait), false);
  one!.clock.advance(1);
  one!.host.runTimers();
  await wait;
  assert.equal(one!.flights.take('k'), 'first');
});
