import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anyPeer } from '../algorithms/algorithm.ts';
import type { Balancers } from '../balancers.ts';
import type { Peer } from '../peer.ts';
import type { EjectionPolicy } from './messages.ts';
import { createTestNode, targetRow, upstreamRow } from './node.fixtures.ts';

const policy: EjectionPolicy = {
  statuses: new Set([500, 503]),
  failures: 3,
  time: 1000,
  maxTime: 4000,
  maxShare: 50,
};

function setUp({ targets = 4, healthchecks = {}, algorithm = 'round-robin' } = {}) {
  const node = createTestNode();
  node.putUpstream(upstreamRow(healthchecks, { algorithm }));
  for (let at = 1; at <= targets; at++) node.putTarget(targetRow(`t${at}`, `10.0.0.1:${at}`));
  node.settle();

  const peerOf = (worker: Balancers, port: number): Peer =>
    worker.byId('u1')!.peers.find((peer) => peer.port === port)!;
  return {
    ...node,
    peerOf,
    /** Reports answers of a status through a worker, each in a turn of its own. */
    answer(
      port: number,
      status: number,
      times = 1,
      worker = node.workers[0]!,
      given: EjectionPolicy | undefined = policy,
    ) {
      for (let time = 0; time < times; time++) {
        peerOf(worker, port).report(status === 0 ? 'tcp_failure' : 'answered', status, 5, given);
        node.settle();
      }
    },
    /** Ports of so many picks that are not released. */
    picked(worker: Balancers, picks = 40): number[] {
      const peers: Peer[] = [];
      try {
        for (let pick = 0; pick < picks; pick++) peers.push(worker.byId('u1')!.next(anyPeer) as Peer);
      } catch (fault) {
        assert.equal((fault as { code?: string }).code, 'ERR_BALANCER_NO_PEER');
      }
      return peers.map(({ port }) => port);
    },
    /** Ports that get traffic from a worker. */
    served(worker: Balancers): number[] {
      const peers = Array.from({ length: 40 }, () => worker.byId('u1')!.next(anyPeer) as Peer);
      for (const peer of peers) peer.release();
      return [...new Set(peers.map(({ port }) => port))].sort();
    },
  };
}

