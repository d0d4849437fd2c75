import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { createManualClock } from './clock.ts';
import { createTimerWheel, type TimerItem } from './timer-wheel.ts';

interface Recorder extends TimerItem {
  readonly name: string;
}

function setUp(slots = 8) {
  const clock = createManualClock();
  const wheel = createTimerWheel({ tickMs: 100, slots, clock });
  const called: string[] = [];
  const item = (name: string, deadline: number, then?: (self: Recorder) => void): Recorder => ({
    name,
    deadline,
    onTimeout() {
      called.push(`${name}@${clock.monotonic()}`);
      then?.(this);
    },
    timerNext: null,
    timerPrevious: null,
  });
  const advance = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(100);
      wheel.tick();
    }
  };
  return { clock, wheel, called, item, advance };
}

describe('timer wheel', () => {
  it('calls an item at the first tick at or after its deadline, never before', () => {
    const { wheel, called, item, advance } = setUp();
    wheel.schedule(item('a', 100));
    wheel.schedule(item('b', 101));
    wheel.schedule(item('c', 350));
    assert.equal(wheel.size, 3);
    advance(500);
    assert.deepEqual(called, ['a@100', 'b@200', 'c@400']);
    assert.equal(wheel.size, 0);
  });

  it('calls an item once', () => {
    const { wheel, called, item, advance } = setUp();
    const one = item('a', 100);
    wheel.schedule(one);
    advance(2000);
    assert.deepEqual(called, ['a@100']);
    assert.equal(wheel.isScheduled(one), false);
  });

  it('calls an item that is already due at the next tick', () => {
    const { wheel, called, item, advance } = setUp();
    advance(1000);
    wheel.schedule(item('a', 10));
    advance(100);
    assert.deepEqual(called, ['a@1100']);
  });

  it('keeps deadlines far beyond its span to the tick', () => {
    const { wheel, called, item, advance } = setUp(4);
    wheel.schedule(item('far', 12_345));
    wheel.schedule(item('farther', 60_000));
    advance(70_000);
    assert.deepEqual(called, ['far@12400', 'farther@60000']);
  });

  it('follows a deadline that was written while scheduled', () => {
    const { wheel, called, item, advance } = setUp();
    const later = item('later', 200);
    const disarmed = item('disarmed', 200);
    wheel.schedule(later);
    wheel.schedule(disarmed);
    later.deadline = 450;
    disarmed.deadline = Number.POSITIVE_INFINITY;
    advance(1000);
    assert.deepEqual(called, ['later@500']);
    disarmed.deadline = 2000;
    advance(2000);
    assert.deepEqual(called, ['later@500', 'disarmed@2000']);
  });

  it('notices an earlier deadline within its span, and at once when scheduled again', () => {
    const { wheel, called, item, advance } = setUp(8);
    const lazy = item('lazy', 60_000);
    const eager = item('eager', 60_000);
    wheel.schedule(lazy);
    wheel.schedule(eager);
    advance(100);
    lazy.deadline = 200;
    eager.deadline = 200;
    wheel.schedule(eager);
    assert.equal(wheel.size, 2);
    advance(900);
    assert.deepEqual(called, ['eager@200', 'lazy@700']);
  });

  it('forgets a cancelled item and lets it be scheduled again', () => {
    const { wheel, called, item, advance } = setUp();
    const one = item('a', 200);
    wheel.schedule(one);
    wheel.cancel(one);
    wheel.cancel(one);
    assert.equal(wheel.size, 0);
    advance(500);
    assert.deepEqual(called, []);
    one.deadline = 600;
    wheel.schedule(one);
    advance(200);
    assert.deepEqual(called, ['a@600']);
  });

  it('bears cancelling and scheduling from within a time-out', () => {
    const { wheel, called, item, advance } = setUp();
    const victim = item('victim', 100);
    const again = item('again', 100, (self) => {
      if (called.length > 3) return;
      self.deadline += 100;
      wheel.schedule(self);
    });
    const killer = item('killer', 100, () => {
      wheel.cancel(victim);
      wheel.schedule(item('child', 0));
    });
    for (const one of [killer, victim, again]) wheel.schedule(one);
    advance(400);
    assert.deepEqual(called, ['killer@100', 'again@100', 'child@200', 'again@200']);
    assert.equal(wheel.size, 0);
  });

  it('catches up after a stall longer than its span', () => {
    const { clock, wheel, called, item } = setUp(4);
    for (const deadline of [100, 250, 399, 5000, 9000]) wheel.schedule(item(`${deadline}`, deadline));
    clock.advance(7000);
    assert.equal(wheel.tick(), 4);
    assert.deepEqual(called.toSorted(), ['100@7000', '250@7000', '399@7000', '5000@7000']);
  });

  it('calls the rest when one item throws, then throws that fault', () => {
    const { clock, wheel, called, item } = setUp();
    wheel.schedule(
      item('bad', 100, () => {
        throw new Error('broken');
      }),
    );
    wheel.schedule(item('good', 100));
    clock.advance(100);
    assert.throws(() => wheel.tick(), /broken/);
    assert.deepEqual(called, ['bad@100', 'good@100']);
    assert.equal(wheel.size, 0);
  });

  it('agrees with a plain list of deadlines over many random moves', () => {
    const { clock, wheel, advance } = setUp(8);
    let state = 42;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    const late: number[] = [];
    const early: number[] = [];
    const items = Array.from(
      { length: 200 },
      (): TimerItem => ({
        deadline: random(5000),
        onTimeout() {
          const by = clock.monotonic() - this.deadline;
          if (by < 0) early.push(by);
          if (by > 100) late.push(by);
        },
        timerNext: null,
        timerPrevious: null,
      }),
    );
    for (let step = 0; step < 300; step++) {
      for (let move = 0; move < 10; move++) {
        const item = items[random(items.length)]!;
        if (!wheel.isScheduled(item)) item.deadline = clock.monotonic() + 1 + random(3000);
        else if (random(2) === 0) item.deadline += random(1000);
        else wheel.cancel(item);
        if (random(3) > 0 || !wheel.isScheduled(item)) wheel.schedule(item);
      }
      assert.equal(wheel.size, items.filter((item) => wheel.isScheduled(item)).length);
      advance(100);
    }
    assert.deepEqual({ early, late }, { early: [], late: [] });
  });
});

