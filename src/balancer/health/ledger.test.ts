import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { anyPeer } from '../algorithms/algorithm.ts';
import type { Balancers } from '../balancers.ts';
import type { Peer } from '../peer.ts';
import { createTestNode, targetRow, upstreamRow } from './node.fixtures.ts';

const passive = { passive: { unhealthy: { http_failures: 3, tcp_failures: 2, timeouts: 2 } } };
const noPeer = { code: 'ERR_BALANCER_NO_PEER', status: 503, message: 'failure to get a peer from the ring-balancer' };

function peerOf(worker: Balancers, port: number): Peer {
  return worker.byId('u1')!.peers.find((peer) => peer.port === port)!;
}

/** Ports that a worker sends traffic to. */
function served(worker: Balancers): number[] {
  const ports = new Set<number>();
  try {
    for (let pick = 0; pick < 50; pick++) ports.add((worker.byId('u1')!.next(anyPeer) as Peer).port);
  } catch (fault) {
    assert.equal((fault as { code?: string }).code, noPeer.code);
  }
  return [...ports].sort((a, b) => a - b);
}

function setUp(healthchecks: object = passive, targets = 2) {
  const node = createTestNode();
  node.putUpstream(upstreamRow(healthchecks));
  for (let at = 1; at <= targets; at++) node.putTarget(targetRow(`t${at}`, `10.0.0.1:${at}`));
  node.settle();
  return node;
}

