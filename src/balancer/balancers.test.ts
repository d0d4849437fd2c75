import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dnsFailed } from '../dns/index.ts';
import { createManualClock } from '../kernel/index.ts';
import { anyPeer, type Choice } from './algorithms/algorithm.ts';
import type { Balancer } from './balancer.ts';
import { createBalancers, type TargetRow, type UpstreamRow } from './balancers.ts';
import type { Peer } from './peer.ts';
import { createFakeResolver } from './resolver.fixtures.ts';

function setUp() {
  const fake = createFakeResolver();
  const gone: string[] = [];
  const reports: string[] = [];
  const balancers = createBalancers({
    resolver: fake.resolver,
    clock: createManualClock(),
    random: () => 0,
    observe: (balancer, peer, result, status) =>
      reports.push(`${balancer.upstream?.name} ${peer.ip} ${result} ${status}`),
    onGone: (peer) => gone.push(`${peer.ip}:${peer.port}`),
  });
  return { ...fake, balancers, gone, reports };
}

const upstream = (more: Partial<UpstreamRow> = {}): UpstreamRow => ({ id: 'u1', name: 'api.upstream', ...more });
const target = (id: string, address: string, weight = 100): TargetRow => ({
  id,
  upstream: { id: 'u1' },
  target: address,
  weight,
});
const retry = (...tried: Peer[]): Choice => ({ hashKey: undefined, tried });
const shown = (balancer: Balancer | undefined): string[] =>
  balancer!.peers.map((peer) => `${peer.ip}:${peer.port} ${peer.host} ${peer.weight}`);

function take(balancer: Balancer | undefined, choice: Choice = anyPeer): Peer {
  const peer = balancer!.next(choice);
  assert.ok(!(peer instanceof Promise), 'the pick is synchronous');
  return peer;
}

const noPeer = {
  name: 'GibbonError',
  code: 'ERR_BALANCER_NO_PEER',
  status: 503,
  message: 'failure to get a peer from the ring-balancer',
};

