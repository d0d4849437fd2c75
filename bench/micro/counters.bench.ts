import { Worker } from 'node:worker_threads';
import { bench, do_not_optimize, group, run } from 'mitata';
import { createSharedCountersBuffer, openSharedCounters } from '../../src/cache/index.ts';
import { systemClock } from '../../src/kernel/index.ts';

const buffer = createSharedCountersBuffer(16 * 1024 * 1024);
const counters = openSharedCounters(buffer, systemClock);
const later = Date.now() + 3_600_000;
const key = '0855b320-0dd2-547d-891d-601e9b38647f:10.11.12.13:minute:2800';
const many = Array.from({ length: 100_000 }, (_, at) => `${key.slice(0, 54)}${String(at).padStart(6, '0')}`);
let next = 0;

group('60 characters, one worker', () => {
  bench('add, the same key', () => counters.add(key, 1, later));
  bench('add, 100,000 keys in turn', () => {
    next = next + 1 === many.length ? 0 : next + 1;
    do_not_optimize(counters.add(many[next]!, 1, later));
  });
  bench('read', () => do_not_optimize(counters.read(key)));
});
await run();

const body = `
  const { parentPort, workerData } = require('node:worker_threads');
  (async () => {
    const { openSharedCounters } = await import(workerData.cache);
    const counters = openSharedCounters(workerData.buffer, { now: Date.now, monotonic: () => performance.now() });
    const started = performance.now();
    for (let at = 0; at < workerData.adds; at++) counters.add(workerData.key, 1, workerData.later);
    parentPort.postMessage(((performance.now() - started) * 1e6) / workerData.adds);
  })();
`;
const cache = new URL('../../src/cache/index.ts', import.meta.url).href;
const adds = 2_000_000;

/** Nanoseconds for an add in each of two workers that count at the same time. */
async function contend(name: string, keys: readonly string[]): Promise<void> {
  const figures = await Promise.all(
    keys.map(
      (each) =>
        new Promise<number>((resolve, reject) => {
          const workerData = { buffer, cache, key: each, later, adds };
          new Worker(body, { eval: true, workerData }).once('message', resolve).once('error', reject);
        }),
    ),
  );
  process.stdout.write(`${name}: ${figures.map((figure) => `${figure.toFixed(0)} ns`).join(', ')} an add\n`);
}

await contend('two workers, the same key', ['shared', 'shared']);
await contend('two workers, a key each', ['one', 'two']);
