import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock, createTimerWheel, type TimerWheel } from '../kernel/index.ts';
import { PeerPool, type PoolOptions } from './pool.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

interface Idle {
  readonly name: string;
  served: number;
  idleIndex: number;
  deadline: number;
  isDestroyed: boolean;
}

interface Bench {
  readonly pool: PeerPool;
  readonly totals: { size: number; idle: number; isClosed: boolean; readonly all: Set<UpstreamConnection> };
  readonly wheel: TimerWheel;
  /** A connection whose answer was whole, as the pool sees it. */
  connection(name: string, served?: number): Idle;
  put(idle: Idle, announced?: number): void;
  take(): Idle;
  forget(idle: Idle): void;
}

function open(options: Partial<PoolOptions> = {}): Bench {
  const wheel = createTimerWheel({ clock: createManualClock() });
  const totals = { size: 0, idle: 0, isClosed: false, all: new Set<UpstreamConnection>() };
  const peer = { ip: '10.0.0.1', port: 80, attached: undefined };
  const pool = new PeerPool(
    peer,
    undefined,
    { wheel, size: 3, maxRequests: 0, idleTimeout: 60_000, ...options },
    totals,
  );
  return {
    pool,
    totals,
    wheel,
    connection(name, served = 1) {
      const made = {
        name,
        served,
        idleIndex: -1,
        deadline: Number.POSITIVE_INFINITY,
        isDestroyed: false,
        timerNext: null,
        timerPrevious: null,
        onTimeout() {},
        destroy() {
          made.isDestroyed = true;
          pool.forget(made as unknown as UpstreamConnection);
        },
      };
      totals.all.add(made as unknown as UpstreamConnection);
      return made;
    },
    put: (idle, announced = -1) => pool.put(idle as unknown as UpstreamConnection, announced),
    take: () => pool.take() as unknown as Idle,
    forget: (idle) => pool.forget(idle as unknown as UpstreamConnection),
  };
}

describe('PeerPool', () => {
  it('hands out the connection that was used last', () => {
    const bench = open();
    const [a, b] = [bench.connection('a'), bench.connection('b')];
    bench.put(a);
    bench.put(b);
    assert.equal(bench.totals.idle, 2);
    assert.equal(bench.take(), b);
    assert.equal(bench.take(), a);
    assert.equal(bench.totals.idle, 0);
    assert.deepEqual([a.idleIndex, b.idleIndex], [-1, -1]);
  });

  it('keeps so many connections and no more', () => {
    const bench = open({ size: 2 });
    const all = ['a', 'b', 'c'].map((name) => bench.connection(name));
    for (const one of all) bench.put(one);
    assert.deepEqual(
      all.map(({ isDestroyed }) => isDestroyed),
      [false, false, true],
    );
    const none = open({ size: 0 });
    const one = none.connection('a');
    none.put(one);
    assert.ok(one.isDestroyed);
  });

  it('keeps none that served its share', () => {
    const bench = open({ maxRequests: 3 });
    const [young, old] = [bench.connection('young', 2), bench.connection('old', 3)];
    bench.put(young);
    bench.put(old);
    assert.deepEqual([young.isDestroyed, old.isDestroyed], [false, true]);
  });

  it('keeps none once it is closed', () => {
    const bench = open();
    const one = bench.connection('a');
    bench.totals.isClosed = true;
    bench.put(one);
    assert.ok(one.isDestroyed);
  });

  it('gives an idle connection up before the peer does', () => {
    const waits: readonly (readonly [idleTimeout: number, announced: number, wait: number])[] = [
      [60_000, -1, 60_000],
      [60_000, 5, 4000],
      [60_000, 1, 500],
      [60_000, 3600, 60_000],
      [0, -1, Number.POSITIVE_INFINITY],
      [0, 10, 9000],
    ];
    for (const [idleTimeout, announced, wait] of waits) {
      const bench = open({ idleTimeout });
      const one = bench.connection('a');
      bench.put(one, announced);
      assert.equal(one.deadline - bench.wheel.now, wait, `${idleTimeout} ${announced}`);
    }
    const bench = open();
    const one = bench.connection('a');
    bench.put(one, 0);
    assert.ok(one.isDestroyed);
  });

  it('forgets connections at any place among the idle ones, each once', () => {
    const bench = open();
    const [a, b, c] = [bench.connection('a'), bench.connection('b'), bench.connection('c')];
    for (const one of [a, b, c]) bench.put(one);
    bench.forget(a);
    bench.forget(a);
    assert.equal(bench.totals.idle, 2);
    assert.equal(bench.totals.all.size, 2);
    assert.deepEqual([bench.take(), bench.take()], [b, c]);
  });

  it('spells addresses as they are written with a port', () => {
    const wheel = createTimerWheel({ clock: createManualClock() });
    const options = { wheel, size: 1, maxRequests: 0, idleTimeout: 0 };
    const totals = { size: 0, idle: 0, isClosed: false, all: new Set<UpstreamConnection>() };
    const name = (ip: string): string =>
      new PeerPool({ ip, port: 80, attached: undefined }, undefined, options, totals).name;
    assert.equal(name('10.0.0.1'), '10.0.0.1:80');
    assert.equal(name('::1'), '[::1]:80');
  });
});
