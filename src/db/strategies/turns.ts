import { GibbonError } from '../../kernel/index.ts';
import type { After } from './timers.ts';

/** How many pieces of work may be under way, and how long others wait for their turn. */
export interface TurnsOptions {
  /** 0 sets no limit. */
  readonly limit: number;
  readonly timeoutMs: number;
  /** How many may wait; no limit unless told. */
  readonly backlog?: number;
  readonly after: After;
}

/**
 * Creates a function that runs work when its turn comes. It rejects with `ERR_STORE_BUSY` when too many wait already, or
 * when the turn does not come in time.
 */
export function createTurns(options: TurnsOptions): <T>(work: () => Promise<T>) => Promise<T> {
  const { limit, timeoutMs, backlog = Number.POSITIVE_INFINITY, after } = options;
  if (limit === 0) return (work) => work();
  const waiting: (() => void)[] = [];
  let running = 0;

  function turn(): Promise<void> {
    if (running < limit) {
      running += 1;
      return Promise.resolve();
    }
    if (waiting.length >= backlog) return Promise.reject(busy(`${waiting.length} queries wait already`));
    return new Promise((resolve, reject) => {
      const cancel = after(timeoutMs, () => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(busy(`its turn did not come within ${timeoutMs} ms`));
      });
      function start(): void {
        cancel();
        resolve();
      }
      waiting.push(start);
    });
  }

  return async (work) => {
    await turn();
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The turn is handed on, so the number of those running stays.
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function busy(detail: string): GibbonError {
  return new GibbonError(`Cannot query the store: ${detail}`, { code: 'ERR_STORE_BUSY' });
}
