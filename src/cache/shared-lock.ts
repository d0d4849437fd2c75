/**
 * A lock in a word of shared memory: 0 when free, else the number of its owner. Holders keep it for well under a
 * microsecond, so others spin for a while; after that somebody was put to sleep by the system, or died, while holding it.
 */

/** Tries of a spinning thread before it looks at the situation anew: a few microseconds. */
const spins = 200;
/** Sleeps of a millisecond after which a holder counts as dead. */
const patience = 100;

/** Takes the lock if that takes no longer than a few microseconds; false otherwise. Never sleeps. */
export function tryLock(words: Int32Array, at: number, owner: number): boolean {
  for (let attempt = 0; attempt < spins; attempt++) {
    if (Atomics.compareExchange(words, at, 0, owner) === 0) return true;
  }
  return false;
}

/**
 * Takes the lock. A holder that keeps it for a tenth of a second has died with its thread: the lock is taken from it, and
 * what it guards may be half written. True when that was so.
 */
export function lock(words: Int32Array, at: number, owner: number): boolean {
  if (Atomics.compareExchange(words, at, 0, owner) === 0) return false;
  let suspect = 0;
  let seen = 0;
  while (!tryLock(words, at, owner)) {
    const holder = Atomics.load(words, at);
    if (holder !== suspect) {
      suspect = holder;
      seen = 0;
    } else if (holder !== 0 && ++seen > patience && steal(words, at, holder, owner)) {
      return true;
    }
    if (holder !== 0) Atomics.wait(words, at, holder, 1);
  }
  return false;
}

/** Takes the lock from a holder that is presumed dead; false when it changed hands in the meantime. */
export function steal(words: Int32Array, at: number, holder: number, owner: number): boolean {
  return Atomics.compareExchange(words, at, holder, owner) === holder;
}

/** Gives the lock back; false when it was stolen meanwhile, so that what was read under it may be wrong. */
export function unlock(words: Int32Array, at: number, owner: number): boolean {
  return Atomics.compareExchange(words, at, owner, 0) === owner;
}
