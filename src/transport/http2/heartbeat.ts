import type { TimerWheel } from '../../kernel/index.ts';

/** Milliseconds of silence after which a peer is asked whether it is still there. */
const silenceTime = 10_000;
/** Milliseconds that a peer has to say anything after that. */
const probeTime = 10_000;
const never = Number.POSITIVE_INFINITY;

/** Payload of the PING that asks. */
export const probe: Buffer = Buffer.from('gibbon?!', 'latin1');

/** Knows when a peer was heard last, and when it is to be asked whether it is still there. */
export class Heartbeat {
  readonly #wheel: TimerWheel;
  #heardAt: number;
  /** Until then the peer has to be heard; Infinity while it was not asked. */
  deadline = never;
  /** A request had to wait so long that the peer is not to be relied upon before it is heard. */
  isSuspect = false;

  constructor(wheel: TimerWheel) {
    this.#wheel = wheel;
    this.#heardAt = wheel.now;
  }

  /** Something came from the peer. */
  heard(): void {
    this.#heardAt = this.#wheel.now;
    this.deadline = never;
    this.isSuspect = false;
  }

  /** A request is about to be sent. True when a PING should go with it. */
  beforeRequest(): boolean {
    return this.#wheel.now - this.#heardAt > silenceTime && this.#ask();
  }

  /** A request had to wait too long for its answer. True when a PING should be sent. */
  afterTimeout(): boolean {
    // Others may well get their answers.
    if (this.#wheel.now - this.#heardAt < silenceTime / 2) return false;
    this.isSuspect = true;
    return this.#ask();
  }

  #ask(): boolean {
    if (this.deadline !== never) return false;
    this.deadline = this.#wheel.now + probeTime;
    return true;
  }
}