describe('balancer of an upstream', () => {
  it('is there under its name, and picks among the targets', () => {
    const { balancers } = setUp();
    balancers.putUpstream(upstream());
    balancers.putTarget(target('t1', '10.0.0.1:8001'));
    balancers.putTarget(target('t2', '[fd00::1]:8002', 300));
    assert.equal(balancers.byName('other'), undefined);
    const balancer = balancers.byName('api.upstream');
    assert.equal(balancers.byId('u1'), balancer);
    assert.deepEqual(shown(balancer), ['10.0.0.1:8001 10.0.0.1 100', 'fd00::1:8002 fd00::1 300']);
    const ports = Array.from({ length: 400 }, () => take(balancer).port);
    assert.equal(ports.filter((port) => port === 8001).length, 100);
  });

  it('takes targets before their upstream', () => {
    const { balancers } = setUp();
    balancers.putTarget(target('t1', '10.0.0.1:80'));
    balancers.putTarget(target('t2', '10.0.0.2:80'));
    balancers.deleteTarget(target('t2', '10.0.0.2:80'));
    balancers.putUpstream(upstream());
    assert.deepEqual(shown(balancers.byId('u1')), ['10.0.0.1:80 10.0.0.1 100']);
  });

  it('has no peer without targets, and when all have weight 0', () => {
    const { balancers } = setUp();
    balancers.putUpstream(upstream());
    assert.throws(() => balancers.byId('u1')!.next(anyPeer), noPeer);
    balancers.putTarget(target('t1', '10.0.0.1:80', 0));
    assert.throws(() => balancers.byId('u1')!.next(anyPeer), noPeer);
    balancers.putTarget(target('t1', '10.0.0.1:80', 1));
    assert.equal(take(balancers.byId('u1')).ip, '10.0.0.1');
  });

  it('keeps peers that a change does not touch', () => {
    const { balancers, gone } = setUp();
    balancers.putUpstream(upstream());
    balancers.putTarget(target('t1', '10.0.0.1:80'));
    balancers.putTarget(target('t2', '10.0.0.2:80'));
    const balancer = balancers.byId('u1')!;
    const [one, two] = balancer.peers;
    one!.attached = 'a pool';
    balancer.setAvailable(two!, false);
    take(balancer);

    balancers.putTarget(target('t3', '10.0.0.3:80'));
    balancers.putTarget(target('t1', '10.0.0.1:80', 50));
    balancers.putUpstream(upstream({ name: 'renamed', algorithm: 'least-connections' }));
    assert.equal(balancers.byName('api.upstream'), undefined);
    assert.equal(balancers.byName('renamed'), balancer);
    assert.equal(balancer.upstream?.algorithm, 'least-connections');
    assert.equal(balancer.peers[0], one);
    assert.equal(balancer.peers[1], two);
    assert.deepEqual(
      { attached: one!.attached, active: one!.active, weight: one!.weight, available: two!.available },
      { attached: 'a pool', active: 1, weight: 50, available: false },
    );
    assert.deepEqual(gone, []);

    balancers.putTarget(target('t2', '10.0.0.9:80'));
    balancers.deleteTarget(target('t3', '10.0.0.3:80'));
    assert.equal(balancer.peers[0], one);
    assert.deepEqual(shown(balancer), ['10.0.0.1:80 10.0.0.1 50', '10.0.0.9:80 10.0.0.9 100']);
    assert.deepEqual(gone, ['10.0.0.2:80', '10.0.0.3:80']);
    balancers.deleteUpstream('u1');
    assert.equal(balancers.byName('renamed'), undefined);
    assert.deepEqual(gone, ['10.0.0.2:80', '10.0.0.3:80', '10.0.0.1:80', '10.0.0.9:80']);
  });

  it('keeps what it knows of targets when SRV names are to be used, but for those that have one', () => {
    const { balancers, answers, gone } = setUp();
    answers.set('srv.test', [{ ip: '10.0.1.1', port: 9001, weight: 10, srvName: 'one.test' }]);
    balancers.putUpstream(upstream());
    balancers.putTarget(target('t1', '10.0.0.1:80'));
    balancers.putTarget(target('t2', 'srv.test:80'));
    const balancer = balancers.byId('u1')!;
    const [plain] = balancer.peers;
    plain!.attached = 'a pool';
    balancers.putUpstream(upstream({ use_srv_name: true }));
    assert.equal(balancer.peers[0], plain);
    assert.deepEqual(shown(balancer), ['10.0.0.1:80 10.0.0.1 100', '10.0.1.1:9001 one.test 10']);
    assert.deepEqual(gone, ['10.0.1.1:9001']);
    balancers.putUpstream(upstream({ use_srv_name: false }));
    assert.deepEqual(shown(balancer), ['10.0.0.1:80 10.0.0.1 100', '10.0.1.1:9001 srv.test 10']);
  });

  it('keeps peers with all that is known of them through any edits that do not concern them', () => {
    const algorithms = ['round-robin', 'least-connections', 'latency', 'consistent-hashing'];
    const edit = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), id: fc.nat(5), host: fc.nat(1), weight: fc.nat(3) }),
      fc.record({ kind: fc.constant('delete' as const), id: fc.nat(5) }),
      fc.record({
        kind: fc.constant('upstream' as const),
        algorithm: fc.constantFrom(...algorithms),
        srv: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        const { balancers } = setUp();
        balancers.putUpstream(upstream());
        const balancer = balancers.byId('u1')!;
        /** The peer of each target with the address that it was made for. */
        const expected = new Map<number, { readonly address: string; readonly peer: Peer }>();
        for (const each of edits) {
          if (each.kind === 'upstream') {
            balancers.putUpstream(upstream({ algorithm: each.algorithm, use_srv_name: each.srv }));
          } else if (each.kind === 'delete') {
            balancers.deleteTarget(target(`t${each.id}`, ''));
            expected.delete(each.id);
          } else {
            const address = `10.0.${each.id}.${each.host}:80`;
            balancers.putTarget(target(`t${each.id}`, address, each.weight));
            if (expected.get(each.id)?.address !== address) {
              const peer = balancer.peers.find(({ targetId }) => targetId === `t${each.id}`)!;
              peer.attached = `connections of ${address}`;
              balancer.setAvailable(peer, each.id % 2 === 0);
              expected.set(each.id, { address, peer });
            }
          }
          assert.deepEqual(new Set(balancer.peers), new Set(Array.from(expected.values(), ({ peer }) => peer)));
          for (const [id, { address, peer }] of expected) {
            assert.deepEqual([peer.attached, peer.available], [`connections of ${address}`, id % 2 === 0]);
          }
        }
      }),
      { seed: 1 },
    );
  });

  it('finds the same target for a key whatever the slots, and in every balancer', () => {
    const found = [10, 10_000, 65_536].map((slots) => {
      const { balancers } = setUp();
      const row = upstream({ algorithm: 'consistent-hashing' });
      balancers.putUpstream({ ...row, slots } as UpstreamRow);
      for (let at = 0; at < 50; at++) balancers.putTarget(target(`t${at}`, `10.0.0.${at}:80`));
      const balancer = balancers.byId('u1');
      return Array.from({ length: 500 }, (_, key) => take(balancer, { hashKey: `key ${key}`, tried: [] }).ip);
    });
    assert.deepEqual(found[1], found[0]);
    assert.deepEqual(found[2], found[0]);
    assert.equal(new Set(found[0]).size, 50, 'ten slots would serve ten targets at the most');
  });

  it('leaves out tried peers, until all were tried', () => {
    const { balancers } = setUp();
    balancers.putUpstream(upstream());
    for (const at of [1, 2, 3]) balancers.putTarget(target(`t${at}`, `10.0.0.${at}:80`));
    const balancer = balancers.byId('u1');
    const tried: Peer[] = [];
    for (let attempt = 0; attempt < 3; attempt++) tried.push(take(balancer, retry(...tried)));
    assert.equal(new Set(tried).size, 3);
    assert.ok(tried.includes(take(balancer, retry(...tried))));
  });

  it('counts active requests and reports tries', () => {
    const { balancers, reports } = setUp();
    balancers.putUpstream(upstream({ algorithm: 'latency' }));
    balancers.putTarget(target('t1', '10.0.0.1:80'));
    const peer = take(balancers.byId('u1'));
    take(balancers.byId('u1'));
    assert.equal(peer.active, 2);
    peer.release();
    peer.report('answered', 200, 12);
    peer.report('timeout', 0, 60_000);
    assert.equal(peer.active, 1);
    assert.equal(peer.targetId, 't1');
    assert.deepEqual(reports, ['api.upstream 10.0.0.1 answered 200', 'api.upstream 10.0.0.1 timeout 0']);
  });

  it('keeps traffic from unavailable peers, and from all once too little weight is available', () => {
    const { balancers } = setUp();
    balancers.putUpstream(upstream({ healthchecks: { threshold: 50 } }));
    for (const at of [1, 2, 3]) balancers.putTarget(target(`t${at}`, `10.0.0.${at}:80`));
    const balancer = balancers.byId('u1')!;
    const [one, two] = balancer.peers;
    balancer.setAvailable(one!, false);
    const ips = new Set(Array.from({ length: 10 }, () => take(balancer).ip));
    assert.deepEqual([...ips].sort(), ['10.0.0.2', '10.0.0.3']);
    balancer.setAvailable(two!, false);
    assert.throws(() => balancer.next(anyPeer), noPeer);
    balancers.putUpstream(upstream({ healthchecks: { threshold: 30 } }));
    assert.equal(take(balancer).ip, '10.0.0.3');
  });

  it('hashes by the key that it is given', () => {
    const { balancers } = setUp();
    balancers.putUpstream(upstream({ algorithm: 'consistent-hashing' }));
    for (const at of [1, 2, 3]) balancers.putTarget(target(`t${at}`, `10.0.0.${at}:80`));
    const balancer = balancers.byId('u1');
    const first = take(balancer, { hashKey: 'alice', tried: [] });
    assert.equal(take(balancer, { hashKey: 'alice', tried: [] }), first);
    assert.notEqual(take(balancer, { hashKey: 'alice', tried: [first] }), first);
  });
});

