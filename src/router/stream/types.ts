import type { RouteTarget } from '../types.ts';

/** What the router needs to know of a connection, or of the first datagram of a client. */
export interface StreamRequest {
  /** `tls` for connections to an address that speaks TLS, whoever ends it. */
  readonly scheme: 'tcp' | 'tls' | 'udp';
  /** Address and port of the client, once trusted proxies are seen through. */
  readonly clientIp: string;
  readonly clientPort: number;
  /** Our own address, and the port that the client connected to, after port_maps. */
  readonly serverIp: string;
  readonly port: number;
  /** Server name in lower case without a trailing dot. */
  readonly sni: string | undefined;
}

/** Finds the route of a connection. Changes are incremental and take effect at once. */
export interface StreamRouter<T extends RouteTarget = RouteTarget> {
  match(request: StreamRequest): T | undefined;
  /** Adds or replaces the route with the id of `target.route`. Routes of a disabled service are left out by the caller. */
  put(target: T): void;
  delete(routeId: string): void;
  readonly size: number;
}
