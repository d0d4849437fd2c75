import { findHeader, headerTable, headerTexts, searchForm, valueAt } from '../../http1/index.ts';
import type {
  ArgsGiven,
  EjectionPolicy,
  HeaderTable,
  HeaderValue,
  HeaderValues,
  KongService,
  KongServiceRequest,
  KongServiceResponse,
  ParsedBody,
  RetryPolicy,
} from '../../pdk/index.ts';
import {
  bodyNotBuffered,
  bytesOf,
  checkArgs,
  checkHeader,
  checkHeaders,
  checkInteger,
  checkMaximum,
  checkMethod,
  checkPath,
  checkScheme,
  checkString,
  contentTypeUnknown,
  encodeArgs,
  encodeBody,
  escapePath,
  headerKey,
  latin1OfText,
  parseBody,
  pdkError,
  removeArg,
  textOfLatin1,
} from '../../pdk/support.ts';
import type { Row } from '../../schema/index.ts';
import type { Exchange } from './exchange.ts';
import { phasesOf, refusePhase } from './phase-check.ts';

const maySetTarget = phasesOf('service.set_target');
const mayChooseUpstream = phasesOf('service.set_upstream');
const mayEditLate = phasesOf('service.request.set_header');
const mayEdit = phasesOf('service.request.clear_header');
const mayRead = phasesOf('service.response.get_header');

/** Headers that the gateway writes itself, as Kong's proxy does after its plugins: setting them has no effect. */
const owned = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
  'keep-alive',
  'via',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-path',
  'x-forwarded-prefix',
  'x-real-ip',
  'x-kong-request-id',
]);

const unsafeInQuery = /[\x00-\x20\x7f]/g;

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** `kong.service` over an exchange. */
export class ServiceApi implements KongService {
  readonly #x: Exchange;
  readonly request: ServiceRequestApi;
  readonly response: ServiceResponseApi;

  constructor(x: Exchange) {
    this.#x = x;
    this.request = new ServiceRequestApi(x);
    this.response = new ServiceResponseApi(x);
  }

  setUpstream(name: string): boolean {
    const x = this.#x;
    if ((mayChooseUpstream & x.phase) === 0) refusePhase('service.set_upstream', x.phase);
    checkString('host', name);
    if (!x.runtime.picker.hasUpstream(name)) return false;
    x.target = { host: name, port: x.target?.port ?? 80, attached: undefined };
    this.#fillIn();
    return true;
  }

  setTarget(host: string, port: number): void {
    const x = this.#x;
    if ((maySetTarget & x.phase) === 0) refusePhase('service.set_target', x.phase);
    checkString('host', host);
    checkInteger('port', port, 0, 65535);
    x.target = { host, port, attached: undefined };
    this.#fillIn();
  }