describe('targets that are names', () => {
  it('become one peer for each address, and follow DNS on refresh', () => {
    const { balancers, answers, gone } = setUp();
    answers.set('node.test', ['10.0.0.1', '10.0.0.2']);
    balancers.putUpstream(upstream());
    balancers.putTarget(target('t1', 'node.test:80'));
    const balancer = balancers.byId('u1')!;
    assert.deepEqual(shown(balancer), ['10.0.0.1:80 node.test 100', '10.0.0.2:80 node.test 100']);
    const kept = balancer.peers[1]!;
    answers.set('node.test', ['10.0.0.3', '10.0.0.2']);
    balancers.refresh();
    assert.deepEqual(shown(balancer), ['10.0.0.3:80 node.test 100', '10.0.0.2:80 node.test 100']);
    assert.equal(balancer.peers[1], kept);
    assert.deepEqual(gone, ['10.0.0.1:80']);
  });

  it('take port, weight and, where asked for, name of SRV records', () => {
    const { balancers, answers } = setUp();
    answers.set('_http._tcp.test', [
      { ip: '10.0.0.1', port: 8001, weight: 10, srvName: 'one.test' },
      { ip: '10.0.0.2', port: 8002, weight: 20, srvName: 'two.test' },
      { ip: '10.0.0.1', port: 8001, weight: 5, srvName: 'one.test' },
    ]);
    balancers.putUpstream(upstream());
    balancers.putTarget(target('t1', '_http._tcp.test:80'));
    const balancer = balancers.byId('u1')!;
    assert.deepEqual(shown(balancer), ['10.0.0.1:8001 _http._tcp.test 15', '10.0.0.2:8002 _http._tcp.test 20']);
    balancers.putUpstream(upstream({ use_srv_name: true }));
    assert.deepEqual(shown(balancer), ['10.0.0.1:8001 one.test 15', '10.0.0.2:8002 two.test 20']);
    balancers.putTarget(target('t1', '_http._tcp.test:80', 0));
    assert.throws(() => balancer.next(anyPeer), noPeer);
    balancers.putTarget(target('t1', '_http._tcp.test:80', 100));
    assert.deepEqual(shown(balancer), ['10.0.0.1:8001 one.test 15', '10.0.0.2:8002 two.test 20']);
  });

  it('are waited for when there is no other peer', async () => {
    const { balancers, answers, hold } = setUp();
    answers.set('node.test', ['10.0.0.1']);
    const open = hold();
    balancers.putUpstream(upstream());
    balancers.putTarget(target('t1', 'node.test:80'));
    balancers.putTarget(target('t2', 'gone.test:80'));
    const balancer = balancers.byId('u1')!;
    const waiting = [balancer.next(anyPeer), balancer.next(anyPeer)];
    assert.ok(waiting.every((outcome) => outcome instanceof Promise));
    open();
    for (const outcome of waiting) assert.equal((await outcome).ip, '10.0.0.1');
    assert.equal(take(balancer).ip, '10.0.0.1');
  });

  it('give no peer when none can be resolved, and recover', async () => {
    const { balancers, answers, hold } = setUp();
    const open = hold();
    balancers.putUpstream(upstream());
    balancers.putTarget(target('t1', 'node.test:80'));
    const outcome = balancers.byId('u1')!.next(anyPeer);
    open();
    await assert.rejects(async () => outcome, noPeer);
    assert.throws(() => balancers.byId('u1')!.next(anyPeer), noPeer);
    answers.set('node.test', ['10.0.0.1']);
    assert.equal(take(balancers.byId('u1')).ip, '10.0.0.1');
  });

  it('leave nothing behind when they are deleted while being resolved', async () => {
    const { balancers, answers, hold, gone } = setUp();
    answers.set('node.test', ['10.0.0.1']);
    const open = hold();
    balancers.putUpstream(upstream());
    balancers.putTarget(target('t1', 'node.test:80'));
    balancers.deleteTarget(target('t1', 'node.test:80'));
    open();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(balancers.byId('u1')!.peers, []);
    assert.deepEqual(gone, []);
  });
});

