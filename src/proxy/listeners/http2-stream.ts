import type { RequestHead } from '../../http1/index.ts';
import { defaultFrameSize, defaultWindow, ErrorCode } from '../../http2/index.ts';
import type { TimerItem } from '../../kernel/index.ts';
import { type BodySink, type ClientConnection, type Downstream, noBody, unknownLength } from '../downstream.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { clientGone } from '../phases/log.ts';
import type { ProxyRuntime } from '../runtime.ts';
import type { Http2Output, WaitingStream } from './http2-output.ts';

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly runtime: ProxyRuntime;
  readonly client: ClientConnection;
  readonly output: Http2Output;
  /** Sends DATA to the client's credit: for every frame it may send something back. */
  noteData(): void;
  /** Bytes that streams hold because nobody takes them yet changed by so many. */
  noteHeld(change: number): void;
  /** The stream is over. `wasReset` when it was us who ended it early. */
  onStreamClosed(stream: Http2Stream, wasReset: boolean): void;
}

/** Window of a stream whose body is being read: what one round trip may bring. */
const bodyWindow = 262_144;

/** One request of an HTTP/2 client and its answer. */
export class Http2Stream implements Downstream, WaitingStream, TimerItem {
  deadline = Number.POSITIVE_INFINITY;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  readonly id: number;
  readonly requestCount: number;
  exchange: Exchange | undefined = undefined;
  /** Bytes of DATA that the client takes on this stream. */
  sendWindow: number;
  readonly #owner: StreamOwner;
  readonly #head: RequestHead;
  #isClosed = false;

  // The request's body.
  #sink: BodySink | undefined = undefined;
  #isBodyPaused = false;
  #isFeeding = false;
  #held: Buffer[] | undefined = undefined;
  #isRemoteClosed: boolean;
  #isBodyOver: boolean;
  #bodyBytes = 0;
  #fault = 0;
  #isContinueOwed: boolean;
  #receiveWindow = defaultWindow;
  #windowSize = defaultWindow;
  #taken = 0;
  #bodyBy = Number.POSITIVE_INFINITY;

