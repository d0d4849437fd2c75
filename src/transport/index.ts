/**
 * Transport: speaking to a peer in HTTP/1 or HTTP/2: connections, their pools, framing of answers, time-outs. It is handed texts to send and
 * tells a sink what came back; it knows no routes, no plugins and no balancing.
 */

export type { Carrier } from './carrier.ts';
export { type FaultKind, TransportFault } from './fault.ts';
export type { Http2Request, Http2RequestParts } from './http2/request.ts';
export { type ConnectionPool, createConnectionPool, type PoolOptions, type PoolPeer } from './pool.ts';
export { queuedBytes } from './queued-bytes.ts';
export { RawDial, type RawDialOptions } from './raw-dial.ts';
export type { UpstreamTls } from './tls.ts';
export type { ResponseSink, Timeouts, UpstreamConnection } from './upstream-connection.ts';
