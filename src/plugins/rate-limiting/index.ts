import { messageOf } from '../../kernel/index.ts';
import { createRedisClients, type RedisClients } from '../../kits/redis/index.ts';
import { createWindows, nobody, orderProblem, type Windows } from '../../kits/windows/index.ts';
import { definePlugin, type Kong, kongVersion, type PluginHost, type PluginInstance } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { ratelimitingMetrics } from './entities.ts';
import { createIdentifier } from './identifier.ts';
import { exhausted, limitsOf, secondsToReset, shownRemaining, tightest } from './limit.ts';
import { createClusterPolicy } from './policies/cluster.ts';
import { createLocalPolicy } from './policies/local.ts';
import type { Policy } from './policies/policy.ts';
import { createRedisPolicy } from './policies/redis.ts';
import { createSyncedPolicy } from './policies/synced.ts';
import { config, entityChecks, policyField, shorthandFields } from './schema.ts';

type Config = StoredOf<typeof config>;

/** rate-limiting: lets so many requests through in a second, minute, hour, day, month or year. */
export const rateLimiting = definePlugin({
  name: 'rate-limiting',
  version: kongVersion,
  priority: 910,
  config,
  config_without_database: { ...config, policy: policyField(['local', 'redis']) },
  entities: [ratelimitingMetrics],
  shorthand_fields: shorthandFields,
  entity_checks: entityChecks,
  custom_validator: checkConfig,
  setup(host) {
    const windows = createWindows();
    const clients = createRedisClients(host.log.child('rate-limiting'));
    return (stored, instance) => {
      const policy = createPolicy(stored, instance, host, clients, windows);
      return { access: createAccess(stored, policy, windows, () => host.clock.now()), dispose: () => policy.close() };
    };
  },
});

function createPolicy(
  stored: Config,
  instance: PluginInstance,
  host: PluginHost,
  clients: RedisClients,
  windows: Windows,
): Policy {
  const prefix = keyPrefix(instance);
  const limits = limitsOf(stored);
  const isSliding = stored.window_type === 'sliding';
  const { redis, sync_rate: syncRate } = stored;
  if (stored.policy === 'cluster') {
    return createClusterPolicy(host.writer(ratelimitingMetrics), instance, limits, windows, isSliding);
  }
  if (stored.policy !== 'redis' || redis === null) {
    return createLocalPolicy(host.counters, prefix, limits, windows, isSliding);
  }
  const client = clients.open(redis);
  if (syncRate === -1) return createRedisPolicy(client, prefix, limits, windows, isSliding);
  return createSyncedPolicy({ client, prefix, limits, windows, interval: syncRate * 1000, host });
}

function checkConfig(given: Config): string | undefined {
  const problem = orderProblem(given, 'The');
  if (problem !== undefined) return problem;
  if (given.policy !== 'redis') {
    return given.sync_rate === -1 ? undefined : 'sync_rate can only be used with the redis policy';
  }
  if (given.sync_rate === -1) return undefined;
  if (given.sync_rate < 0.02) return 'sync_rate must be greater than 0.02, or -1 to disable';
  return given.window_type === 'sliding' ? 'sync_rate can only be used with the fixed window_type' : undefined;
}

/** Counters belong to what a configuration is attached to: configurations of one route and service share them. */
function keyPrefix({ routeId, serviceId }: PluginInstance): string {
  return `ratelimit:${routeId ?? nobody}:${serviceId ?? nobody}:`;
}

function createAccess(
  stored: Config,
  policy: Policy,
  windows: Windows,
  clock: () => number,
): (kong: Kong) => void | Promise<void> {
  const limits = limitsOf(stored);
  const identify = createIdentifier(stored);
  const isShown = !stored.hide_client_headers;
  const errorCode = stored.error_code ?? 429;
  const errorMessage = stored.error_message ?? 'API rate limit exceeded';

  function judge(kong: Kong, remaining: ArrayLike<number>, now: number): void {
    const stop = exhausted(remaining);
    if (isShown) tell(kong, remaining, stop, now);
    if (stop !== -1) kong.response.error(errorCode, errorMessage);
  }

  function tell(kong: Kong, remaining: ArrayLike<number>, stop: number, now: number): void {
    const { response } = kong;
    for (let at = 0; at < limits.length; at++) {
      const limit = limits[at]!;
      response.setHeader(limit.limitHeader, limit.limit);
      response.setHeader(limit.remainingHeader, shownRemaining(remaining[at]!, at, stop));
    }
    const at = tightest(remaining, stop);
    const { limit, period } = limits[at]!;
    windows.moveTo(now);
    const reset = secondsToReset(period, windows.starts[period]!, now);
    response.setHeader('RateLimit-Limit', limit);
    response.setHeader('RateLimit-Remaining', shownRemaining(remaining[at]!, at, stop));
    response.setHeader('RateLimit-Reset', reset);
    if (stop !== -1) response.setHeader('Retry-After', reset);
  }

  function tolerate(kong: Kong, fault: unknown): void {
    if (!stored.fault_tolerant) throw fault;
    kong.log.error(`failed to get usage: ${messageOf(fault)}`);
  }

  return (kong) => {
    const now = clock();
    let remaining: ReturnType<Policy['take']>;
    try {
      remaining = policy.take(identify(kong), now);
    } catch (fault) {
      return tolerate(kong, fault);
    }
    if (!(remaining instanceof Promise)) return judge(kong, remaining, now);
    return remaining.then(
      (left) => judge(kong, left, now),
      (fault) => tolerate(kong, fault),
    );
  };
}
