import type { ResponseHead } from '../../http1/index.ts';
import { ErrorCode, TwoWayStream } from '../../http2/index.ts';
import type { TimerItem } from '../../kernel/index.ts';
import type { Carrier } from '../carrier.ts';
import { type FaultKind, TransportFault } from '../fault.ts';
import type { ResponseSink, Timeouts } from '../upstream-connection.ts';
import type { Http2UpstreamConnection } from './connection.ts';

/** Bytes that a peer may send ahead on a stream: what one round trip may bring, and what a slow client costs. */
export const streamWindow = 131_072;
const never = Number.POSITIVE_INFINITY;

/** A request as HTTP/2 has it. */
export interface Http2RequestParts {
  /** Header lines ending in CRLF, those of the pseudo-headers first. */
  readonly lines: string;
  /** Bytes of the body, or a negative number when that is not known or not to be told. */
  readonly length: number;
  /** What is there of the body, one character a byte. */
  readonly body: string;
  /** Nothing of the body is left to write. */
  readonly isWhole: boolean;
  /** Trailers of a body that is whole, as lines ending in CRLF. */
  readonly trailers: string;
  readonly isHead: boolean;
  /** Milliseconds until the head of the answer must be there, however the time-outs stand; 0 for no such time. */
  readonly answerWithin: number;
}

/** One request to a peer that speaks HTTP/2: it waits for its connection, and is a stream of it from then on. */
export class Http2Request extends TwoWayStream implements Carrier, TimerItem {
  deadline = never;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  /** Something was handed on since the last flush; kept by the connection. */
  isTouched = false;
  #connection: Http2UpstreamConnection;
  #parts: Http2RequestParts | undefined;
  #sink: ResponseSink | undefined;
  #timeouts: Timeouts | undefined;
  #isHeadRequest = false;
  #isSending = false;
  #answerBy = never;
  /** The body was written to its end. */
  #isSent = false;
  #isLocalClosed = false;
  #requestTrailers = '';
  #head: ResponseHead | undefined;
  /** Bytes that the body must have; -1 when that is not known. */
  #expected = -1;
  #received = 0;
  #trailers = '';

  constructor(connection: Http2UpstreamConnection) {
    super(connection, 0, 0, streamWindow);
    this.#connection = connection;
  }

  get isConnected(): boolean {
    return this.id !== 0;
  }

  get isFull(): boolean {
    return this.id === 0 || this.isWaiting;
  }

  /** True once the head of the answer was seen. */
  get hasHead(): boolean {
    return this.#head !== undefined;
  }

  /** Sends the request, as soon as its connection takes it. */
  send(parts: Http2RequestParts, sink: ResponseSink, timeouts: Timeouts): void {
    this.#parts = parts;
    this.#sink = sink;
    this.#timeouts = timeouts;
    this.#isHeadRequest = parts.isHead;
    this.#isSent = parts.isWhole;
    const { wheel } = this.#connection;
    if (parts.answerWithin > 0) this.#answerBy = wheel.now + parts.answerWithin;
    this.deadline = this.#deadlineIn(timeouts.connect);
    wheel.schedule(this);
    this.#isSending = true;
    this.#connection.add(this);
    this.#isSending = false;
  }

  // What the connection calls.

  /** Another connection is to carry it. */
  move(connection: Http2UpstreamConnection): void {
    this.session = connection;
    this.#connection = connection;
    connection.add(this);
  }

