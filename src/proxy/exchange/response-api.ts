import { findHeader, headerTexts, searchForm, valueAt } from '../../http1/index.ts';
import type { ExitOptions, HeaderTable, HeaderValue, HeaderValues, KongResponse } from '../../pdk/index.ts';
import {
  type AnswerContext,
  type ComposedAnswer,
  checkErrorMessage,
  checkExitBody,
  checkHeader,
  checkHeaders,
  checkMaximum,
  checkOptionalHeaders,
  checkStatus,
  checkString,
  composeError,
  composeExit,
  headerKey,
  headersSent,
  isGrpcRequest,
  isTransferEncoding,
  latin1OfText,
  pdkError,
  phaseBits,
  textOfLatin1,
} from '../../pdk/support.ts';
import type { Exchange } from './exchange.ts';
import { phasesOf, refusePhase } from './phase-check.ts';

const mayRead = phasesOf('response.get_header');
const mayWrite = phasesOf('response.set_header');
const mayFilter = phasesOf('response.get_raw_body');

/** `kong.response` over an exchange. */
export class ResponseApi implements KongResponse {
  readonly #x: Exchange;
  // The chunk that a body_filter handler is at.
  #chunk: Uint8Array | undefined;
  #isLast = false;
  #isTaken = false;
  #replaced: string | undefined;
  readonly #kept = new Map<string, string>();
  #instance = '';

  constructor(x: Exchange) {
    this.#x = x;
  }