describe('timer wheel by itself', () => {
  it('ticks only between start and stop, and only while it holds items', () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const clock = createManualClock();
      const wheel = createTimerWheel({ tickMs: 100, clock });
      let calls = 0;
      const item: TimerItem = {
        deadline: 3_600_150,
        onTimeout: () => {
          calls++;
        },
        timerNext: null,
        timerPrevious: null,
      };
      const pass = (ms: number): void => {
        for (let passed = 0; passed < ms; passed += 100) {
          clock.advance(100);
          mock.timers.tick(100);
        }
      };
      wheel.start();
      clock.advance(3_600_000);
      assert.equal(wheel.now, 3_600_000, 'an idle wheel reads the clock');
      wheel.schedule(item);
      clock.advance(50);
      assert.equal(wheel.now, 3_600_000, 'a ticking wheel is coarse');
      clock.advance(50);
      mock.timers.tick(100);
      assert.equal(calls, 0);
      pass(100);
      assert.equal(calls, 1);
      clock.advance(33);
      assert.equal(wheel.now, 3_600_233, 'idle again once empty');

      item.deadline = clock.monotonic() + 100;
      wheel.schedule(item);
      wheel.stop();
      pass(500);
      assert.equal(calls, 1);
      wheel.start();
      pass(200);
      assert.equal(calls, 2);
    } finally {
      mock.timers.reset();
    }
  });
});
