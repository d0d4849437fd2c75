/**
 * Proxy: from a client's socket to the upstream and back: listeners, the exchange with its PDK, and the phases in the
 * order of docs/lifecycle.md; raw streams beside them. It knows no store, no Admin API and no plugin by name.
 */

export { createAccessLog } from './access-log.ts';
export type { Exchange } from './exchange/exchange.ts';
export { createTrust } from './forwarded.ts';
export { type ListenAddress, type ListenTls, listen, type ProxyListener } from './listeners/listener.ts';
export type { TargetPicker } from './phases/balancer.ts';
export { createLatencyLines } from './phases/response-lines.ts';
export type { ProxyCounters, ProxyRuntime } from './runtime.ts';
export type { ProxySettings } from './settings.ts';
export { createStreamAccessLog } from './stream/access-log.ts';
export { listenStream } from './stream/listen.ts';
export { createStreamPicker } from './stream/picker.ts';
export type { StreamRuntime } from './stream/runtime.ts';
export { createTargetPicker } from './target-picker.ts';
export { createUpstreamTls, type UpstreamTlsOptions } from './upstream-tls.ts';
