import { type Clock, systemClock } from './clock.ts';

/**
 * Something that waits on a {@link TimerWheel}. While it is scheduled its owner may write `deadline` at will: that is
 * all it takes to arm, re-arm or (with Infinity) disarm it.
 */
export interface TimerItem {
  /** Monotonic milliseconds, on the scale of {@link TimerWheel.now}; Infinity for never. */
  deadline: number;
  /** Called once the deadline is past; the item is off the wheel by then and may be scheduled again. */
  onTimeout(): void;
  /** The wheel's own links, in the item so that nothing is allocated; start them as null and leave them alone. */
  timerNext: TimerItem | null;
  timerPrevious: TimerItem | null;
}

/** Coarse time-outs for very many items: deadlines are looked at on a tick, never one timer each. */
export interface TimerWheel {
  /**
   * Monotonic milliseconds as of the last tick, so up to one tick old: cheap enough for every request, too coarse for
   * time-outs that are shorter than a few ticks.
   */
  readonly now: number;
  /** How many items are scheduled. */
  readonly size: number;
  /** True between {@link TimerWheel.schedule} and the time-out or {@link TimerWheel.cancel}. */
  isScheduled(item: TimerItem): boolean;
  /**
   * Puts an item on the wheel. For one that is there already this is only needed after its deadline moved to earlier
   * and must be kept to the tick: unasked, the wheel notices an earlier deadline within `slots` ticks.
   */
  schedule(item: TimerItem): void;
  /** Takes an item off the wheel, if it is there. */
  cancel(item: TimerItem): void;
  /** From now on the wheel ticks by itself whenever it holds items; this never keeps the process alive. */
  start(): void;
  /** Ends the ticking; scheduled items stay where they are. */
  stop(): void;
  /**
   * Calls every item whose deadline is `now` or earlier. Returns how many were called. An item that throws does not keep
   * the others from being called.
   * @throws the first fault of an item, once all were called.
   */
  tick(now?: number): number;
}

/** What {@link createTimerWheel} may be told. */
export interface TimerWheelOptions {
  /** Milliseconds between ticks; 100 unless told. A time-out comes up to two ticks late. */
  readonly tickMs?: number;
  /**
   * How many ticks the wheel spans; 16 unless told. An item due later than that, or never, is looked at once in so many
   * ticks, which is what makes re-arming a mere field write.
   */
  readonly slots?: number;
  readonly clock?: Clock;
}

/**
 * Creates a {@link TimerWheel}. An item sits in the slot of its deadline's tick, or in the farthest slot when it is due
 * beyond the wheel's span; when its slot comes up, an item that is not due yet moves on to the slot of the deadline that
 * it has by then.
 */
export function createTimerWheel(options: TimerWheelOptions = {}): TimerWheel {
  const tickMs = options.tickMs ?? 100;
  const slots = options.slots ?? 16;
  const clock = options.clock ?? systemClock;
  const heads = Array.from({ length: slots }, createHead);
  const due = createHead();
  let size = 0;
  let now = clock.monotonic();
  let tickNumber = Math.floor(now / tickMs);
  let started = false;
  let interval: NodeJS.Timeout | undefined;

  function place(item: TimerItem): void {
    const wanted = Math.ceil(item.deadline / tickMs);
    // Never the current slot, which is behind us: an item scheduled as already due waits for the next tick.
    const at = wanted <= tickNumber ? tickNumber + 1 : wanted < tickNumber + slots ? wanted : tickNumber + slots - 1;
    linkBefore(heads[at % slots]!, item);
  }

  function tick(at: number = clock.monotonic()): number {
    now = at;
    const target = Math.floor(at / tickMs);
    // After a stall every slot is due once, however many ticks were missed.
    const first = Math.max(tickNumber + 1, target - slots + 1);
    for (let slot = first; slot <= target; slot++) moveAll(heads[slot % slots]!, due);
    if (target > tickNumber) tickNumber = target;
    let called = 0;
    let faults: unknown[] | undefined;
    // Items are taken one by one from a list of their own: whatever a time-out schedules or cancels, the list stays sound.
    for (let item = due.timerNext!; item !== due; item = due.timerNext!) {
      unlink(item);
      if (item.deadline > at) {
        place(item);
        continue;
      }
      size--;
      called++;
      try {
        item.onTimeout();
      } catch (fault) {
        faults ??= [];
        faults.push(fault);
      }
    }
    if (size === 0) halt();
    if (faults !== undefined) throw faults[0];
    return called;
  }

  function run(): void {
    if (interval !== undefined || !started || size === 0) return;
    now = clock.monotonic();
    interval = setInterval(tick, tickMs);
    interval.unref();
  }

  function halt(): void {
    clearInterval(interval);
    interval = undefined;
  }

  return {
    get now() {
      return interval === undefined ? clock.monotonic() : now;
    },
    get size() {
      return size;
    },
    isScheduled: (item) => item.timerNext !== null,
    schedule(item) {
      if (item.timerNext !== null) {
        unlink(item);
      } else {
        size++;
        if (interval === undefined) {
          if (size === 1) tickNumber = Math.max(tickNumber, Math.floor(clock.monotonic() / tickMs));
          run();
        }
      }
      place(item);
    },
    cancel(item) {
      if (item.timerNext === null) return;
      unlink(item);
      size--;
    },
    start() {
      started = true;
      run();
    },
    stop() {
      started = false;
      halt();
    },
    tick,
  };
}

function createHead(): TimerItem {
  const head: TimerItem = { deadline: 0, onTimeout() {}, timerNext: null, timerPrevious: null };
  head.timerNext = head;
  head.timerPrevious = head;
  return head;
}

function linkBefore(head: TimerItem, item: TimerItem): void {
  const last = head.timerPrevious!;
  item.timerPrevious = last;
  item.timerNext = head;
  last.timerNext = item;
  head.timerPrevious = item;
}

function unlink(item: TimerItem): void {
  item.timerPrevious!.timerNext = item.timerNext;
  item.timerNext!.timerPrevious = item.timerPrevious;
  item.timerNext = null;
  item.timerPrevious = null;
}

function moveAll(from: TimerItem, to: TimerItem): void {
  if (from.timerNext === from) return;
  const first = from.timerNext!;
  const last = from.timerPrevious!;
  const before = to.timerPrevious!;
  before.timerNext = first;
  first.timerPrevious = before;
  last.timerNext = to;
  to.timerPrevious = last;
  from.timerNext = from;
  from.timerPrevious = from;
}
