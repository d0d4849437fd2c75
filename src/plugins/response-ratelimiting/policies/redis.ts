import { type RedisClient, redisScript } from '../../../kits/redis/index.ts';
import { periodLife, type Windows } from '../../../kits/windows/index.ts';
import type { Cell } from '../limits.ts';
import type { Policy } from './policy.ts';

/** Adds to counters: for each key an amount, and the life of a new key in seconds. */
const addScript = redisScript(`
for i, key in ipairs(KEYS) do
  local isNew = redis.call('EXISTS', key) == 0
  redis.call('INCRBYFLOAT', key, ARGV[2 * i - 1])
  if isNew then redis.call('EXPIRE', key, ARGV[2 * i]) end
end
return 0
`);

/** Counts in a Redis server, for all nodes that use it. */
export function createRedisPolicy(
  client: RedisClient,
  prefix: string,
  cells: readonly Cell[],
  windows: Windows,
): Policy {
  const keyOf = (identifier: string, { period, keyEnd }: Cell): string =>
    `${prefix + identifier}:${windows.starts[period]!}${keyEnd}`;

  return {
    async remaining(identifier, now) {
      windows.moveTo(now);
      const keys = cells.map((cell) => keyOf(identifier, cell));
      const counts = (await client.call('MGET', keys)) as readonly unknown[];
      return cells.map(({ limit }, at) => limit - Number(counts[at] ?? 0));
    },
    async add(identifier, now, used) {
      windows.moveTo(now);
      const keys: string[] = [];
      const args: number[] = [];
      for (const cell of cells) {
        const amount = used[cell.name]!;
        if (amount === 0) continue;
        keys.push(keyOf(identifier, cell));
        args.push(amount, periodLife(cell.period, windows, now));
      }
      if (keys.length > 0) await client.run(addScript, keys, args);
    },
    close: () => client.close(),
  };
}
