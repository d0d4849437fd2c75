import { ChunkPool, LineCache, TurnEnd } from '../../http2/index.ts';
import type { PoolOptions, PoolPeer } from '../pool.ts';
import type { UpstreamTls } from '../tls.ts';
import { Http2PeerPool, type Http2Totals } from './peer-pool.ts';
import type { Http2Request } from './request.ts';

/** Pools of one peer by the key of the TLS profile; "" for none. */
export type Http2PoolsOfPeer = Map<string, Http2PeerPool>;

/** The HTTP/2 connections of a worker to all peers. */
export class Http2Pools {
  readonly #options: PoolOptions;
  readonly #totals: Http2Totals = {
    size: 0,
    idle: 0,
    isClosed: false,
    all: new Set(),
    shared: { pool: new ChunkPool(), lines: new LineCache(), turn: new TurnEnd() },
  };

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#totals.size;
  }

  get idle(): number {
    return this.#totals.idle;
  }

  /** A request to a peer whose pools are `pools`. */
  request(
    pools: Http2PoolsOfPeer,
    peer: PoolPeer,
    name: string,
    tls: UpstreamTls | undefined,
    isFresh: boolean,
  ): Http2Request {
    const key = tls?.key ?? '';
    let pool = pools.get(key);
    if (pool === undefined) {
      for (const [other, { isEmpty }] of pools) if (isEmpty) pools.delete(other);
      pool = new Http2PeerPool(peer, name, tls, this.#options, this.#totals);
      pools.set(key, pool);
    }
    return pool.request(isFresh);
  }

  /** Ends idle connections, and every other one once it carries nothing. */
  close(): void {
    this.#totals.isClosed = true;
    for (const connection of [...this.#totals.all]) connection.drain();
  }
}
