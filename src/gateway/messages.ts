import type { HealthReport, HealthVerdict } from '../balancer/index.ts';
import type { RowRequest } from '../cache/index.ts';
import type { DnsStatistics } from '../dns/index.ts';
import type { EntityChange } from '../events/index.ts';
import type { LogLevel } from '../kernel/index.ts';
import type { ValueAddition } from '../pdk/index.ts';
import type { Row } from '../schema/index.ts';

/** A row that a plugin writes; `ttl` is in seconds. */
export type RowWrite = { readonly entity: string; readonly ttl?: number } & (
  | { readonly operation: 'insert'; readonly given: Row }
  | { readonly operation: 'update'; readonly id: string; readonly given: Row }
  | { readonly operation: 'delete'; readonly id: string }
);

/** What a plugin wants added to the values of rows. */
export interface RowAddition {
  readonly entity: string;
  readonly operation: 'add';
  readonly additions: readonly ValueAddition[];
}

/** What the main thread tells a worker. */
export type ToWorker =
  /** Rows that changed together. Workers answer with `applied` once the next request sees them. */
  | { readonly type: 'changes'; readonly version: number; readonly changes: readonly EntityChange[] }
  /** The store was read whole: open the listeners. */
  | { readonly type: 'listen'; readonly ports: readonly number[] }
  | { readonly type: 'found'; readonly id: number; readonly row: Row | null }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  /** What is to be thought of addresses of upstreams from now on. Answered with `applied`, too. */
  | { readonly type: 'health'; readonly version: number; readonly verdicts: readonly HealthVerdict[] }
  /** Forget all rows that are cached. */
  | { readonly type: 'forget' }
  /** Answered with `dns-statistics` and the same number. */
  | { readonly type: 'count-dns'; readonly id: number }
  | { readonly type: 'log-level'; readonly level: LogLevel }
  | { readonly type: 'ticket-keys'; readonly keys: Uint8Array }
  /** Stop accepting, finish what is in flight, then leave. */
  | { readonly type: 'drain' };

/** What a worker tells the main thread. */
export type FromWorker =
  /** Plugins are set up; rows may come. */
  | { readonly type: 'ready' }
  /** The listeners are open, on these ports in the order of `proxy_listen`, then of `stream_listen`. */
  | { readonly type: 'listening'; readonly ports: readonly number[] }
  | { readonly type: 'applied'; readonly version: number }
  | { readonly type: 'find'; readonly id: number; readonly request: RowRequest }
  /** Answered with `found` and the row as it is now, or was, with null where there was none; sums come as a row's `values`. */
  | { readonly type: 'write'; readonly id: number; readonly write: RowWrite | RowAddition }
  /** What the traffic showed of addresses of upstreams. */
  | { readonly type: 'health-reports'; readonly reports: readonly HealthReport[] }
  /** What the worker's resolver counted. */
  | { readonly type: 'dns-statistics'; readonly id: number; readonly statistics: DnsStatistics }
  | { readonly type: 'drained' }
  /** The worker cannot start, and another one could not either. */
  | { readonly type: 'refused'; readonly message: string };