  getStatus(): number {
    if ((mayRead & this.#x.phase) === 0) refusePhase('response.get_status', this.#x.phase);
    return this.#x.status;
  }

  getHeader(name: string): string | undefined {
    const x = this.#x;
    if ((mayRead & x.phase) === 0) refusePhase('response.get_header', x.phase);
    checkString('header name', name);
    const value = this.#first(headerKey(name));
    return value === undefined ? undefined : textOfLatin1(value);
  }

  getHeaders(maxHeaders?: number): HeaderTable {
    const x = this.#x;
    if ((mayRead & x.phase) === 0) refusePhase('response.get_headers', x.phase);
    if (maxHeaders !== undefined) checkMaximum('max_headers', maxHeaders);
    return x.editResponse().table(`\n${x.responseLines}`, maxHeaders ?? x.runtime.settings.maxHeaders);
  }

  getSource(): 'exit' | 'error' | 'service' {
    if ((mayRead & this.#x.phase) === 0) refusePhase('response.get_source', this.#x.phase);
    return this.#x.source;
  }

  setStatus(status: number): void {
    this.#checkWrite('response.set_status');
    checkStatus(status);
    this.#x.status = status;
  }

  setHeader(name: string, value: HeaderValue): void {
    this.#checkWrite('response.set_header');
    checkHeader(name, value);
    this.#set(name, value);
  }

  addHeader(name: string, value: HeaderValue): void {
    this.#checkWrite('response.add_header');
    checkHeader(name, value);
    this.#x.editResponse().add(name, headerKey(name), headerTexts(value));
  }

  clearHeader(name: string): void {
    this.#checkWrite('response.clear_header');
    checkString('header name', name);
    this.#x.editResponse().clear(headerKey(name));
  }

  setHeaders(headers: HeaderValues): void {
    this.#checkWrite('response.set_headers');
    checkHeaders(headers);
    for (const [name, value] of Object.entries(headers)) this.#set(name, value);
  }

  getRawBody(): string | undefined {
    if ((mayFilter & this.#x.phase) === 0) refusePhase('response.get_raw_body', this.#x.phase);
    const here = this.#isTaken || this.#chunk === undefined ? '' : Buffer.from(this.#chunk).toString('latin1');
    const whole = (this.#kept.get(this.#instance) ?? '') + here;
    this.#kept.set(this.#instance, whole);
    this.#isTaken = true;
    return this.#isLast ? whole : undefined;
  }

  setRawBody(body: string): void {
    if ((mayFilter & this.#x.phase) === 0) refusePhase('response.set_raw_body', this.#x.phase);
    checkString('body', body);
    this.#replaced = body;
  }

  exit(
    status: number,
    body?: string | Uint8Array | object | null,
    headers?: HeaderValues,
    options?: ExitOptions,
  ): void {
    this.#checkWrite('response.exit');
    checkStatus(status);
    checkExitBody(body);
    checkOptionalHeaders(headers);
    this.#answer(composeExit(this.#context(), status, body, headers), options?.isForService === true);
  }

  error(status: number, message?: string | object, headers?: HeaderValues): void {
    const x = this.#x;
    this.#checkWrite('response.error');
    checkStatus(status, 400);
    checkErrorMessage(message);
    checkOptionalHeaders(headers);
    const accept = x.header('accept')?.join(', ');
    const { errorTemplates: templates, problemDetails } = x.runtime.settings;
    const requestId = x.requestId;
    const context = { ...this.#context(), accept, requestId, problemDetails, ...(templates && { templates }) };
    this.#answer(composeError(context, status, message, headers));
  }

  /** Begins a body_filter handler's turn with a chunk. */
  beginChunk(instance: string, chunk: Uint8Array, isLast: boolean): void {
    this.#instance = instance;
    this.#chunk = chunk;
    this.#isLast = isLast;
    this.#isTaken = false;
    this.#replaced = undefined;
  }

  /** Ends the turn: what goes on to the next handler, given what this one returned. */
  endChunk(returned: Uint8Array): Uint8Array {
    if (returned !== this.#chunk) return returned;
    if (this.#replaced !== undefined) return this.#isLast ? Buffer.from(this.#replaced, 'latin1') : Buffer.alloc(0);
    if (!this.#isTaken) return returned;
    return this.#isLast ? Buffer.from(this.#kept.get(this.#instance) ?? '', 'latin1') : Buffer.alloc(0);
  }

  #first(key: string): string | undefined {
    const x = this.#x;
    const block = `\n${x.responseLines}`;
    const search = searchForm(block);
    if (x.responseEdits !== undefined) return x.responseEdits.first(block, search, key);
    const at = findHeader(search, key);
    return at === -1 ? undefined : valueAt(block, at);
  }

  #checkWrite(name: Parameters<typeof refusePhase>[0]): void {
    const x = this.#x;
    if ((mayWrite & x.phase) === 0) refusePhase(name, x.phase);
    if (x.isHeadSent) throw pdkError(headersSent);
  }

  #set(name: string, value: HeaderValue): void {
    const x = this.#x;
    if (isTransferEncoding(name)) {
      x.plugin?.log.warn('manually setting Transfer-Encoding. Ignored.');
      return;
    }
    const key = headerKey(name);
    // Framing is the connection's own; anything else would cut the answer short or keep the client waiting.
    if (key !== 'content-length' && key !== 'connection') x.editResponse().set(name, key, headerTexts(value));
  }

  #context(): AnswerContext {
    const x = this.#x;
    return {
      contentType: x.responseEdits?.touches('content-type') === true ? this.#first('content-type') : undefined,
      hasGrpcStatus: x.responseEdits?.touches('grpc-status') === true,
      isGrpcRequest: isGrpcRequest(x.firstHeader('content-type'), x.down.httpVersion),
    };
  }

  #answer(composed: ComposedAnswer, isForService = false): void {
    const x = this.#x;
    for (const warning of composed.warnings) x.plugin?.log.warn(warning);
    // The first answer is the one that is sent: in Kong the handler would not run on after it.
    if (x.answer !== undefined && x.phase !== phaseBits.header_filter) return;
    x.source = 'exit';
    x.answer = {
      status: composed.status,
      headers: composed.headers,
      body: typeof composed.body === 'string' ? latin1OfText(composed.body) : composed.body,
      isForService,
    };
    if (x.phase === phaseBits.header_filter) {
      x.status = composed.status;
      for (const [name, lines] of composed.headers) this.#set(name, lines);
    }
  }
}
