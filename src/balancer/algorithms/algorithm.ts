import type { BalancedPeer, Peer } from '../peer.ts';

/** What a pick depends on; a request may be its own choice, so that picking allocates nothing. */
export interface Choice {
  /** What consistent hashing hashes; "" counts when it is undefined, as in Kong. */
  readonly hashKey: string | undefined;
  /** Peers that already failed this request. */
  readonly tried: readonly Peer[];
}

/** The choice of a first try without a hash key. */
export const anyPeer: Choice = Object.freeze({ hashKey: undefined, tried: Object.freeze([]) });

/** A way of choosing among peers. */
export interface Algorithm {
  /** Takes over all peers of positive weight; called after every change of peers, weights or availability. */
  update(peers: readonly BalancedPeer[]): void;
  /** An available peer that is not among `skipped`; undefined when there is none. */
  pick(hashKey: string | undefined, skipped: readonly Peer[]): BalancedPeer | undefined;
  /** Hears of each answer's latency, in milliseconds. */
  observe?(peer: BalancedPeer, latencyMs: number): void;
}
