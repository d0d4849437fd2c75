import type { Clock } from '../../kernel/index.ts';
import type { BalancedPeer, Peer } from '../peer.ts';
import type { Algorithm } from './algorithm.ts';

/** Seconds after which an old measurement counts about a third (Kong 3.9). */
const decaySeconds = 10;

/**
 * Creates the algorithm `latency`: of two peers, one whose turn it is and one drawn at random, the one whose answers came
 * faster of late: a moving average in which measurements fade over ten seconds, and which itself fades while no answers come, so that a slow peer
 * is tried again. A new peer starts with the average of the others.
 */
export function createLatency(clock: Clock, random: () => number): Algorithm {
  let usable: readonly BalancedPeer[] = [];
  let turn = -1;

  function score(peer: BalancedPeer, now: number): number {
    return peer.average * Math.exp((peer.averagedAt - now) / 1000 / decaySeconds) * (1 / peer.weight);
  }

  function candidate(
    start: number,
    skipped: readonly Peer[],
    other: BalancedPeer | undefined,
  ): BalancedPeer | undefined {
    for (let step = 0; step < usable.length; step++) {
      const peer = usable[(start + step) % usable.length]!;
      if (peer !== other && (skipped.length === 0 || !skipped.includes(peer))) return peer;
    }
    return undefined;
  }

  return {
    update(peers) {
      usable = peers.filter((peer) => peer.available);
      if (turn === -1) turn = Math.floor(random() * usable.length);
      const measured = usable.filter((peer) => peer.average > 0);
      if (measured.length === 0) return;
      const average = measured.reduce((sum, peer) => sum + peer.average, 0) / measured.length;
      const now = clock.monotonic();
      for (const peer of usable) {
        if (peer.average > 0) continue;
        peer.average = average;
        peer.averagedAt = now;
      }
    },
    pick(_hashKey, skipped) {
      if (usable.length === 1) return skipped.includes(usable[0]!) ? undefined : usable[0];
      turn = turn + 1 >= usable.length ? 0 : turn + 1;
      const one = candidate(turn, skipped, undefined);
      const two = candidate(Math.floor(random() * usable.length), skipped, one);
      if (one === undefined || two === undefined) return one;
      const now = clock.monotonic();
      return score(two, now) < score(one, now) ? two : one;
    },
    observe(peer, latencyMs) {
      const now = clock.monotonic();
      const kept = peer.average === 0 ? 0 : Math.exp((peer.averagedAt - now) / 1000 / decaySeconds);
      peer.average = peer.average * kept + latencyMs * (1 - kept);
      peer.averagedAt = now;
    },
  };
}
