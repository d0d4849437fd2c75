import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createManualClock } from '../../kernel/index.ts';
import type { Peer } from '../peer.ts';
import {
  assertShares,
  count,
  createPeer,
  createPeers,
  createRandom,
  describeAlgorithm,
  picks,
} from './algorithm.cases.ts';
import { createConsistentHashing } from './consistent-hashing.ts';
import { createLatency } from './latency.ts';
import { createLeastConnections } from './least-connections.ts';
import { createRoundRobin } from './round-robin.ts';

describeAlgorithm('round-robin', () => createRoundRobin(createRandom()));
describeAlgorithm('least-connections', () => createLeastConnections(createRandom()));
describeAlgorithm('consistent-hashing', () => createConsistentHashing());
describeAlgorithm('latency', () => createLatency(createManualClock(), createRandom()), { weighs: false });

describe('round-robin', () => {
  for (const weights of [
    [1, 1, 1],
    [100, 100, 100, 100, 100, 100, 100],
    [100, 50, 25],
    [65_535, 1_000, 300],
    [1, 2, 3, 4, 5, 6],
  ]) {
    it(`keeps to the weights ${weights.join()} within 2 %`, () => {
      const algorithm = createRoundRobin(createRandom());
      const peers = createPeers(...weights);
      algorithm.update(peers);
      assertShares(peers, count(algorithm, picks), 0.02);
    });
  }

  it('mixes the picks rather than giving a peer its whole share in a row', () => {
    const algorithm = createRoundRobin(() => 0);
    const peers = createPeers(5, 1, 1);
    algorithm.update(peers);
    const sequence = Array.from({ length: 7 }, () => peers.indexOf(algorithm.pick(undefined, [])!)).join('');
    assert.equal(sequence, '0010200');
  });

  it('keeps to the weights across changes of other peers', () => {
    const algorithm = createRoundRobin(createRandom());
    const peers = createPeers(30, 20, 10, 40);
    const counts = new Map();
    for (let round = 0; round < 100; round++) {
      peers[3]!.available = round % 2 === 0;
      algorithm.update(peers);
      for (const [peer, more] of count(algorithm, 600)) counts.set(peer, (counts.get(peer) ?? 0) + more);
    }
    counts.delete(peers[3]!);
    assertShares(peers.slice(0, 3), counts, 0.02);
  });

  it('starts somewhere else in each worker', () => {
    const peers = createPeers(1, 1, 1, 1);
    const first = [0, 0.3, 0.6, 0.99].map((start) => {
      const algorithm = createRoundRobin(() => start);
      algorithm.update(peers);
      return peers.indexOf(algorithm.pick(undefined, [])!);
    });
    assert.deepEqual(first, [0, 1, 2, 3]);
  });
});

describe('least-connections', () => {
  it('keeps the active requests in proportion to the weights within 2 %', () => {
    const algorithm = createLeastConnections(createRandom());
    const peers = createPeers(100, 50, 25, 25);
    algorithm.update(peers);
    assertShares(peers, count(algorithm, picks, true), 0.02);
  });

  it('prefers a peer that was released', () => {
    const algorithm = createLeastConnections(createRandom());
    const peers = createPeers(1, 1, 1);
    algorithm.update(peers);
    count(algorithm, 9, true);
    peers[1]!.release();
    assert.equal(algorithm.pick(undefined, []), peers[1]);
  });

  it('lets equal peers take turns while nothing is active', () => {
    const algorithm = createLeastConnections(createRandom());
    const peers = createPeers(1, 1, 1, 1);
    algorithm.update(peers);
    assertShares(peers, count(algorithm, picks), 0.02);
  });
});

