import type { Logger } from '../kernel/index.ts';
import type { Row } from '../schema/index.ts';

/** The phases in which a plugin may be called, by Kong's names. */
export type Phase =
  | 'init_worker'
  | 'certificate'
  | 'rewrite'
  | 'access'
  | 'balancer'
  | 'response'
  | 'header_filter'
  | 'body_filter'
  | 'log'
  | 'preread';

/** A header's value on the way in: one text, or several for repeated lines. */
export type HeaderValue = string | number | boolean | readonly (string | number | boolean)[];

/** Values by header name. */
export type HeaderValues = { readonly [name: string]: HeaderValue };

/** Header texts by lower-case name; an array for a name that came on several lines. */
export type HeaderTable = { readonly [name: string]: string | readonly string[] };

/** Query or form arguments: `?a` is true, `?a=` is "", repeated names are arrays. */
export type Args = { readonly [name: string]: string | boolean | readonly (string | boolean)[] };

/** Arguments to write: numbers are printed, true is a bare name, false is left out. */
export type ArgsGiven = {
  readonly [name: string]: string | number | boolean | readonly (string | number | boolean)[];
};

/**
 * `kong.client.tls`: the TLS of the client's connection. Where Kong answers with an error text, as for a connection without
 * TLS, there is nothing here.
 */
export interface KongClientTls {
  /**
   * In certificate: asks the client for a certificate; it may send none. `authorities` are PEM texts of those that it is
   * told of. A session that begins so is never resumed, so that the whole chain is there each time.
   */
  requestClientCertificate(authorities?: readonly string[]): void;
  /** In certificate: keeps the session from being resumed. */
  disableSessionReuse(): void;
  /** The certificates that the client sent, its own first, as PEM; undefined when it sent none. */
  getFullClientCertificateChain(): string | undefined;
  /** What log entries say of the client's certificate. @throws unless it is SUCCESS, NONE or FAILED:<reason>. */
  setClientVerify(value: string): void;
}

/** `kong.client`: who sent the request. */
export interface KongClient {
  readonly tls: KongClientTls;
  /** Address of the TCP peer. */
  getIp(): string;
  /** Address of the client once trusted proxies are seen through (`trusted_ips`, `real_ip_header`). */
  getForwardedIp(): string;
  getPort(): number;
  getForwardedPort(): number;
  /** The credential that {@link KongClient.authenticate} was given. */
  getCredential(): Row | undefined;
  getConsumer(): Row | undefined;
  /**
   * Finds a consumer by id, or by id or username with `byUsername`. Answers at once when cached.
   * @throws when `id` is no UUID and `byUsername` is not set, with Kong's text.
   */
  loadConsumer(id: string, byUsername?: boolean): Row | undefined | Promise<Row | undefined>;
  /** Sets consumer and credential for this request; null clears, one of the two must be there. */
  authenticate(consumer: Row | null, credential: Row | null): void;
  /** `http`, `https`, `grpc`, `tcp` ...; with `allowTerminated` X-Forwarded-Proto of a trusted peer counts. */
  getProtocol(allowTerminated?: boolean): string;
}

/**
 * `kong.request`: the request of the client; read-only. As in Kong, headers, query, method and body show what was set
 * through `kong.service.request`, so a later plugin sees the work of an earlier one; the path does not.
 */
export interface KongRequest {
  getScheme(): string;
  getHost(): string;
  getPort(): number;
  getForwardedScheme(): string;
  getForwardedHost(): string;
  getForwardedPort(): number;
  getForwardedPath(): string;
  getForwardedPrefix(): string | undefined;
  /** 1, 1.1 or 2. */
  getHttpVersion(): number;
  getMethod(): string;
  /** Normalised path without the query (Kong 3.0). */
  getPath(): string;
  getRawPath(): string;
  getPathWithQuery(): string;
  /** Query without the question mark, "" when there is none. */
  getRawQuery(): string;
  /** First value of a query argument; true for `?a`, undefined when absent. */
  getQueryArg(name: string): string | boolean | undefined;
  /** @throws when `maxArgs` is not within 1 to 1000. */
  getQuery(maxArgs?: number): Args;
  /** First value of a header; names are case-insensitive and `_` equals `-`. */
  getHeader(name: string): string | undefined;
  /** All values of a header in the order of their lines; cheaper than {@link KongRequest.getHeaders} for one name. */
  getHeaderValues(name: string): readonly string[];
  /** @throws when `maxHeaders` is not within 1 to 1000. */
  getHeaders(maxHeaders?: number): HeaderTable;
  /** The whole body as bytes read as Latin-1; it is buffered from then on. "" when there is none. */
  getRawBody(): Promise<string>;
  /**
   * The same for a body of at most `maxBytes`; undefined as soon as it is larger. What was read of it is lost then: the
   * request must be answered.
   */
  getRawBody(maxBytes: number): Promise<string | undefined>;
  /** The body parsed by its content type (form, JSON, multipart), or an error text. */
  getBody(mimetype?: string, maxArgs?: number): Promise<ParsedBody>;
  /** Milliseconds since the epoch. */
  getStartTime(): number;
  getUriCaptures(): { readonly named: { readonly [name: string]: string }; readonly unnamed: readonly string[] };
}

