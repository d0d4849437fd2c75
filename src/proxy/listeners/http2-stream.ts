import type { RequestHead } from '../../http1/index.ts';
import { defaultWindow, ErrorCode, type StreamSession, TwoWayStream } from '../../http2/index.ts';
import type { TimerItem } from '../../kernel/index.ts';
import { type BodySink, type ClientConnection, type Downstream, noBody, unknownLength } from '../downstream.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { clientGone } from '../phases/log.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { provenLines } from './web-socket-key.ts';

/** What a stream needs of its connection. */
export interface StreamOwner extends StreamSession {
  readonly runtime: ProxyRuntime;
  readonly client: ClientConnection;
}

/** Window of a stream whose body is being read: what one round trip may bring. */
const bodyWindow = 262_144;

/** One request of an HTTP/2 client and its answer. */
export class Http2Stream extends TwoWayStream implements Downstream, TimerItem {
  deadline = Number.POSITIVE_INFINITY;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  readonly requestCount: number;
  exchange: Exchange | undefined = undefined;
  readonly #owner: StreamOwner;
  readonly #head: RequestHead;

  // The request's body.
  #sink: BodySink | undefined = undefined;
  #isBodyOver: boolean;
  #bodyBytes = 0;
  #requestTrailers = '';
  #fault = 0;
  #isContinueOwed: boolean;
  /** Where an extended CONNECT is (RFC 8441): its bytes are no body until it was let through. */
  #tunnel: 'none' | 'asked' | 'open';
  #bodyBy = Number.POSITIVE_INFINITY;

  // The answer.
  #isAnswered = false;
  #trailers = '';
  #sendBy = Number.POSITIVE_INFINITY;

  constructor(
    owner: StreamOwner,
    id: number,
    head: RequestHead,
    isRemoteClosed: boolean,
    sendWindow: number,
    requestCount: number,
  ) {
    super(owner, id, sendWindow);
    this.#owner = owner;
    this.#head = head;
    this.isRemoteClosed = isRemoteClosed;
    this.#isBodyOver = isRemoteClosed;
    this.#isContinueOwed = head.expectContinue && !isRemoteClosed;
    this.requestCount = requestCount;
    // Only an extended CONNECT brings it: as a header it is malformed.
    this.#tunnel = head.upgrade === undefined ? 'none' : 'asked';
  }

  // What the connection calls.

