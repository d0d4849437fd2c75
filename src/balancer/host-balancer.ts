import type { Resolver } from '../dns/index.ts';
import { createRoundRobin } from './algorithms/round-robin.ts';
import { type Balancer, createPool, type TryObserver } from './balancer.ts';
import { unresolvedHost } from './errors.ts';
import { createHost } from './host.ts';
import type { Peer } from './peer.ts';

/** What {@link createHostBalancer} needs. */
export interface HostBalancerOptions {
  readonly resolver: Resolver;
  readonly random: () => number;
  readonly observe: TryObserver | undefined;
  readonly onGone: (peer: Peer) => void;
}

/** A balancer over the addresses of one host: they take turns; SRV records by their weights. */
export function createHostBalancer(name: string, port: number, options: HostBalancerOptions): Balancer {
  const pool = createPool(
    createRoundRobin(options.random),
    () => host.peers,
    (peer, result, status) => options.observe?.(balancer, peer, result, status),
  );
  const host = createHost({
    name,
    port,
    weight: 1,
    targetId: undefined,
    useSrvName: false,
    resolver: options.resolver,
    owner: pool,
    onChange: () => pool.changed(),
    onGone: options.onGone,
  });
  const balancer: Balancer = {
    upstream: undefined,
    get peers() {
      return host.peers;
    },
    setAvailable: (peer, available) => pool.setAvailable(peer, available),
    next(choice) {
      // The resolver knows what is fresh; it hands out the same array until something changed.
      host.refresh();
      const peer = pool.pick(choice);
      if (peer !== undefined) return peer;
      if (host.pending === undefined) throw unresolvedHost(name, host.fault);
      return host.pending.then(() => {
        const late = pool.pick(choice);
        if (late === undefined) throw unresolvedHost(name, host.fault);
        return late;
      });
    },
  };
  return balancer;
}
