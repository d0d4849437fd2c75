import { messageOf } from '../../../kernel/index.ts';
import { type RedisClient, redisScript } from '../../../kits/redis/index.ts';
import type { Windows } from '../../../kits/windows/index.ts';
import type { PluginHost } from '../../../pdk/index.ts';
import type { Limit } from '../limit.ts';
import type { Policy } from './policy.ts';
import { keyLife } from './redis.ts';

/** Adds to counters: for each key an amount and the life of a new key in seconds. Returns the new totals. */
const addScript = redisScript(`
local totals = {}
for i, key in ipairs(KEYS) do
  totals[i] = redis.call('INCRBY', key, ARGV[2 * i - 1])
  if totals[i] == tonumber(ARGV[2 * i - 1]) then redis.call('EXPIRE', key, ARGV[2 * i]) end
end
return totals
`);

/** Keys of one call of the script: it keeps the server from everything else. */
const batchSize = 200;
/** Milliseconds after which a key that nobody asked for is forgotten here; the server still has it. */
const idleLimit = 60_000;

/** What this worker knows of one window. */
interface Count {
  readonly key: string;
  /** As the server had it. */
  total: number;
  /** Counted here and not told to the server yet. */
  delta: number;
  /** On its way to the server. */
  sent: number;
  /** Milliseconds since the epoch at which the server was heard last. */
  heardAt: number;
  readonly endsAt: number;
  readonly keyLife: number;
}

/** What {@link createSyncedPolicy} needs. */
export interface SyncedOptions {
  readonly client: RedisClient;
  readonly prefix: string;
  readonly limits: readonly Limit[];
  readonly windows: Windows;
  /** Milliseconds between two exchanges of counts with the server (`sync_rate`). */
  readonly interval: number;
  readonly host: Pick<PluginHost, 'clock' | 'every' | 'log'>;
}

/**
 * Counts in the worker and exchanges counts with a Redis server now and then. A worker sees what others count one
 * interval (and a round trip) late: with `n` workers on all nodes together, a window may let through as much over its
 * limit as the other `n - 1` take in one interval, and never more than `n` times the limit. The server is asked before
 * the first request of a key, and again after an interval in which none came.
 */
export function createSyncedPolicy(options: SyncedOptions): Policy {
  const { client, prefix, limits, windows, interval, host } = options;
  const counts = new Map<string, Count>();
  /** Questions under way, by the first of their keys. */
  const hearing = new Map<string, Promise<void>>();
  let isSyncing = false;

  function isStale(count: Count | undefined, now: number): boolean {
    return count === undefined || (count.delta + count.sent === 0 && now - count.heardAt > interval);
  }

  function judge(keys: readonly string[]): number[] {
    const remaining = limits.map(({ limit }, at) => {
      const { total, delta, sent } = counts.get(keys[at]!)!;
      return limit - total - delta - sent;
    });
    if (remaining.every((left) => left > 0)) for (const key of keys) counts.get(key)!.delta += 1;
    return remaining;
  }

  /** Asks the server for what it has of a request's keys. */
  async function hear(fresh: readonly Count[]): Promise<void> {
    const totals = (await client.call(
      'MGET',
      fresh.map(({ key }) => key),
    )) as unknown[];
    const now = host.clock.now();
    for (const [at, count] of fresh.entries()) {
      const total = Number(totals[at] ?? 0);
      const known = counts.get(count.key);
      if (known === undefined) {
        counts.set(count.key, { ...count, total, heardAt: now });
      } else if (known.delta + known.sent === 0) {
        // Windows only fill up: an answer that a later one overtook says less.
        known.total = Math.max(known.total, total);
        known.heardAt = now;
      }
    }
  }

  /** What was counted here limits even while the server cannot be heard; what was never known cannot be judged. */
  function judgeAfter(keys: readonly string[], question: Promise<void>): Promise<number[]> {
    return question.then(
      () => judge(keys),
      (fault: unknown) => {
        if (keys.every((key) => counts.has(key))) return judge(keys);
        throw fault;
      },
    );
  }

  async function push(batch: readonly Count[]): Promise<void> {
    const args: number[] = [];
    for (const count of batch) {
      count.sent = count.delta;
      count.delta = 0;
      args.push(count.sent, count.keyLife);
    }
    try {
      const keys = batch.map(({ key }) => key);
      const totals = (await client.run(addScript, keys, args)) as number[];
      const now = host.clock.now();
      for (const [at, count] of batch.entries()) {
        count.total = Number(totals[at]);
        count.sent = 0;
        count.heardAt = now;
      }
    } catch (fault) {
      // Should the server have taken them all the same, they count twice: rather too strict than too lax.
      for (const count of batch) {
        count.delta += count.sent;
        count.sent = 0;
      }
      throw fault;
    }
  }

  async function sync(): Promise<void> {
    const now = host.clock.now();
    const changed: Count[] = [];
    for (const [key, count] of counts) {
      if (count.endsAt <= now || (count.delta + count.sent === 0 && now - count.heardAt > idleLimit + interval)) {
        counts.delete(key);
      } else if (count.delta > 0) changed.push(count);
    }
    for (let at = 0; at < changed.length; at += batchSize) await push(changed.slice(at, at + batchSize));
  }

  function syncOnce(): void {
    if (isSyncing || counts.size === 0) return;
    isSyncing = true;
    sync()
      .catch((fault: unknown) => host.log.warn(`Cannot sync rate limits: ${messageOf(fault)}`))
      .finally(() => {
        isSyncing = false;
      });
  }

  const stop = host.every(interval, syncOnce);

  return {
    take(identifier, now) {
      windows.moveTo(now);
      const base = prefix + identifier;
      const keys = limits.map(({ period }) => base + windows.suffixes[period]!);
      if (!keys.some((key) => isStale(counts.get(key), now))) return judge(keys);
      // The shortest window stands for all: many requests wait for one answer.
      const name = keys[0]!;
      let question = hearing.get(name);
      if (question === undefined) {
        const fresh = limits.map(({ period }, at) => ({
          key: keys[at]!,
          total: 0,
          delta: 0,
          sent: 0,
          heardAt: now,
          endsAt: windows.ends[period]!,
          keyLife: keyLife(period, windows, now, false),
        }));
        question = hear(fresh).finally(() => hearing.delete(name));
        hearing.set(name, question);
      }
      return judgeAfter(keys, question);
    },
    close() {
      stop();
      // What was counted last is told before the connection ends.
      sync()
        .catch(() => {})
        .finally(() => client.close());
    },
  };
}
