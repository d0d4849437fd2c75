import { cutNames, latin1, type ResponseHead, statusLine } from '../../http1/index.ts';
import { phaseBits } from '../../pdk/support.ts';
import type { TransportFault } from '../../transport/index.ts';
import { noBody, unknownLength } from '../downstream.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { answerFailure, answerOwn, answerWithError, goOnAfter } from './answer.ts';
import { filterChunk } from './body-filter.ts';
import { runHandler } from './handlers.ts';
import { runHeaderFilters } from './header-filter.ts';
import { finishExchange } from './log.ts';
import type { Passage } from './passage.ts';

/** Runs of a body up to this size are sent as text together with what was gathered before them. */
const textLimit = 16_384;
const empty = Buffer.alloc(0);

/** Hands an upstream's answer on to the client, through the response, header_filter and body_filter handlers. */
export class ResponseRelay {
  readonly #x: Exchange;
  readonly #passage: Passage;
  #head: ResponseHead | undefined;
  #isUpgrade = false;
  #isFiltered = false;
  #hasBody = false;
  /** The client is to get no body, whatever the upstream sends. */
  #isBodiless = false;
  /** The answer was read whole before its head went out. */
  #isWhole = false;
  /** Parts of an answer that is read whole first. */
  #collected: Buffer[] | undefined;
  #collectedBytes = 0;
  /** What a header filter answered with in place of the upstream's body, one character a byte. */
  #replacement: string | undefined;

  constructor(x: Exchange, passage: Passage) {
    this.#x = x;
    this.#passage = passage;
  }

  /** True once an answer's head was seen: from then on no other try can be made. */
  get hasBegun(): boolean {
    return this.#head !== undefined;
  }