/** What {@link KongRequest.getBody} found. */
export type ParsedBody =
  | { readonly ok: true; readonly body: Row; readonly mimetype: string }
  | { readonly ok: false; readonly error: string };

/** What {@link KongResponse.exit} may be told besides. */
export interface ExitOptions {
  /** The answer stands for the service's own, as a cached one does: the headers on latency are those of a proxied one. */
  readonly isForService?: boolean;
}

/** `kong.response`: the answer to the client. */
export interface KongResponse {
  getStatus(): number;
  getHeader(name: string): string | undefined;
  getHeaders(maxHeaders?: number): HeaderTable;
  /** `exit` for a plugin's answer, `error` for the gateway's own, `service` for the upstream's. */
  getSource(): 'exit' | 'error' | 'service';
  /** @throws outside 100 to 599 and once headers were sent. */
  setStatus(status: number): void;
  setHeader(name: string, value: HeaderValue): void;
  addHeader(name: string, value: HeaderValue): void;
  clearHeader(name: string): void;
  setHeaders(headers: HeaderValues): void;
  /** In body_filter: the body so far, undefined until the last chunk. Bytes read as Latin-1. */
  getRawBody(): string | undefined;
  /** In body_filter: replaces the whole body; takes effect on the last chunk. Bytes read as Latin-1. */
  setRawBody(body: string): void;
  /**
   * Answers the client and ends the phase: no later access handler runs. Return right after it. A record becomes JSON
   * with its content type; a text is sent as UTF-8; bytes are sent as they are, and must stay so.
   */
  exit(status: number, body?: string | Uint8Array | object | null, headers?: HeaderValues, options?: ExitOptions): void;
  /** Like {@link KongResponse.exit}, with Kong's error body in the format that the client accepts. */
  error(status: number, message?: string | object, headers?: HeaderValues): void;
}

/** `kong.service.request`: the request as the upstream will see it. */
export interface KongServiceRequest {
  /** Reads the whole upstream answer before header_filter. */
  enableBuffering(): void;
  setScheme(scheme: 'http' | 'https'): void;
  /** @throws unless it starts with a slash. Illegal characters are percent-encoded. */
  setPath(path: string): void;
  setRawQuery(query: string): void;
  setMethod(method: string): void;
  setQuery(args: ArgsGiven): void;
  clearQueryArg(name: string): void;
  setHeader(name: string, value: HeaderValue): void;
  addHeader(name: string, value: HeaderValue): void;
  clearHeader(name: string): void;
  setHeaders(headers: HeaderValues): void;
  /** Replaces the body; a text is sent as UTF-8. */
  setRawBody(body: string | Uint8Array): void;
  /** Encodes `args` as form, JSON or multipart by `mimetype` or the request's content type. */
  setBody(args: Row, mimetype?: string): void;
}

/** `kong.service.response`: the upstream's answer, untouched. */
export interface KongServiceResponse {
  /** Undefined when the answer did not come from the upstream. */
  getStatus(): number | undefined;
  getHeader(name: string): string | undefined;
  getHeaders(maxHeaders?: number): HeaderTable | undefined;
  /** @throws unless the answer was buffered. Bytes read as Latin-1. */
  getRawBody(): string;
  getBody(mimetype?: string): ParsedBody;
}

