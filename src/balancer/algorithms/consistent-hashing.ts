import { hashText, mix } from '../../kernel/index.ts';
import type { BalancedPeer } from '../peer.ts';
import type { Algorithm } from './algorithm.ts';

/**
 * Creates the algorithm `consistent-hashing`: every peer draws a number for the key by hash, and the highest one, weighed,
 * wins (rendezvous hashing). So a peer that comes takes keys from all others in proportion, one that goes leaves its keys
 * to all others in proportion, and no other key moves. All workers and nodes with the same peers agree.
 *
 * Kong has a ring of points for the same purpose; its shares were 10 to 70 per cent off where these are off by what chance
 * allows, and it leaves all keys of a peer that fails to a few neighbours.
 */
export function createConsistentHashing(): Algorithm {
  let usable: readonly BalancedPeer[] = [];
  let seeds = new Uint32Array(0);
  let isEqual = true;

  return {
    update(peers) {
      usable = peers.filter((peer) => peer.available);
      seeds = Uint32Array.from(usable, (peer) => hashText(`${peer.host} ${peer.ip}:${peer.port}`));
      isEqual = usable.every((peer) => peer.weight === usable[0]!.weight);
    },
    pick(hashKey, skipped) {
      const hash = hashText(hashKey ?? '');
      let best = -1;
      let bestScore = -1;
      for (let at = 0; at < usable.length; at++) {
        const drawn = mix(hash ^ seeds[at]!);
        // An exponential variable of rate `weight`: its chance of being the least is the peer's share of the weight.
        const score = isEqual ? drawn : usable[at]!.weight / -Math.log((drawn + 0.5) / 2 ** 32);
        if (score <= bestScore || (skipped.length > 0 && skipped.includes(usable[at]!))) continue;
        best = at;
        bestScore = score;
      }
      return best === -1 ? undefined : usable[best];
    },
  };
}
