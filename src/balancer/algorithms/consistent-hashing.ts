import { hashText } from '../../kernel/index.ts';
import type { BalancedPeer } from '../peer.ts';
import type { Algorithm } from './algorithm.ts';

/** Points that a peer of average weight gets on the ring (Kong 3.9); fewer when the ring would get crowded. */
const pointsEach = 160;
/** The least number of slots that a ring has, whatever `slots` says (Kong 3.9). */
const minSlots = 1000;

/**
 * Creates the algorithm `consistent-hashing`: a ring of `slots` on which every peer has points by hash, in proportion to
 * its weight. A key belongs to the next peer at or before its own slot, and to the one before that while that peer is
 * unavailable or skipped; a change of peers moves few keys. All workers and nodes with the same peers agree.
 */
export function createConsistentHashing(slots: number): Algorithm {
  const size = Math.max(slots, minSlots);
  /** The owner of each slot. Points are spread out over the free slots after them, so that no pick has to search. */
  let ring: readonly BalancedPeer[] = [];
  let members: readonly BalancedPeer[] = [];
  let weights: readonly number[] = [];

  return {
    update(peers) {
      const unchanged =
        peers.length === members.length &&
        peers.every((peer, at) => peer === members[at] && peer.weight === weights[at]);
      // Availability is looked at on each pick and must not move keys among the others.
      if (unchanged) return;
      members = [...peers];
      weights = peers.map((peer) => peer.weight);
      ring = buildRing(peers, size);
    },
    pick(hashKey, skipped) {
      if (ring.length === 0) return undefined;
      const start = hashText(hashKey ?? '') % size;
      for (let step = 0; step < size; step++) {
        const peer = ring[start >= step ? start - step : start - step + size]!;
        if (peer.available && (skipped.length === 0 || !skipped.includes(peer))) return peer;
      }
      return undefined;
    },
  };
}

function buildRing(peers: readonly BalancedPeer[], size: number): readonly BalancedPeer[] {
  if (peers.length === 0) return [];
  const points = new Array<BalancedPeer | undefined>(size).fill(undefined);
  const total = peers.reduce((sum, peer) => sum + peer.weight, 0);
  const share = Math.min(pointsEach, size / 2 / peers.length);
  // In an order of its own, so that who wins a contested slot does not depend on the order of rows or records.
  const named = peers.map((peer) => ({ peer, name: `${peer.ip}:${peer.port}` }));
  named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  let free = size;
  for (const { peer, name } of named) {
    const wanted = Math.max(1, Math.floor((peer.weight / total) * peers.length * share));
    for (let point = 1; point <= wanted && free > 0; point++, free--) {
      let at = hashText(`${name} ${point}`) % size;
      while (points[at] !== undefined) at = at + 1 === size ? 0 : at + 1;
      points[at] = peer;
    }
  }
  let owner = points.findLast((peer) => peer !== undefined)!;
  return points.map((peer) => {
    owner = peer ?? owner;
    return owner;
  });
}