/** When the tries of a request go on though the service would let them end. */
export interface RetryPolicy {
  /** Answers of these statuses are dropped and the request is tried again. */
  readonly statuses: ReadonlySet<number>;
  /** Methods of requests that may be sent again after they were sent; the idempotent ones where undefined. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Milliseconds from the end of a request to the head of its answer, for each try; 0 for no limit of its own. */
  readonly tryTimeout: number;
  /** Asked last before each further try of any kind; false ends the tries. */
  mayRetry(): boolean;
}

/** When a target is left out for a while because it failed several times in a row. Times are milliseconds. */
export interface EjectionPolicy {
  /** Statuses of answers that are failures; a missing answer always is one. */
  readonly statuses: ReadonlySet<number>;
  /** How many failures in a row eject a target. */
  readonly failures: number;
  /** For how long, the first time; doubled each time that it fails again soon after, up to `maxTime`. */
  readonly time: number;
  readonly maxTime: number;
  /** Per cent of the upstream's weight that may be ejected at the same time. */
  readonly maxShare: number;
}

/** `kong.service`: where the request goes. */
export interface KongService {
  readonly request: KongServiceRequest;
  readonly response: KongServiceResponse;
  /** Goes to a named Upstream; false when there is none of that name. */
  setUpstream(name: string): boolean;
  setTarget(host: string, port: number): void;
  setRetries(retries: number): void;
  /** Milliseconds, 1 to 2147483646. */
  setTimeouts(connect: number, write: number, read: number): void;
  /** Has the request tried again in more cases; the number of tries stays what it is. Not in Kong. */
  setRetryPolicy(policy: RetryPolicy): void;
  /** Has targets of the upstream left out that fail again and again. Not in Kong. */
  setEjectionPolicy(policy: EjectionPolicy): void;
}

/** `kong.router`: what the request was matched with. */
export interface KongRouter {
  getRoute(): Row | undefined;
  getService(): Row | undefined;
}

/** `kong.ctx`: memory for the life of one request. */
export interface KongCtx {
  /** Seen by all plugins. */
  readonly shared: Record<string, unknown>;
  /** Seen by this plugin instance only. */
  readonly plugin: Record<string, unknown>;
}

/** `kong.log`: a logger whose lines name the plugin, and the entry for access logs. */
export interface KongLog extends Pick<Logger, 'alert' | 'crit' | 'error' | 'warn' | 'notice' | 'info' | 'debug'> {
  /** The log entry in Kong's shape; in the log phase. */
  serialize(): Row;
  /** Adds to the entry; `key` is a dotted path. @throws unless mode is set, add or replace. */
  setSerializeValue(key: string, value: unknown, options?: { readonly mode?: 'set' | 'add' | 'replace' }): void;
}

/** `kong.node`: this node. */
export interface KongNode {
  getId(): string;
  getHostname(): string;
  getMemoryStats(unit?: 'b' | 'k' | 'm' | 'g', scale?: number): Row;
}

/** `kong.ip`. */
export interface KongIp {
  /** True for peers within `trusted_ips`. */
  isTrusted(address: string): boolean;
}

/** `kong.connection`: the TCP connection that the request came on; Kong's plugins read nginx's variables for it. */
export interface KongConnection {
  /** Address at which the connection was accepted. */
  getServerAddress(): string;
  /** Serial number of the connection in this worker. */
  getSerial(): number;
  /** How many requests came on the connection, this one included. */
  getRequestCount(): number;
}

/**
 * What a handler is given for one request: Kong's plugin development kit. Texts are Unicode: header values, paths and
 * arguments that come in as UTF-8 are read as such (as Latin-1 otherwise), and what is set goes out as UTF-8. Only raw
 * bodies are strings of bytes.
 *
 * On a raw stream, in `preread` and `log`, there is no `request`; of `response` there are exit and error, with the statuses
 * 200, 400, 403, 500, 502 and 503; of `service` setTarget and setUpstream. The rest throws.
 */
export interface Kong {
  /** The version of Kong whose behaviour this is, such as `3.9.3`. */
  readonly version: string;
  readonly versionNum: number;
  readonly client: KongClient;
  readonly request: KongRequest;
  readonly response: KongResponse;
  readonly service: KongService;
  readonly router: KongRouter;
  readonly ctx: KongCtx;
  readonly log: KongLog;
  readonly node: KongNode;
  readonly ip: KongIp;
  readonly connection: KongConnection;
}
