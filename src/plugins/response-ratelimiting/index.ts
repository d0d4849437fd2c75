import { messageOf } from '../../kernel/index.ts';
import { createRedisClients, type RedisClients, redisShorthands } from '../../kits/redis/index.ts';
import { createWindows, nobody, type Windows } from '../../kits/windows/index.ts';
import {
  definePlugin,
  type Handlers,
  type Kong,
  kongVersion,
  type PluginHost,
  type PluginInstance,
} from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { responseRatelimitingMetrics } from './entities.ts';
import { exhausted, type Limits, limitsOf } from './limits.ts';
import { createClusterPolicy } from './policies/cluster.ts';
import { createLocalPolicy } from './policies/local.ts';
import type { Policy } from './policies/policy.ts';
import { createRedisPolicy } from './policies/redis.ts';
import { config, entityChecks, policyField } from './schema.ts';
import { parseUsage } from './usage.ts';

type Config = StoredOf<typeof config>;

/** response-ratelimiting: limits what requests use up, by what the upstream says of each. */
export const responseRatelimiting = definePlugin({
  name: 'response-ratelimiting',
  version: kongVersion,
  priority: 900,
  config,
  config_without_database: { ...config, policy: policyField(['local', 'redis']) },
  entities: [responseRatelimitingMetrics],
  shorthand_fields: redisShorthands('response-ratelimiting'),
  entity_checks: entityChecks,
  setup(host) {
    const windows = createWindows();
    const clients = createRedisClients(host.log.child('response-ratelimiting'));
    return (stored, instance) => {
      const limits = limitsOf(stored.limits as Parameters<typeof limitsOf>[0]);
      const policy = createPolicy(stored, limits, instance, host, clients, windows);
      return createHandlers(stored, limits, policy, () => host.clock.now());
    };
  },
});

function createPolicy(
  { policy, redis }: Config,
  { cells }: Limits,
  instance: PluginInstance,
  host: PluginHost,
  clients: RedisClients,
  windows: Windows,
): Policy {
  if (policy === 'cluster')
    return createClusterPolicy(host.writer(responseRatelimitingMetrics), instance, cells, windows);
  const { routeId, serviceId } = instance;
  // Counters belong to what a configuration is attached to: configurations of one route and service share them.
  const prefix = `response-ratelimit:${routeId ?? nobody}:${serviceId ?? nobody}:`;
  if (policy !== 'redis' || redis === null) return createLocalPolicy(host.counters, prefix, cells, windows);
  return createRedisPolicy(clients.open(redis), prefix, cells, windows);
}

/** What is known of a request from one phase to the next. */
interface State {
  readonly identifier: string;
  /** Milliseconds since the epoch at which the request came: its windows are those of that moment. */
  readonly now: number;
  readonly remaining: ArrayLike<number>;
  /** What the upstream says was used up, by the index of each name; undefined as long as it did not. */
  used: readonly number[] | undefined;
}

function createHandlers(stored: Config, limits: Limits, policy: Policy, clock: () => number): Handlers {
  const { names, headers, cells } = limits;
  const headerName = stored.header_name ?? 'x-kong-limit';
  const blocksEarly = stored.block_on_first_violation;
  const isShown = !stored.hide_client_headers;

  function begin(kong: Kong, identifier: string, now: number, remaining: ArrayLike<number>): void {
    const stop = blocksEarly ? exhausted(cells, remaining) : -1;
    if (stop !== -1) return kong.response.error(429, `API rate limit exceeded for '${names[stop]!}'`);
    let at = 0;
    for (let name = 0; name < names.length; name++) {
      let least = Number.POSITIVE_INFINITY;
      for (; at < cells.length && cells[at]!.name === name; at++) least = Math.min(least, remaining[at]!);
      kong.response.setHeader(headers[name]!, least);
    }
    const state: State = { identifier, now, remaining, used: undefined };
    kong.ctx.plugin['state'] = state;
  }

  function tolerate(kong: Kong, fault: unknown): void {
    if (!stored.fault_tolerant) throw fault;
    kong.log.error(`failed to get usage: ${messageOf(fault)}`);
  }

  return {
    access(kong) {
      const now = clock();
      const identifier = identifierOf(kong, stored.limit_by);
      let remaining: ReturnType<Policy['remaining']>;
      try {
        remaining = policy.remaining(identifier, now);
      } catch (fault) {
        return tolerate(kong, fault);
      }
      if (!(remaining instanceof Promise)) return begin(kong, identifier, now, remaining);
      return remaining.then(
        (left) => begin(kong, identifier, now, left),
        (fault) => tolerate(kong, fault),
      );
    },

    headerFilter(kong) {
      const state = kong.ctx.plugin['state'] as State | undefined;
      if (state === undefined) return;
      const { remaining } = state;
      const used = parseUsage(kong.service.response.getHeader(headerName), names);
      let isOver = false;
      for (let at = 0; at < cells.length; at++) {
        const { name, limit, limitHeader, remainingHeader } = cells[at]!;
        if (isShown) {
          kong.response.setHeader(limitHeader, limit);
          kong.response.setHeader(remainingHeader, Math.max(0, remaining[at]! - used[name]!));
        }
        if (used[name]! > 0 && remaining[at]! <= 0) isOver = true;
      }
      kong.response.clearHeader(headerName);
      if (isOver) kong.response.exit(429);
      else state.used = used;
    },

    log(kong) {
      const { identifier, now, used } = (kong.ctx.plugin['state'] ?? {}) as Partial<State>;
      if (used === undefined || used.every((amount) => amount === 0)) return;
      return policy.add(identifier!, now!, used);
    },

    dispose: () => policy.close(),
  };
}

/** On whose account a request goes: the client's address where it has nothing better. */
function identifierOf(kong: Kong, limitBy: Config['limit_by']): string {
  const row =
    limitBy === 'consumer'
      ? (kong.client.getConsumer() ?? kong.client.getCredential())
      : limitBy === 'credential'
        ? kong.client.getCredential()
        : undefined;
  return row === undefined ? kong.client.getForwardedIp() : (row['id'] as string);
}
