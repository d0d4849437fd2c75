import type { Row } from '../schema/index.ts';

/** What the router needs to know of a request. */
export interface RouteRequest {
  readonly method: string;
  /** The Host header in lower case, with its port when it had one; "" when there was none. */
  readonly host: string;
  /** Normalised path without the query, one character per byte as it came off the wire. */
  readonly path: string;
  /** Without the question mark, as it came; undefined when there is none. */
  readonly query?: string | undefined;
  /** What the client speaks; the last three are connections of raw streams. */
  readonly scheme: 'http' | 'https' | 'tcp' | 'tls' | 'udp';
  /** The port that the client connected to, after port_maps. */
  readonly port: number;
  /** Address and port of the client, once trusted proxies are seen through. */
  readonly clientIp?: string | undefined;
  readonly clientPort?: number | undefined;
  /** Our own address, to which the client connected. */
  readonly serverIp?: string | undefined;
  /** Server name from the TLS handshake in lower case without a trailing dot. */
  readonly sni: string | undefined;
  /** All values of a header, by lower-case name with dashes. */
  readonly header: (name: string) => string | readonly string[] | undefined;
}

/** A route with its service, as the router was given them; frozen, so a request may keep them. */
export interface RouteTarget {
  readonly route: Row;
  /** Undefined for a route without a service. */
  readonly service: Row | undefined;
}

/** The outcome of a match; it may be shared between requests, so it is never changed. */
export interface RouteMatch<T extends RouteTarget = RouteTarget> {
  readonly target: T;
  /** The route path that matched: the prefix itself, or the whole text that a regular expression matched. */
  readonly matchedPath: string | undefined;
  readonly matchedByRegex: boolean;
  /**
   * Groups of a regular expression. `unnamed[0]` is group 1; a group that took no part is empty there and absent from
   * `named`, which has no prototype.
   */
  readonly captures: { readonly named: { readonly [name: string]: string }; readonly unnamed: readonly string[] };
}

/**
 * Finds the route of a request. Changes are incremental and take effect at once; a request keeps what it was given.
 * `T` lets the snapshot hang compiled plans on what it puts in.
 */
export interface Router<T extends RouteTarget = RouteTarget> {
  match(request: RouteRequest): RouteMatch<T> | undefined;
  /**
   * Adds or replaces the route with the id of `target.route`. Routes of a disabled service are left out by the caller.
   * @throws GibbonError `ERR_REGEX` for a regular expression that is refused, `ERR_EXPRESSION` for an expression; the
   * router stays as it was.
   */
  put(target: T): void;
  delete(routeId: string): void;
  readonly size: number;
}