describe('passive health checks', () => {
  it('take an address out of all workers at the third failure, wherever the three were seen', () => {
    const { workers, settle, log } = setUp();
    const [one, two] = workers as [Balancers, Balancers];
    peerOf(one, 1).report('answered', 500, 5);
    peerOf(two, 1).report('answered', 503, 5);
    settle();
    assert.deepEqual(
      [served(one), served(two)],
      [
        [1, 2],
        [1, 2],
      ],
    );
    peerOf(two, 1).report('answered', 429, 5);
    settle();
    assert.deepEqual([served(one), served(two)], [[2], [2]]);
    assert.deepEqual(log, [
      'warn: Take target "10.0.0.1:1" at 10.0.0.1:1 out of upstream "api": 3 HTTP failures in passive checks: status 429',
    ]);
  });

  for (const [kind, result, status, detail] of [
    ['TCP failures', 'tcp_failure', 0, 'the connection failed'],
    ['timeouts', 'timeout', 0, 'no answer in time'],
    ['timeouts', 'answered', 504, 'status 504'],
  ] as const) {
    it(`count ${kind} (${detail})`, () => {
      const { workers, settle, log } = setUp();
      for (const worker of workers) peerOf(worker, 1).report(result, status, 5);
      settle();
      assert.deepEqual(served(workers[0]!), [2]);
      assert.match(log[0]!, new RegExp(`: 2 ${kind} in passive checks: ${detail}$`));
    });
  }

  it('start counting anew with each success', () => {
    const { workers, settle } = setUp();
    const [one, two] = workers as [Balancers, Balancers];
    for (let round = 0; round < 5; round++) {
      for (const worker of workers) peerOf(worker, 1).report('answered', 500, 5);
      settle();
      peerOf(round % 2 === 0 ? one : two, 1).report('answered', 200, 5);
      settle();
    }
    assert.deepEqual(served(one), [1, 2]);
  });

  it('cost no message while all goes well, and none for statuses on no list or failures without limit', () => {
    const { workers, settle, sent } = setUp({ passive: { unhealthy: { http_failures: 3 } } });
    for (let request = 0; request < 100; request++) {
      for (const status of [200, 204, 301, 404, 418, 502]) peerOf(workers[0]!, 1).report('answered', status, 5);
      peerOf(workers[0]!, 1).report('tcp_failure', 0, 5);
      peerOf(workers[0]!, 1).report('timeout', 0, 5);
    }
    settle();
    assert.deepEqual(sent, { reports: 0, verdicts: 0 });
  });

  it('cost two reports for a failure among many successes', () => {
    const { workers, settle, sent } = setUp();
    const peer = peerOf(workers[0]!, 1);
    for (let request = 0; request < 100; request++) {
      peer.report('answered', request === 50 ? 500 : 200, 5);
      settle();
    }
    assert.equal(sent.reports, 2);
  });

  it('report what repeats within a turn once, with its number', () => {
    const { workers, settle, sent } = setUp();
    for (let request = 0; request < 3; request++) peerOf(workers[0]!, 1).report('answered', 500, 5);
    settle();
    assert.equal(sent.reports, 1);
    assert.deepEqual(served(workers[0]!), [2]);
    for (let request = 0; request < 50; request++) peerOf(workers[0]!, 1).report('answered', 500, 5);
    settle();
    assert.equal(sent.reports, 1, 'failures of an address that is down are no news');
  });

  it('end in 503 when no address is left, and say so once', () => {
    const { workers, settle, log } = setUp();
    for (const port of [1, 2])
      for (let time = 0; time < 3; time++) peerOf(workers[0]!, port).report('answered', 500, 5);
    settle();
    for (const worker of workers) assert.throws(() => worker.byId('u1')!.next(anyPeer), noPeer);
    assert.deepEqual(log.slice(2), [
      'error: Cannot serve upstream "api": 0 of 200 weight is available, more than 0 % must be',
    ]);
  });

  it('end in 503 when no more than the threshold is left', () => {
    const { ledger, workers, settle, log } = setUp({ ...passive, threshold: 50 }, 4);
    assert.equal(ledger.set('u1', 't1', undefined, 'unhealthy'), 'set');
    settle();
    assert.deepEqual(served(workers[1]!), [2, 3, 4]);
    ledger.set('u1', 't2', undefined, 'unhealthy');
    settle();
    assert.deepEqual(served(workers[1]!), []);
    assert.match(log.at(-1)!, /^error: Cannot serve upstream "api": 200 of 400 weight is available, more than 50 %/);
    ledger.set('u1', 't1', undefined, 'healthy');
    settle();
    assert.deepEqual(served(workers[1]!), [1, 3, 4]);
    assert.match(log.at(-1)!, /^notice: Serve upstream "api" again: 300 of 400/);
  });

  it('put an address back after enough successes of requests that were still under way', () => {
    const { workers, settle, log } = setUp({
      passive: { ...passive.passive, healthy: { successes: 2 } },
    });
    const peer = peerOf(workers[0]!, 1);
    for (let time = 0; time < 3; time++) peer.report('answered', 500, 5);
    settle();
    peer.report('answered', 200, 5);
    settle();
    assert.deepEqual(served(workers[0]!), [2]);
    peer.report('answered', 200, 5);
    settle();
    assert.deepEqual(served(workers[1]!), [1, 2]);
    assert.match(
      log.at(-1)!,
      /^notice: Put target .* back into upstream "api": 2 successes in passive checks: status 200/,
    );
  });

  it('tell a worker that believes in a failure which does not count', () => {
    const { ledger, workers, settle, sent } = setUp();
    const peer = peerOf(workers[0]!, 1);
    peer.report('answered', 500, 5);
    // Meanwhile the ledger learns of a change that the worker does not know yet.
    ledger.putUpstream(upstreamRow({ passive: { unhealthy: { tcp_failures: 1 } } }));
    settle();
    for (let request = 0; request < 10; request++) {
      peer.report('answered', 200, 5);
      settle();
    }
    assert.equal(sent.reports, 1);
  });

  it('count addresses too that only a worker knows', () => {
    const { ledger, workers, settle, clock, sent } = setUp();
    const stranger = { upstreamId: 'u1', targetId: 't1', ip: '10.0.9.9', port: 1, host: '10.0.0.1' };
    for (let time = 0; time < 3; time++)
      ledger.take([{ ...stranger, sign: 'http_failure', outlier: undefined, status: 500, times: 1 }]);
    settle();
    assert.deepEqual(
      ledger.verdicts().map(({ ip, state }) => [ip, state]),
      [['10.0.9.9', 'unhealthy']],
    );
    const late = workers[0]!.byId('u1')!.peers.length;
    assert.equal(late, 2);
    clock.advance(601_000);
    ledger.refresh();
    settle();
    assert.deepEqual(ledger.verdicts(), []);
    const before = sent.verdicts;
    ledger.take([
      { ...stranger, targetId: 'unknown', sign: 'http_failure', outlier: undefined, status: 500, times: 1 },
    ]);
    ledger.take([
      { ...stranger, upstreamId: 'unknown', sign: 'http_failure', outlier: undefined, status: 500, times: 1 },
    ]);
    settle();
    assert.equal(sent.verdicts, before + 2, 'the worker is told that nothing is counted');
  });
});

