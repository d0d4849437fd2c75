import { BlockList, isIP } from 'node:net';
import type { Row } from '../../schema/index.ts';
import { encodeArgs } from '../args.ts';
import type { ArgsGiven, EjectionPolicy, HeaderValues, RetryPolicy } from '../kong.ts';
import type { SerializeValue } from '../log-entry.ts';
import { type PhaseName, phaseBits } from '../phases.ts';
import { bytesOf, latin1OfText } from '../text.ts';
import { HeaderBag } from './header-bag.ts';
import type { FakeHost } from './host.ts';

/** What the client of a fake exchange sends. */
export interface FakeRequest {
  readonly method?: string;
  /** As sent, without the query; `/` unless told. */
  readonly path?: string;
  /** As sent, without the question mark, or arguments to encode. */
  readonly query?: string | ArgsGiven;
  readonly headers?: HeaderValues;
  /** A text is sent as UTF-8, a record as JSON with its content type. */
  readonly body?: string | Uint8Array | object;
  readonly clientIp?: string;
  readonly clientPort?: number;
  /** Address of the client behind a trusted proxy; the peer's own unless told. */
  readonly forwardedIp?: string;
  readonly forwardedPort?: number;
  readonly scheme?: 'http' | 'https';
  /** Without a port; `example.com` unless told. */
  readonly host?: string;
  /** Port of the listener; 8000, or 8443 with https. */
  readonly port?: number;
  readonly httpVersion?: 1 | 1.1 | 2;
  /** PEM texts of the certificates that the client sends, its own first; only with https. */
  readonly clientCertificate?: string;
  readonly captures?: { readonly named?: { readonly [name: string]: string }; readonly unnamed?: readonly string[] };
}

/** What the upstream of a fake exchange answers. */
export interface FakeUpstreamResponse {
  /** 200 unless told. */
  readonly status?: number;
  readonly headers?: HeaderValues;
  /** Handed to body filters as one chunk, or as the chunks of a list. */
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[];
}

/** What a fake exchange is made of. */
export interface FakeExchangeOptions {
  readonly request?: FakeRequest;
  /** Null for a request that matches no route; a plain one unless told. */
  readonly route?: Row | null;
  /** Null for a route without a service. */
  readonly service?: Row | null;
  readonly upstreamResponse?: FakeUpstreamResponse;
  /** Names of Upstreams that `set_upstream` finds. */
  readonly upstreams?: readonly string[];
  /** Who was authenticated before the plugins run. */
  readonly consumer?: Row;
  readonly credential?: Row;
  /** Peers whose X-Forwarded-* headers count; CIDR ranges are understood. */
  readonly trustedIps?: readonly string[];
  /** Ports that clients see, by the listener's port (`port_maps`). */
  readonly hostPorts?: { readonly [port: number]: number };
  readonly requestId?: string;
}

/** The route of a fake exchange unless told otherwise. */
export const fakeRoute: Row = Object.freeze({
  id: '00000000-0000-4000-8000-00000000000a',
  name: 'test-route',
  protocols: ['http', 'https'],
  paths: ['/'],
  strip_path: true,
});

/** The service of a fake exchange unless told otherwise. */
export const fakeService: Row = Object.freeze({
  id: '00000000-0000-4000-8000-00000000000b',
  name: 'test-service',
  protocol: 'http',
  host: 'upstream.test',
  port: 80,
  retries: 5,
  connect_timeout: 60000,
  write_timeout: 60000,
  read_timeout: 60000,
});

