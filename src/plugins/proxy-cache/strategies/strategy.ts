import type { CachedAnswer } from '../cached-answer.ts';

/** What a strategy answers for a key under which bytes of a form lie that it does not know. */
export const unreadable = Symbol('unreadable');

/** What was found under a key. */
export type Found = CachedAnswer | typeof unreadable | undefined;

/** Where answers are kept. What goes wrong there counts as not found: the upstream is asked instead. */
export interface Strategy {
  /** Looks an answer up; at once when the worker has a copy. */
  fetch(key: string): Found | Promise<Found>;
  /** A number that changes when somebody on this node stores or deletes under the key. */
  version(key: string): number;
  /** Stores an answer for so many seconds, for ever when that is not above 0, unless the key has another version by now. */
  store(key: string, answer: CachedAnswer, seconds: number, version: number): void | Promise<void>;
  /** True when there was something. */
  delete(key: string): Promise<boolean>;
  /** Deletes everything. */
  clear(): Promise<void>;
  close(): void;
}
