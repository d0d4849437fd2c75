import type { HealthSign } from './policy.ts';
import { type HealthState, isUp } from './record.ts';

/** Names one address of one target of an upstream. */
export interface AddressId {
  readonly upstreamId: string;
  readonly targetId: string;
  readonly ip: string;
  readonly port: number;
  /** The name as configured, or that of an SRV record where those are used. */
  readonly host: string;
}

/** When failures in a row eject an address, and for how long. Times are milliseconds. */
export interface EjectionLimits {
  readonly failures: number;
  /** The first time; doubled each time that it fails again soon after, up to `maxTime`. */
  readonly time: number;
  readonly maxTime: number;
  /** Per cent of the upstream's weight that may be ejected at the same time. */
  readonly maxShare: number;
}

/** What a request says of ejecting the peers that fail it. */
export interface EjectionPolicy extends EjectionLimits {
  /** Statuses of answers that are failures; a missing answer always is one. */
  readonly statuses: ReadonlySet<number>;
}

/** What a worker saw of an address in the traffic. */
export interface HealthReport extends AddressId {
  /** What it is to passive checks; undefined for nothing. */
  readonly sign: HealthSign | undefined;
  /** What it is to ejection; undefined for nothing. */
  readonly outlier: OutlierSign | undefined;
  /** Of the last answer; 0 without one. */
  readonly status: number;
  /** How many times in a row. */
  readonly times: number;
}

/** What one try says of an address that may be ejected. */
export interface OutlierSign {
  readonly isFailure: boolean;
  /** Undefined where the request says nothing of ejection: what was said last counts. */
  readonly limits: EjectionLimits | undefined;
}

/** `out` gets no traffic; on `trial` a worker lets one request through at a time, the first of which decides. */
export type EjectionState = 'in' | 'out' | 'trial';

/** What all workers are to think of an address. */
export interface HealthVerdict extends AddressId {
  readonly state: HealthState;
  /** Successes in the traffic are worth a report. */
  readonly heedsSuccess: boolean;
  readonly ejection: EjectionState;
  /** Failures are counted that may eject it, so that any answer is worth a report. */
  readonly isSuspect: boolean;
}

/** The verdict on an address of which nothing is to be said. */
export function innocent({ upstreamId, targetId, ip, port, host }: AddressId): HealthVerdict {
  const nothing = { state: 'healthy', heedsSuccess: false, ejection: 'in', isSuspect: false } as const;
  return { upstreamId, targetId, ip, port, host, ...nothing };
}

/** True when an address may have traffic. */
export function mayServe({ state, ejection }: Pick<HealthVerdict, 'state' | 'ejection'>): boolean {
  return isUp(state) && ejection !== 'out';
}

/** One text for an address within its upstream. */
export function addressKey(
  address: Pick<AddressId, 'ip' | 'port' | 'host'> & { readonly targetId: string | undefined },
): string {
  return `${address.targetId} ${address.ip} ${address.port} ${address.host}`;
}

/** Puts a task off to the end of the present turn of the event loop, such as setImmediate. */
export type Defer = (task: () => void) => void;

/** Items that leave together at the end of the turn in which the first of them came. */
export interface Batch<T> {
  readonly items: readonly T[];
  add(item: T): void;
}

/** Creates an empty {@link Batch}. */
export function createBatch<T>(defer: Defer, send: (items: readonly T[]) => void): Batch<T> {
  let items: T[] = [];

  function flush(): void {
    if (items.length === 0) return;
    const gathered = items;
    items = [];
    send(gathered);
  }

  return {
    get items() {
      return items;
    },
    add(item) {
      items.push(item);
      if (items.length === 1) defer(flush);
    },
  };
}
