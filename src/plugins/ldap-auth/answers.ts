import { hash, randomBytes } from 'node:crypto';
import { type Clock, createLru } from '../../kernel/index.ts';

/** What a directory said of credentials, for as long as it is remembered. */
export interface Answers {
  /** What is remembered, or what `ask` finds out; those who ask the same at the same time share one answer. */
  find(username: string, password: string, ask: () => Promise<boolean>): boolean | Promise<boolean>;
}

/** Good credentials, and bad ones, that are remembered: apart, so that guesses push nobody out. */
const capacity = 10_000;

/** Creates empty {@link Answers}. No password is kept: answers are found by a keyed hash, whose key lives in this worker. */
export function createAnswers(ttlMs: number, clock: Clock): Answers {
  const key = randomBytes(32).toString('base64');
  const good = createLru<string, number>(capacity);
  const bad = createLru<string, number>(capacity);
  const flights = new Map<string, Promise<boolean>>();

  async function fly(name: string, ask: () => Promise<boolean>): Promise<boolean> {
    try {
      const isGood = await ask();
      if (ttlMs > 0) (isGood ? good : bad).set(name, clock.monotonic() + ttlMs);
      return isGood;
    } finally {
      flights.delete(name);
    }
  }

  return {
    find(username, password, ask) {
      const name = hash('sha256', `${key}${username.length}:${username}${password}`, 'base64');
      const now = clock.monotonic();
      if ((good.get(name) ?? 0) > now) return true;
      if ((bad.get(name) ?? 0) > now) return false;
      let flight = flights.get(name);
      if (flight === undefined) {
        flight = fly(name, ask);
        flights.set(name, flight);
      }
      return flight;
    },
  };
}
