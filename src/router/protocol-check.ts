import type { Row } from '../schema/index.ts';

/** What {@link checkProtocol} needs to know of a request. */
export interface ProtocolRequest {
  /** `https` when the client's own connection, or what a trusted peer says of it in X-Forwarded-Proto, is TLS. */
  readonly forwardedScheme: string;
  /** Host for a redirect: that of a trusted peer's X-Forwarded-Host, else the request's own, without the port. */
  readonly forwardedHost: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  readonly isHttp2: boolean;
  /** The Content-Type header; undefined when there is none. */
  readonly contentType: string | undefined;
}

/** An answer that the gateway gives in the upstream's place. */
export interface ProtocolAnswer {
  readonly status: number;
  /** Text for an error body in the client's format; undefined for an empty body. */
  readonly message: string | undefined;
  readonly headers: { readonly [name: string]: string };
}

const useHttps: ProtocolAnswer = Object.freeze({
  status: 426,
  message: 'Please use HTTPS protocol',
  headers: Object.freeze({ Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' }),
});

const useHttp2: ProtocolAnswer = Object.freeze({
  status: 426,
  message: 'Please use HTTP2 protocol',
  headers: Object.freeze({ connection: 'Upgrade', upgrade: 'HTTP/2' }),
});

const notGrpc: ProtocolAnswer = Object.freeze({
  status: 415,
  message: 'Non-gRPC request matched gRPC route',
  headers: Object.freeze({}),
});

const useGrpcs: ProtocolAnswer = Object.freeze({
  status: 200,
  message: undefined,
  headers: Object.freeze({
    'content-type': 'application/grpc',
    'grpc-status': '1',
    'grpc-message': 'gRPC request matched gRPCs route',
  }),
});

/**
 * Decides after the match whether a route's protocols let the request through; undefined means that they do.
 * Routes for http alone accept https too, as in Kong's traditional flavours.
 */
export function checkProtocol(route: Row, request: ProtocolRequest): ProtocolAnswer | undefined {
  const protocols = route.protocols;
  if (!Array.isArray(protocols)) return undefined;
  const isSecure = request.forwardedScheme === 'https';
  if (!isSecure && protocols.includes('https') && !protocols.includes('http')) return redirect(route, request);
  const acceptsGrpc = protocols.includes('grpc');
  if (!acceptsGrpc && !protocols.includes('grpcs')) return undefined;
  if (request.contentType?.startsWith('application/grpc') !== true) return notGrpc;
  if (!request.isHttp2) return useHttp2;
  return acceptsGrpc || isSecure ? undefined : useGrpcs;
}

const redirects: ReadonlySet<unknown> = new Set([301, 302, 307, 308]);

function redirect(route: Row, request: ProtocolRequest): ProtocolAnswer {
  const status = route.https_redirect_status_code;
  if (typeof status !== 'number' || !redirects.has(status)) return useHttps;
  return {
    status,
    message: undefined,
    headers: { Location: `https://${request.forwardedHost}${request.target}` },
  };
}