  // The answer.
  #waiting: Buffer[] | undefined = undefined;
  #waitingBytes = 0;
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
    this.#owner = owner;
    this.id = id;
    this.#head = head;
    this.#isRemoteClosed = isRemoteClosed;
    this.#isBodyOver = isRemoteClosed;
    this.#isContinueOwed = head.expectContinue && !isRemoteClosed;
    this.sendWindow = sendWindow;
    this.requestCount = requestCount;
  }

  // What the connection calls.

  /** The client has ended its side. */
  get isRemoteClosed(): boolean {
    return this.#isRemoteClosed;
  }

  /** Takes DATA; `padding` are bytes that count for the window alone. Returns 0, or the error code for the stream. */
  onData(bytes: Buffer, start: number, end: number, padding: number, isLast: boolean): number {
    const length = end - start;
    this.#receiveWindow -= length + padding;
    if (this.#receiveWindow < 0) return ErrorCode.flowControlError;
    this.#bodyBytes += length;
    const { contentLength } = this.#head;
    // RFC 9113 section 8.1.1.
    if (contentLength >= 0 && (this.#bodyBytes > contentLength || (isLast && this.#bodyBytes !== contentLength))) {
      return ErrorCode.protocolError;
    }
    this.#isRemoteClosed = isLast;
    if (padding > 0) this.#credit(padding);
    if (this.#isAnswered || this.#fault !== 0) {
      this.#credit(length);
      return 0;
    }
    const { maxBodySize } = this.#owner.runtime.settings;
    if (maxBodySize > 0 && this.#bodyBytes > maxBodySize) {
      this.#failBody(413);
      return 0;
    }
    if (this.#sink !== undefined && !this.#isBodyPaused && this.#held === undefined && !this.#isFeeding) {
      this.#isFeeding = true;
      this.#deliver(bytes, start, end);
      this.#isFeeding = false;
      this.#feed();
    } else if (length > 0) {
      (this.#held ??= []).push(Buffer.from(bytes.subarray(start, end)));
      this.#owner.noteHeld(length);
    }
    return 0;
  }

  /** The body ended with trailers. Returns 0, or the error code for the stream. */
  onTrailers(): number {
    const { contentLength } = this.#head;
    if (contentLength >= 0 && this.#bodyBytes !== contentLength) return ErrorCode.protocolError;
    this.#isRemoteClosed = true;
    this.#feed();
    return 0;
  }

  /** The stream is over before its answer was whole: the client reset it, or the connection is gone. */
  onGone(): void {
    if (this.#isClosed) return;
    this.#close(false);
    this.#tellGone();
  }

  /** Ends the stream with an error of the client's making. */
  reset(code: number): void {
    if (this.#isClosed) return;
    this.#rst(code);
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
    if (!this.#isClosed) this.#arm();
  }

  sendWaiting(most: number): boolean {
    const list = this.#waiting;
    if (list === undefined) return false;
    const { output } = this.#owner;
    const length = Math.min(this.#waitingBytes, this.sendWindow, output.room, most);
    if (length <= 0) return false;
    let left = length;
    while (left > 0) {
      const first = list[0]!;
      const taken = Math.min(first.length, left, defaultFrameSize);
      output.writer.bytes(this.id, first, 0, taken);
      this.#owner.noteData();
      if (taken === first.length) list.shift();
      else list[0] = first.subarray(taken);
      left -= taken;
    }
    this.#spend(length);
    this.#waitingBytes -= length;
    if (this.#waitingBytes > 0) {
      this.#sendBy = this.#owner.runtime.wheel.now + this.#owner.runtime.settings.sendTimeout;
      this.#arm();
      return true;
    }
    this.#waiting = undefined;
    this.#sendBy = Number.POSITIVE_INFINITY;
    output.forget(this);
    if (this.#isAnswered) this.#end();
    else this.exchange?.passage?.onClientWritable();
    return true;
  }

  // Downstream: what is known of the client.

  get client(): ClientConnection {
    return this.#owner.client;
  }

  get httpVersion(): number {
    return 2;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  // Downstream: the request's body.

  get hasUnreadBody(): boolean {
    return !this.#isBodyOver;
  }

  get bodyLength(): number {
    const { contentLength } = this.#head;
    if (contentLength >= 0) return contentLength;
    return this.#isBodyOver ? 0 : unknownLength;
  }

  readBody(sink: BodySink): void {
    if (this.#isClosed) return;
    this.#sink = sink;
    this.#isBodyPaused = false;
    if (this.#fault !== 0) {
      this.#failBody(this.#fault);
      return;
    }
    const { output } = this.#owner;
    if (this.#isContinueOwed) {
      this.#isContinueOwed = false;
      if (this.#bodyBytes === 0 && !this.#isRemoteClosed) {
        output.writer.head(this.id, 100, '');
        output.due();
      }
    }
    const { contentLength } = this.#head;
    if (
      !this.#isRemoteClosed &&
      this.#windowSize < bodyWindow &&
      (contentLength < 0 || contentLength > defaultWindow)
    ) {
      output.writer.windowUpdate(this.id, bodyWindow - this.#windowSize);
      output.due();
      this.#receiveWindow += bodyWindow - this.#windowSize;
      this.#windowSize = bodyWindow;
    }
    this.#feed();
  }

  pauseBody(): void {
    this.#isBodyPaused = true;
    this.#bodyBy = Number.POSITIVE_INFINITY;
  }

  resumeBody(): void {
    if (!this.#isBodyPaused) return;
    this.#isBodyPaused = false;
    this.#feed();
  }

  /** Hands on what is held, as long as someone takes it. */
  #feed(): void {
    // Inside a call of the sink: the loop that made it goes on.
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    while (this.#sink !== undefined && !this.#isBodyPaused && this.#held !== undefined) {
      const bytes = this.#held.shift()!;
      if (this.#held.length === 0) this.#held = undefined;
      this.#owner.noteHeld(-bytes.length);
      this.#deliver(bytes, 0, bytes.length);
    }
    this.#isFeeding = false;
    const sink = this.#sink;
    if (sink === undefined || this.#isBodyPaused) return;
    if (!this.#isRemoteClosed) {
      this.#bodyBy = this.#owner.runtime.wheel.now + this.#owner.runtime.settings.bodyTimeout;
      this.#arm();
      return;
    }
    if (this.#held !== undefined) return;
    this.#endBody();
    sink.onBodyEnd();
  }

  #deliver(bytes: Buffer, start: number, end: number): void {
    const sink = this.#sink!;
    const isLast = this.#isRemoteClosed && this.#held === undefined;
    if (isLast) this.#endBody();
    if (end > start || isLast) sink.onBody(bytes, start, end, isLast);
    this.#credit(end - start);
  }

  #endBody(): void {
    this.#isBodyOver = true;
    this.#sink = undefined;
    this.#bodyBy = Number.POSITIVE_INFINITY;
  }

  #failBody(status: number): void {
    const sink = this.#sink;
    this.#fault = status;
    this.#letGo();
    if (sink === undefined) return;
    this.#sink = undefined;
    sink.onBodyFault(status);
  }

  /** Drops what nobody will take. */
  #letGo(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    for (const bytes of held) this.#owner.noteHeld(-bytes.length);
  }

  /** Lets the client send as much again as was taken. */
  #credit(length: number): void {
    if (this.#isRemoteClosed || this.#isClosed) return;
    this.#taken += length;
    if (this.#taken < this.#windowSize >> 1) return;
    const { output } = this.#owner;
    output.writer.windowUpdate(this.id, this.#taken);
    output.due();
    this.#receiveWindow += this.#taken;
    this.#taken = 0;
  }

  // Downstream: the answer.

  sendInterim(statusText: string, lines: string): void {
    if (this.#isClosed) return;
    const { output } = this.#owner;
    output.writer.head(this.id, Number(statusText.substring(0, 3)), lines);
    output.due();
  }

  sendHead(statusText: string, lines: string, length: number, shownLength = -1): void {
    if (this.#isClosed) return;
    const status = statusText === '200 OK' ? 200 : Number(statusText.substring(0, 3));
    const { output } = this.#owner;
    output.writer.head(this.id, status, lines, length === noBody ? shownLength : length);
    output.due();
  }

  sendUpgrade(): void {
    // No request of ours asks for it (RFC 9113 section 8.6), so no answer can bring it.
    this.abort();
  }

  sendText(text: string): void {
    const { length } = text;
    if (length === 0 || this.#isClosed) return;
    const { output } = this.#owner;
    let at = 0;
    if (this.#waiting === undefined) {
      const most = Math.min(length, this.sendWindow, output.room);
      while (at < most) {
        const end = Math.min(at + defaultFrameSize, most);
        output.writer.text(this.id, end - at === length ? text : text.substring(at, end));
        this.#owner.noteData();
        at = end;
      }
      if (at > 0) this.#spend(at);
      if (at === length) return;
    }
    this.#wait(Buffer.from(at === 0 ? text : text.substring(at), 'latin1'));
  }

  sendBytes(bytes: Buffer, start: number, end: number): void {
    if (this.#isClosed) return;
    const { output } = this.#owner;
    let at = start;
    if (this.#waiting === undefined) {
      const most = start + Math.min(end - start, this.sendWindow, output.room);
      while (at < most) {
        const to = Math.min(at + defaultFrameSize, most);
        output.writer.bytes(this.id, bytes, at, to);
        this.#owner.noteData();
        at = to;
      }
      if (at > start) this.#spend(at - start);
    }
    if (at < end) this.#wait(Buffer.from(bytes.subarray(at, end)));
  }

  #spend(length: number): void {
    this.sendWindow -= length;
    const { output } = this.#owner;
    output.window -= length;
    output.due();
  }

  #wait(bytes: Buffer): void {
    if (this.#waiting === undefined) {
      this.#waiting = [];
      this.#owner.output.wait(this);
      this.#sendBy = this.#owner.runtime.wheel.now + this.#owner.runtime.settings.sendTimeout;
      this.#arm();
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  sendEnd(trailers: string): void {
    if (this.#isClosed) return;
    this.#isAnswered = true;
    this.#trailers = trailers;
    if (this.#waiting === undefined) this.#end();
  }

  #end(): void {
    const { output } = this.#owner;
    if (this.#trailers === '') output.writer.endStream(this.id);
    else output.writer.trailers(this.id, this.#trailers);
    output.due();
    // RFC 9113 section 8.1: an answer that needs no more of the request says so.
    if (!this.#isRemoteClosed) this.#rst(ErrorCode.noError);
    else this.#close(false);
  }

  flush(): boolean {
    return this.#waiting === undefined;
  }

  abort(): void {
    if (!this.#isClosed) this.#rst(ErrorCode.internalError);
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

  #rst(code: number): void {
    const { output } = this.#owner;
    output.writer.rstStream(this.id, code);
    output.due();
    this.#close(true);
  }

  #close(wasReset: boolean): void {
    this.#isClosed = true;
    this.#letGo();
    if (this.#waiting !== undefined) {
      this.#waiting = undefined;
      this.#owner.output.forget(this);
    }
    if (this.timerNext !== null) this.#owner.runtime.wheel.cancel(this);
    this.#owner.onStreamClosed(this, wasReset);
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