describe('hosts that are no upstream', () => {
  it('are the same balancer and the same peer each time', () => {
    const { balancers } = setUp();
    const balancer = balancers.peersForHost('10.0.0.1', 8080);
    assert.equal(balancers.peersForHost('10.0.0.1', 8080), balancer);
    assert.equal(balancer.upstream, undefined);
    const peer = take(balancer);
    assert.equal(take(balancer), peer);
    assert.deepEqual(
      { ip: peer.ip, port: peer.port, host: peer.host, targetId: peer.targetId, active: peer.active },
      { ip: '10.0.0.1', port: 8080, host: '10.0.0.1', targetId: undefined, active: 2 },
    );
    assert.equal(take(balancers.peersForHost('[fd00::1]', 80)).ip, 'fd00::1');
  });

  it('rotate over their addresses and follow DNS without being told', () => {
    const { balancers, answers } = setUp();
    answers.set('api.test', ['10.0.0.1', '10.0.0.2']);
    const balancer = balancers.peersForHost('api.test', 80);
    assert.deepEqual(
      Array.from({ length: 4 }, () => take(balancer).ip),
      ['10.0.0.1', '10.0.0.2', '10.0.0.1', '10.0.0.2'],
    );
    const first = take(balancer);
    assert.equal(take(balancer, retry(first)).ip, '10.0.0.2');
    answers.set('api.test', ['10.0.0.3']);
    assert.equal(take(balancer).ip, '10.0.0.3');
  });

  it('are waited for at first', async () => {
    const { balancers, answers, hold } = setUp();
    answers.set('api.test', ['10.0.0.1']);
    const open = hold();
    const outcome = balancers.peersForHost('api.test', 80).next(anyPeer);
    assert.ok(outcome instanceof Promise);
    open();
    assert.equal((await outcome).host, 'api.test');
  });

  it('fail with the text of Kong when there is no such name, else with that of the resolver', async () => {
    const { balancers, answers, hold } = setUp();
    const notFound = { code: 'ERR_DNS_NOT_FOUND', status: 503, message: 'name resolution failed' };
    const message = "failed the initial dns/balancer resolve for 'broken.test' with: server failure";
    const failed = { code: 'ERR_DNS_FAILED', status: 500, message };
    answers.set('broken.test', dnsFailed('broken.test', 'server failure'));
    assert.throws(() => balancers.peersForHost('gone.test', 80).next(anyPeer), notFound);
    assert.throws(() => balancers.peersForHost('broken.test', 80).next(anyPeer), failed);
    const open = hold();
    const outcome = balancers.peersForHost('also-gone.test', 80).next(anyPeer);
    open();
    await assert.rejects(async () => outcome, notFound);
  });
});
