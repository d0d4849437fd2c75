import type { Windows } from '../../../kits/windows/index.ts';
import type { SharedCounters } from '../../../pdk/index.ts';
import { carriedOver, type Limit } from '../limit.ts';
import type { Policy } from './policy.ts';

/** For how many identifiers keys are kept; then all are made anew. */
const mostKnown = 1000;
const longestKept = 200;

/**
 * Counts in the memory that all workers of the node share. Counting comes before judging, and what was counted is taken
 * back when a limit refuses: two workers that count at once cannot both be the last one let through.
 */
export function createLocalPolicy(
  counters: SharedCounters,
  prefix: string,
  limits: readonly Limit[],
  windows: Windows,
  isSliding = false,
): Policy {
  const remaining = limits.map(() => 0);
  const shortest = limits[0]?.period ?? 0;
  const known = new Map<string, readonly string[]>();
  let knownFor = Number.NaN;

  /** The keys of an identifier, made once for each window: putting one together costs more than counting. */
  function keysOf(identifier: string): readonly string[] {
    // Where a longer window ends, so does the shortest.
    const start = windows.starts[shortest]!;
    if (start !== knownFor || known.size >= mostKnown) {
      known.clear();
      knownFor = start;
    }
    let keys = known.get(identifier);
    if (keys === undefined) {
      keys = limits.map(({ period }) => prefix + identifier + windows.suffixes[period]!);
      // What a client may make long is not kept.
      if (identifier.length <= longestKept) known.set(identifier, keys);
    }
    return keys;
  }

  function carried(identifier: string, period: number, now: number): number {
    if (!isSliding) return 0;
    const former = counters.read(prefix + identifier + windows.formerSuffixes[period]!);
    return carriedOver(former, windows.starts[period]!, windows.ends[period]!, now);
  }

  /** A window that slides is still asked for while the next one lasts. */
  function expiryOf(period: number): number {
    const end = windows.ends[period]!;
    return isSliding ? end + (end - windows.starts[period]!) : end;
  }

  function takeBack(identifier: string, refused: number, now: number): void {
    const keys = keysOf(identifier);
    for (const [at, { period, limit }] of limits.entries()) {
      if (at <= refused) counters.add(keys[at]!, -1, expiryOf(period));
      else remaining[at] = limit - counters.read(keys[at]!) - carried(identifier, period, now);
    }
  }

  return {
    take(identifier, now) {
      windows.moveTo(now);
      const keys = keysOf(identifier);
      for (let at = 0; at < limits.length; at++) {
        const { period, limit } = limits[at]!;
        const counted = counters.add(keys[at]!, 1, expiryOf(period)) - 1;
        const used = isSliding ? counted + carried(identifier, period, now) : counted;
        remaining[at] = limit - used;
        if (used >= limit) {
          takeBack(identifier, at, now);
          break;
        }
      }
      return remaining;
    },
    close() {},
  };
}
