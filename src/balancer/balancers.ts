import type { Resolver } from '../dns/index.ts';
import { type Clock, createLru, type Lru, systemClock } from '../kernel/index.ts';
import type { Balancer, TryObserver } from './balancer.ts';
import type { HealthVerdict } from './health/messages.ts';
import type { HealthcheckFields } from './health/policy.ts';
import { createWatcher, type WatcherOptions } from './health/watcher.ts';
import { createHostBalancer } from './host-balancer.ts';
import type { Peer } from './peer.ts';
import { createUpstreamBalancer, type UpstreamBalancer } from './upstream-balancer.ts';

/** What balancing reads of an `upstreams` row; the rest is for others to read off {@link Balancer.upstream}. */
export interface UpstreamRow {
  readonly id: string;
  readonly name: string;
  /** `round-robin` unless it is one of the others. */
  readonly algorithm?: string | null;
  readonly use_srv_name?: boolean | null;
  readonly healthchecks?: HealthcheckFields | null;
  /** Sent by active checks in place of a target's name. */
  readonly host_header?: string | null;
  /** Shown by active checks that ask for it. */
  readonly client_certificate?: { readonly id: string } | null;
}

/** What balancing reads of a `targets` row. */
export interface TargetRow {
  readonly id: string;
  readonly upstream: { readonly id: string };
  /** `host:port`, IPv6 in brackets. */
  readonly target: string;
  readonly weight?: number | null;
}

/** What {@link createBalancers} needs. */
export interface BalancersOptions {
  readonly resolver: Resolver;
  readonly clock?: Clock;
  /** A number from 0 to 1; Math.random unless told. */
  readonly random?: () => number;
  /** Hears how each try ended. */
  readonly observe?: TryObserver;
  /** Where passive health checks tell what they see; without it there are none. */
  readonly health?: WatcherOptions;
  /** Called when an address is gone from its balancer: its idle connections may be closed. */
  readonly onGone?: (peer: Peer) => void;
}

/** All balancers of a worker, kept up to date by rows. */
export interface Balancers {
  /** Adds or replaces an upstream; the peers of its targets stay as they are. */
  putUpstream(row: UpstreamRow): void;
  /** Drops an upstream with its targets. */
  deleteUpstream(id: string): void;
  /** Adds or replaces a target, which may come before its upstream. Peers of other targets are not touched. */
  putTarget(row: TargetRow): void;
  deleteTarget(row: Pick<TargetRow, 'id' | 'upstream'>): void;
  byName(name: string): Balancer | undefined;
  byId(id: string): Balancer | undefined;
  /** The balancer of a host that is no upstream; keep it with the service rather than ask for each request. */
  peersForHost(host: string, port: number): Balancer;
  /** Takes over what the node thinks of addresses, also of ones that are yet to come. */
  takeVerdicts(verdicts: readonly HealthVerdict[]): void;
  /** Follows the changes of names among the targets; to be called about once a second. */
  refresh(): void;
}

/** How many hosts that are no upstreams are remembered; they come from services, and from plugins that pick one. */
const hostCapacity = 10_000;

/** Creates {@link Balancers} without upstreams. */
export function createBalancers(options: BalancersOptions): Balancers {
  const watcher = options.health === undefined ? undefined : createWatcher(options.health);
  const parts = {
    resolver: options.resolver,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    observe: options.observe,
    watcher,
    onGone: options.onGone ?? (() => {}),
  };
  const byId = new Map<string, UpstreamBalancer>();
  const byName = new Map<string, UpstreamBalancer>();
  /** Targets whose upstream is not there yet, by its id. */
  const waiting = new Map<string, Map<string, TargetRow>>();
  const hosts: Lru<string, Balancer> = createLru(hostCapacity);

  function forgetName(balancer: UpstreamBalancer): void {
    const { name } = balancer.upstream;
    if (byName.get(name) === balancer) byName.delete(name);
  }

  return {
    putUpstream(row) {
      let balancer = byId.get(row.id);
      if (balancer === undefined) {
        balancer = createUpstreamBalancer(row, parts);
        byId.set(row.id, balancer);
        for (const target of waiting.get(row.id)?.values() ?? []) balancer.putTarget(target);
        waiting.delete(row.id);
      } else {
        forgetName(balancer);
        balancer.putUpstream(row);
      }
      byName.set(row.name, balancer);
    },
    deleteUpstream(id) {
      waiting.delete(id);
      watcher?.forget(id);
      const balancer = byId.get(id);
      if (balancer === undefined) return;
      byId.delete(id);
      forgetName(balancer);
      balancer.close();
    },
    putTarget(row) {
      const balancer = byId.get(row.upstream.id);
      if (balancer !== undefined) {
        balancer.putTarget(row);
        return;
      }
      let rows = waiting.get(row.upstream.id);
      if (rows === undefined) {
        rows = new Map();
        waiting.set(row.upstream.id, rows);
      }
      rows.set(row.id, row);
    },
    deleteTarget(row) {
      byId.get(row.upstream.id)?.deleteTarget(row.id);
      const rows = waiting.get(row.upstream.id);
      if (rows?.delete(row.id) && rows.size === 0) waiting.delete(row.upstream.id);
    },
    byName: (name) => byName.get(name),
    byId: (id) => byId.get(id),
    peersForHost(host, port) {
      const key = `${host}:${port}`;
      let balancer = hosts.get(key);
      if (balancer === undefined) {
        balancer = createHostBalancer(host, port, parts);
        hosts.set(key, balancer);
      }
      return balancer;
    },
    takeVerdicts(verdicts) {
      for (const verdict of verdicts) {
        watcher?.take(verdict);
        byId.get(verdict.upstreamId)?.takeVerdict(verdict);
      }
    },
    refresh() {
      for (const balancer of byId.values()) balancer.refresh();
    },
  };
}