/** Everything that changes while a fake exchange runs. */
export interface ExchangeState {
  readonly host: FakeHost;
  readonly options: FakeExchangeOptions;
  readonly requestId: string;
  /** One bit of `phaseBits`. */
  phase: number;
  readonly startedAt: number;
  readonly clientIp: string;
  readonly scheme: 'http' | 'https';
  readonly authority: string;
  readonly port: number;
  readonly httpVersion: 1 | 1.1 | 2;
  /** The request target as sent. */
  readonly target: string;
  readonly rawPath: string;
  method: string;
  query: string;
  readonly requestHeaders: HeaderBag;
  requestBody: Uint8Array;
  readonly route: Row | undefined;
  readonly service: Row | undefined;
  consumer: Row | undefined;
  credential: Row | undefined;
  /** What handlers wanted of the handshake. */
  readonly handshake: { authorities: readonly string[] | undefined; isApart: boolean };
  clientVerify: string | undefined;
  readonly upstream: {
    scheme: string;
    host: string;
    port: number;
    path: string;
    /** The Host header, unless the service's host is sent. */
    hostHeader: string | undefined;
    retries: number;
    timeouts: { connect: number; write: number; read: number };
    isBuffered: boolean;
    wasCalled: boolean;
    retryPolicy?: RetryPolicy;
    ejectionPolicy?: EjectionPolicy;
  };
  readonly answer: {
    status: number;
    readonly headers: HeaderBag;
    body: readonly Uint8Array[];
    isSent: boolean;
  };
  /** What the upstream answered, untouched. */
  upstreamAnswer: { readonly status: number; readonly headers: HeaderBag; readonly body: Uint8Array } | undefined;
  /** True once a plugin answered in place of the upstream. */
  isExited: boolean;
  hasFailed: boolean;
  readonly shared: Record<string, unknown>;
  readonly serializeValues: SerializeValue[];
  isTrusted(address: string): boolean;
}

/** Prepares the state of an exchange before its first phase. */
export function createState(options: FakeExchangeOptions, host: FakeHost): ExchangeState {
  const request = options.request ?? {};
  const scheme = request.scheme ?? 'http';
  const port = request.port ?? (scheme === 'https' ? 8443 : 8000);
  const authority = request.host ?? 'example.com';
  const query = typeof request.query === 'object' ? encodeArgs(request.query) : latin1OfText(request.query ?? '');
  const rawPath = latin1OfText(request.path ?? '/');
  const headers = new HeaderBag({ Host: authority, ...request.headers });
  const service = options.service === undefined ? fakeService : (options.service ?? undefined);
  return {
    host,
    options,
    requestId: options.requestId ?? '0123456789abcdef0123456789abcdef',
    phase: phaseBits.access,
    startedAt: host.clock.now(),
    clientIp: request.clientIp ?? '127.0.0.1',
    scheme,
    authority,
    port,
    httpVersion: request.httpVersion ?? 1.1,
    target: query === '' ? rawPath : `${rawPath}?${query}`,
    rawPath,
    method: request.method ?? 'GET',
    query,
    requestHeaders: headers,
    requestBody: bodyBytes(request.body, headers),
    route: options.route === undefined ? fakeRoute : (options.route ?? undefined),
    service,
    consumer: options.consumer,
    credential: options.credential,
    handshake: { authorities: undefined, isApart: false },
    clientVerify: undefined,
    upstream: {
      scheme: (service?.['protocol'] as string | undefined) ?? 'http',
      host: (service?.['host'] as string | undefined) ?? '',
      port: Number(service?.['port'] ?? 80),
      path: rawPath,
      hostHeader: undefined,
      retries: Number(service?.['retries'] ?? 5),
      timeouts: {
        connect: Number(service?.['connect_timeout'] ?? 60000),
        write: Number(service?.['write_timeout'] ?? 60000),
        read: Number(service?.['read_timeout'] ?? 60000),
      },
      isBuffered: false,
      wasCalled: false,
    },
    answer: { status: 200, headers: new HeaderBag(), body: [], isSent: false },
    upstreamAnswer: undefined,
    isExited: false,
    hasFailed: false,
    shared: {},
    serializeValues: [],
    isTrusted: createTrust(options.trustedIps ?? []),
  };
}

function bodyBytes(body: FakeRequest['body'], headers: HeaderBag): Uint8Array {
  if (body === undefined) return new Uint8Array();
  const isData = typeof body === 'object' && !(body instanceof Uint8Array);
  const bytes = bytesOf(isData ? JSON.stringify(body) : body);
  if (isData && !headers.has('content-type')) headers.set('Content-Type', 'application/json');
  if (!headers.has('content-length') && !headers.has('transfer-encoding')) {
    headers.set('Content-Length', bytes.length);
  }
  return bytes;
}

function createTrust(trustedIps: readonly string[]): (address: string) => boolean {
  const trusted = new BlockList();
  for (const entry of trustedIps) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  return (address) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Moves an exchange to another phase. */
export function enterPhase(state: ExchangeState, phase: PhaseName): void {
  state.phase = phaseBits[phase];
}
