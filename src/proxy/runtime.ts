import type { Clock, Logger, TimerWheel } from '../kernel/index.ts';
import type { Row } from '../schema/index.ts';
import type { CompiledService, Snapshot } from '../snapshot/index.ts';
import type { ConnectionPool, UpstreamTls } from '../transport/index.ts';
import type { Exchange } from './exchange/exchange.ts';
import type { TargetPicker } from './phases/balancer.ts';
import type { ProxySettings } from './settings.ts';

/** Numbers that /status shows; shared by all workers of the node. */
export interface ProxyCounters {
  accepted(): void;
  closed(): void;
  requested(): void;
}

/** Everything a request needs of its worker. */
export interface ProxyRuntime {
  readonly settings: ProxySettings;
  readonly snapshot: Snapshot;
  readonly pool: ConnectionPool;
  readonly picker: TargetPicker;
  readonly tls: {
    /**
     * TLS towards an upstream for a service that asks for it; `serverName` is the Host that is sent. The certificate of the
     * Upstream is shown where the service has none.
     */
    of(service: CompiledService | undefined, serverName: string, upstreamCertificateId?: string): UpstreamTls;
  };
  readonly wheel: TimerWheel;
  readonly clock: Clock;
  /** The present time as an HTTP date, made once a second. */
  readonly date: () => string;
  /** See `createLatencyLines`. */
  readonly latencyLines: (upstream: number, proxy: number) => string;
  readonly logger: Logger;
  /** Writes a request's line into the access log; undefined when there is none. */
  readonly logAccess: ((x: Exchange) => void) | undefined;
  readonly node: { readonly id: string; readonly hostname: string; readonly version: string; readonly worker: number };
  readonly counters: ProxyCounters;
  /** Numbers the connections of the worker, from 1. */
  readonly nextSerial: () => number;
  /** Finds consumers by id, or by username too. */
  readonly consumers: {
    find(id: string): Row | undefined | Promise<Row | undefined>;
    findByUsername(name: string): Row | undefined | Promise<Row | undefined>;
  };
  /** Memory figures of all workers, for `kong.node.getMemoryStats`. */
  readonly memoryStats: (unit: string, scale: number) => Row;
}