  onData(bytes: Buffer, start: number, end: number, padding: number, isLast: boolean): number {
    const length = end - start;
    if (!this.spendWindow(length + padding)) return ErrorCode.flowControlError;
    this.#bodyBytes += length;
    const { contentLength } = this.#head;
    // RFC 9113 section 8.1.1.
    if (contentLength >= 0 && (this.#bodyBytes > contentLength || (isLast && this.#bodyBytes !== contentLength))) {
      return ErrorCode.protocolError;
    }
    this.isRemoteClosed = isLast;
    if (padding > 0) this.credit(padding);
    if (this.#isAnswered || this.#fault !== 0) {
      this.credit(length);
      return 0;
    }
    const { maxBodySize } = this.#owner.runtime.settings;
    if (maxBodySize > 0 && this.#bodyBytes > maxBodySize && this.#tunnel === 'none') {
      this.#failBody(413);
      return 0;
    }
    this.receive(bytes, start, end);
    return 0;
  }

  /** The body ended with trailers. Returns 0, or the error code for the stream. */
  onTrailers(lines: string): number {
    const { contentLength } = this.#head;
    if (contentLength >= 0 && this.#bodyBytes !== contentLength) return ErrorCode.protocolError;
    this.#requestTrailers = lines;
    this.isRemoteClosed = true;
    this.feed();
    return 0;
  }

  /** The stream is over before its answer was whole: the client reset it, or the connection is gone. */
  onGone(): void {
    if (this.isClosed) return;
    this.close(false);
    this.#tellGone();
  }

  /** Ends the stream with an error of the client's making. */
  reset(code: number): void {
    if (this.isClosed) return;
    this.rst(code);
    this.#tellGone();
  }

  onTimeout(): void {
    const { wheel } = this.#owner.runtime;
    const { now } = wheel;
    if (this.#sendBy <= now) {
      // The client takes nothing for send_timeout.
      this.reset(ErrorCode.cancel);
    } else if (this.#bodyBy <= now) {
      this.#bodyBy = Number.POSITIVE_INFINITY;
      this.#failBody(408);
    }
    if (!this.isClosed) this.#arm();
  }

  protected onStalled(): void {
    this.#sendBy = this.#owner.runtime.wheel.now + this.#owner.runtime.settings.sendTimeout;
    this.#arm();
  }

  protected onUnstalled(): void {
    this.#sendBy = Number.POSITIVE_INFINITY;
    if (this.#isAnswered) this.#end();
    else this.exchange?.passage?.onClientWritable();
  }

  // Downstream: what is known of the client.

  get client(): ClientConnection {
    return this.#owner.client;
  }

  get httpVersion(): number {
    return 2;
  }

  get isOpen(): boolean {
    return !this.isClosed;
  }

  // Downstream: the request's body.

  get hasUnreadBody(): boolean {
    return !this.#isBodyOver && this.#tunnel !== 'asked';
  }

  get bodyLength(): number {
    const { contentLength } = this.#head;
    if (contentLength >= 0) return contentLength;
    return this.hasUnreadBody ? unknownLength : 0;
  }

  readBody(sink: BodySink): void {
    if (this.isClosed) return;
    this.#sink = sink;
    if (this.#fault !== 0) {
      this.#failBody(this.#fault);
      return;
    }
    const { output } = this.#owner;
    if (this.#isContinueOwed) {
      this.#isContinueOwed = false;
      if (this.#bodyBytes === 0 && !this.isRemoteClosed) {
        output.writer.head(this.id, 100, '');
        output.due();
      }
    }
    const { contentLength } = this.#head;
    if (contentLength < 0 || contentLength > defaultWindow) this.widenWindow(bodyWindow);
    this.takeOn();
  }

  pauseBody(): void {
    this.hold();
    this.#bodyBy = Number.POSITIVE_INFINITY;
  }

  resumeBody(): void {
    if (this.isPaused) this.takeOn();
  }

  protected get hasTaker(): boolean {
    return this.#sink !== undefined;
  }

  protected override get hasTail(): boolean {
    return this.#requestTrailers !== '';
  }

  protected onRun(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    const sink = this.#sink!;
    if (isLast) this.#endBody();
    sink.onBody(bytes, start, end, isLast);
  }

  protected onMoreAwaited(): void {
    // A tunnel may be silent as long as the upstream lets it.
    if (this.#tunnel === 'open') return;
    this.#bodyBy = this.#owner.runtime.wheel.now + this.#owner.runtime.settings.bodyTimeout;
    this.#arm();
  }

  protected onAllTaken(): void {
    const sink = this.#sink!;
    this.#endBody();
    sink.onBodyEnd(this.#requestTrailers);
  }

  #endBody(): void {
    this.#isBodyOver = true;
    this.#sink = undefined;
    this.#bodyBy = Number.POSITIVE_INFINITY;
  }

  #failBody(status: number): void {
    const sink = this.#sink;
    this.#fault = status;
    this.letGo();
    if (sink === undefined) return;
    this.#sink = undefined;
    sink.onBodyFault(status);
  }

  // Downstream: the answer.

  sendInterim(statusText: string, lines: string): void {
    if (this.isClosed) return;
    const { output } = this.#owner;
    output.writer.head(this.id, Number(statusText.substring(0, 3)), lines);
    output.due();
  }

  sendHead(statusText: string, lines: string, length: number, shownLength = -1): void {
    if (this.isClosed) return;
    const status = statusText === '200 OK' ? 200 : Number(statusText.substring(0, 3));
    const { output } = this.#owner;
    output.writer.head(this.id, status, lines, length === noBody ? shownLength : length);
    output.due();
  }

  sendUpgrade(lines: string): void {
    if (this.isClosed) return;
    const proven = provenLines(this.#head.untouched, lines);
    if (proven === undefined) {
      this.#owner.runtime.logger.error(
        'Cannot open a WebSocket: the upstream did not answer with the key that it was given',
      );
      this.reset(ErrorCode.cancel);
      return;
    }
    this.#tunnel = 'open';
    const { output } = this.#owner;
    output.writer.head(this.id, 200, proven);
    output.due();
  }

  sendText(text: string): void {
    if (text.length > 0 && !this.isClosed) this.pushText(text);
  }

  sendBytes(bytes: Buffer, start: number, end: number): void {
    if (!this.isClosed) this.pushBytes(bytes, start, end);
  }

  sendEnd(trailers: string): void {
    if (this.isClosed) return;
    this.#isAnswered = true;
    this.#trailers = trailers;
    if (!this.isWaiting) this.#end();
  }

  #end(): void {
    const { output } = this.#owner;
    if (this.#trailers === '') output.writer.endStream(this.id);
    else output.writer.trailers(this.id, this.#trailers);
    output.due();
    // RFC 9113 section 8.1: an answer that needs no more of the request says so.
    if (!this.isRemoteClosed) this.rst(ErrorCode.noError);
    else this.close(false);
  }

  flush(): boolean {
    return !this.isWaiting;
  }

  abort(code?: number): void {
    // RFC 8441 section 5: a connection that broke is CANCEL.
    if (!this.isClosed) this.rst(code ?? (this.#tunnel === 'open' ? ErrorCode.cancel : ErrorCode.internalError));
  }

  closeAfterwards(): void {
    // Only this request is spoilt, and its stream is never used again.
  }

  finish(): void {
    this.exchange = undefined;
    this.#sink = undefined;
    this.#bodyBy = Number.POSITIVE_INFINITY;
    if (!this.#isAnswered) this.abort();
  }

  protected override close(wasReset: boolean): void {
    if (this.timerNext !== null) this.#owner.runtime.wheel.cancel(this);
    super.close(wasReset);
  }

  #tellGone(): void {
    this.#sink = undefined;
    const { exchange } = this;
    if (exchange === undefined) return;
    this.exchange = undefined;
    clientGone(exchange);
  }

  #arm(): void {
    this.deadline = Math.min(this.#sendBy, this.#bodyBy);
    if (this.timerNext === null && this.deadline !== Number.POSITIVE_INFINITY) this.#owner.runtime.wheel.schedule(this);
  }
}
