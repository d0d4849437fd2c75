/** A worker of shared-counters.test.ts: counts in step with its siblings, phase by phase. */
import { parentPort, workerData } from 'node:worker_threads';
import { openSharedCounters } from './shared-counters.ts';

/** What the test hands to each worker. */
export interface HammerData {
  readonly buffer: SharedArrayBuffer;
  /** Words: arrivals at the barrier, barriers passed, one mistake counter. */
  readonly gate: SharedArrayBuffer;
  readonly workers: number;
  readonly phases: number;
  readonly keys: number;
  readonly adds: number;
}

const { buffer, gate, workers, phases, keys, adds } = workerData as HammerData;
const words = new Int32Array(gate);
let time = 0;
const counters = openSharedCounters(buffer, { now: () => time, monotonic: () => time });

function meet(): void {
  const passed = Atomics.load(words, 1);
  if (Atomics.add(words, 0, 1) + 1 === workers) {
    Atomics.store(words, 0, 0);
    Atomics.add(words, 1, 1);
    Atomics.notify(words, 1);
  } else {
    while (Atomics.load(words, 1) === passed) Atomics.wait(words, 1, passed, 1000);
  }
}

for (let phase = 0; phase < phases; phase++) {
  // Everything that the last phase counted is expired now, so each phase claims its slots from the one before.
  time = phase * 1000;
  meet();
  for (let add = 0; add < adds; add++) {
    for (let key = 0; key < keys; key++) counters.add(`phase ${phase} key ${key}`, 1, time + 1000);
  }
  meet();
  for (let key = 0; key < keys; key++) {
    if (counters.read(`phase ${phase} key ${key}`) !== workers * adds) Atomics.add(words, 2, 1);
  }
  meet();
}
parentPort!.postMessage('done');
