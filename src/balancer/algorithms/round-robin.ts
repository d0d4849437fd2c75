import type { BalancedPeer } from '../peer.ts';
import type { Algorithm } from './algorithm.ts';

/**
 * Creates the algorithm `round-robin`. Peers of equal weight simply take turns; else in each round every peer is owed its
 * weight, and the one that is owed most pays back the whole round: picks come in proportion to the weights and well
 * mixed. `random` (0 to 1) decides who is first, lest all workers start with the same peer.
 */
export function createRoundRobin(random: () => number): Algorithm {
  const start = random();
  let usable: readonly BalancedPeer[] = [];
  let equal = true;
  let turn = -1;

  return {
    update(peers) {
      usable = peers.filter((peer) => peer.available);
      equal = usable.every((peer) => peer.weight === usable[0]!.weight);
      if (turn === -1) turn = Math.floor(start * usable.length);
      if (turn >= usable.length) turn = 0;
    },
    pick(_hashKey, skipped) {
      if (equal) {
        for (let left = usable.length; left > 0; left--) {
          const peer = usable[turn]!;
          turn = turn + 1 === usable.length ? 0 : turn + 1;
          if (skipped.length === 0 || !skipped.includes(peer)) return peer;
        }
        return undefined;
      }
      let best: BalancedPeer | undefined;
      let round = 0;
      for (const peer of usable) {
        if (skipped.length > 0 && skipped.includes(peer)) continue;
        peer.owed += peer.weight;
        round += peer.weight;
        if (best === undefined || peer.owed > best.owed) best = peer;
      }
      if (best !== undefined) best.owed -= round;
      return best;
    },
  };
}