describe('active health checks', () => {
  const active = {
    active: {
      healthy: { interval: 1, successes: 2 },
      unhealthy: { interval: 1, tcp_failures: 2, http_failures: 2, timeouts: 2 },
    },
  };

  it('take an address out and put it back', async () => {
    const { workers, pass, probeAnswers, log } = setUp(active);
    probeAnswers.set('10.0.0.1', { sign: 'tcp_failure', detail: 'connection refused' });
    await pass(2500);
    assert.deepEqual(served(workers[0]!), []);
    probeAnswers.set('10.0.0.1', { sign: 'success', detail: 'status 200' });
    await pass(2500);
    assert.deepEqual(served(workers[1]!), [1, 2]);
    assert.ok(
      log.includes(
        'warn: Take target "10.0.0.1:1" at 10.0.0.1:1 out of upstream "api": 2 TCP failures in active checks: connection refused',
      ),
    );
    assert.ok(
      log.includes(
        'notice: Put target "10.0.0.1:2" at 10.0.0.1:2 back into upstream "api": 2 successes in active checks: status 200',
      ),
    );
  });

  it('let answers count for nothing whose status is on no list', async () => {
    const { workers, pass, probeAnswers } = setUp(active);
    probeAnswers.set('10.0.0.1', { sign: undefined, detail: 'status 418' });
    await pass(10_000);
    assert.deepEqual(served(workers[0]!), [1, 2]);
  });

  it('bring back what passive checks took out', async () => {
    const { workers, settle, pass, asked } = setUp({
      ...passive,
      active: { unhealthy: { interval: 1 }, healthy: { successes: 1 } },
    });
    await pass(3000);
    assert.equal(asked.length, 0, 'addresses that are up are not asked');
    for (let time = 0; time < 3; time++) peerOf(workers[0]!, 1).report('answered', 500, 5);
    settle();
    assert.deepEqual(served(workers[0]!), [2]);
    await pass(1200);
    assert.deepEqual(served(workers[1]!), [1, 2]);
    assert.equal(asked.length, 1);
  });

  it('are not fooled by traffic that is answered well', async () => {
    const { workers, pass, probeAnswers } = setUp({ ...active, ...passive });
    probeAnswers.set('10.0.0.1', { sign: 'http_failure', detail: 'status 503' });
    for (let turn = 0; turn < 50; turn++) {
      peerOf(workers[0]!, 1).report('answered', 200, 5);
      await pass(50);
    }
    assert.deepEqual(served(workers[0]!), []);
  });

  it('end with the target', async () => {
    const { pass, asked, deleteTarget } = setUp(active);
    await pass(1500);
    deleteTarget(targetRow('t1', '10.0.0.1:1'));
    asked.length = 0;
    await pass(3000);
    assert.ok(asked.length > 0 && asked.every(({ port }) => port === 2));
  });
});