describe('consistent-hashing', () => {
  function setUp(...weights: number[]) {
    const algorithm = createConsistentHashing();
    const peers = createPeers(...weights);
    algorithm.update(peers);
    const owners = () => Array.from({ length: picks }, (_, key) => algorithm.pick(`user-${key}`, [])!);
    return { algorithm, peers, owners };
  }

  it('gives a key the same peer each time, and in every worker', () => {
    const one = setUp(1, 1, 1, 1);
    const two = createConsistentHashing();
    two.update(one.peers.toReversed());
    assert.deepEqual(one.owners(), one.owners());
    for (let key = 0; key < 500; key++) {
      assert.equal(one.algorithm.pick(`user-${key}`, []), two.pick(`user-${key}`, []));
    }
    assert.equal(one.algorithm.pick(undefined, []), one.algorithm.pick('', []));
  });

  // Keys fall where chance has them: 20,000 are enough to see 2 % between two peers, more peers want more keys.
  for (const [keys, weights] of [
    [picks, [1, 1]],
    [400_000, [100, 100, 200, 50]],
    [400_000, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ] as const) {
    it(`keeps to the weights ${weights.join()} within 2 %`, () => {
      const { algorithm, peers } = setUp(...weights);
      assertShares(peers, count(algorithm, keys), 0.02);
    });
  }

  it('moves only the keys of a peer that fails, to all others alike, and gives them back', () => {
    const { algorithm, peers, owners } = setUp(1, 1, 1, 1, 1);
    const before = owners();
    peers[2]!.available = false;
    algorithm.update(peers);
    const during = owners();
    const moved = before.flatMap((peer, key) => (peer === during[key] ? [] : [key]));
    assert.ok(moved.length > 0 && moved.every((key) => before[key] === peers[2]));
    const heirs = new Map<Peer, number>();
    for (const key of moved) heirs.set(during[key]!, (heirs.get(during[key]!) ?? 0) + 1);
    assertShares(
      peers.filter((peer) => peer.available),
      heirs,
      0.1,
    );
    peers[2]!.available = true;
    algorithm.update(peers);
    assert.deepEqual(owners(), before);
  });

  it('moves at most 1.1 of N of the keys when one of N equal peers comes or goes, and those of no other peer', () => {
    const keys = 60_000;
    const hosts = fc.uniqueArray(fc.ipV4(), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(hosts, fc.nat(), (addresses, pick) => {
        const peers = addresses.map((ip) => createPeer(ip, 100));
        const leaving = peers[pick % peers.length]!;
        const algorithm = createConsistentHashing();
        algorithm.update(peers);
        const before = Array.from({ length: keys }, (_, key) => algorithm.pick(`user-${key}`, []));
        algorithm.update(peers.filter((peer) => peer !== leaving));
        let moved = 0;
        for (let key = 0; key < keys; key++) {
          if (algorithm.pick(`user-${key}`, []) === before[key]) continue;
          moved += 1;
          assert.equal(before[key], leaving);
        }
        assert.ok(moved <= (1.1 / peers.length) * keys, `${moved} of ${keys} keys of ${peers.length} peers moved`);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('moves keys to a peer alone that gains weight', () => {
    const { algorithm, peers, owners } = setUp(10, 10, 10, 10);
    const before = owners();
    peers[1]!.weight = 20;
    algorithm.update(peers);
    const after = owners();
    assert.ok(after.every((peer, key) => peer === before[key] || peer === peers[1]));
    const gained = after.filter((peer, key) => peer !== before[key]).length;
    assert.ok(Math.abs(gained / picks - (2 / 5 - 1 / 4)) < 0.01, `${gained} keys moved`);
  });

  it('serves every one of very many peers', () => {
    const algorithm = createConsistentHashing();
    const peers = createPeers(...new Array<number>(400).fill(100));
    algorithm.update(peers);
    assert.equal(count(algorithm, picks).size, 400);
  });
});

describe('latency', () => {
  it('lets peers of equal latency share within 2 %', () => {
    const clock = createManualClock();
    const algorithm = createLatency(clock, createRandom());
    const peers = createPeers(1, 1, 1, 1);
    algorithm.update(peers);
    assertShares(peers, count(algorithm, picks), 0.02);
    for (const peer of peers) algorithm.observe!(peer, 10);
    assertShares(peers, count(algorithm, picks), 0.02);
  });

  it('prefers the faster peers, and tries the slow one again once its measurement faded', () => {
    const clock = createManualClock();
    const algorithm = createLatency(clock, createRandom());
    const peers = createPeers(1, 1, 1);
    algorithm.update(peers);
    clock.advance(1000);
    for (const [at, latency] of [10, 1000, 12].entries()) algorithm.observe!(peers[at]!, latency);
    assert.equal(count(algorithm, 1000).has(peers[1]!), false);
    for (let second = 0; second < 60; second++) {
      clock.advance(1000);
      algorithm.observe!(peers[0]!, 10);
      algorithm.observe!(peers[2]!, 12);
    }
    assert.ok(count(algorithm, 1000).has(peers[1]!));
  });

  it('starts a new peer with the average of the others', () => {
    const clock = createManualClock();
    const algorithm = createLatency(clock, createRandom());
    const peers = createPeers(1, 1, 1);
    algorithm.update(peers.slice(0, 2));
    algorithm.observe!(peers[0]!, 10);
    algorithm.observe!(peers[1]!, 30);
    algorithm.update(peers);
    assert.equal(peers[2]!.average, 20);
  });

  it('weighs the latency', () => {
    const clock = createManualClock();
    const algorithm = createLatency(clock, createRandom());
    const peers = createPeers(1, 10);
    algorithm.update(peers);
    algorithm.observe!(peers[0]!, 10);
    algorithm.observe!(peers[1]!, 50);
    assert.equal(algorithm.pick(undefined, []), peers[1]);
  });
});
