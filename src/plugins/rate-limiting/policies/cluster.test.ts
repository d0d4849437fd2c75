import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWindows, nobody } from '../../../kits/windows/index.ts';
import type { ValueAddition } from '../../../pdk/index.ts';
import { createFakeHost, createManualClock } from '../../../pdk/testing.ts';
import { ratelimitingMetrics } from '../entities.ts';
import { limitsOf } from '../limit.ts';
import { createClusterPolicy } from './cluster.ts';
import { testPolicy } from './policy.cases.ts';

const startOfMinute = Date.UTC(2026, 10, 20, 13, 37);
const none = { second: null, minute: null, hour: null, day: null, month: null, year: null };
const unattached = { serviceId: null, routeId: null };

testPolicy('cluster', (limits) => {
  const host = createFakeHost({ clock: createManualClock(startOfMinute) });
  const writer = host.writer(ratelimitingMetrics);
  return { clock: host.clock, policy: createClusterPolicy(writer, unattached, limits, createWindows()) };
});

test('rows are called as Kong calls them, and live as long as their windows', async () => {
  const asked: ValueAddition[] = [];
  const writer = {
    async add(additions: readonly ValueAddition[]) {
      asked.push(...additions);
      return additions.map(() => 1);
    },
  };
  const limits = limitsOf({ ...none, minute: 5, month: 9 });
  const policy = createClusterPolicy(writer, { serviceId: 's', routeId: null }, limits, createWindows());
  await policy.take('10.0.0.1', Date.UTC(2026, 11, 1, 0, 0, 10));
  const date = Date.UTC(2026, 11, 1) / 1000;
  assert.deepEqual(asked, [
    { key: ['10.0.0.1', 'minute', date, 's', nobody], by: 1, ttl: 60 },
    { key: ['10.0.0.1', 'month', date, 's', nobody], by: 1, ttl: 31 * 86_400 - 10 },
  ]);
});

test('an identifier that no index could hold is counted all the same', async () => {
  const host = createFakeHost({ clock: createManualClock(startOfMinute) });
  const writer = host.writer(ratelimitingMetrics);
  const policy = createClusterPolicy(writer, unattached, limitsOf({ ...none, minute: 5 }), createWindows());
  const long = 'x'.repeat(10_000);
  const left: (number | undefined)[] = [];
  for (const identifier of [long, long, `${long}y`]) {
    left.push(Array.from(await policy.take(identifier, startOfMinute))[0]);
  }
  assert.deepEqual(left, [5, 4, 5]);
});

test('a sliding window counts what is left of the window before', async () => {
  const host = createFakeHost({ clock: createManualClock(startOfMinute) });
  const { clock } = host;
  const limits = limitsOf({ ...none, minute: 10 });
  const policy = createClusterPolicy(host.writer(ratelimitingMetrics), unattached, limits, createWindows(), true);
  const take = async () => Array.from(await policy.take('a', clock.now()))[0];
  for (let request = 0; request < 10; request++) await take();
  assert.equal(await take(), 0);
  clock.advance(60_000);
  assert.equal(await take(), 0);
  clock.advance(6000);
  assert.deepEqual([await take(), await take()], [1, 0]);
  clock.advance(24_000);
  assert.equal(await take(), 4);
});