describe('what is known of an address', () => {
  it('stays when other targets come and go, and when the upstream is edited', () => {
    const { ledger, workers, settle, putTarget, putUpstream, deleteTarget } = setUp();
    ledger.set('u1', 't1', undefined, 'unhealthy');
    settle();
    putTarget(targetRow('t3', '10.0.0.1:3'));
    deleteTarget(targetRow('t2', '10.0.0.1:2'));
    putTarget(targetRow('t1', '10.0.0.1:1', 50));
    putUpstream(upstreamRow({ ...passive, threshold: 1 }, { name: 'renamed', algorithm: 'least-connections' }));
    settle();
    for (const worker of workers) assert.deepEqual(served(worker), [3]);
    assert.equal(ledger.verdicts().length, 1);
  });

  it('goes with the target, and does not come back with a new one of the same address', () => {
    const { ledger, workers, settle, putTarget, deleteTarget } = setUp();
    ledger.set('u1', 't1', undefined, 'unhealthy');
    settle();
    deleteTarget(targetRow('t1', '10.0.0.1:1'));
    putTarget(targetRow('t9', '10.0.0.1:1'));
    settle();
    for (const worker of workers) assert.deepEqual(served(worker), [1, 2]);
    assert.deepEqual(ledger.verdicts(), []);
  });

  it('goes with the upstream', () => {
    const { ledger, workers, settle, putUpstream, putTarget } = setUp();
    ledger.set('u1', 't1', undefined, 'unhealthy');
    settle();
    for (const taker of [ledger, ...workers]) taker.deleteUpstream('u1');
    settle();
    assert.equal(ledger.balancer('u1'), undefined);
    putUpstream(upstreamRow(passive));
    putTarget(targetRow('t1', '10.0.0.1:1'));
    settle();
    assert.deepEqual(served(workers[0]!), [1]);
  });

  it('is forgotten when health checks are switched off', () => {
    const { ledger, workers, settle, putUpstream, log } = setUp();
    ledger.set('u1', 't1', undefined, 'unhealthy');
    settle();
    putUpstream(upstreamRow({}));
    settle();
    assert.deepEqual(served(workers[0]!), [1, 2]);
    assert.match(log.at(-1)!, /back into upstream "api": health checks were switched off$/);
  });

  it('is told to a worker that comes late, before it knows the rows', () => {
    const { ledger, settle, addWorker } = setUp();
    ledger.set('u1', 't1', undefined, 'unhealthy');
    settle();
    const late = addWorker();
    late.takeVerdicts(ledger.verdicts());
    late.putUpstream(upstreamRow(passive));
    for (const at of [1, 2]) late.putTarget(targetRow(`t${at}`, `10.0.0.1:${at}`));
    assert.deepEqual(served(late), [2]);
  });

  it('belongs to one of the addresses of a name, and goes when the name leads elsewhere', () => {
    const node = createTestNode();
    const { ledger, workers, answers, settle } = node;
    answers.set('node.test', ['10.0.0.1', '10.0.0.2']);
    node.putUpstream(upstreamRow(passive));
    node.putTarget(targetRow('t1', 'node.test:80'));
    assert.equal(ledger.set('u1', 't1', { ip: '10.0.0.1', port: 80 }, 'unhealthy'), 'set');
    settle();
    const ips = (): string[] => [
      ...new Set(Array.from({ length: 9 }, () => (workers[0]!.byId('u1')!.next(anyPeer) as Peer).ip)),
    ];
    assert.deepEqual(ips(), ['10.0.0.2']);
    answers.set('node.test', ['10.0.0.2', '10.0.0.3']);
    for (const taker of [ledger, ...workers]) taker.refresh();
    settle();
    assert.deepEqual(ips().sort(), ['10.0.0.2', '10.0.0.3']);
    answers.set('node.test', ['10.0.0.1', '10.0.0.2']);
    for (const taker of [ledger, ...workers]) taker.refresh();
    settle();
    assert.deepEqual(ips().sort(), ['10.0.0.1', '10.0.0.2']);
  });
});

