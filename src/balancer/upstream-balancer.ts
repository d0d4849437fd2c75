import type { Resolver } from '../dns/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Algorithm, Choice } from './algorithms/algorithm.ts';
import { createConsistentHashing } from './algorithms/consistent-hashing.ts';
import { createLatency } from './algorithms/latency.ts';
import { createLeastConnections } from './algorithms/least-connections.ts';
import { createRoundRobin } from './algorithms/round-robin.ts';
import { type Balancer, createPool, type TryObserver } from './balancer.ts';
import type { TargetRow, UpstreamRow } from './balancers.ts';
import { noPeer } from './errors.ts';
import { addressKey, type HealthVerdict, mayServe } from './health/messages.ts';
import { healthPolicy } from './health/policy.ts';
import { mark, type Watcher } from './health/watcher.ts';
import { createHost, type Host, parseTarget } from './host.ts';
import type { Peer } from './peer.ts';

/** What {@link createUpstreamBalancer} needs. */
export interface UpstreamBalancerOptions {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly random: () => number;
  readonly observe: TryObserver | undefined;
  readonly watcher: Watcher | undefined;
  readonly onGone: (peer: Peer) => void;
}

/** A balancer over the targets of one upstream. */
export interface UpstreamBalancer extends Balancer {
  readonly upstream: UpstreamRow;
  /** Takes over a changed row; peers stay. */
  putUpstream(row: UpstreamRow): void;
  putTarget(row: TargetRow): void;
  deleteTarget(id: string): void;
  /** Marks the peer at an address, if there is one. */
  takeVerdict(verdict: HealthVerdict): void;
  /** Follows the changes of names. */
  refresh(): void;
  close(): void;
}

interface Target {
  readonly row: TargetRow;
  readonly host: Host;
}

const defaultWeight = 100;

/** Creates an {@link UpstreamBalancer} without targets. */
export function createUpstreamBalancer(first: UpstreamRow, options: UpstreamBalancerOptions): UpstreamBalancer {
  const { onGone } = options;
  const targets = new Map<string, Target>();
  let upstream = first;
  let policy = healthPolicy(first.healthchecks);
  const { watcher } = options;
  const pool = createPool(
    algorithmOf(first, options),
    () => [...targets.values()].flatMap(({ host }) => host.peers),
    (peer, result, status, _latencyMs, ejection) => {
      if (policy.isOn || ejection !== undefined || peer.isSuspect) {
        const hasFailed = watcher?.noticed(upstream.id, policy, peer, result, status, ejection);
        // A failed trial is over for this worker at once; the verdict follows.
        if (hasFailed === true && peer.trials >= 0) pool.setAvailable(peer, false);
      }
      options.observe?.(balancer, peer, result, status);
    },
  );
  pool.setThreshold(policy.threshold);

  function addTarget(row: TargetRow): void {
    const host = createHost({
      ...parseTarget(row.target),
      weight: row.weight ?? defaultWeight,
      targetId: row.id,
      useSrvName: upstream.use_srv_name === true,
      resolver: options.resolver,
      owner: pool,
      onNew: (peer) => watcher?.welcome(first.id, peer),
      onChange: () => pool.changed(),
      onGone,
    });
    targets.set(row.id, { row, host });
    host.refresh();
  }

  function removeTarget(id: string): void {
    const known = targets.get(id);
    if (known === undefined) return;
    targets.delete(id);
    known.host.close();
    pool.changed();
  }

  function refresh(): void {
    for (const { host } of targets.values()) host.refresh();
  }

  function awaited(): Promise<void>[] {
    const all: Promise<void>[] = [];
    for (const { host } of targets.values()) if (host.pending !== undefined) all.push(host.pending);
    return all;
  }

  /** Waits until the first name that gives a peer is resolved, not for all of them. */
  async function nextResolved(choice: Choice): Promise<Peer> {
    for (let pending = awaited(); pending.length > 0; pending = awaited()) {
      await Promise.race(pending);
      const peer = pool.pick(choice);
      if (peer !== undefined) return peer;
    }
    throw noPeer();
  }

  const balancer: UpstreamBalancer = {
    get upstream() {
      return upstream;
    },
    get peers() {
      return pool.peers;
    },
    setAvailable: (peer, available) => pool.setAvailable(peer, available),
    next(choice) {
      const peer = pool.pick(choice);
      if (peer !== undefined) return peer;
      refresh();
      const refreshed = pool.pick(choice);
      if (refreshed !== undefined) return refreshed;
      if (awaited().length === 0) throw noPeer();
      return nextResolved(choice);
    },
    putUpstream(row) {
      const former = upstream;
      upstream = row;
      policy = healthPolicy(row.healthchecks);
      pool.setThreshold(policy.threshold);
      if (row.algorithm !== former.algorithm) {
        pool.setAlgorithm(algorithmOf(row, options));
      }
      for (const { host } of targets.values()) host.setUseSrvName(row.use_srv_name === true);
    },
    putTarget(row) {
      const known = targets.get(row.id);
      if (known !== undefined && known.row.target === row.target) {
        targets.set(row.id, { row, host: known.host });
        known.host.setWeight(row.weight ?? defaultWeight);
        return;
      }
      removeTarget(row.id);
      addTarget(row);
    },
    deleteTarget: removeTarget,
    takeVerdict(verdict) {
      const key = addressKey(verdict);
      for (const peer of targets.get(verdict.targetId)?.host.peers ?? []) {
        if (addressKey(peer) !== key) continue;
        mark(peer, verdict);
        pool.setAvailable(peer, mayServe(verdict));
      }
    },
    refresh,
    close() {
      for (const id of [...targets.keys()]) removeTarget(id);
    },
  };
  return balancer;
}

function algorithmOf(row: UpstreamRow, options: UpstreamBalancerOptions): Algorithm {
  switch (row.algorithm) {
    case 'least-connections':
      return createLeastConnections(options.random);
    case 'consistent-hashing':
      return createConsistentHashing();
    case 'latency':
      return createLatency(options.clock, options.random);
    default:
      return createRoundRobin(options.random);
  }
}
