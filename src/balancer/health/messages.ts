import type { HealthSign } from './policy.ts';
import type { HealthState } from './record.ts';

/** Names one address of one target of an upstream. */
export interface AddressId {
  readonly upstreamId: string;
  readonly targetId: string;
  readonly ip: string;
  readonly port: number;
  /** The name as configured, or that of an SRV record where those are used. */
  readonly host: string;
}

/** What a worker saw of an address in the traffic. */
export interface HealthReport extends AddressId {
  readonly sign: HealthSign;
  /** Of the last answer; 0 without one. */
  readonly status: number;
  /** How many times in a row. */
  readonly times: number;
}

/** What all workers are to think of an address. */
export interface HealthVerdict extends AddressId {
  readonly state: HealthState;
  /** Successes in the traffic are worth a report. */
  readonly heedsSuccess: boolean;
}

/** The verdict on an address of which nothing is to be said. */
export function innocent({ upstreamId, targetId, ip, port, host }: AddressId): HealthVerdict {
  return { upstreamId, targetId, ip, port, host, state: 'healthy', heedsSuccess: false };
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
