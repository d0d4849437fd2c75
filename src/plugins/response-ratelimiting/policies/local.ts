import type { Windows } from '../../../kits/windows/index.ts';
import type { SharedCounters } from '../../../pdk/index.ts';
import type { Cell } from '../limits.ts';
import type { Policy } from './policy.ts';

/** Counts in the memory that all workers of the node share. */
export function createLocalPolicy(
  counters: SharedCounters,
  prefix: string,
  cells: readonly Cell[],
  windows: Windows,
): Policy {
  return {
    remaining(identifier, now) {
      windows.moveTo(now);
      const base = `${prefix + identifier}:`;
      return cells.map(({ period, limit, keyEnd }) => limit - counters.read(base + windows.starts[period]! + keyEnd));
    },
    add(identifier, now, used) {
      windows.moveTo(now);
      const base = `${prefix + identifier}:`;
      for (const { name, period, keyEnd } of cells) {
        const amount = used[name]!;
        if (amount !== 0) counters.add(base + windows.starts[period]! + keyEnd, amount, windows.ends[period]!);
      }
      return undefined;
    },
    close() {},
  };
}
