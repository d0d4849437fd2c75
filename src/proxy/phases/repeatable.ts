import { messageOf } from '../../kernel/index.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Methods that the IANA registry has as idempotent. nginx, and so Kong, takes all but POST, PATCH and LOCK for such. */
const idempotent: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PROPPATCH', 'COPY', 'MOVE', 'MKCOL', 'UNLOCK'],
  ...['REPORT', 'SEARCH'],
]);

/** True for a method that does no more when its request is received twice (RFC 9110 section 9.2.2). */
export function isIdempotent(method: string): boolean {
  return idempotent.has(method);
}

/**
 * True when a request may be tried again as far as its retries, method and policy go; it must be, then, as a budget has been
 * charged with it. `wasSent` when the peer may have received it.
 */
export function mayRepeat(x: Exchange, wasSent: boolean): boolean {
  if (x.retriesLeft === 0 || x.isOver) return false;
  const policy = x.retryPolicy;
  if (wasSent && !(policy?.methods ?? idempotent).has(x.upstreamMethod ?? x.head.method)) return false;
  if (policy === undefined) return true;
  try {
    return policy.mayRetry();
  } catch (fault) {
    // A plugin's own: its fault must not keep the request without an answer.
    x.runtime.logger.error(`Cannot ask a retry policy: ${messageOf(fault)}, request_id: "${x.requestId}"`);
    return false;
  }
}
