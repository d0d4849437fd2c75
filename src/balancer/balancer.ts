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
  /**
   * Peers, their weights or whether they are available changed. However many changes come in one go, peers are gathered
   * and the algorithm is told once: when the present task of the event loop is over, or at the next pick before that.
   */
  changed(): void;
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

/** Creates a {@link Pool} of whatever `gather` finds. */
export function createPool(
  initial: Algorithm,
  gather: () => readonly BalancedPeer[],
  observe: PeerOwner['reported'],
): Pool {
  const nobody: readonly Peer[] = [];
  let algorithm = initial;
  let peers: readonly BalancedPeer[] = [];
  let threshold = 0;
  let isHealthy = false;
  let isStale = false;

  function changed(): void {
    if (isStale) return;
    isStale = true;
    queueMicrotask(refresh);
  }

  function refresh(): void {
    if (!isStale) return;
    isStale = false;
    peers = gather();
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

  /** Lets one request at a time try out a peer after its ejection, and finds another peer for the others. */
  function besidesTrials(first: BalancedPeer, { hashKey, tried }: Choice): BalancedPeer | undefined {
    const busy: Peer[] = [];
    for (let peer: BalancedPeer | undefined = first; peer !== undefined; ) {
      if (peer.trials !== 0) {
        if (peer.trials > 0) peer.trials = 0;
        return peer;
      }
      busy.push(peer);
      peer = algorithm.pick(hashKey, [...tried, ...busy]) ?? algorithm.pick(hashKey, busy);
    }
    return undefined;
  }

  return {
    get peers() {
      refresh();
      return peers;
    },
    changed,
    setAlgorithm(given) {
      algorithm = given;
      changed();
    },
    setThreshold(percent) {
      threshold = percent;
      changed();
    },
    setAvailable(peer, available) {
      if (peer.available === available) return;
      (peer as BalancedPeer).available = available;
      changed();
    },
    pick(choice) {
      if (isStale) refresh();
      if (!isHealthy) return undefined;
      let peer = algorithm.pick(choice.hashKey, choice.tried);
      // When all have failed this request, one of them is still better than giving up before the retries are used up.
      if (peer === undefined && choice.tried.length > 0) peer = algorithm.pick(choice.hashKey, nobody);
      if (peer === undefined) return undefined;
      if (peer.trials >= 0) {
        peer = besidesTrials(peer, choice);
        if (peer === undefined) return undefined;
      }
      peer.active++;
      return peer;
    },
    reported(peer, result, status, latencyMs, ejection) {
      if (result === 'answered') algorithm.observe?.(peer, latencyMs);
      observe(peer, result, status, latencyMs, ejection);
    },
  };
}
