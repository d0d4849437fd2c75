import { createLru } from '../../kernel/index.ts';
import type { CachedAnswer } from './cached-answer.ts';

/** What an entry takes beside its body: its head, its key and the bookkeeping. */
const overhead = 1024;
const mostEntries = 1_000_000;

/** An answer that a worker keeps for itself. */
export interface LocalCopy {
  readonly key: string;
  readonly answer: CachedAnswer;
  /** What the shared level said of the key when the copy was made. */
  readonly version: number;
  /** Milliseconds since the epoch from which on the copy is not to be used. */
  readonly expiresAt: number;
}

/** Copies of answers in one worker, bounded by bytes; the one not used for the longest time makes room. */
export interface LocalCopies {
  get(key: string): LocalCopy | undefined;
  set(copy: LocalCopy): void;
  delete(key: string): void;
}

/** Creates {@link LocalCopies} of at most so many bytes. */
export function createLocalCopies(capacity: number): LocalCopies {
  const copies = createLru<string, LocalCopy>(mostEntries);
  let used = 0;

  function remove(key: string): void {
    const copy = copies.get(key);
    if (copy === undefined) return;
    copies.delete(key);
    used -= sizeOf(copy);
  }

  return {
    get: (key) => copies.get(key),
    set(copy) {
      remove(copy.key);
      const size = sizeOf(copy);
      if (size > capacity / 4) return;
      copies.set(copy.key, copy);
      used += size;
      while (used > capacity) used -= sizeOf(copies.deleteOldest()!);
    },
    delete: remove,
  };
}

function sizeOf({ answer }: LocalCopy): number {
  return answer.body.length + overhead;
}
