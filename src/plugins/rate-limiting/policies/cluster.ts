import { metricsKeys, periods, type Windows } from '../../../kits/windows/index.ts';
import type { EntityWriter, PluginInstance, ValueAddition } from '../../../pdk/index.ts';
import { carriedOver, exhausted, type Limit } from '../limit.ts';
import type { Policy } from './policy.ts';
import { keyLife } from './redis.ts';

/**
 * Counts in the database, for all nodes on it. Counting comes before judging, and what was counted is taken back when a
 * limit refuses: no window lets more through than its limit, whatever is counted beside it. While such a request is under
 * way it may cost another one its place in a longer window.
 */
export function createClusterPolicy(
  writer: Pick<EntityWriter, 'add'>,
  attached: Pick<PluginInstance, 'serviceId' | 'routeId'>,
  limits: readonly Limit[],
  windows: Windows,
  isSliding = false,
): Policy {
  const keyOf = metricsKeys(attached);

  return {
    async take(identifier, now) {
      windows.moveTo(now);
      const { starts, formerStarts, ends } = windows;
      const counted = limits.map(({ period }): ValueAddition => {
        const key = keyOf(identifier, periods[period]!, starts[period]!);
        return { key, by: 1, ttl: keyLife(period, windows, now, isSliding) };
      });
      const former = !isSliding
        ? []
        : limits.map(({ period }): ValueAddition => {
            return { key: keyOf(identifier, periods[period]!, formerStarts[period]!), by: 0, ttl: 0 };
          });
      // The windows may move on while the database is asked.
      const bounds = limits.map(({ period }) => [starts[period]!, ends[period]!] as const);
      const sums = await writer.add([...counted, ...former]);
      const remaining = limits.map(({ limit }, at) => {
        const carried = isSliding ? carriedOver(sums[limits.length + at]!, ...bounds[at]!, now) : 0;
        return limit - (sums[at]! - 1) - carried;
      });
      if (exhausted(remaining) !== -1) {
        // Where that fails the window lets one less through, and the next request finds the fault.
        await writer.add(counted.map((addition) => ({ ...addition, by: -1 }))).catch(() => {});
      }
      return remaining;
    },
    close() {},
  };
}
