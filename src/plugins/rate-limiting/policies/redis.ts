import { type RedisClient, redisScript } from '../../../kits/redis/index.ts';
import { periodLife, type Windows } from '../../../kits/windows/index.ts';
import { type Limit, weightOf } from '../limit.ts';
import type { Policy } from './policy.ts';

/*
 * Keys: the windows, and behind them, for sliding ones, those before. Arguments: the limits, the lives of the windows'
 * keys in seconds, and what part of the former windows counts. Returns how much was used of each limit.
 */
const takeScript = redisScript(`
local n = #ARGV / 3
local used = {}
local refused = false
for i = 1, n do
  local count = tonumber(redis.call('GET', KEYS[i]) or '0')
  if KEYS[n + i] then
    count = count + math.ceil(tonumber(redis.call('GET', KEYS[n + i]) or '0') * tonumber(ARGV[2 * n + i]))
  end
  used[i] = count
  if count >= tonumber(ARGV[i]) then refused = true end
end
if not refused then
  for i = 1, n do
    if redis.call('INCR', KEYS[i]) == 1 then redis.call('EXPIRE', KEYS[i], ARGV[n + i]) end
  end
end
return used
`);

/**
 * Counts in a Redis server, for all nodes that use it: one script checks and counts all windows as one step, in one round
 * trip, so no window lets more through than its limit however many ask at once.
 */
export function createRedisPolicy(
  client: RedisClient,
  prefix: string,
  limits: readonly Limit[],
  windows: Windows,
  isSliding = false,
): Policy {
  return {
    take(identifier, now) {
      windows.moveTo(now);
      const base = prefix + identifier;
      const keys = limits.map(({ period }) => base + windows.suffixes[period]!);
      if (isSliding) for (const { period } of limits) keys.push(base + windows.formerSuffixes[period]!);
      const args = limits.map(({ limit }) => limit);
      for (const { period } of limits) args.push(keyLife(period, windows, now, isSliding));
      for (const { period } of limits) {
        args.push(isSliding ? weightOf(windows.starts[period]!, windows.ends[period]!, now) : 0);
      }
      return client
        .run(takeScript, keys, args)
        .then((used) => limits.map(({ limit }, at) => limit - Number((used as number[])[at])));
    },
    close: () => client.close(),
  };
}

/** Seconds that the key of a window must be kept; a sliding window is still asked for while the next one lasts. */
export function keyLife(period: number, windows: Windows, now: number, isSliding: boolean): number {
  const { starts, ends } = windows;
  const length = periodLife(period, windows, now);
  return isSliding ? length + Math.ceil((ends[period]! - starts[period]!) / 1000) : length;
}