  /** Becomes a stream and sends what there is. */
  open(id: number, sendWindow: number): void {
    const { lines, length, body, isWhole, trailers } = this.#parts!;
    this.#parts = undefined;
    this.id = id;
    this.sendWindow = sendWindow;
    const { output } = this.session;
    output.writer.request(id, lines, length);
    output.due();
    if (body !== '') this.pushText(body);
    if (isWhole) this.finishBody(trailers);
    this.#touch();
    // Its deadline may be earlier now than the one it waited for.
    this.#connection.wheel.schedule(this);
    // Who is still sending sees for itself that the connection stands.
    if (!this.#isSending) this.#sink?.onWritable();
  }

  /** An interim or final head. Returns 0, or the error code for the stream. */
  onHead(head: ResponseHead, isLast: boolean): number {
    const sink = this.#sink!;
    this.#touch();
    if (head.status < 200) {
      if (isLast) return ErrorCode.protocolError;
      sink.onInterim(head);
      return 0;
    }
    this.#head = head;
    this.#answerBy = never;
    this.#touch();
    // RFC 9110 section 6.4.1: no content for HEAD, 204 and 304, whatever the head says.
    const isBodiless = this.#isHeadRequest || head.status === 204 || head.status === 304;
    this.#expected = isBodiless ? 0 : head.contentLength;
    if (isLast && this.#expected > 0) return ErrorCode.protocolError;
    this.isRemoteClosed = isLast;
    sink.onHead(head, !isBodiless && !isLast);
    if (isLast) this.feed();
    return 0;
  }

  onData(bytes: Buffer, start: number, end: number, padding: number, isLast: boolean): number {
    const length = end - start;
    if (!this.spendWindow(length + padding)) return ErrorCode.flowControlError;
    this.#received += length;
    const expected = this.#expected;
    // RFC 9113 section 8.1.1.
    if (
      this.#head === undefined ||
      (expected >= 0 && (this.#received > expected || (isLast && this.#received < expected)))
    ) {
      return ErrorCode.protocolError;
    }
    this.#touch();
    this.isRemoteClosed = isLast;
    if (padding > 0) this.credit(padding);
    this.receive(bytes, start, end);
    return 0;
  }

  /** Returns 0, or the error code for the stream. */
  onTrailers(lines: string): number {
    if (this.#expected >= 0 && this.#received < this.#expected) return ErrorCode.protocolError;
    this.#trailers = lines;
    this.isRemoteClosed = true;
    this.feed();
    return 0;
  }

  /** The peer ended the stream. */
  onReset(code: number): void {
    if (this.isRemoteClosed) {
      // RFC 9113 section 8.1: its answer is whole, and it wants no more of the request.
      this.#isLocalClosed = true;
      this.#isSent = true;
      this.dropWaiting();
      return;
    }
    const name =
      Object.keys(ErrorCode).find((key) => ErrorCode[key as keyof typeof ErrorCode] === code) ?? String(code);
    const isRefused = code === ErrorCode.refusedStream && this.#head === undefined;
    this.fail(isRefused ? 'unprocessed' : 'closed', `it reset the stream: ${name}`, code);
  }

  reset(code: number): void {
    if (this.isClosed) return;
    this.rst(code);
    this.#tell('protocol', 'the answer is malformed');
  }

  onGone(): void {
    this.fail('closed', 'the connection was closed');
  }

  /** The try failed: the stream is over, if it ever began. */
  fail(kind: FaultKind, detail: string, resetCode?: number): void {
    if (this.isClosed) return;
    this.close(false);
    this.#tell(kind, detail, resetCode);
  }

  flush(): void {
    this.isTouched = false;
    this.#sink?.onFlush();
  }

  onTimeout(): void {
    const { wheel } = this.#connection;
    if (this.deadline > wheel.now) this.#schedule();
    else if (this.id === 0) {
      this.fail('connect_timeout', 'time-out while connecting');
    } else if (this.#answerBy <= wheel.now) this.#timeOut('read_timeout', 'no answer in the time for one try');
    else if (this.isWaiting && !this.isPaused) this.#timeOut('write_timeout', 'time-out while sending the request');
    else if (this.isPaused || !this.#isSent) {
      // The client is slow, not the peer: it takes nothing, or its request has a pause.
      this.#touch();
      this.#schedule();
    } else this.#timeOut('read_timeout', 'time-out while reading the answer');
  }

  // Carrier.

  writeText(text: string): void {
    if (this.#isLocalClosed) return;
    this.#touch();
    this.pushText(text);
  }

  writeBytes(bytes: Buffer): void {
    if (this.#isLocalClosed) return;
    this.#touch();
    this.pushBytes(bytes, 0, bytes.length);
  }

  finishBody(trailers = ''): void {
    this.#isSent = true;
    this.#requestTrailers = trailers;
    this.#touch();
    if (!this.isWaiting && !this.#isLocalClosed) this.#endRequest();
  }

  pause(): void {
    this.hold();
  }

  resume(): void {
    if (!this.isPaused || this.isClosed) return;
    this.#touch();
    this.takeOn();
    if (this.isTouched) this.flush();
  }

  destroy(): void {
    this.#sink = undefined;
    if (this.isClosed) return;
    if (this.id !== 0) this.rst(ErrorCode.cancel);
    else this.close(false);
  }

  // TwoWayStream.

  protected get hasTaker(): boolean {
    return this.#sink !== undefined && this.#head !== undefined;
  }

  protected override get hasTail(): boolean {
    return this.#trailers !== '';
  }

  protected onRun(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    const sink = this.#sink!;
    if (end > start) {
      this.#connection.touch(this);
      sink.onData(bytes, start, end);
    }
    if (isLast && this.#sink !== undefined) this.#finish();
  }

  protected onAllTaken(): void {
    this.#finish();
  }

  protected onMoreAwaited(): void {
    // The time-outs run on.
  }

  protected onStalled(): void {
    this.#touch();
  }

  protected onUnstalled(): void {
    this.#touch();
    if (this.#isSent) this.#endRequest();
    else this.#sink?.onWritable();
  }

  protected override close(wasReset: boolean): void {
    if (this.timerNext !== null) this.#connection.wheel.cancel(this);
    super.close(wasReset);
  }

  #finish(): void {
    const sink = this.#sink!;
    this.#sink = undefined;
    this.#connection.served += 1;
    if (this.#isLocalClosed) this.close(false);
    // The rest of the request would be read by nobody.
    else this.rst(ErrorCode.noError);
    sink.onEnd(this.#trailers);
  }

  #endRequest(): void {
    this.#isLocalClosed = true;
    const { output } = this.session;
    if (this.#requestTrailers === '') output.writer.endStream(this.id);
    else output.writer.trailers(this.id, this.#requestTrailers);
    output.due();
  }

  #timeOut(kind: FaultKind, detail: string): void {
    this.#connection.onSilence();
    this.rst(ErrorCode.cancel);
    this.#tell(kind, detail);
  }

  #tell(kind: FaultKind, detail: string, resetCode?: number): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.onFault(new TransportFault(kind, this.#connection.name, detail, resetCode));
  }

  #deadlineIn(ms: number): number {
    return Math.min(this.#connection.wheel.now + ms, this.#answerBy);
  }

  #touch(): void {
    const timeouts = this.#timeouts!;
    if (this.id !== 0)
      this.deadline = this.#deadlineIn(this.#isSent && !this.isWaiting ? timeouts.read : timeouts.write);
  }

  #schedule(): void {
    this.#connection.wheel.schedule(this);
  }
}
