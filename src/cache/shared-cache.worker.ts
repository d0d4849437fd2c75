/** A worker of shared-cache.test.ts: reads, writes and deletes at random, and checks what it reads. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../kernel/index.ts';
import { openSharedCache } from './shared-cache.ts';

/** What the test hands to each worker. */
export interface CacheHammerData {
  readonly buffer: SharedArrayBuffer;
  readonly steps: number;
  readonly keys: number;
}

const { buffer, steps, keys } = workerData as CacheHammerData;
const cache = openSharedCache(buffer, systemClock);
let hits = 0;
let mistakes = 0;

for (let step = 0; step < steps; step++) {
  const key = `key ${Math.floor(Math.random() * keys)}`;
  const choice = Math.random();
  if (choice < 0.3) {
    const filler = 'abcdefghij'.repeat(1 + Math.floor(Math.random() * 40));
    cache.set(key, JSON.stringify({ key, filler, length: filler.length }));
  } else if (choice < 0.35) {
    cache.delete(key);
  } else {
    const found = cache.get(key);
    if (found === undefined) continue;
    hits++;
    try {
      const read = JSON.parse(found.text) as { key: string; filler: string; length: number };
      if (read.key !== key || read.filler.length !== read.length) mistakes++;
    } catch {
      mistakes++;
    }
  }
}
parentPort!.postMessage({ hits, mistakes });
