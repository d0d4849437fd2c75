import type { Row } from '../../schema/index.ts';
import type { EjectionPolicy, HeaderTable, RetryPolicy } from '../kong.ts';
import { serialize } from './exchange.ts';
import type { LogLine } from './log.ts';
import { sourceOf } from './response.ts';
import type { ExchangeState } from './state.ts';

/** What the upstream was asked. */
export interface UpstreamRequest {
  readonly method: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Headers of the client and of plugins; those that the gateway itself adds are not there. */
  readonly headers: HeaderTable;
  /** Read as UTF-8. */
  readonly body: string;
  readonly retries: number;
  readonly timeouts: { readonly connect: number; readonly write: number; readonly read: number };
  readonly isBuffered: boolean;
  readonly retryPolicy?: RetryPolicy;
  readonly ejectionPolicy?: EjectionPolicy;
}

/** How a request went. */
export interface PluginRun {
  readonly status: number;
  /** As the client sees them, but for those that the gateway itself adds. */
  readonly headers: HeaderTable;
  /** As the client sees it, read as UTF-8. */
  readonly body: string;
  readonly source: 'exit' | 'error' | 'service';
  /** Undefined when the upstream was not asked. */
  readonly upstream: UpstreamRequest | undefined;
  readonly consumer: Row | undefined;
  readonly credential: Row | undefined;
  /** What was logged during this request. */
  readonly logs: readonly LogLine[];
  /** What `kong.log.serialize` hands out in the log phase. */
  readonly entry: Row;
  /** `kong.ctx.shared` at the end. */
  readonly shared: Row;
}

/** Tells how an exchange went, once its log phase is over. */
export function reportOf(state: ExchangeState, logs: readonly LogLine[]): PluginRun {
  const { answer, upstream } = state;
  const isBodiless = state.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  return {
    status: answer.status,
    headers: answer.headers.table(),
    body: isBodiless ? '' : Buffer.concat(answer.body).toString('utf8'),
    source: sourceOf(state),
    upstream: upstream.wasCalled ? upstreamRequest(state) : undefined,
    consumer: state.consumer,
    credential: state.credential,
    logs,
    entry: serialize(state),
    shared: state.shared,
  };
}

function upstreamRequest(state: ExchangeState): UpstreamRequest {
  const { upstream } = state;
  const { host: _client, ...headers } = state.requestHeaders.table();
  return {
    method: state.method,
    scheme: upstream.scheme,
    host: upstream.host,
    port: upstream.port,
    path: upstream.path,
    query: state.query,
    headers: { ...headers, host: upstream.hostHeader ?? upstream.host },
    body: Buffer.from(state.requestBody).toString('utf8'),
    retries: upstream.retries,
    timeouts: upstream.timeouts,
    isBuffered: upstream.isBuffered,
    ...(upstream.retryPolicy && { retryPolicy: upstream.retryPolicy }),
    ...(upstream.ejectionPolicy && { ejectionPolicy: upstream.ejectionPolicy }),
  };
}