  onHead(head: ResponseHead, hasBody: boolean): void {
    const x = this.#x;
    this.#head = head;
    this.#hasBody = hasBody;
    x.upstreamHead = head;
    x.source = 'service';
    x.status = head.status;
    const lines = head.nominated === undefined ? head.untouched : cutNames(head.untouched, head.nominated);
    x.responseLines = lines;
    if (head.status === 101) {
      this.#isUpgrade = true;
      this.#sendUpgrade(head);
      return;
    }
    // Answers of gRPC are never read whole: they may go on for hours (Kong 3.9).
    if ((x.wantsWholeResponse || x.responders.length > 0) && !x.isGrpcUpstream) {
      this.#collected = [];
      return;
    }
    this.#sendHead(unknownLength);
    if (this.#replacement !== undefined) this.#sendBody(this.#replacement);
  }

  /** `knownLength` is the body's once it was read whole, else {@link unknownLength}. */
  #sendHead(knownLength: number): void {
    const x = this.#x;
    const head = this.#head!;
    const { down } = x;
    this.#isFiltered = x.bodyFilters.length > 0;
    let length = knownLength;
    if (x.headerFilters.length > 0) {
      runHeaderFilters(x);
      if (x.answer !== undefined) {
        const { body } = x.answer;
        this.#replacement = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
        if (!this.#isFiltered) length = this.#replacement.length;
      }
    }
    x.phase = phaseBits.body_filter;
    const lines = this.#lines(head);
    const statusText = x.status === head.status ? head.statusText : statusLine(x.status);
    x.isHeadSent = true;
    this.#isBodiless = x.head.method === 'HEAD' || x.status === 204 || x.status === 304;
    // RFC 9110 section 8.6: a 204 has no Content-Length either.
    if (this.#isBodiless) down.sendHead(statusText, lines, noBody, x.status === 204 ? -1 : this.#shownLength(length));
    else if (length >= 0) down.sendHead(statusText, lines, length);
    else if (this.#isFiltered) down.sendHead(statusText, lines, unknownLength);
    else if (!this.#hasBody) down.sendHead(statusText, lines, x.isGrpcUpstream ? head.contentLength : 0);
    else down.sendHead(statusText, lines, head.chunked ? unknownLength : head.contentLength);
  }

  /** The header lines for the client: the upstream's, as plugins changed them, and the gateway's own. */
  #lines(head: ResponseHead): string {
    const x = this.#x;
    const { settings } = x.runtime;
    const edits = x.responseEdits;
    let lines = edits === undefined ? x.responseLines : edits.apply(x.responseLines, head);
    const { sends } = settings;
    if (!head.hasServer && sends.server && edits?.touches('server') !== true)
      lines += `Server: ${settings.serverToken}\r\n`;
    if (!head.hasDate && edits?.touches('date') !== true) lines += `Date: ${x.runtime.date()}\r\n`;
    if (head.trailer !== undefined && x.head.teTrailers) lines += `Trailer: ${head.trailer}\r\n`;
    // What passed since the head came is more than nothing only where the whole answer was waited for.
    const since = this.#isWhole ? x.runtime.clock.now() - x.headedAt : 0;
    lines += x.runtime.latencyLines(floor(x.headedAt - x.proxiedAt), floor(x.proxiedAt - x.startedAt + since));
    if (sends.upstreamStatus) lines += `X-Kong-Upstream-Status: ${x.upstreamStatuses}\r\n`;
    if (sends.via && x.isGrpcUpstream)
      lines += `Via: ${head.via === undefined ? '' : `${head.via}, `}${settings.viaToken2}\r\n`;
    else if (sends.via)
      lines += head.via === undefined ? settings.viaLine : `Via: ${head.via}, ${settings.viaToken}\r\n`;
    else if (head.via !== undefined) lines += `Via: ${head.via}\r\n`;
    if (sends.requestId) lines += `X-Kong-Request-Id: ${x.requestId}\r\n`;
    return lines + debugLines(x);
  }

  /** The length that an answer without a body tells of the one that it could have had. */
  #shownLength(length: number): number {
    return this.#replacement === undefined ? this.#head!.contentLength : length;
  }

  #sendUpgrade(head: ResponseHead): void {
    const x = this.#x;
    if (x.headerFilters.length > 0) runHeaderFilters(x);
    const lines = this.#lines(head);
    x.isHeadSent = true;
    x.down.sendUpgrade(`${lines}Connection: upgrade\r\nUpgrade: ${head.upgrade ?? 'websocket'}\r\n`);
    x.down.flush();
    x.down.readBody(this.#passage);
  }

  onData(bytes: Buffer, start: number, end: number): void {
    const x = this.#x;
    if (this.#collected !== undefined) {
      this.#collected.push(Buffer.from(bytes.subarray(start, end)));
      this.#collectedBytes += end - start;
      if (this.#collectedBytes > x.runtime.settings.maxBufferedBody) {
        x.runtime.logger.error(
          `Cannot buffer the upstream's answer: more than ${x.runtime.settings.maxBufferedBody} bytes, request_id: "${x.requestId}"`,
        );
        this.#collected = undefined;
        answerWithError(x, 502);
      }
      return;
    }
    if (x.isOver || this.#replacement !== undefined) return;
    if (this.#isFiltered) {
      // Handlers may keep what they are given, and the read buffer will be overwritten.
      this.#sendFiltered(filterChunk(x, Buffer.from(bytes.subarray(start, end)), false));
      return;
    }
    if (this.#isBodiless) return;
    const length = end - start;
    x.responseBytes += length;
    if (length <= textLimit) x.down.sendText(latin1(bytes, start, end));
    else x.down.sendBytes(bytes, start, end);
  }

  #sendFiltered(chunk: Uint8Array): void {
    const x = this.#x;
    if (chunk.length === 0 || this.#isBodiless) return;
    x.responseBytes += chunk.length;
    x.down.sendText(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1'));
  }

  onEnd(trailers: string): void {
    const x = this.#x;
    if (x.isOver) return;
    if (this.#collected !== undefined) {
      const whole = Buffer.concat(this.#collected);
      this.#collected = undefined;
      x.responseBody = whole.toString('latin1');
      this.#runResponders(0);
      return;
    }
    if (this.#isFiltered && this.#replacement === undefined) this.#sendFiltered(filterChunk(x, empty, true));
    this.#end(trailers);
  }

  #end(trailers: string): void {
    const x = this.#x;
    x.phase = phaseBits.log;
    x.down.sendEnd(x.head.teTrailers || x.isGrpcUpstream ? trailers : '');
    x.down.flush();
    finishExchange(x);
  }

  #runResponders(from: number): void {
    const x = this.#x;
    x.phase = phaseBits.response;
    const list = x.responders;
    for (let at = from; at < list.length; at += 1) {
      const instance = list[at]!;
      const outcome = runHandler(x, instance, instance.response!);
      if (typeof outcome !== 'string') {
        goOnAfter(x, outcome, (settled) => {
          if (settled === 'answered') answerOwn(x);
          else if (settled === 'failed') answerFailure(x);
          else this.#runResponders(at + 1);
        });
        return;
      }
      if (outcome === 'answered') return answerOwn(x);
      if (outcome === 'failed') return answerFailure(x);
    }
    this.#sendWhole();
  }

  #sendWhole(): void {
    const x = this.#x;
    this.#isWhole = true;
    const isFiltered = x.bodyFilters.length > 0;
    this.#sendHead(isFiltered ? unknownLength : x.responseBody!.length);
    this.#sendBody(this.#replacement ?? x.responseBody!);
    this.#end('');
  }

  /** Sends a body that is there as a whole, one character a byte. */
  #sendBody(body: string): void {
    const x = this.#x;
    if (this.#isFiltered) this.#sendFiltered(filterChunk(x, Buffer.from(body, 'latin1'), true));
    else if (!this.#isBodiless) {
      x.responseBytes += body.length;
      x.down.sendText(body);
    }
  }

  onFlush(): void {
    const x = this.#x;
    if (x.isOver || this.#collected !== undefined) return;
    if (!x.down.flush()) this.#passage.holdBack();
  }

  /** The upstream failed when part of its answer was through: the client's connection must not look complete either. */
  onFault(fault: TransportFault): void {
    const x = this.#x;
    if (!x.isHeadSent) {
      this.#collected = undefined;
      answerWithError(x, 502);
      return;
    }
    if (this.#isUpgrade && x.down.httpVersion < 2) x.down.sendEnd('');
    else x.down.abort(fault.resetCode);
    finishExchange(x);
  }
}

function floor(ms: number): number {
  return ms > 0 ? Math.floor(ms) : 0;
}

/** What `Kong-Debug: 1` asks for, where the settings allow it. */
function debugLines(x: Exchange): string {
  if (!x.runtime.settings.allowsDebugHeader || x.firstHeader('kong-debug') !== '1' || x.route === undefined) return '';
  const { route, service } = x.route;
  let lines = `Kong-Route-Id: ${x.route.id}\r\n`;
  if (typeof route['name'] === 'string') lines += `Kong-Route-Name: ${route['name']}\r\n`;
  if (service !== undefined) {
    lines += `Kong-Service-Id: ${String(service['id'])}\r\n`;
    if (typeof service['name'] === 'string') lines += `Kong-Service-Name: ${service['name']}\r\n`;
  }
  return lines;
}
