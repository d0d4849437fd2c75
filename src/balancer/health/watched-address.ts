import type { TimerItem } from '../../kernel/index.ts';
import type { BalancedPeer } from '../peer.ts';
import { Ejection } from './ejection.ts';
import { type AddressId, mayServe } from './messages.ts';
import type { HealthPolicy } from './policy.ts';
import { HealthRecord } from './record.ts';

/** An upstream as its addresses and the schedule of their checks see it. */
export interface WatchedGroup {
  readonly policy: HealthPolicy;
  /** In place of the targets' own names. */
  readonly hostHeader: string | undefined;
  readonly certificateId: string | undefined;
  /** How many of its addresses are being asked right now. */
  running: number;
  /** Addresses that are due and wait for one of those to finish. */
  readonly queue: WatchedAddress[];
}

/** One address of one target, with what is known of its health. It is the timer of its own next check. */
export class WatchedAddress implements TimerItem {
  readonly id: AddressId;
  readonly group: WatchedGroup;
  readonly record = new HealthRecord();
  readonly ejection: Ejection;
  /** Undefined for an address that only workers know so far: names may be resolved differently at a time. */
  peer: BalancedPeer | undefined;
  /** Seconds since the epoch at which it went up or down last, or was first seen. */
  since: number;
  /** Why; undefined while nothing ever happened. */
  reason: string | undefined = undefined;
  isGone = false;
  isAsked = false;

  deadline = Number.POSITIVE_INFINITY;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly #due: (address: WatchedAddress) => void;

  /** `due` is called when a check is due, `tryOut` when the time of an ejection is over. */
  constructor(
    id: AddressId,
    group: WatchedGroup,
    since: number,
    due: (address: WatchedAddress) => void,
    tryOut: (address: WatchedAddress) => void,
  ) {
    this.id = id;
    this.group = group;
    this.since = since;
    this.#due = due;
    this.ejection = new Ejection(() => tryOut(this));
  }

  /** True while it may have traffic. */
  get isServing(): boolean {
    return mayServe({ state: this.record.state, ejection: this.ejection.state });
  }

  /** True when nothing is to be said of it: what holds for addresses that nobody knows. */
  get isInnocent(): boolean {
    return this.record.state === 'healthy' && !this.ejection.isSuspect;
  }

  onTimeout(): void {
    this.#due(this);
  }
}
