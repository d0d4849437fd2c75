import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BalancedPeer, type Peer } from '../peer.ts';
import type { Algorithm } from './algorithm.ts';

/** Peers 10.0.0.1, 10.0.0.2 ... of the given weights. */
export function createPeers(...weights: number[]): BalancedPeer[] {
  return weights.map((weight, at) => {
    const ip = `10.0.${at >> 8}.${(at & 255) + 1}`;
    return createPeer(ip, weight);
  });
}

/** A peer at port 80 that belongs to nobody. */
export function createPeer(ip: string, weight: number): BalancedPeer {
  return new BalancedPeer({ ip, port: 80, host: ip, targetId: undefined, weight }, { reported() {} });
}

/** A repeatable sequence of numbers from 0 to 1. */
export function createRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** How often each peer comes up in `picks` picks that are released at once, or held for good. */
export function count(algorithm: Algorithm, picks: number, isHeld = false): Map<Peer, number> {
  const counts = new Map<Peer, number>();
  for (let pick = 0; pick < picks; pick++) {
    const peer = algorithm.pick(`key ${pick}`, [])!;
    if (isHeld) peer.active++;
    counts.set(peer, (counts.get(peer) ?? 0) + 1);
  }
  return counts;
}

/** Asserts that shares are those of the weights within `tolerance` (0.02 is two per cent of the share). */
export function assertShares(peers: readonly Peer[], counts: Map<Peer, number>, tolerance: number): void {
  const weight = peers.reduce((sum, peer) => sum + peer.weight, 0);
  const picks = [...counts.values()].reduce((sum, each) => sum + each, 0);
  for (const peer of peers) {
    const expected = (picks * peer.weight) / weight;
    const got = counts.get(peer) ?? 0;
    assert.ok(Math.abs(got - expected) <= expected * tolerance, `${peer.ip} got ${got}, not ${expected}`);
  }
}

/** Picks over which shares are measured. */
export const picks = 20_000;

/** Asserts that shares are those of the weights within two per cent of all picks. */
export function assertEven(peers: readonly Peer[], counts: Map<Peer, number>): void {
  const weight = peers.reduce((sum, peer) => sum + peer.weight, 0);
  for (const peer of peers) {
    const expected = (picks * peer.weight) / weight;
    const got = counts.get(peer) ?? 0;
    assert.ok(Math.abs(got - expected) <= picks * 0.02, `${peer.ip} got ${got}, not ${expected}`);
  }
}

/** What holds for every algorithm; `weighs` is false for one in which weights are no shares. */
export function describeAlgorithm(name: string, create: () => Algorithm, { weighs = true } = {}): void {
  describe(`algorithm ${name}`, () => {
    for (const weights of [
      [1, 1],
      [100, 100, 100, 100],
      new Array<number>(10).fill(7),
      ...(weighs
        ? [
            [100, 50, 25, 25],
            [1, 2, 3, 4, 5],
            [0, 10, 0, 30],
          ]
        : []),
    ]) {
      it(`keeps to the weights ${weights.join()} within 2 % over 20,000 picks`, () => {
        const algorithm = create();
        const peers = createPeers(...weights).filter((peer) => peer.weight > 0);
        algorithm.update(peers);
        // Held, as least-connections shares what is under way.
        assertEven(peers, count(algorithm, picks, true));
      });
    }

    it('has nobody to pick without peers', () => {
      const algorithm = create();
      assert.equal(algorithm.pick('key', []), undefined);
      algorithm.update([]);
      assert.equal(algorithm.pick(undefined, []), undefined);
    });

    it('picks the only peer each time, unless it is skipped', () => {
      const algorithm = create();
      const [peer] = createPeers(7);
      algorithm.update([peer!]);
      for (let pick = 0; pick < 5; pick++) assert.equal(algorithm.pick(`${pick}`, []), peer);
      assert.equal(algorithm.pick('key', [peer!]), undefined);
    });

    for (const weights of [
      [1, 1, 1, 1],
      [100, 50, 10, 1],
    ]) {
      it(`leaves out skipped peers until none is left, weights ${weights.join()}`, () => {
        const algorithm = create();
        const peers = createPeers(...weights);
        algorithm.update(peers);
        for (let round = 0; round < 20; round++) {
          const tried: BalancedPeer[] = [];
          for (let step = 0; step < peers.length; step++) tried.push(algorithm.pick(`key ${round}`, tried)!);
          assert.equal(new Set(tried).size, peers.length);
          assert.equal(algorithm.pick(`key ${round}`, tried), undefined);
        }
      });

      it(`never picks an unavailable peer, and picks it again later, weights ${weights.join()}`, () => {
        const algorithm = create();
        const peers = createPeers(...weights);
        algorithm.update(peers);
        count(algorithm, 50);
        peers[1]!.available = false;
        algorithm.update(peers);
        assert.equal(count(algorithm, 500).has(peers[1]!), false);
        peers[1]!.available = true;
        algorithm.update(peers);
        // Held, as least-connections gives an idle peer of little weight nothing.
        assert.ok(count(algorithm, 1000, true).has(peers[1]!));
        for (const peer of peers) peer.available = false;
        algorithm.update(peers);
        assert.equal(algorithm.pick('key', []), undefined);
      });
    }

    it('bears peers that come and go', () => {
      const algorithm = create();
      const peers = createPeers(3, 2, 1, 1, 5);
      for (const amount of [5, 2, 4, 1, 3, 0, 5]) {
        const current = peers.slice(0, amount);
        algorithm.update(current);
        for (let pick = 0; pick < 30; pick++) {
          const peer = algorithm.pick(`key ${pick}`, []);
          assert.equal(peer === undefined ? amount === 0 : current.includes(peer), true);
        }
      }
    });
  });
}
