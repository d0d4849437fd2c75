import type { RedisClient } from '../../kits/redis/index.ts';
import type { SessionStorage } from '../../kits/sessions/index.ts';

const prefix = 'openid-connect:session:';

/** Keeps sessions, encrypted as they are, in a Redis server for all nodes that use it. All methods fail while it is away. */
export function createRedisSessions(client: RedisClient): SessionStorage {
  return {
    async get(key) {
      const value = await client.call('GET', [prefix + key]);
      return typeof value === 'string' ? value : undefined;
    },
    async set({ key, value, ttl, oldKey, oldTtl }) {
      await client.call('SET', [prefix + key, value, 'EX', ttl]);
      if (oldKey === undefined) return;
      if (oldTtl === undefined) await client.call('DEL', [prefix + oldKey]);
      else await client.call('EXPIRE', [prefix + oldKey, oldTtl]);
    },
    async delete(key) {
      await client.call('DEL', [prefix + key]);
    },
  };
}
