import type { Algorithm, Choice } from './algorithms/algorithm.ts';
import type { UpstreamRow } from './balancers.ts';
import type { BalancedPeer, Peer, PeerOwner, TryResult } from './peer.ts';

/** Picks peers for the requests of one upstream, or of one host. */
export interface Balancer {
  /** The `upstreams` row; undefined for the host of a service that is no upstream. */
  readonly upstream: UpstreamRow | undefined;
  /** All peers, in no particular order: also those without weight and the unavailable ones. */
  readonly peers: readonly Peer[];
  /**
   * Picks a peer and counts it as active until it is released. Peers in `choice.tried` are left out as long as there are
   * others. Answers at once unless a name must be resolved first.
   * @throws GibbonError, at once or by rejection: `ERR_BALANCER_NO_PEER` (503) when no target may get traffic;
   * `ERR_DNS_NOT_FOUND` (503) or `ERR_DNS_FAILED` (500) when the host of a service has no address.
   */
  next(choice: Choice): Peer | Promise<Peer>;
  /** Lets a peer have traffic, or keeps it from traffic: the verdict of health checks. */
  setAvailable(peer: Peer, available: boolean): void;
}

/** Hears how each try ended; where passive health checks come in. */
export type TryObserver = (balancer: Balancer, peer: Peer, result: TryResult, status: number) => void;

/** The peers of a balancer under an algorithm: what every kind of balancer is made of. */
export interface Pool extends PeerOwner {
  readonly peers: readonly BalancedPeer[];
  /** Takes over these peers, their weights and whether they are available. */
  update(peers: readonly BalancedPeer[]): void;
  setAlgorithm(algorithm: Algorithm): void;
  /** Percentage of the weight that must be more than reached by available peers. */
  setThreshold(percent: number): void;
  setAvailable(peer: Peer, available: boolean): void;
  /** A peer, counted as active; undefined when none may have traffic. */
  pick(choice: Choice): BalancedPeer | undefined;
}

/** True when more than `threshold` per cent of the weight are available (Kong 3.9). */
export function hasEnough(available: number, total: number, threshold: number): boolean {
  return total > 0 && (available / total) * 100 > threshold;
}

/** Creates a {@link Pool} without peers. */
export function createPool(initial: Algorithm, observe: PeerOwner['reported']): Pool {
  const nobody: readonly Peer[] = [];
  let algorithm = initial;
  let peers: readonly BalancedPeer[] = [];
  let threshold = 0;
  let isHealthy = false;

  function rebuild(): void {
    const weighty = peers.filter((peer) => peer.weight > 0);
    let total = 0;
    let available = 0;
    for (const peer of weighty) {
      total += peer.weight;
      if (peer.available) available += peer.weight;
    }
    isHealthy = hasEnough(available, total, threshold);
    algorithm.update(weighty);
  }

  return {
    get peers() {
      return peers;
    },
    update(given) {
      peers = given;
      rebuild();
    },
    setAlgorithm(given) {
      algorithm = given;
      rebuild();
    },
    setThreshold(percent) {
      threshold = percent;
      rebuild();
    },
    setAvailable(peer, available) {
      const own = peers.find((candidate) => candidate === peer);
      if (own === undefined || own.available === available) return;
      own.available = available;
      rebuild();
    },
    pick(choice) {
      if (!isHealthy) return undefined;
      let peer = algorithm.pick(choice.hashKey, choice.tried);
      // When all have failed this request, one of them is still better than giving up before the retries are used up.
      if (peer === undefined && choice.tried.length > 0) peer = algorithm.pick(choice.hashKey, nobody);
      if (peer !== undefined) peer.active++;
      return peer;
    },
    reported(peer, result, status, latencyMs) {
      if (result === 'answered') algorithm.observe?.(peer, latencyMs);
      observe(peer, result, status, latencyMs);
    },
  };
}
