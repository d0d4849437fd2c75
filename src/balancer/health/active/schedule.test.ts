import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock, createTimerWheel } from '../../../kernel/index.ts';
import { createRandom } from '../../algorithms/algorithm.cases.ts';
import { BalancedPeer } from '../../peer.ts';
import { type HealthcheckFields, healthPolicy } from '../policy.ts';
import { WatchedAddress, type WatchedGroup } from '../watched-address.ts';
import type { ProbeResult, ProbeTarget } from './probe.ts';
import { createProbeSchedule } from './schedule.ts';

const success: ProbeResult = { sign: 'success', detail: 'status 200' };

function setUp() {
  const clock = createManualClock();
  const wheel = createTimerWheel({ clock, tickMs: 50, slots: 64 });
  const asked: { at: number; target: ProbeTarget }[] = [];
  const waiting: ((result: ProbeResult) => void)[] = [];
  const results: [string, ProbeResult][] = [];
  let holds = false;
  const schedule = createProbeSchedule({
    wheel,
    random: createRandom(),
    probe(target) {
      asked.push({ at: clock.monotonic(), target });
      if (!holds) return Promise.resolve(success);
      return new Promise((resolve) => waiting.push(resolve));
    },
    onResult: (address, result) => results.push([address.id.ip, result]),
  });
  return {
    schedule,
    asked,
    results,
    group: (
      fields: HealthcheckFields['active'],
      hostHeader?: string,
    ): { -readonly [K in keyof WatchedGroup]: WatchedGroup[K] } => ({
      policy: healthPolicy({ active: fields ?? null }),
      hostHeader,
      certificateId: undefined,
      running: 0,
      queue: [],
    }),
    address: (group: WatchedGroup, ip: string, weight = 100): WatchedAddress => {
      const id = { upstreamId: 'u', targetId: 't', ip, port: 80, host: 'node.test' };
      const address = new WatchedAddress(
        id,
        group,
        0,
        (due) => schedule.due(due),
        () => {},
      );
      address.peer = new BalancedPeer({ ...id, weight }, { reported() {} });
      return address;
    },
    /** Lets time pass tick by tick, with room for results between the ticks. */
    pass: async (ms: number) => {
      for (let left = ms; left > 0; left -= 50) {
        clock.advance(50);
        wheel.tick();
        await new Promise(setImmediate);
      }
    },
    hold: () => {
      holds = true;
    },
    answer: async (count: number) => {
      for (const resolve of waiting.splice(0, count)) resolve(success);
      await new Promise(setImmediate);
    },
  };
}

