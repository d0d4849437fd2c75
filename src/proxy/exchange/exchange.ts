import {
  findHeader,
  HeaderEdits,
  headerValues,
  mayHold,
  type RequestHead,
  type ResponseHead,
  type SearchBlock,
  searchForm,
  valueAt,
} from '../../http1/index.ts';
import { normalizePath, requestId } from '../../kernel/index.ts';
import type { EjectionPolicy, RetryPolicy } from '../../pdk/index.ts';
import type { SerializeValue } from '../../pdk/support.ts';
import { phaseBits } from '../../pdk/support.ts';
import type { RouteMatch, RouteRequest } from '../../router/index.ts';
import type { Row } from '../../schema/index.ts';
import type { CompiledRoute, CompiledService, Instance, Plan } from '../../snapshot/index.ts';
import type { Timeouts } from '../../transport/index.ts';
import type { Downstream } from '../downstream.ts';
import type { Target } from '../phases/balancer.ts';
import type { Passage } from '../phases/passage.ts';
import type { ProxyRuntime } from '../runtime.ts';
import type { Answer } from './answer.ts';
import { ExchangeKong } from './kong.ts';

/**
 * One request and its response in flight: the state that phases and the PDK share. It does nothing by itself; the files
 * of `phases/` move it along.
 */
export class Exchange implements RouteRequest {
  readonly runtime: ProxyRuntime;
  readonly down: Downstream;
  readonly head: RequestHead;
  /** Milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
  readonly requestId: string;

  // The request as the client sent it.
  readonly method: string;
  readonly rawPath: string;
  readonly path: string;
  /** Without the question mark; undefined when the target had none. */
  readonly query: string | undefined;
  /** Host of an absolute-form target, else the Host header; "" when there was none. */
  readonly hostAsSent: string;
  /** The same in lower case. */
  readonly host: string;
  /** Address of the client once trusted proxies are seen through. */
  clientIp: string;
  clientPort: number;
  #search: SearchBlock | undefined = undefined;

  // Where the pipeline is.
  phase: number = phaseBits.rewrite;
  /** The plugin whose handler runs. */
  plugin: Instance | undefined = undefined;
  plan: Plan;
  headerFilters: readonly Instance[];
  bodyFilters: readonly Instance[];
  responders: readonly Instance[];
  loggers: readonly Instance[];
  answer: Answer | undefined = undefined;
  source: 'exit' | 'error' | 'service' = 'error';
  /** What a client is told after a handler failed. */
  failureStatus = 500;
  isHeadSent = false;
  isOver = false;

  // What was found out.
  match: RouteMatch<CompiledRoute> | undefined = undefined;
  route: CompiledRoute | undefined = undefined;
  service: CompiledService | undefined = undefined;
  consumer: Row | undefined = undefined;
  credential: Row | undefined = undefined;
  /** What the log entry says of the client's certificate in place of the handshake's own verdict. */
  clientVerify: string | undefined = undefined;
  shared: Record<string, unknown> | undefined = undefined;
  pluginCtx: Map<string, Record<string, unknown>> | undefined = undefined;
  serializeValues: SerializeValue[] | undefined = undefined;

  // The request as the upstream will see it.
  upstreamMethod: string | undefined = undefined;
  upstreamScheme: 'http' | 'https' = 'http';
  /** The service is gRPC's: its peers are spoken to in HTTP/2. */
  isGrpcUpstream = false;
  upstreamPath = '';
  /** Without the question mark; undefined for none. */
  upstreamQuery: string | undefined;
  /** Set by a plugin, or by preserve_host; undefined for the peer's own. */
  upstreamHost: string | undefined = undefined;
  requestEdits: HeaderEdits | undefined = undefined;
  /** The body, one character a byte, once it was gathered or replaced. */
  requestBody: string | undefined = undefined;
  /** While the body is gathered for a plugin; undefined comes of it when it is larger than was allowed. */
  collecting: Promise<string | undefined> | undefined = undefined;
  target: Target | undefined = undefined;
  retriesLeft = 0;
  timeouts: Timeouts | undefined = undefined;
  retryPolicy: RetryPolicy | undefined = undefined;
  ejectionPolicy: EjectionPolicy | undefined = undefined;

