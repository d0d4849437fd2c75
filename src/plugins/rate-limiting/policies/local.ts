import { createHash } from 'node:crypto';
import type { Windows } from '../../../kits/windows/index.ts';
import type { SharedCounters } from '../../../pdk/index.ts';
import { carriedOver, type Limit } from '../limit.ts';
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
  isSliding = false,
): Policy {
  const remaining = limits.map(() => 0);
  // Keys are hashed for every request, and nobody reads them: 96 bits tell configurations apart as well as two UUIDs do.
  const scope = createHash('sha256').update(prefix).digest('base64url').slice(0, 16);

  function carried(base: string, period: number, now: number): number {
    if (!isSliding) return 0;
    const former = counters.read(base + windows.formerSuffixes[period]!);
    return carriedOver(former, windows.starts[period]!, windows.ends[period]!, now);
  }

  /** A window that slides is still asked for while the next one lasts. */
  function expiryOf(period: number): number {
    const end = windows.ends[period]!;
    return isSliding ? end + (end - windows.starts[period]!) : end;
  }

  function takeBack(base: string, refused: number, now: number): void {
    for (const [at, { period, limit }] of limits.entries()) {
      const key = base + windows.suffixes[period]!;
      if (at <= refused) counters.add(key, -1, expiryOf(period));
      else remaining[at] = limit - counters.read(key) - carried(base, period, now);
    }
  }

  return {
    take(identifier, now) {
      windows.moveTo(now);
      const base = scope + identifier;
      for (let at = 0; at < limits.length; at++) {
        const { period, limit } = limits[at]!;
        const counted = counters.add(base + windows.suffixes[period]!, 1, expiryOf(period)) - 1;
        const used = isSliding ? counted + carried(base, period, now) : counted;
        remaining[at] = limit - used;
        if (used >= limit) {
          takeBack(base, at, now);
          break;
        }
      }
      return remaining;
    },
    close() {},
  };
}
