import { metricsKeys, periodLife, periods, type Windows } from '../../../kits/windows/index.ts';
import type { EntityWriter, PluginInstance, ValueAddition } from '../../../pdk/index.ts';
import type { Cell } from '../limits.ts';
import type { Policy } from './policy.ts';

/** Counts in the database, for all nodes on it. It holds whole numbers: amounts are rounded, as with Kong. */
export function createClusterPolicy(
  writer: Pick<EntityWriter, 'add'>,
  attached: Pick<PluginInstance, 'serviceId' | 'routeId'>,
  cells: readonly Cell[],
  windows: Windows,
): Policy {
  const keyOf = metricsKeys(attached);
  const addition = (identifier: string, { limitName, period }: Cell, by: number, now: number): ValueAddition => ({
    key: keyOf(identifier, `${limitName}_${periods[period]!}`, windows.starts[period]!),
    by,
    ttl: periodLife(period, windows, now),
  });

  return {
    async remaining(identifier, now) {
      windows.moveTo(now);
      const counts = await writer.add(cells.map((cell) => addition(identifier, cell, 0, now)));
      return cells.map(({ limit }, at) => limit - counts[at]!);
    },
    async add(identifier, now, used) {
      windows.moveTo(now);
      const additions = cells
        .map((cell) => addition(identifier, cell, Math.round(used[cell.name]!), now))
        .filter(({ by }) => by !== 0);
      if (additions.length > 0) await writer.add(additions);
    },
    close() {},
  };
}