  /** The way to the upstream and back; undefined until the request is sent there. */
  passage: Passage | undefined = undefined;

  // The response.
  upstreamHead: ResponseHead | undefined = undefined;
  upstreamStatuses = '';
  status = 0;
  /** Header lines of the response before edits. */
  responseLines = '';
  responseEdits: HeaderEdits | undefined = undefined;
  /** A plugin asked for the whole upstream answer before header_filter. */
  wantsWholeResponse = false;
  /** The response body that was read whole, one character a byte. */
  responseBody: string | undefined = undefined;
  responseBytes = 0;
  requestBytes: number;

  // Times, milliseconds since the epoch with a fraction; 0 for not yet.
  proxiedAt = 0;
  headedAt = 0;
  endedAt = 0;

  #kong: ExchangeKong | undefined = undefined;

  constructor(runtime: ProxyRuntime, down: Downstream, head: RequestHead) {
    this.runtime = runtime;
    this.down = down;
    this.head = head;
    this.method = head.method;
    this.startedAt = runtime.clock.now();
    this.requestId = requestId();
    this.requestBytes = head.size;
    this.clientIp = down.client.remoteAddress;
    this.clientPort = down.client.remotePort;
    const plan = runtime.snapshot.globalPlan;
    this.plan = plan;
    this.headerFilters = plan.headerFilter;
    this.bodyFilters = plan.bodyFilter;
    this.responders = plan.response;
    this.loggers = plan.log;

    let target = head.target;
    let host = head.host ?? '';
    if (target.charCodeAt(0) !== 0x2f) {
      const absolute = absoluteForm(target);
      if (absolute !== undefined) {
        // RFC 9112 section 3.2.2: the target's host comes before the Host header's.
        host = absolute.host;
        target = absolute.rest;
      }
    }
    const mark = target.indexOf('?');
    this.rawPath = mark === -1 ? target : target.substring(0, mark);
    this.query = mark === -1 ? undefined : target.substring(mark + 1);
    this.path = normalizePath(this.rawPath);
    this.upstreamQuery = this.query;
    this.hostAsSent = host;
    this.host = host.toLowerCase();
  }

  get scheme(): 'http' | 'https' {
    return this.down.client.scheme;
  }

  get port(): number {
    return this.down.client.forwardedPort;
  }

  get sni(): string | undefined {
    return this.down.client.sni;
  }

  get serverIp(): string {
    return this.down.client.localAddress;
  }

  /** What plugins are given. */
  get kong(): ExchangeKong {
    return (this.#kong ??= new ExchangeKong(this));
  }

  /** The request's header block, made searchable on first use. */
  get search(): SearchBlock {
    return (this.#search ??= searchForm(this.head.block));
  }

  /** All values of a request header, by lower-case name with dashes. */
  header(name: string): readonly string[] | undefined {
    if (!mayHold(this.head, name)) return undefined;
    const values = headerValues(this.head.block, this.search, name);
    return values.length === 0 ? undefined : values;
  }

  /** The first value of a request header as it came, by lower-case name with dashes. */
  firstHeader(name: string): string | undefined {
    if (!mayHold(this.head, name)) return undefined;
    const at = findHeader(this.search, name);
    return at === -1 ? undefined : valueAt(this.head.block, at);
  }

  /** Changes to the request's headers on their way to the upstream. */
  editRequest(): HeaderEdits {
    return (this.requestEdits ??= new HeaderEdits());
  }

  /** Changes to the response's headers on their way to the client. */
  editResponse(): HeaderEdits {
    return (this.responseEdits ??= new HeaderEdits());
  }
}

function absoluteForm(target: string): { readonly host: string; readonly rest: string } | undefined {
  const found = /^https?:\/\/([^/?#]+)(.*)$/i.exec(target);
  if (found === null) return undefined;
  const authority = found[1]!;
  const rest = found[2]!;
  return {
    host: authority.slice(authority.lastIndexOf('@') + 1),
    rest: rest.startsWith('/') ? rest : `/${rest}`,
  };
}
