import type { HeaderTable, HeaderValue, Kong } from '../../pdk/index.ts';
import type { CachedAnswer } from './cached-answer.ts';

/** Which headers of the cache clients are told; null as all false. */
export type ShownHeaders =
  | {
      readonly [name in 'age' | 'X-Cache-Status' | 'X-Cache-Key']: boolean | null;
    }
  | null;

const forService = Object.freeze({ isForService: true });

/** Why a request was sent upstream (RFC 9211 section 2.2). */
export type ForwardReason = 'method' | 'request' | 'stale' | 'uri-miss' | 'vary-miss';

/** Gives stored answers to clients. */
export interface Replay {
  /** Sets a header of the cache, if clients are told of it. */
  tell(kong: Kong, name: 'X-Cache-Status' | 'X-Cache-Key', value: string): void;
  /** Answers a request with a stored answer; `now` is in seconds since the epoch. */
  give(kong: Kong, key: string, answer: CachedAnswer, now: number, status: 'Hit' | 'Stale'): void;
  /** Says in Cache-Status why a request went upstream, and whether the answer is kept; in headerFilter. */
  tellForwarded(kong: Kong, reason: ForwardReason, isKept: boolean): void;
  /** Puts the head of a stored answer in place of the one that is about to be sent. */
  replace(kong: Kong, key: string, answer: CachedAnswer, now: number): void;
}

/** Creates a {@link Replay} for the switches of a configuration; a request with a `Kong-Debug` header is told everything. */
export function createReplay(shown: ShownHeaders, tellsStatus: boolean): Replay {
  const showsAge = shown?.age === true;
  const showsStatus = shown?.['X-Cache-Status'] === true;
  const showsKey = shown?.['X-Cache-Key'] === true;
  const showsAll = showsAge && showsStatus && showsKey;

  function isDebugged(kong: Kong): boolean {
    return !showsAll && kong.request.getHeader('kong-debug') !== undefined;
  }

  function headersOf(kong: Kong, key: string, answer: CachedAnswer, now: number, status: string): HeaderTable {
    const all = isDebugged(kong);
    const headers: { [name: string]: HeaderValue } = { ...answer.headers };
    if (all || showsAge) headers['Age'] = Math.max(0, now - answer.timestamp);
    if (all || showsStatus) headers['X-Cache-Status'] = status;
    if (all || showsKey) headers['X-Cache-Key'] = key;
    if (tellsStatus) {
      // Caches add themselves behind those that are nearer to the origin.
      const own = `Gibbon; hit; ttl=${answer.ttl - (now - answer.timestamp)}`;
      const others = answer.headers['Cache-Status'];
      headers['Cache-Status'] = others === undefined ? own : [others, own].flat();
    }
    return headers as HeaderTable;
  }

  return {
    tell(kong, name, value) {
      if ((name === 'X-Cache-Key' ? showsKey : showsStatus) || isDebugged(kong)) kong.response.setHeader(name, value);
    },
    give(kong, key, answer, now, status) {
      // For plugins that log; in Kong's shape.
      kong.ctx.shared['proxy_cache_hit'] = {
        res: answer,
        req: {},
        server_addr: kong.connection.getServerAddress(),
      };
      kong.response.exit(answer.status, answer.body, headersOf(kong, key, answer, now, status), forService);
    },
    tellForwarded(kong, reason, isKept) {
      if (tellsStatus) kong.response.addHeader('Cache-Status', `Gibbon; fwd=${reason}${isKept ? '; stored' : ''}`);
    },
    replace(kong, key, answer, now) {
      const { response } = kong;
      for (const name of Object.keys(response.getHeaders(1000))) {
        if (name !== 'connection' && name !== 'transfer-encoding') response.clearHeader(name);
      }
      const status = response.getStatus();
      response.setStatus(answer.status);
      response.setHeaders(headersOf(kong, key, answer, now, 'Stale'));
      if (tellsStatus) response.setHeader('Cache-Status', `Gibbon; fwd=stale; fwd-status=${status}`);
    },
  };
}
