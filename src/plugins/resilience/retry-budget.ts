import type { Clock } from '../../kernel/index.ts';

/** Keeps further tries to a share of the requests. */
export interface RetryBudget {
  /** Counts a request. */
  request(): void;
  /** Counts a further try and returns true; false when there is no room for it. */
  spend(): boolean;
}

/** Seconds that are looked back at. */
const span = 10;

/**
 * Creates a {@link RetryBudget}: of the last ten seconds' requests `percent` per cent may be tried again, and
 * `minPerSecond` times ten whatever the number of requests.
 */
export function createRetryBudget(percent: number, minPerSecond: number, clock: Clock): RetryBudget {
  const requests = new Uint32Array(span);
  const tries = new Uint32Array(span);
  let second = Math.floor(clock.monotonic() / 1000);

  /** The present second's place; seconds that are too old are emptied. */
  function place(): number {
    const now = Math.floor(clock.monotonic() / 1000);
    for (let old = Math.max(second + 1, now - span + 1); old <= now; old++) {
      requests[old % span] = 0;
      tries[old % span] = 0;
    }
    second = now;
    return now % span;
  }

  return {
    request() {
      const at = place();
      requests[at] = requests[at]! + 1;
    },
    spend() {
      const at = place();
      let asked = 0;
      let spent = 0;
      for (let second = 0; second < span; second++) {
        asked += requests[second]!;
        spent += tries[second]!;
      }
      if (spent + 1 > Math.max((asked * percent) / 100, minPerSecond * span)) return false;
      tries[at] = tries[at]! + 1;
      return true;
    },
  };
}
