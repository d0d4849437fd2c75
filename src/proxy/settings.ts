import type { HeadLimits } from '../http1/index.ts';
import type { ErrorFormat, ErrorTemplates } from '../pdk/support.ts';

/** Settings of the data plane, made ready for use on every request; frozen. Times are milliseconds, sizes bytes. */
export interface ProxySettings {
  /** Version of Kong whose behaviour this is. */
  readonly kongVersion: string;
  /** `Server` of answers that the gateway makes itself, such as `gibbon/1.0.0`. */
  readonly serverToken: string;
  /** Our element of `Via`, such as `1.1 gibbon/1.0.0`. */
  readonly viaToken: string;
  /** The same for requests that came over HTTP/2. */
  readonly viaToken2: string;
  /** The header line of an answer that passed no other proxy, with CRLF. */
  readonly viaLine: string;
  /** Which headers go to the client (`headers`). */
  readonly sends: {
    readonly server: boolean;
    readonly via: boolean;
    readonly proxyLatency: boolean;
    readonly upstreamLatency: boolean;
    readonly responseLatency: boolean;
    readonly upstreamStatus: boolean;
    readonly requestId: boolean;
  };
  /** X-Kong-Request-Id goes to the upstream (`headers_upstream`). */
  readonly sendsRequestIdUpstream: boolean;
  /** True for peers within `trusted_ips`. */
  readonly isTrusted: (address: string) => boolean;
  /** True when no peer is trusted, which spares every request the question. */
  readonly trustsNobody: boolean;
  /** Lower-case name of the header that holds the client's address (`real_ip_header`). */
  readonly realIpHeader: string;
  readonly realIpRecursive: boolean;
  /** Honours `Kong-Debug: 1` (`allow_debug_header`). */
  readonly allowsDebugHeader: boolean;
  /** The port that clients connect to, by the port that we listen on (`port_maps`). */
  readonly portMap: ReadonlyMap<number, number>;
  /** 0 for no limit (`client_max_body_size`). */
  readonly maxBodySize: number;
  /** Bytes of a body that may be gathered in memory for a plugin. */
  readonly maxBufferedBody: number;
  readonly headLimits: HeadLimits;
  readonly headerTimeout: number;
  readonly bodyTimeout: number;
  readonly sendTimeout: number;
  readonly keepAliveTimeout: number;
  /** Requests on one client connection. */
  readonly keepAliveRequests: number;
  readonly errorDefaultFormat: ErrorFormat;
  readonly errorTemplates: ErrorTemplates | undefined;
  /** Problem details (RFC 9457) take the place of Kong's JSON. */
  readonly problemDetails: boolean;
  /** Arguments and headers that plugins see at most unless they ask for more. */
  readonly maxHeaders: number;
  readonly maxArgs: number;
  readonly workspaceId: string;
}