describe('health as it is shown', () => {
  const row = (host: string, port: number) => ({
    host,
    port,
    dns: 'A',
    nodeWeight: 100,
    weight: { total: 100, available: 100, unavailable: 0 },
  });

  it('has each target with its addresses, why and since when', async () => {
    const { ledger, clock } = setUp();
    clock.advance(5000);
    const born = clock.now() / 1000 - 5;
    ledger.set('u1', 't2', undefined, 'unhealthy');
    const shown = await ledger.targets('u1');
    const up = { reason: null, since: born };
    const down = { reason: 'set through the Admin API', since: born + 5 };
    assert.deepEqual(shown?.get('t1'), {
      health: 'HEALTHY',
      ...up,
      data: { ...row('10.0.0.1', 1), addresses: [{ ip: '10.0.0.1', port: 1, weight: 100, health: 'HEALTHY', ...up }] },
    });
    assert.deepEqual(shown?.get('t2'), {
      health: 'UNHEALTHY',
      ...down,
      data: {
        ...row('10.0.0.1', 2),
        weight: { total: 100, available: 0, unavailable: 100 },
        addresses: [{ ip: '10.0.0.1', port: 2, weight: 100, health: 'UNHEALTHY', ...down }],
      },
    });
    assert.deepEqual(ledger.balancer('u1'), {
      health: 'HEALTHY',
      balancer_health: 'HEALTHY',
      id: 'u1',
      details: {
        healthy: true,
        weight: { total: 200, available: 100, unavailable: 100 },
        hosts: [
          { ...row('10.0.0.1', 1), addresses: [{ ip: '10.0.0.1', port: 1, weight: 100, healthy: true }] },
          {
            ...row('10.0.0.1', 2),
            weight: { total: 100, available: 0, unavailable: 100 },
            addresses: [{ ip: '10.0.0.1', port: 2, weight: 100, healthy: false }],
          },
        ],
      },
    });
    assert.equal(await ledger.targets('unknown'), undefined);
  });

  it('is off without health checks and for targets without weight', async () => {
    const { ledger, putTarget, putUpstream } = setUp();
    putTarget(targetRow('t1', '10.0.0.1:1', 0));
    assert.equal((await ledger.targets('u1'))?.get('t1')?.health, 'HEALTHCHECKS_OFF');
    assert.equal((await ledger.targets('u1'))?.get('t2')?.health, 'HEALTHY');
    putUpstream(upstreamRow(null));
    assert.equal((await ledger.targets('u1'))?.get('t2')?.health, 'HEALTHCHECKS_OFF');
    const whole = ledger.balancer('u1');
    assert.deepEqual([whole?.health, whole?.balancer_health], ['HEALTHCHECKS_OFF', 'HEALTHY']);
  });

  it('tells of names that cannot be resolved, once they were looked up', async () => {
    const node = createTestNode();
    const { ledger, answers, hold } = node;
    answers.set('node.test', [{ ip: 'fd00::1', port: 8443, weight: 7, srvName: 'one.test' }]);
    const open = hold();
    node.putUpstream(upstreamRow(passive));
    node.putTarget(targetRow('t1', 'gone.test:80'));
    node.putTarget(targetRow('t2', 'node.test:80'));
    const shown = ledger.targets('u1');
    open();
    const gone = (await shown)?.get('t1');
    assert.deepEqual(gone, {
      health: 'DNS_ERROR',
      reason: 'Cannot resolve "gone.test": name error',
      since: null,
      data: {
        host: 'gone.test',
        port: 80,
        dns: 'Cannot resolve "gone.test": name error',
        nodeWeight: 100,
        weight: { total: 0, available: 0, unavailable: 0 },
        addresses: [],
      },
    });
    const found = (await shown)?.get('t2');
    assert.deepEqual([found?.health, found?.data.dns, found?.data.weight.total], ['HEALTHY', 'SRV', 7]);
    assert.equal(ledger.set('u1', 't1', undefined, 'unhealthy'), 'set');
  });

  it('is HEALTHY for a target with one address that is', async () => {
    const node = createTestNode();
    const { ledger, answers } = node;
    answers.set('node.test', ['10.0.0.1', '10.0.0.2']);
    node.putUpstream(upstreamRow(passive));
    node.putTarget(targetRow('t1', 'node.test:80'));
    ledger.set('u1', 't1', { ip: '10.0.0.1', port: 80 }, 'unhealthy');
    const target = (await ledger.targets('u1'))?.get('t1');
    assert.equal(target?.health, 'HEALTHY');
    assert.deepEqual(
      target?.data.addresses.map(({ health }) => health),
      ['UNHEALTHY', 'HEALTHY'],
    );
  });

  it('can be set by any spelling of an address, only where there are health checks, and only for what there is', () => {
    const { ledger, putTarget, putUpstream } = setUp();
    putTarget(targetRow('t3', '[0000:0000:0000:0000:0000:0000:0000:0001]:3'));
    assert.equal(ledger.set('u1', 't3', { ip: '::1', port: 3 }, 'unhealthy'), 'set');
    assert.deepEqual(
      ledger.verdicts().map(({ port }) => port),
      [3],
    );
    assert.equal(ledger.set('u1', 't3', { ip: '::1', port: 4 }, 'unhealthy'), 'unknown');
    assert.equal(ledger.set('u1', 't9', undefined, 'unhealthy'), 'unknown');
    assert.equal(ledger.set('u9', 't1', undefined, 'unhealthy'), 'unknown');
    putUpstream(upstreamRow({}));
    assert.equal(ledger.set('u1', 't1', undefined, 'unhealthy'), 'off');
  });
});
