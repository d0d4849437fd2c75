import type { Peer } from '../../balancer/index.ts';
import type { Logger } from '../../kernel/index.ts';
import type { ProxyRuntime } from '../runtime.ts';
import type { StreamSession } from './session.ts';

/** Where a stream is to go: a host name, an address, or the name of an Upstream. */
export interface StreamTarget {
  readonly host: string;
  readonly port: number;
}

/** Finds an address for each try of a stream. */
export interface StreamPicker {
  /**
   * The peer for the next try, leaving out those that were tried while another is left. The session is told of the
   * Upstream that it belongs to.
   * @throws GibbonError of status 503 when there is none, or 500 when its name cannot be resolved for another reason.
   */
  pick(session: StreamSession, target: StreamTarget): Peer | Promise<Peer>;
  /** True when an Upstream has that name. */
  hasUpstream(name: string): boolean;
}

/** Everything a raw stream needs of its worker. */
export interface StreamRuntime
  extends Pick<
    ProxyRuntime,
    | 'settings'
    | 'snapshot'
    | 'tls'
    | 'wheel'
    | 'clock'
    | 'node'
    | 'counters'
    | 'nextSerial'
    | 'consumers'
    | 'memoryStats'
  > {
  readonly picker: StreamPicker;
  /** Where `proxy_stream_error_log` leads. */
  readonly logger: Logger;
  /** Writes a stream's line into the access log; undefined when there is none. */
  readonly logAccess: ((session: StreamSession) => void) | undefined;
}
