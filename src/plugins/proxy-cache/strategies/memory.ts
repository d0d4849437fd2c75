import type { Clock } from '../../../kernel/index.ts';
import type { SharedStore } from '../../../pdk/index.ts';
import { decodeAnswer, encodeAnswer } from '../cached-answer.ts';
import type { LocalCopies } from '../local-copies.ts';
import { type Strategy, unreadable } from './strategy.ts';

/** Keeps answers in the memory that all workers of the node share, with copies in the worker that need no decoding. */
export function createMemoryStrategy(store: SharedStore, copies: LocalCopies, clock: Clock): Strategy {
  return {
    fetch(key) {
      const name = storeKey(key);
      const version = store.version(name);
      const copy = copies.get(name);
      if (copy !== undefined) {
        if (copy.version === version && copy.expiresAt > clock.now()) return copy.answer;
        copies.delete(name);
      }
      const found = store.get(name);
      if (found === undefined) return undefined;
      const answer = decodeAnswer(found.bytes);
      if (answer === undefined) return unreadable;
      copies.set({ key: name, answer, version, expiresAt: found.expiresAt });
      return answer;
    },
    version: (key) => store.version(storeKey(key)),
    store(key, answer, seconds, version) {
      const name = storeKey(key);
      const expiresAt = seconds > 0 ? clock.now() + seconds * 1000 : Number.POSITIVE_INFINITY;
      const stored = store.set(name, encodeAnswer(answer), expiresAt, version);
      if (stored !== undefined) copies.set({ key: name, answer, version: stored, expiresAt });
    },
    async delete(key) {
      const isThere = store.get(storeKey(key)) !== undefined;
      store.delete(storeKey(key));
      return isThere;
    },
    async clear() {
      store.clear();
    },
    close() {},
  };
}

/** The name of a key in memory and in Redis. */
export function storeKey(key: string): string {
  return `proxy-cache:${key}`;
}