describe('ejection of targets', () => {
  it('takes a target out of all workers after failures in a row, wherever they were seen', async () => {
    const node = setUp();
    const [one, two] = node.workers as [Balancers, Balancers];
    node.answer(1, 503, 2, one);
    assert.deepEqual(node.served(two), [1, 2, 3, 4]);
    node.answer(1, 0, 1, two);
    for (const worker of node.workers) assert.deepEqual(node.served(worker), [2, 3, 4]);
    const health = await node.ledger.targets('u1');
    const { health: word, reason } = health!.get('t1')!;
    assert.deepEqual([word, reason], ['UNHEALTHY', '3 failures in a row, ejected for 1 s: no answer']);
    assert.equal(health!.get('t2')!.health, 'HEALTHCHECKS_OFF');
    assert.equal(node.ledger.balancer('u1')!.details.weight.available, 300);
    assert.deepEqual(node.log, [
      'warn: Take target "10.0.0.1:1" at 10.0.0.1:1 out of upstream "api": 3 failures in a row, ejected for 1 s: no answer',
    ]);
  });

  it('counts failures in a row alone', () => {
    const node = setUp();
    for (let round = 0; round < 5; round++) {
      node.answer(1, 500, 2);
      node.answer(1, 200, 1, node.workers[1]!);
    }
    node.answer(1, 404, 10);
    assert.deepEqual(node.served(node.workers[0]!), [1, 2, 3, 4]);
  });

  it('costs no message while all goes well, and two for a failure among many answers', () => {
    const node = setUp();
    node.answer(1, 200, 100);
    assert.deepEqual(node.sent, { reports: 0, verdicts: 0 });
    node.answer(1, 500);
    node.answer(1, 200, 100);
    assert.equal(node.sent.reports, 2);
  });

  it('says nothing of requests without a policy', () => {
    const node = setUp();
    for (const worker of node.workers)
      for (let time = 0; time < 10; time++) node.peerOf(worker, 1).report('timeout', 0, 5);
    node.settle();
    assert.deepEqual(node.sent, { reports: 0, verdicts: 0 });
  });

  it('lets one request at a time try the target out when its time is over, and takes it back when that goes well', async () => {
    const node = setUp();
    const [one, two] = node.workers as [Balancers, Balancers];
    node.answer(1, 503, 3, one);
    await node.pass(900);
    assert.deepEqual(node.served(one), [2, 3, 4]);
    await node.pass(300);
    for (const worker of node.workers) assert.equal(node.picked(worker).filter((port) => port === 1).length, 1);
    node.answer(1, 200, 1, one);
    for (const worker of node.workers) assert.ok(node.picked(worker).filter((port) => port === 1).length > 1);
    assert.equal((await node.ledger.targets('u1'))!.get('t1')!.reason, 'passed its trial');
    assert.deepEqual(node.log.slice(1), [
      'notice: Put target "10.0.0.1:1" at 10.0.0.1:1 back into upstream "api": on trial after 1 s',
      'notice: Keep target "10.0.0.1:1" at 10.0.0.1:1 in upstream "api": it passed its trial',
    ]);
    assert.deepEqual(node.ledger.verdicts(), []);
    assert.equal(node.peerOf(two, 1).available, true);
  });

  it('gives the trial to another request when the one that had it goes without a word', async () => {
    const node = setUp();
    const balancer = node.workers[0]!.byId('u1')!;
    node.answer(1, 503, 3);
    await node.pass(1200);
    const first = Array.from({ length: 8 }, () => balancer.next(anyPeer) as Peer);
    assert.equal(first.filter(({ port }) => port === 1).length, 1);
    for (const peer of first) peer.release();
    assert.equal(node.picked(node.workers[0]!).filter((port) => port === 1).length, 1);
  });

  it('ejects for twice the time when the trial fails, up to the longest time', async () => {
    const node = setUp();
    const worker = node.workers[0]!;
    node.answer(1, 503, 3);
    for (const time of [1000, 2000, 4000, 4000]) {
      await node.pass(time - 100);
      assert.deepEqual(node.served(worker), [2, 3, 4]);
      await node.pass(200);
      // Without a policy, too: the target is on trial.
      node.answer(1, 503, 1, worker, undefined);
      assert.deepEqual(node.served(worker), [2, 3, 4]);
      assert.equal(node.peerOf(node.workers[1]!, 1).available, false);
    }
    assert.match(node.log.at(-1)!, /failed its trial, ejected for 4 s: status 503$/);
  });

  it('is longer for a target that fails again soon, and as at first for one that did well in between', async () => {
    const node = setUp();
    node.answer(1, 503, 3);
    await node.pass(1100);
    node.answer(1, 200);
    node.answer(1, 503, 3);
    assert.match(node.log.at(-1)!, /3 failures in a row, ejected for 2 s/);
    await node.pass(2100);
    node.answer(1, 200);
    await node.pass(2100);
    node.answer(1, 503, 3);
    assert.match(node.log.at(-1)!, /3 failures in a row, ejected for 1 s/);
  });

  it('leaves in what would be more than the share that may be out', () => {
    const node = setUp();
    for (const port of [1, 2, 3, 4]) node.answer(port, 503, 5);
    assert.deepEqual(node.served(node.workers[1]!), [3, 4]);
  });

  it('never takes the only target, unless all may be out', () => {
    const node = setUp({ targets: 1 });
    node.answer(1, 503, 10);
    assert.deepEqual(node.served(node.workers[0]!), [1]);
    node.answer(1, 503, 1, node.workers[0]!, { ...policy, maxShare: 100 });
    assert.deepEqual(node.picked(node.workers[0]!), []);
  });

  it('answers all but the trial with 503 while the only target is tried out', async () => {
    const node = setUp({ targets: 1 });
    node.answer(1, 503, 3, node.workers[0]!, { ...policy, maxShare: 100 });
    await node.pass(1200);
    assert.deepEqual(node.picked(node.workers[0]!), [1]);
    assert.deepEqual(node.picked(node.workers[1]!), [1]);
  });

  it('is told to workers that come later, and outlives edits of other targets', () => {
    const node = setUp();
    node.answer(1, 503, 3);
    node.putTarget(targetRow('t2', '10.0.0.1:2', 10));
    node.putUpstream(upstreamRow({}, { algorithm: 'least-connections' }));
    node.settle();
    assert.equal(node.peerOf(node.workers[0]!, 1).available, false);
    const late = node.addWorker();
    late.takeVerdicts(node.ledger.verdicts());
    late.putUpstream(upstreamRow({}));
    for (let at = 1; at <= 4; at++) late.putTarget(targetRow(`t${at}`, `10.0.0.1:${at}`));
    assert.deepEqual(node.served(late), [2, 3, 4]);
  });

  it('goes with its target, and ends by the word of an operator', () => {
    const node = setUp();
    node.answer(1, 503, 3);
    assert.equal(node.ledger.set('u1', 't1', undefined, 'healthy'), 'set');
    node.settle();
    assert.deepEqual(node.served(node.workers[0]!), [1, 2, 3, 4]);
    assert.equal(node.ledger.set('u1', 't1', undefined, 'healthy'), 'off');
    node.answer(1, 503, 3);
    node.deleteTarget(targetRow('t1', '10.0.0.1:1'));
    node.putTarget(targetRow('t1', '10.0.0.1:1'));
    node.settle();
    assert.deepEqual(node.served(node.workers[0]!), [1, 2, 3, 4]);
  });

  it('goes together with health checks: an address must pass both', async () => {
    const node = setUp({ healthchecks: { passive: { unhealthy: { tcp_failures: 3 } } } });
    node.answer(1, 0, 3);
    await node.pass(1200);
    assert.deepEqual(node.served(node.workers[0]!), [2, 3, 4]);
    assert.equal(node.ledger.set('u1', 't1', undefined, 'healthy'), 'set');
    node.settle();
    assert.deepEqual(node.served(node.workers[0]!), [1, 2, 3, 4]);
  });

  for (const algorithm of ['least-connections', 'latency', 'consistent-hashing']) {
    it(`lets one request at a time try out under ${algorithm}`, async () => {
      const node = setUp({ targets: 2, algorithm });
      node.answer(1, 503, 3);
      await node.pass(1200);
      const balancer = node.workers[0]!.byId('u1')!;
      const ports = Array.from(
        { length: 40 },
        (_, key) => (balancer.next({ hashKey: `key ${key}`, tried: [] }) as Peer).port,
      );
      assert.equal(ports.filter((port) => port === 1).length, 1);
      assert.equal(ports.filter((port) => port === 2).length, 39);
    });
  }
});
