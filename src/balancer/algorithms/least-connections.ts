import type { BalancedPeer } from '../peer.ts';
import type { Algorithm } from './algorithm.ts';

/**
 * Creates the algorithm `least-connections`: the peer with the least (active + 1) / weight, as in Kong. Peers that are
 * equal by that measure take turns, lest a quiet gateway sends everything to the first.
 */
export function createLeastConnections(random: () => number): Algorithm {
  const start = random();
  let usable: readonly BalancedPeer[] = [];
  let turn = -1;

  return {
    update(peers) {
      usable = peers.filter((peer) => peer.available);
      if (turn === -1) turn = Math.floor(start * usable.length);
      if (turn >= usable.length) turn = 0;
    },
    pick(_hashKey, skipped) {
      let best: BalancedPeer | undefined;
      let bestAt = 0;
      let bestLoad = Number.POSITIVE_INFINITY;
      for (let left = usable.length, at = turn; left > 0; left--, at = at + 1 === usable.length ? 0 : at + 1) {
        const peer = usable[at]!;
        const load = (peer.active + 1) / peer.weight;
        if (load < bestLoad && (skipped.length === 0 || !skipped.includes(peer))) {
          best = peer;
          bestAt = at;
          bestLoad = load;
        }
      }
      turn = bestAt + 1 >= usable.length ? 0 : bestAt + 1;
      return best;
    },
  };
}