  setRetries(retries: number): void {
    if ((mayChooseUpstream & this.#x.phase) === 0) refusePhase('service.set_retries', this.#x.phase);
    checkInteger('retries', retries, 0, 32767);
    this.#x.retriesLeft = retries;
  }

  setTimeouts(connect: number, write: number, read: number): void {
    if ((mayChooseUpstream & this.#x.phase) === 0) refusePhase('service.set_timeouts', this.#x.phase);
    checkInteger('connect_timeout', connect, 1, 2147483646);
    checkInteger('write_timeout', write, 1, 2147483646);
    checkInteger('read_timeout', read, 1, 2147483646);
    this.#x.timeouts = { connect, write, read };
  }

  setRetryPolicy(policy: RetryPolicy): void {
    if ((mayChooseUpstream & this.#x.phase) === 0) refusePhase('service.set_retry_policy', this.#x.phase);
    this.#x.retryPolicy = policy;
  }

  setEjectionPolicy(policy: EjectionPolicy): void {
    if ((mayChooseUpstream & this.#x.phase) === 0) refusePhase('service.set_ejection_policy', this.#x.phase);
    this.#x.ejectionPolicy = policy;
  }

  /** A route without a service may be given a target; what a service would say is filled in with Kong's defaults. */
  #fillIn(): void {
    const x = this.#x;
    x.timeouts ??= { connect: 60_000, write: 60_000, read: 60_000 };
    if (x.upstreamPath === '') x.upstreamPath = escapePath(x.path);
  }
}

/** `kong.service.request` over an exchange. */
export class ServiceRequestApi implements KongServiceRequest {
  readonly #x: Exchange;

  constructor(x: Exchange) {
    this.#x = x;
  }

  enableBuffering(): void {
    if ((mayEditLate & this.#x.phase) === 0) refusePhase('service.request.enable_buffering', this.#x.phase);
    this.#x.wantsWholeResponse = true;
  }

  setScheme(scheme: 'http' | 'https'): void {
    if ((mayEditLate & this.#x.phase) === 0) refusePhase('service.request.set_scheme', this.#x.phase);
    checkScheme(scheme);
    this.#x.upstreamScheme = scheme;
  }

  setPath(path: string): void {
    if ((mayEditLate & this.#x.phase) === 0) refusePhase('service.request.set_path', this.#x.phase);
    checkPath(path);
    this.#x.upstreamPath = escapePath(path);
  }

  setRawQuery(query: string): void {
    if ((mayEdit & this.#x.phase) === 0) refusePhase('service.request.set_raw_query', this.#x.phase);
    checkString('query', query);
    this.#setQuery(latin1OfText(query));
  }

  setMethod(method: string): void {
    if ((mayEdit & this.#x.phase) === 0) refusePhase('service.request.set_method', this.#x.phase);
    checkMethod(method);
    this.#x.upstreamMethod = method;
  }

  setQuery(args: ArgsGiven): void {
    if ((mayEdit & this.#x.phase) === 0) refusePhase('service.request.set_query', this.#x.phase);
    checkArgs(args);
    this.#setQuery(encodeArgs(args));
  }

  clearQueryArg(name: string): void {
    const x = this.#x;
    if ((mayEdit & x.phase) === 0) refusePhase('service.request.clear_query_arg', x.phase);
    checkString('query argument name', name);
    if (x.upstreamQuery !== undefined) this.#setQuery(removeArg(x.upstreamQuery, name));
  }

  setHeader(name: string, value: HeaderValue): void {
    if ((mayEditLate & this.#x.phase) === 0) refusePhase('service.request.set_header', this.#x.phase);
    checkHeader(name, value);
    this.#set(name, value);
  }

  addHeader(name: string, value: HeaderValue): void {
    const x = this.#x;
    if ((mayEdit & x.phase) === 0) refusePhase('service.request.add_header', x.phase);
    checkHeader(name, value);
    const key = headerKey(name);
    if (key === 'host') this.#set(name, value);
    else if (!owned.has(key)) x.editRequest().add(name, key, headerTexts(value));
  }

  clearHeader(name: string): void {
    const x = this.#x;
    if ((mayEdit & x.phase) === 0) refusePhase('service.request.clear_header', x.phase);
    checkString('header', name);
    const key = headerKey(name);
    if (key !== 'host' && !owned.has(key)) x.editRequest().clear(key);
  }

  setHeaders(headers: HeaderValues): void {
    if ((mayEdit & this.#x.phase) === 0) refusePhase('service.request.set_headers', this.#x.phase);
    checkHeaders(headers);
    for (const [name, value] of Object.entries(headers)) this.#set(name, value);
  }

  setRawBody(body: string | Uint8Array): void {
    if ((mayEditLate & this.#x.phase) === 0) refusePhase('service.request.set_raw_body', this.#x.phase);
    if (!(body instanceof Uint8Array)) checkString('body', body);
    this.#x.requestBody = Buffer.from(bytesOf(body)).toString('latin1');
  }

  setBody(args: Row, mimetype?: string): void {
    const x = this.#x;
    if ((mayEdit & x.phase) === 0) refusePhase('service.request.set_body', x.phase);
    checkArgs(args);
    if (mimetype !== undefined) checkString('mime', mimetype);
    const contentType = mimetype ?? x.kong.request.getHeader('content-type');
    if (contentType === undefined) throw pdkError(contentTypeUnknown);
    const encoded = encodeBody(args, contentType);
    x.requestBody = Buffer.from(encoded.body).toString('latin1');
    this.#set('Content-Type', encoded.contentType);
  }

  #setQuery(query: string): void {
    // A blank or line break would end the request line, and what follows could be a request of its own.
    this.#x.upstreamQuery = query === '' ? undefined : query.replace(unsafeInQuery, percent);
  }

  #set(name: string, value: HeaderValue): void {
    const key = headerKey(name);
    const lines = headerTexts(value);
    if (key === 'host') {
      this.#x.upstreamHost = lines[0];
      return;
    }
    if (!owned.has(key)) this.#x.editRequest().set(name, key, lines);
  }
}

/** `kong.service.response` over an exchange. */
export class ServiceResponseApi implements KongServiceResponse {
  readonly #x: Exchange;

  constructor(x: Exchange) {
    this.#x = x;
  }

  getStatus(): number | undefined {
    if ((mayRead & this.#x.phase) === 0) refusePhase('service.response.get_status', this.#x.phase);
    return this.#x.upstreamHead?.status;
  }

  getHeader(name: string): string | undefined {
    const x = this.#x;
    if ((mayRead & x.phase) === 0) refusePhase('service.response.get_header', x.phase);
    checkString('name', name);
    if (x.upstreamHead === undefined) return undefined;
    const at = findHeader(searchForm(x.upstreamHead.block), headerKey(name));
    return at === -1 ? undefined : textOfLatin1(valueAt(x.upstreamHead.block, at));
  }

  getHeaders(maxHeaders?: number): HeaderTable | undefined {
    const x = this.#x;
    if ((mayRead & x.phase) === 0) refusePhase('service.response.get_headers', x.phase);
    if (maxHeaders !== undefined) checkMaximum('max_headers', maxHeaders);
    if (x.upstreamHead === undefined) return undefined;
    return headerTable(x.upstreamHead.block, maxHeaders ?? x.runtime.settings.maxHeaders);
  }

  getRawBody(): string {
    const x = this.#x;
    if ((mayRead & x.phase) === 0) refusePhase('service.response.get_raw_body', x.phase);
    if (x.responseBody === undefined) throw pdkError(bodyNotBuffered);
    return x.responseBody;
  }

  getBody(mimetype?: string): ParsedBody {
    if ((mayRead & this.#x.phase) === 0) refusePhase('service.response.get_body', this.#x.phase);
    const body = this.getRawBody();
    return parseBody(mimetype ?? this.getHeader('content-type'), body);
  }
}
