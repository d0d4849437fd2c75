import type { TimerItem } from '../../kernel/index.ts';
import type { EjectionLimits, EjectionState, OutlierSign } from './messages.ts';

/**
 * Whether one address is ejected: out after several failures in a row, on trial once its time is over, back in with the
 * first answer that is no failure, out again for longer with one that is. It is the timer of its own end.
 */
export class Ejection implements TimerItem {
  #state: EjectionState = 'in';
  #failures = 0;
  #limits: EjectionLimits | undefined;
  /** How often it was ejected in a row, and for how many milliseconds the last time. */
  #times = 0;
  #lastTime = 0;
  /** Monotonic milliseconds. */
  #backSince = Number.NEGATIVE_INFINITY;

  deadline = Number.POSITIVE_INFINITY;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly #over: () => void;

  /** `over` is called when the time of an ejection is over. */
  constructor(over: () => void) {
    this.#over = over;
  }

  get state(): EjectionState {
    return this.#state;
  }

  /** True while any answer would change something. */
  get isSuspect(): boolean {
    return this.#failures > 0 || this.#state !== 'in';
  }

  /** Failures in a row that were counted since it came in. */
  get failures(): number {
    return this.#failures;
  }

  /** Per cent of the upstream's weight that may be ejected at the same time; 0 while nothing was said. */
  get maxShare(): number {
    return this.#limits?.maxShare ?? 0;
  }

  /** Takes in what a try said, `times` times in a row. Returns what is to be done about it. */
  note({ isFailure, limits }: OutlierSign, times: number): 'eject' | 'readmit' | undefined {
    this.#limits = limits ?? this.#limits;
    // Answers that come while it is out belong to requests from before.
    if (this.#limits === undefined || this.#state === 'out') return undefined;
    if (!isFailure) {
      this.#failures = 0;
      return this.#state === 'trial' ? 'readmit' : undefined;
    }
    this.#failures += times;
    return this.#state === 'trial' || this.#failures >= this.#limits.failures ? 'eject' : undefined;
  }

  /** Begins an ejection and returns for how many milliseconds; who calls schedules the timer. */
  eject(now: number): number {
    const { time, maxTime } = this.#limits!;
    // It is the same trouble as before when the address did not stay in for as long as it was out.
    const isRelapse = this.#state === 'trial' || now - this.#backSince < this.#lastTime;
    this.#times = isRelapse ? this.#times + 1 : 1;
    this.#lastTime = Math.min(maxTime, time * 2 ** (this.#times - 1));
    this.#state = 'out';
    this.#failures = 0;
    this.deadline = now + this.#lastTime;
    return this.#lastTime;
  }

  /** The time is over: requests may try it out. Returns how many milliseconds it was out. */
  tryOut(): number {
    this.#state = 'trial';
    return this.#lastTime;
  }

  readmit(now: number): void {
    this.#state = 'in';
    this.#failures = 0;
    this.#backSince = now;
  }

  /** Forgets everything: an operator says that it is well. */
  clear(): void {
    this.readmit(Number.NEGATIVE_INFINITY);
  }

  onTimeout(): void {
    this.#over();
  }
}
