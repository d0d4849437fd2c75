import { createRedisClient, type RedisClient, type RedisConfig } from '../../kits/redis/index.ts';
import type { PluginAdmin, PluginAdminHost, Row } from '../../pdk/index.ts';
import { type CachedAnswer, formatVersion } from './cached-answer.ts';
import { createLocalCopies } from './local-copies.ts';
import { createMemoryStrategy } from './strategies/memory.ts';
import { createRedisStrategy } from './strategies/redis.ts';
import { type Strategy, unreadable } from './strategies/strategy.ts';

type Answer = { readonly status: number; readonly body?: unknown };

const noContent: Answer = { status: 204 };
const notFound: Answer = { status: 404 };

/** The Admin endpoints of Kong's plugin: to look at what is cached, and to purge it. */
export function createAdmin(host: PluginAdminHost): PluginAdmin {
  const servers = new Map<string, RedisClient>();

  function strategyOf(config: Row): Strategy {
    const copies = createLocalCopies(0);
    if (config['strategy'] !== 'redis') return createMemoryStrategy(host.store, copies, host.clock);
    const redis = config['redis'] as RedisConfig;
    const name = JSON.stringify(redis);
    let client = servers.get(name);
    if (client === undefined) {
      client = createRedisClient(redis, host.log);
      servers.set(name, client);
    }
    return createRedisStrategy(client, host.store, copies, host.clock);
  }

  /** Each place where answers are kept, once. */
  async function strategies(): Promise<readonly Strategy[]> {
    const found = new Map<string, Strategy>();
    for (const { config } of await host.configurations()) {
      const place = config['strategy'] === 'redis' ? JSON.stringify(config['redis']) : 'memory';
      if (!found.has(place)) found.set(place, strategyOf(config));
    }
    return [...found.values()];
  }

  /** Purges one answer, or all of them where no key is given, on this node alone. */
  async function purge(key: string | undefined): Promise<boolean> {
    if (key === undefined) for (const strategy of await strategies()) await strategy.clear();
    else for (const strategy of await strategies()) if (await strategy.delete(key)) return true;
    return key === undefined;
  }

  async function strategyById(id: string): Promise<Strategy | undefined> {
    const found = (await host.configurations()).find((one) => one.id === id);
    return found === undefined ? undefined : strategyOf(found.config);
  }

  return {
    endpoints: [
      {
        path: '/proxy-cache',
        methods: {
          async DELETE() {
            await purge(undefined);
            await host.tellOthers({});
            return noContent;
          },
        },
      },
      {
        path: '/proxy-cache/:cache_key',
        methods: {
          async GET({ params }) {
            for (const strategy of await strategies()) {
              const answer = await show(strategy, params['cache_key']!);
              if (answer !== undefined) return answer;
            }
            return notFound;
          },
          async DELETE({ params }) {
            const key = params['cache_key']!;
            if (!(await purge(key))) return notFound;
            await host.tellOthers({ key });
            return noContent;
          },
        },
      },
      {
        path: '/proxy-cache/:plugin_id/caches/:cache_key',
        methods: {
          async GET({ params }) {
            const strategy = await strategyById(params['plugin_id']!);
            return (strategy && (await show(strategy, params['cache_key']!))) ?? notFound;
          },
          async DELETE({ params }) {
            const strategy = await strategyById(params['plugin_id']!);
            const key = params['cache_key']!;
            if (strategy === undefined || !(await strategy.delete(key))) return notFound;
            await host.tellOthers({ key });
            return noContent;
          },
        },
      },
    ],
    async heard({ key }) {
      await purge(key as string | undefined);
    },
    close() {
      for (const client of servers.values()) client.close();
      servers.clear();
    },
  };
}

async function show(strategy: Strategy, key: string): Promise<Answer | undefined> {
  const found = await strategy.fetch(key);
  return found === undefined || found === unreadable ? undefined : { status: 200, body: shownAnswer(found) };
}

/** An answer as Kong's Admin API shows it. */
function shownAnswer({ status, headers, body, timestamp, ttl, variants }: CachedAnswer): unknown {
  return {
    status,
    headers,
    body: Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'),
    body_len: body.length,
    timestamp,
    ttl,
    version: formatVersion,
    ...(variants && { vary: variants.names }),
  };
}
