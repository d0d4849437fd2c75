import type { SharedCounters } from '../../../pdk/index.ts';
import type { Limit } from '../limit.ts';
import type { Windows } from '../windows.ts';
import type { Policy } from './policy.ts';

/**
 * Counts in the memory that all workers of the node share. Counting comes before judging, and what was counted is taken
 * back when a limit refuses: two workers that count at once cannot both be the last one let through.
 */
export function createLocalPolicy(
  counters: SharedCounters,
  prefix: string,
  limits: readonly Limit[],
  windows: Windows,
): Policy {
  const remaining = limits.map(() => 0);

  function takeBack(base: string, refused: number): void {
    for (const [at, { period, limit }] of limits.entries()) {
      const key = base + windows.suffixes[period]!;
      if (at <= refused) counters.add(key, -1, windows.ends[period]!);
      else remaining[at] = limit - counters.read(key);
    }
  }

  return {
    take(identifier, now) {
      windows.moveTo(now);
      const base = prefix + identifier;
      for (let at = 0; at < limits.length; at++) {
        const { period, limit } = limits[at]!;
        const used = counters.add(base + windows.suffixes[period]!, 1, windows.ends[period]!) - 1;
        remaining[at] = limit - used;
        if (used >= limit) {
          takeBack(base, at);
          break;
        }
      }
      return remaining;
    },
  };
}
