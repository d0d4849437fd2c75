import type { WatchedAddress } from './watched-address.ts';
import type { WatchedTarget, WatchedUpstream } from './watched-upstream.ts';

/** Health in Kong's words. */
export type HealthWord = 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF' | 'DNS_ERROR';

interface Weights {
  readonly total: number;
  readonly available: number;
  readonly unavailable: number;
}

interface HostView<Address> {
  readonly host: string;
  readonly port: number;
  /** Type of the records, or why there are none. */
  readonly dns: string;
  readonly nodeWeight: number;
  readonly weight: Weights;
  readonly addresses: readonly Address[];
}

/** Why, and since when in seconds since the epoch; null where nothing ever happened. Kong says neither. */
interface Cause {
  readonly reason: string | null;
  readonly since: number | null;
}

interface Seen {
  readonly ip: string;
  readonly port: number;
  readonly weight: number;
}

/** The health of one target, named as in Kong's answers. */
export interface TargetHealth extends Cause {
  readonly health: HealthWord;
  readonly data: HostView<Seen & Cause & { readonly health: HealthWord }>;
}

/** The health of an upstream as a whole, named as in Kong's answers. */
export interface BalancerHealth {
  /** HEALTHCHECKS_OFF, else as `balancer_health`. */
  readonly health: HealthWord;
  readonly balancer_health: HealthWord;
  readonly id: string;
  readonly details: {
    readonly healthy: boolean;
    readonly weight: Weights;
    readonly hosts: readonly HostView<Seen & { readonly healthy: boolean }>[];
  };
}

/** The health of all targets of an upstream by their ids. */
export function targetHealths(upstream: WatchedUpstream): ReadonlyMap<string, TargetHealth> {
  const healths = new Map<string, TargetHealth>();
  for (const [id, target] of upstream.targets) healths.set(id, targetHealth(upstream, target));
  return healths;
}

function targetHealth(upstream: WatchedUpstream, target: WatchedTarget): TargetHealth {
  const data = hostView(target, (address, seen) => {
    const isWatched = upstream.policy.isOn && (target.row.weight ?? 100) > 0;
    const isOff = !isWatched && address.ejection.state !== 'out';
    const health = isOff ? 'HEALTHCHECKS_OFF' : address.isServing ? 'HEALTHY' : 'UNHEALTHY';
    return { ...seen, health, reason: address.reason ?? null, since: address.since } as const;
  });
  // One address that is up is enough for the target.
  const { addresses } = data;
  const telling =
    addresses.find(({ health }) => health === 'HEALTHY') ??
    addresses.find(({ health }) => health === 'UNHEALTHY') ??
    addresses[0];
  if (telling === undefined) {
    return { health: 'DNS_ERROR', reason: target.host.fault?.message ?? null, since: null, data };
  }
  const { health, reason, since } = telling;
  return { health, reason, since, data };
}

/** The health of an upstream as a whole. */
export function balancerHealth(upstream: WatchedUpstream): BalancerHealth {
  const { isHealthy, policy, row, targets, weight } = upstream;
  const verdict = isHealthy ? 'HEALTHY' : 'UNHEALTHY';
  return {
    health: policy.isOn ? verdict : 'HEALTHCHECKS_OFF',
    balancer_health: verdict,
    id: row.id,
    details: {
      healthy: isHealthy,
      weight: weights(weight.total, weight.available),
      hosts: Array.from(targets.values(), (target) =>
        hostView(target, ({ isServing }, seen) => ({ ...seen, healthy: isServing })),
      ),
    },
  };
}

function hostView<Address>(
  { row, host, addresses }: WatchedTarget,
  show: (address: WatchedAddress, seen: Seen) => Address,
): HostView<Address> {
  const shown: Address[] = [];
  let total = 0;
  let available = 0;
  for (const address of addresses.values()) {
    const { peer } = address;
    if (peer === undefined) continue;
    total += peer.weight;
    if (address.isServing) available += peer.weight;
    shown.push(show(address, { ip: peer.ip, port: peer.port, weight: peer.weight }));
  }
  return {
    host: host.name.includes(':') ? `[${host.name}]` : host.name,
    port: host.port,
    dns: host.recordType ?? host.fault?.message ?? 'unknown',
    nodeWeight: row.weight ?? 100,
    weight: weights(total, available),
    addresses: shown,
  };
}

function weights(total: number, available: number): Weights {
  return { total, available, unavailable: total - available };
}