describe('schedule of active checks', () => {
  it('asks again and again, within a twentieth of the interval and two ticks', async () => {
    const { schedule, group, address, pass, asked, results } = setUp();
    schedule.begin(address(group({ healthy: { interval: 2 } }), '10.0.0.1'));
    await pass(60_000);
    assert.ok(asked[0]!.at <= 2100, 'the first check is within the first interval');
    const gaps = asked.slice(1).map(({ at }, index) => at - asked[index]!.at);
    assert.ok(gaps.length >= 27 && gaps.every((gap) => gap >= 1850 && gap <= 2200), gaps.join());
    assert.equal(results.length, asked.length);
  });

  it('tells the prober whom to ask and how', async () => {
    const { schedule, group, address, pass, asked } = setUp();
    const plain = group({ healthy: { interval: 1 }, http_path: '/up' });
    schedule.begin(address(plain, '10.0.0.1'));
    await pass(1100);
    assert.deepEqual(asked[0]!.target, {
      ip: '10.0.0.1',
      port: 80,
      host: 'node.test',
      certificateId: undefined,
      policy: plain.policy.active,
    });
    schedule.begin(address(group({ healthy: { interval: 1 } }, 'other.test'), '10.0.0.2'));
    await pass(1100);
    assert.equal(asked.find(({ target }) => target.ip === '10.0.0.2')!.target.host, 'other.test');
  });

  it('takes the interval for addresses that are up, or that for addresses that are down', async () => {
    const { schedule, group, address, pass, asked } = setUp();
    const one = address(group({ healthy: { interval: 10 }, unhealthy: { interval: 1 } }), '10.0.0.1');
    schedule.begin(one);
    await pass(30_000);
    assert.ok(asked.length >= 2 && asked.length <= 4, `${asked.length} checks while up`);
    one.record.force('unhealthy');
    schedule.turned(one);
    asked.length = 0;
    await pass(10_000);
    assert.ok(asked.length >= 9 && asked.length <= 10, `${asked.length} checks while down`);
  });

  it('asks only those that are down where the other interval is 0, and none where both are', async () => {
    const { schedule, group, address, pass, asked } = setUp();
    const only = address(group({ unhealthy: { interval: 1 } }), '10.0.0.1');
    const never = address(group({}), '10.0.0.2');
    schedule.begin(only);
    schedule.begin(never);
    await pass(5000);
    assert.equal(asked.length, 0);
    for (const one of [only, never]) {
      one.record.force('unhealthy');
      schedule.turned(one);
    }
    await pass(5000);
    assert.ok(asked.length >= 4 && asked.every(({ target }) => target.ip === '10.0.0.1'));
    only.record.force('healthy');
    schedule.turned(only);
    asked.length = 0;
    await pass(5000);
    assert.equal(asked.length, 0);
  });

  it('does not ask addresses without weight, and begins once they have some', async () => {
    const { schedule, group, address, pass, asked } = setUp();
    const idle = address(group({ healthy: { interval: 1 } }), '10.0.0.1', 0);
    schedule.begin(idle);
    await pass(3000);
    assert.equal(asked.length, 0);
    idle.peer!.weight = 1;
    schedule.begin(idle);
    await pass(3000);
    assert.ok(asked.length >= 2);
    idle.peer!.weight = 0;
    schedule.begin(idle);
    asked.length = 0;
    await pass(3000);
    assert.equal(asked.length, 0);
  });

  it('asks no more of an upstream at a time than its concurrency, the others in turn', async () => {
    const { schedule, group, address, pass, asked, hold, answer } = setUp();
    hold();
    const crowd = group({ healthy: { interval: 1 }, concurrency: 2 });
    for (let at = 1; at <= 5; at++) schedule.begin(address(crowd, `10.0.0.${at}`));
    schedule.begin(address(group({ healthy: { interval: 1 } }), '10.0.1.1'));
    await pass(1100);
    const ips = (): string[] => asked.map(({ target }) => target.ip).filter((ip) => ip.startsWith('10.0.0.'));
    assert.equal(ips().length, 2);
    assert.equal(asked.length, 3);
    await answer(3);
    assert.equal(ips().length, 4);
    await answer(2);
    assert.equal(new Set(ips()).size, 5);
  });

  it('never asks an address that has not answered yet', async () => {
    const { schedule, group, address, pass, asked, hold, answer } = setUp();
    hold();
    schedule.begin(address(group({ healthy: { interval: 0.1 } }), '10.0.0.1'));
    await pass(2000);
    assert.equal(asked.length, 1);
    await answer(1);
    await pass(300);
    assert.equal(asked.length, 2);
  });

  it('lets go of an address that ends, even while it is asked or waits', async () => {
    const { schedule, group, address, pass, asked, results, hold, answer } = setUp();
    hold();
    const crowd = group({ healthy: { interval: 1 }, concurrency: 1 });
    const all = [1, 2, 3].map((at) => address(crowd, `10.0.0.${at}`));
    for (const one of all) schedule.begin(one);
    await pass(1100);
    for (const one of all) schedule.end(one);
    await answer(1);
    await pass(5000);
    assert.equal(asked.length, 1);
    assert.deepEqual(results, []);
    assert.equal(crowd.running, 0);
  });

  it('follows a change of policy', async () => {
    const { schedule, group, address, pass, asked } = setUp();
    const changing = group({ healthy: { interval: 1000 } });
    const one = address(changing, '10.0.0.1');
    schedule.begin(one);
    changing.policy = healthPolicy({ active: { healthy: { interval: 1 } } });
    schedule.restart(one);
    await pass(5000);
    assert.ok(asked.length >= 4);
    changing.policy = healthPolicy(null);
    schedule.restart(one);
    asked.length = 0;
    await pass(5000);
    assert.equal(asked.length, 0);
  });

  it('counts a prober that breaks as a TCP failure', async () => {
    const clock = createManualClock();
    const wheel = createTimerWheel({ clock, tickMs: 50 });
    const results: ProbeResult[] = [];
    const schedule = createProbeSchedule({
      wheel,
      random: () => 0,
      probe: () => Promise.reject(new Error('no certificate')),
      onResult: (_address, result) => results.push(result),
    });
    const { group, address } = setUp();
    const one = address(group({ healthy: { interval: 1 } }), '10.0.0.1');
    schedule.due(one);
    await new Promise(setImmediate);
    assert.deepEqual(results, [{ sign: 'tcp_failure', detail: 'no certificate' }]);
  });

  it('spreads the checks of very many upstreams over their interval', async () => {
    const { schedule, group, address, pass, asked } = setUp();
    for (let at = 0; at < 1000; at++) {
      schedule.begin(address(group({ healthy: { interval: 5 } }), `10.1.${at >> 8}.${at & 255}`));
    }
    await pass(10_000);
    const perTick = new Map<number, number>();
    for (const { at } of asked) perTick.set(at, (perTick.get(at) ?? 0) + 1);
    // 10 a tick is the mean.
    assert.ok(Math.max(...perTick.values()) <= 30, `${Math.max(...perTick.values())} checks in one tick`);
  });
});
