/** A worker of shared-store.test.ts: stores, again and again, what is true at the time at which it asks for the version. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../kernel/index.ts';
import { openSharedStore, type SharedStoreMemory } from './shared-store.ts';

/** What the test hands to each worker. */
export interface StorerData {
  readonly memory: SharedStoreMemory;
  /** Words: what is true at the moment, workers that have begun, 1 once they are to end. */
  readonly gate: SharedArrayBuffer;
}

const { memory, gate } = workerData as StorerData;
const words = new Int32Array(gate);
const store = openSharedStore(memory, systemClock);
let stored = 0;
let wrongCopies = 0;

Atomics.add(words, 1, 1);
while (Atomics.load(words, 2) === 0) {
  const version = store.version('key');
  const truth = Buffer.alloc(4);
  truth.writeInt32LE(Atomics.load(words, 0));
  const own = store.set('key', truth, Number.POSITIVE_INFINITY, version);
  if (own !== undefined) stored++;

  // A copy that is current by its version must hold what was true when the version was asked for, or something newer.
  const before = store.version('key');
  const least = Atomics.load(words, 3);
  const found = store.get('key');
  if (found !== undefined && Buffer.from(found.bytes).readInt32LE() < least && store.version('key') === before)
    wrongCopies++;
}
parentPort!.postMessage({ stored, wrongCopies });
