import type { Http2Shared } from '../../http2/index.ts';
import type { TimerWheel } from '../../kernel/index.ts';
import { dial } from '../dial.ts';
import type { PoolOptions, PoolPeer } from '../pool.ts';
import type { UpstreamTls } from '../tls.ts';
import { Http2UpstreamConnection } from './connection.ts';
import { Http2Request } from './request.ts';

/** Requests that may wait for a connection whose peer has not said yet how many it takes (RFC 9113 section 6.5.2). */
const usualLimit = 100;

/** What all pools of HTTP/2 connections share. */
export interface Http2Totals {
  size: number;
  idle: number;
  isClosed: boolean;
  readonly all: Set<Http2UpstreamConnection>;
  readonly shared: Http2Shared;
}

/** The HTTP/2 connections to one peer with one TLS profile. Another is made only when none has room. */
export class Http2PeerPool {
  readonly peer: PoolPeer;
  readonly tls: UpstreamTls | undefined;
  readonly name: string;
  readonly #options: PoolOptions;
  readonly #totals: Http2Totals;
  readonly #connections: Http2UpstreamConnection[] = [];
  #limit = usualLimit;
  #idle = 0;
  #isLeft = false;

  constructor(peer: PoolPeer, name: string, tls: UpstreamTls | undefined, options: PoolOptions, totals: Http2Totals) {
    this.peer = peer;
    this.name = name;
    this.tls = tls;
    this.#options = options;
    this.#totals = totals;
  }

  get wheel(): TimerWheel {
    return this.#options.wheel;
  }

  /** A request that is to be sent. `isFresh` for one that must not go over a connection that was used before. */
  request(isFresh: boolean): Http2Request {
    return new Http2Request(this.#choose(isFresh));
  }

  /** Finds another connection for a request that was not sent yet. */
  place(request: Http2Request): void {
    request.move(this.#choose(false));
  }

  #choose(isFresh: boolean): Http2UpstreamConnection {
    for (const connection of this.#connections) {
      if (connection.mayTake(this.#limit) && !(isFresh && connection.served > 0)) return connection;
    }
    let connection: Http2UpstreamConnection;
    const socket = dial(this.peer, this.tls, ['h2'], () => connection);
    connection = new Http2UpstreamConnection(this, socket, this.#totals.shared);
    this.#connections.push(connection);
    this.#totals.size += 1;
    this.#totals.all.add(connection);
    return connection;
  }

  /** The peer takes so many streams on a connection. */
  noteLimit(limit: number): void {
    this.#limit = Math.max(1, Math.min(limit, usualLimit));
  }

  /** True when a connection has carried as many requests as it may. */
  isWorn(requests: number): boolean {
    const { maxRequests } = this.#options;
    return maxRequests > 0 && requests >= maxRequests;
  }

  /** Nothing is left on a connection: it is kept for a while, or ended. */
  rest(connection: Http2UpstreamConnection): void {
    const { size, idleTimeout } = this.#options;
    if (this.#totals.isClosed || this.#isLeft || this.#idle >= size) {
      connection.drain();
      return;
    }
    if (!connection.isIdle) {
      connection.isIdle = true;
      this.#idle += 1;
      this.#totals.idle += 1;
    }
    connection.restFor(idleTimeout === 0 ? Number.POSITIVE_INFINITY : idleTimeout);
  }

  /** A connection is wanted again. */
  wake(connection: Http2UpstreamConnection): void {
    if (!connection.isIdle) return;
    connection.isIdle = false;
    this.#idle -= 1;
    this.#totals.idle -= 1;
  }

  /** Strikes a closed connection out. */
  forget(connection: Http2UpstreamConnection): void {
    if (!this.#totals.all.delete(connection)) return;
    this.wake(connection);
    this.#totals.size -= 1;
    this.#connections.splice(this.#connections.indexOf(connection), 1);
  }

  /** Keeps no connection from now on. */
  leave(): void {
    this.#isLeft = true;
    for (const connection of [...this.#connections]) connection.drain();
  }

  /** True when the pool holds nothing and may be dropped. */
  get isEmpty(): boolean {
    return this.#connections.length === 0;
  }
}
