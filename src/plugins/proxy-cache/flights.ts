import { createLru } from '../../kernel/index.ts';
import type { PluginHost } from '../../pdk/index.ts';

/** Milliseconds after which a request that was sent upstream no longer keeps others waiting. */
const patience = 30_000;
/** Milliseconds between two looks at what other workers fetch. */
const pollInterval = 10;
/** Milliseconds for which requests for an answer that was not stored do not wait for one another. */
const passTime = 10_000;
const mostPasses = 10_000;

/** Which answers are being fetched, on the whole node: one request for each goes upstream at a time. */
export interface Flights {
  /**
   * `first` is to go upstream and calls {@link Flights.land} when it is done, whatever came of it; `later` came while
   * another one is under way; `apart` goes upstream and concerns nobody.
   */
  take(key: string): 'first' | 'later' | 'apart';
  /** Resolves once nobody fetches the answer any more, or has done so for too long. */
  wait(key: string): Promise<void>;
  /** Ends what `take` began. `wasStored` false: for a while requests for this key are not held back. */
  land(key: string, wasStored: boolean): void;
}

interface Waiter {
  readonly until: number;
  readonly resolve: () => void;
}

/** Creates {@link Flights} over counters that all workers share. */
export function createFlights(host: Pick<PluginHost, 'counters' | 'clock' | 'every'>): Flights {
  const { counters, clock } = host;
  const waiting = new Map<string, Waiter[]>();
  const passes = createLru<string, number>(mostPasses);
  let stop: (() => void) | undefined;

  function release(key: string): void {
    const waiters = waiting.get(key);
    if (waiters === undefined) return;
    waiting.delete(key);
    for (const waiter of waiters) waiter.resolve();
  }

  function look(): void {
    const now = clock.now();
    for (const [key, waiters] of waiting) {
      if (counters.read(counterKey(key)) <= 0 || waiters[0]!.until <= now) release(key);
    }
    if (waiting.size > 0) return;
    stop?.();
    stop = undefined;
  }

  return {
    take(key) {
      if ((passes.get(key) ?? 0) > clock.now()) return 'apart';
      const name = counterKey(key);
      if (counters.read(name) > 0) return 'later';
      if (counters.add(name, 1, clock.now() + patience) === 1) return 'first';
      counters.add(name, -1, clock.now() + patience);
      return 'later';
    },
    wait(key) {
      return new Promise((resolve) => {
        const waiter = { until: clock.now() + patience, resolve };
        const others = waiting.get(key);
        if (others === undefined) waiting.set(key, [waiter]);
        else others.push(waiter);
        stop ??= host.every(pollInterval, look);
      });
    },
    land(key, wasStored) {
      if (wasStored) passes.delete(key);
      else passes.set(key, clock.now() + passTime);
      const name = counterKey(key);
      if (counters.read(name) > 0) counters.add(name, -1, clock.now() + patience);
      release(key);
    },
  };
}

function counterKey(key: string): string {
  return `proxy-cache:${key}`;
}
