import type { TimerWheel } from '../kernel/index.ts';
import { Http2Pools, type Http2PoolsOfPeer } from './http2/pools.ts';
import type { Http2Request } from './http2/request.ts';
import type { UpstreamTls } from './tls.ts';
import { UpstreamConnection } from './upstream-connection.ts';

/** One address to speak to. A peer is one object for its whole life: pools hang off it. */
export interface PoolPeer {
  readonly ip: string;
  readonly port: number;
  /** Where the pool keeps what belongs to the peer. */
  attached: unknown;
}

/** Settings of a pool; the names in brackets are those of kong.conf. */
export interface PoolOptions {
  readonly wheel: TimerWheel;
  /** Idle connections kept for each peer and TLS profile (`upstream_keepalive_pool_size`); 0 keeps none. */
  readonly size: number;
  /** Requests on one connection (`upstream_keepalive_max_requests`); 0 is no limit. */
  readonly maxRequests: number;
  /** Milliseconds that a connection may be idle (`upstream_keepalive_idle_timeout`); 0 is for ever. */
  readonly idleTimeout: number;
}

/** Connections to all peers of a worker. */
export interface ConnectionPool {
  /** An idle connection to the peer, the one used last, or a new one that is being made; also when it was idle. */
  acquire(peer: PoolPeer, tls?: UpstreamTls): UpstreamConnection;
  /** A connection that is new for sure. */
  acquireFresh(peer: PoolPeer, tls?: UpstreamTls): UpstreamConnection;
  /** A request to a peer that speaks HTTP/2, over a connection that has room; `isFresh` for one that was never used. */
  http2(peer: PoolPeer, tls: UpstreamTls | undefined, isFresh: boolean): Http2Request;
  /** The peer is no longer there: closes its idle connections, and every other one as it comes back. */
  leave(peer: PoolPeer): void;
  /** Closes idle connections, and every other one as it comes back. */
  close(): void;
  /** All connections, idle ones among them. */
  readonly size: number;
  readonly idle: number;
}

/** The connections to one peer with one TLS profile. */
export class PeerPool {
  readonly peer: PoolPeer;
  readonly tls: UpstreamTls | undefined;
  readonly name: string;
  readonly #options: PoolOptions;
  readonly #totals: Totals;
  readonly #idle: UpstreamConnection[] = [];
  #size = 0;
  #isLeft = false;

  constructor(peer: PoolPeer, tls: UpstreamTls | undefined, options: PoolOptions, totals: Totals) {
    this.peer = peer;
    this.tls = tls;
    this.name = nameOf(peer);
    this.#options = options;
    this.#totals = totals;
  }

  get wheel(): TimerWheel {
    return this.#options.wheel;
  }

  take(): UpstreamConnection {
    const connection = this.#idle.pop();
    if (connection === undefined) return this.fresh();
    connection.idleIndex = -1;
    this.#totals.idle -= 1;
    return connection;
  }

  fresh(): UpstreamConnection {
    const connection = new UpstreamConnection(this);
    this.#size += 1;
    this.#totals.size += 1;
    this.#totals.all.add(connection);
    return connection;
  }

  /** Takes back a connection whose answer was whole. `announced` is the peer's own idle time-out in seconds, or -1. */
  put(connection: UpstreamConnection, announced: number): void {
    const { size, maxRequests, idleTimeout } = this.#options;
    if (
      this.#totals.isClosed ||
      this.#isLeft ||
      this.#idle.length >= size ||
      (maxRequests > 0 && connection.served >= maxRequests) ||
      announced === 0
    ) {
      connection.destroy();
      return;
    }
    let wait = idleTimeout === 0 ? Number.POSITIVE_INFINITY : idleTimeout;
    // A second of margin: the peer must never close while our next request is on its way.
    if (announced > 0) wait = Math.min(wait, announced > 1 ? (announced - 1) * 1000 : 500);
    const deadline = this.wheel.now + wait;
    const isEarlier = deadline < connection.deadline;
    connection.deadline = deadline;
    if (isEarlier) this.wheel.schedule(connection);
    connection.idleIndex = this.#idle.length;
    this.#idle.push(connection);
    this.#totals.idle += 1;
  }

  /** Strikes a closed connection out. */
  forget(connection: UpstreamConnection): void {
    if (!this.#totals.all.delete(connection)) return;
    this.wheel.cancel(connection);
    this.#size -= 1;
    this.#totals.size -= 1;
    const at = connection.idleIndex;
    if (at === -1) return;
    connection.idleIndex = -1;
    this.#totals.idle -= 1;
    const last = this.#idle.pop()!;
    if (last !== connection) {
      this.#idle[at] = last;
      last.idleIndex = at;
    }
  }

  /** Keeps no connection from now on. */
  leave(): void {
    this.#isLeft = true;
    for (const connection of [...this.#idle]) connection.destroy();
  }

  /** True when the pool holds nothing and may be dropped. */
  get isEmpty(): boolean {
    return this.#size === 0;
  }
}

interface Totals {
  size: number;
  idle: number;
  isClosed: boolean;
  readonly all: Set<UpstreamConnection>;
}

function nameOf({ ip, port }: PoolPeer): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The pools of one peer: without TLS, by TLS profile, and those of HTTP/2. */
interface PoolsOfPeer {
  plain: PeerPool | undefined;
  readonly secure: Map<string, PeerPool>;
  http2: Http2PoolsOfPeer | undefined;
}

/** Creates the connection pool of a worker. */
export function createConnectionPool(options: PoolOptions): ConnectionPool {
  const totals: Totals = { size: 0, idle: 0, isClosed: false, all: new Set() };
  const http2 = new Http2Pools(options);

  function poolsOf(peer: PoolPeer): PoolsOfPeer {
    return (peer.attached ??= { plain: undefined, secure: new Map(), http2: undefined }) as PoolsOfPeer;
  }

  function poolOf(peer: PoolPeer, tls: UpstreamTls | undefined): PeerPool {
    const pools = poolsOf(peer);
    if (tls === undefined) return (pools.plain ??= new PeerPool(peer, undefined, options, totals));
    let pool = pools.secure.get(tls.key);
    if (pool === undefined) {
      for (const [key, other] of pools.secure) if (other.isEmpty) pools.secure.delete(key);
      pool = new PeerPool(peer, tls, options, totals);
      pools.secure.set(tls.key, pool);
    }
    return pool;
  }

  return {
    acquire: (peer, tls) => poolOf(peer, tls).take(),
    acquireFresh: (peer, tls) => poolOf(peer, tls).fresh(),
    http2(peer, tls, isFresh) {
      const pools = (poolsOf(peer).http2 ??= new Map());
      return http2.request(pools, peer, nameOf(peer), tls, isFresh);
    },
    leave(peer) {
      const pools = peer.attached as PoolsOfPeer | undefined;
      pools?.plain?.leave();
      for (const pool of pools?.secure.values() ?? []) pool.leave();
      for (const pool of pools?.http2?.values() ?? []) pool.leave();
    },
    close() {
      totals.isClosed = true;
      http2.close();
      for (const connection of totals.all) if (connection.idleIndex !== -1) connection.destroy();
    },
    get size() {
      return totals.size + http2.size;
    },
    get idle() {
      return totals.idle + http2.idle;
    },
  };
}
