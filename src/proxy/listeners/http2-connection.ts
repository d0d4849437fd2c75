import type { Socket } from 'node:net';
import type { RequestHead } from '../../http1/index.ts';
import {
  createPeerSettings,
  defaultWindow,
  ErrorCode,
  type FieldVisitor,
  Flag,
  FloodGuard,
  FrameReader,
  type FrameSink,
  FrameType,
  HpackDecoder,
  maxWindow,
  readSettings,
  readUint31,
  Setting,
} from '../../http2/index.ts';
import type { TimerItem } from '../../kernel/index.ts';
import type { ClientConnection } from '../downstream.ts';
import { Exchange } from '../exchange/exchange.ts';
import { answerWithError } from '../phases/answer.ts';
import { begin } from '../phases/rewrite.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { HeaderBlocks } from './http2-header-blocks.ts';
import { Http2Output, type Http2Shared, type WriteWatch } from './http2-output.ts';
import { type BlockVerdict, ignoredFields, RequestHeadBuilder, TrailerCheck } from './http2-request-head.ts';
import { Http2Stream, type StreamOwner } from './http2-stream.ts';

/** Streams that a client may have open at once; nginx's default. */
const maxStreams = 128;
/** Window of the connection: what all streams together may bring in one round trip. */
const connectionWindow = 1_048_576;
/** Bytes of bodies that may be held for upstreams that are slower than the client; beyond it the client has to wait. */
const heldLimit = 4_194_304;
/** Numbers of streams that are remembered after they closed. */
const remembered = 256;
/** Milliseconds that a client has to learn that the connection ends. */
const drainTime = 1000;
const lingerTime = 5000;
const drainPing = Buffer.from('gibbon..', 'latin1');
const never = Number.POSITIVE_INFINITY;

type State =
  | 'open'
  /** The last GOAWAY is out; what still comes is read and thrown away, so that the client can read it. */
  | 'lingering'
  | 'closed';

/** One client's HTTP/2 connection: it takes frames apart and begins an exchange for each stream (RFC 9113). */
export class Http2Connection implements StreamOwner, FrameSink, WriteWatch, TimerItem {
  deadline = never;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  readonly runtime: ProxyRuntime;
  readonly client: ClientConnection;
  readonly output: Http2Output;
  readonly #socket: Socket;
  readonly #onGone: (connection: Http2Connection) => void;
  #state: State = 'open';

  readonly #reader = new FrameReader();
  readonly #decoder = new HpackDecoder();
  readonly #heads: RequestHeadBuilder;
  readonly #blocks: HeaderBlocks;
  readonly #guard: FloodGuard;
  readonly #peer = createPeerSettings();
  #sawSettings = false;
  #isReadPaused = false;

  readonly #streams = new Map<number, Http2Stream>();
  #lastStream = 0;
  #served = 0;
  /** Streams that closed lately; negative for those that we ended early. */
  readonly #closed = new Int32Array(remembered);
  #closedAt = 0;
  /** Exchanges whose bodies may be in the same read as their heads: they begin once it is through. */
  #toBegin: Exchange[] = [];

  #receiveWindow = defaultWindow;
  #taken = 0;
  #held = 0;

  #isDraining = false;
  /** The number of the last stream was told: later ones are not served. */
  #isLastTold = false;
  #headerBy: number;
  #idleBy = never;
  #writeBy = never;
  #drainBy = never;

  constructor(
    runtime: ProxyRuntime,
    socket: Socket,
    client: ClientConnection,
    shared: Http2Shared,
    onGone: (connection: Http2Connection) => void,
  ) {
    this.runtime = runtime;
    this.client = client;
    this.#socket = socket;
    this.#onGone = onGone;
    const { settings, wheel } = runtime;
    this.#heads = new RequestHeadBuilder(settings.headLimits);
    this.#blocks = new HeaderBlocks(settings.headLimits.total + settings.headLimits.requestLine);
    this.#guard = new FloodGuard(wheel.now);
    this.output = new Http2Output(socket, shared, this);
    this.#headerBy = wheel.now + settings.headerTimeout;
    this.#arm();
    socket.on('error', () => this.#close());
    socket.on('end', () => this.destroy());
    socket.on('close', () => this.#close());
    socket.on('drain', () => this.#onDrain());
    const { writer } = this.output;
    writer.settings([
      [Setting.maxConcurrentStreams, maxStreams],
      [Setting.maxHeaderListSize, settings.headLimits.total],
    ]);
    writer.windowUpdate(0, connectionWindow - defaultWindow);
    this.#receiveWindow = connectionWindow;
    this.output.due();
  }

  // What the socket and the listener call.

  /** The buffer for the next read: always the shared one, nothing of it is kept. */
  nextBuffer(): undefined {
    return undefined;
  }

  /** Takes bytes from the socket. Returns false to stop reading. */
  onRead(bytes: Buffer, length: number): boolean {
    if (this.#state !== 'open') return this.#state === 'lingering';
    const outcome = this.#reader.push(bytes, length, this);
    if (outcome === 'no preface') this.#fail(ErrorCode.protocolError);
    else if (outcome === 'too large') this.#fail(ErrorCode.frameSizeError);
    if (this.#toBegin.length > 0) this.#beginAll();
    if (this.#state === 'open' && this.output.isClogged) {
      this.#isReadPaused = true;
      return false;
    }
    return true;
  }

  /** Ends the connection once the streams are answered (RFC 9113 section 6.8): first a warning, then the last number. */
  drain(): void {
    if (this.#isDraining || this.#state !== 'open') return;
    this.#isDraining = true;
    this.output.writer.goaway(maxWindow, ErrorCode.noError);
    this.output.writer.ping(false, drainPing, 0);
    this.output.due();
    this.#drainBy = this.runtime.wheel.now + drainTime;
    this.#arm();
    if (!this.#reader.isStarted) this.#tellLast();
  }

  /** Cuts the connection off. */
  destroy(): void {
    this.#socket.destroy();
    this.#close();
  }

  onTimeout(): void {
    const { now } = this.runtime.wheel;
    if (this.#state === 'lingering' || this.#writeBy <= now || this.#headerBy <= now) {
      this.destroy();
      return;
    }
    if (this.#idleBy <= now) this.#fail(ErrorCode.noError);
    else if (this.#drainBy <= now) {
      this.#drainBy = never;
      this.#tellLast();
    }
    this.#arm();
  }

  #arm(): void {
    if (this.#state === 'closed') return;
    this.deadline = Math.min(this.#headerBy, this.#idleBy, this.#writeBy, this.#drainBy);
    if (this.timerNext === null) this.runtime.wheel.schedule(this);
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.runtime.wheel.cancel(this);
    this.#toBegin = [];
    for (const stream of [...this.#streams.values()]) stream.onGone();
    this.#onGone(this);
  }

  onQueued(): void {
    // What could not be sent at once is bounded by the time that the client may take for it.
    if (this.#writeBy === never && this.#socket.writableLength > 0) this.onWritten();
  }

  onWritten(): void {
    const { wheel, settings } = this.runtime;
    this.#writeBy = this.#socket.writableLength === 0 ? never : wheel.now + settings.sendTimeout;
    this.deadline = Math.min(this.#headerBy, this.#idleBy, this.#writeBy, this.#drainBy);
  }

  #onDrain(): void {
    if (this.#state === 'closed') return;
    this.output.pump();
    if (this.#isReadPaused && !this.output.isClogged) {
      this.#isReadPaused = false;
      this.#socket.resume();
    }
  }

  /** Ends the connection at once, with all its streams (RFC 9113 section 5.4.1). */
  #fail(code: number): false {
    if (this.#state !== 'open') return false;
    this.output.writer.goaway(this.#lastStream, code);
    this.#end();
    return false;
  }

  /** Sends what there is and closes in a way that lets the client read it. */
  #end(): void {
    this.output.writeOut();
    this.#state = 'lingering';
    this.#toBegin = [];
    this.#headerBy = this.runtime.wheel.now + lingerTime;
    this.#idleBy = never;
    for (const stream of [...this.#streams.values()]) stream.onGone();
    this.#arm();
    this.#socket.end();
    if (this.#isReadPaused) {
      this.#isReadPaused = false;
      this.#socket.resume();
    }
  }

  /** From here on no stream will be added. */
  #tellLast(): void {
    if (this.#isLastTold || this.#state !== 'open') return;
    this.#isLastTold = true;
    this.#isDraining = true;
    this.output.writer.goaway(this.#lastStream, ErrorCode.noError);
    this.output.due();
    if (this.#streams.size === 0) this.#end();
  }

  // Frames.

  onFrame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (!this.#sawSettings) {
      // RFC 9113 section 3.4.
      if (type !== FrameType.settings || (flags & Flag.ack) !== 0) return this.#fail(ErrorCode.protocolError);
      this.#sawSettings = true;
      this.#headerBy = never;
      if (this.#streams.size === 0) this.#idleBy = this.runtime.wheel.now + this.runtime.settings.keepAliveTimeout;
      this.#arm();
    }
    // RFC 9113 section 6.10: nothing may come between the frames of a block.
    if (this.#blocks.stream !== 0 && (type !== FrameType.continuation || id !== this.#blocks.stream)) {
      return this.#fail(ErrorCode.protocolError);
    }
    switch (type) {
      case FrameType.data:
        return this.#onData(flags, id, bytes, start, end);
      case FrameType.headers:
        return this.#onHeaders(flags, id, bytes, start, end);
      case FrameType.continuation:
        return this.#onContinuation(flags, id, bytes, start, end);
      case FrameType.windowUpdate:
        return this.#onWindowUpdate(id, bytes, start, end);
      case FrameType.rstStream:
        return this.#onRstStream(id, start, end);
      case FrameType.settings:
        return this.#onSettings(flags, id, bytes, start, end);
      case FrameType.ping:
        return this.#onPing(flags, id, bytes, start, end);
      case FrameType.priority:
        return this.#onPriority(id, bytes, start, end);
      case FrameType.goaway:
        if (id !== 0) return this.#fail(ErrorCode.protocolError);
        if (end - start < 8) return this.#fail(ErrorCode.frameSizeError);
        this.#tellLast();
        return this.#state === 'open';
      case FrameType.pushPromise:
        return this.#fail(ErrorCode.protocolError);
      default:
        // RFC 9113 section 4.1: unknown types are ignored.
        return this.#allowFrame();
    }
  }

  /** False, with the connection ended, for one frame too many that brought nothing. */
  #allowFrame(): boolean {
    return this.#guard.allowFrame(this.runtime.wheel.now) || this.#fail(ErrorCode.enhanceYourCalm);
  }

  #allowReset(): boolean {
    return this.#guard.allowReset(this.runtime.wheel.now) || this.#fail(ErrorCode.enhanceYourCalm);
  }

  /** Ends a stream that the client spoilt. */
  #spoil(id: number, code: number): boolean {
    const stream = this.#streams.get(id);
    if (stream !== undefined) stream.reset(code);
    else {
      this.output.writer.rstStream(id, code);
      this.output.due();
      this.#remember(-id);
    }
    return this.#allowReset();
  }

  #onData(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id === 0) return this.#fail(ErrorCode.protocolError);
    const length = end - start;
    this.#receiveWindow -= length;
    if (this.#receiveWindow < 0) return this.#fail(ErrorCode.flowControlError);
    let from = start;
    let to = end;
    if ((flags & Flag.padded) !== 0) {
      if (length === 0) return this.#fail(ErrorCode.frameSizeError);
      from += 1;
      to -= bytes[start]!;
      if (to < from) return this.#fail(ErrorCode.protocolError);
    }
    this.#taken += length;
    const isLast = (flags & Flag.endStream) !== 0;
    if (from === to && !isLast) {
      if (!this.#allowFrame()) return false;
    } else this.#guard.earn(1);

    const stream = this.#streams.get(id);
    if (stream === undefined) {
      if (id > this.#lastStream && !this.#isLastTold) return this.#fail(ErrorCode.protocolError);
      this.#settleWindow();
      // What was under way when we ended the stream is nobody's fault.
      if (id > this.#lastStream || this.#closed.includes(-id)) return true;
      return this.#spoil(id, ErrorCode.streamClosed);
    }
    if (stream.isRemoteClosed) {
      this.#settleWindow();
      return this.#spoil(id, ErrorCode.streamClosed);
    }
    const fault = stream.onData(bytes, from, to, length - (to - from), isLast);
    this.#settleWindow();
    return fault === 0 ? this.#state === 'open' : this.#spoil(id, fault);
  }

  #onHeaders(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    // RFC 9113 section 5.1.1: a client's streams have odd numbers.
    if (id === 0 || (id & 1) === 0) return this.#fail(ErrorCode.protocolError);
    let from = start;
    let to = end;
    if ((flags & Flag.padded) !== 0) {
      if (to === from) return this.#fail(ErrorCode.frameSizeError);
      to -= bytes[from]!;
      from += 1;
    }
    let dependsOnItself = false;
    if ((flags & Flag.priority) !== 0) {
      if (end - from < 5) return this.#fail(ErrorCode.frameSizeError);
      dependsOnItself = readUint31(bytes, from) === id;
      from += 5;
    }
    if (to < from) return this.#fail(ErrorCode.protocolError);
    const isLast = (flags & Flag.endStream) !== 0;
    if ((flags & Flag.endHeaders) === 0) {
      this.#headerBy = this.runtime.wheel.now + this.runtime.settings.headerTimeout;
      this.#arm();
      if (!this.#blocks.begin(id, isLast, dependsOnItself, bytes, from, to)) {
        return this.#fail(ErrorCode.enhanceYourCalm);
      }
      return true;
    }
    return this.#onBlock(id, isLast, dependsOnItself, bytes, from, to);
  }

  #onContinuation(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    const blocks = this.#blocks;
    if (blocks.stream === 0) return this.#fail(ErrorCode.protocolError);
    if (!blocks.add(bytes, start, end)) return this.#fail(ErrorCode.enhanceYourCalm);
    if ((flags & Flag.endHeaders) === 0) return true;
    this.#headerBy = never;
    const whole = blocks.finish();
    return this.#onBlock(id, blocks.isLast, blocks.dependsOnItself, whole, 0, whole.length);
  }

  /** Takes a whole header block: a request, trailers, or one that is decoded for the table's sake alone. */
  #onBlock(id: number, isLast: boolean, dependsOnItself: boolean, bytes: Buffer, start: number, end: number): boolean {
    const stream = this.#streams.get(id);
    if (stream !== undefined) return this.#onTrailers(stream, isLast, bytes, start, end);
    if (id <= this.#lastStream) {
      const isOurs = this.#closed.includes(-id);
      if (!this.#decode(bytes, start, end, ignoredFields)) return false;
      if (isOurs) return this.#allowFrame();
      return this.#fail(this.#closed.includes(id) ? ErrorCode.streamClosed : ErrorCode.protocolError);
    }
    if (this.#isLastTold) return this.#decode(bytes, start, end, ignoredFields);
    this.#lastStream = id;
    if (this.#streams.size >= maxStreams) {
      // RFC 9113 section 5.1.2.
      return this.#decode(bytes, start, end, ignoredFields) && this.#spoil(id, ErrorCode.refusedStream);
    }
    if (!this.#decode(bytes, start, end, this.#heads)) return false;
    const { verdict, head } = this.#heads.finish(end - start + 9);
    if (verdict === 'malformed' || dependsOnItself || (isLast && head.contentLength > 0)) {
      return this.#spoil(id, ErrorCode.protocolError);
    }
    this.#begin(id, head, isLast, verdict);
    return this.#state === 'open';
  }

  #decode(bytes: Buffer, start: number, end: number, visitor: FieldVisitor): boolean {
    return this.#decoder.decode(bytes, start, end, visitor) || this.#fail(ErrorCode.compressionError);
  }

  #onTrailers(stream: Http2Stream, isLast: boolean, bytes: Buffer, start: number, end: number): boolean {
    const check = new TrailerCheck();
    if (!this.#decode(bytes, start, end, check)) return false;
    if (stream.isRemoteClosed) return this.#spoil(stream.id, ErrorCode.streamClosed);
    // RFC 9113 section 8.1: trailers end the stream.
    if (!isLast || check.isMalformed) return this.#spoil(stream.id, ErrorCode.protocolError);
    const fault = stream.onTrailers();
    return fault === 0 ? this.#state === 'open' : this.#spoil(stream.id, fault);
  }

  #begin(id: number, head: RequestHead, isLast: boolean, verdict: BlockVerdict): void {
    const { runtime } = this;
    const { settings } = runtime;
    this.#served += 1;
    const stream = new Http2Stream(this, id, head, isLast, this.#peer.initialWindowSize, this.#served);
    this.#streams.set(id, stream);
    this.#idleBy = never;
    this.#guard.earn(4);
    runtime.counters.requested();
    if (this.#served >= settings.keepAliveRequests) this.drain();
    const exchange = new Exchange(runtime, stream, head);
    stream.exchange = exchange;
    const refusal = refusalOf(verdict, head, settings.maxBodySize);
    if (refusal !== 0) answerWithError(exchange, refusal);
    else if (isLast) begin(exchange);
    else this.#toBegin.push(exchange);
  }

  #beginAll(): void {
    const list = this.#toBegin;
    this.#toBegin = [];
    for (const exchange of list) if (!exchange.isOver) begin(exchange);
  }

  #onWindowUpdate(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== 4) return this.#fail(ErrorCode.frameSizeError);
    if (!this.#allowFrame()) return false;
    const increment = readUint31(bytes, start);
    const { output } = this;
    if (id === 0) {
      if (increment === 0) return this.#fail(ErrorCode.protocolError);
      output.window += increment;
      if (output.window > maxWindow) return this.#fail(ErrorCode.flowControlError);
      output.pump();
      return true;
    }
    const stream = this.#streams.get(id);
    if (stream === undefined) return id <= this.#lastStream || this.#isLastTold || this.#fail(ErrorCode.protocolError);
    if (increment === 0) return this.#spoil(id, ErrorCode.protocolError);
    stream.sendWindow += increment;
    if (stream.sendWindow > maxWindow) return this.#spoil(id, ErrorCode.flowControlError);
    output.pump();
    return true;
  }

  #onRstStream(id: number, start: number, end: number): boolean {
    if (end - start !== 4) return this.#fail(ErrorCode.frameSizeError);
    if (id === 0 || (id > this.#lastStream && !this.#isLastTold)) return this.#fail(ErrorCode.protocolError);
    const stream = this.#streams.get(id);
    if (stream === undefined) return this.#allowFrame();
    stream.onGone();
    return this.#allowReset();
  }

  #onSettings(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id !== 0) return this.#fail(ErrorCode.protocolError);
    if ((flags & Flag.ack) !== 0) return start === end || this.#fail(ErrorCode.frameSizeError);
    if (!this.#allowFrame()) return false;
    const peer = this.#peer;
    const before = peer.initialWindowSize;
    const fault = readSettings(peer, bytes, start, end);
    if (fault !== 0) return this.#fail(fault);
    this.output.encoder.resize(peer.headerTableSize);
    const change = peer.initialWindowSize - before;
    if (change !== 0) {
      // RFC 9113 section 6.9.2: windows of open streams move too, below zero if need be.
      for (const stream of this.#streams.values()) {
        stream.sendWindow += change;
        if (stream.sendWindow > maxWindow) return this.#fail(ErrorCode.flowControlError);
      }
    }
    this.output.writer.settingsAck();
    this.output.due();
    if (change > 0) this.output.pump();
    return true;
  }

  #onPing(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id !== 0) return this.#fail(ErrorCode.protocolError);
    if (end - start !== 8) return this.#fail(ErrorCode.frameSizeError);
    if ((flags & Flag.ack) !== 0) {
      if (this.#isDraining && drainPing.compare(bytes, start, end) === 0) {
        this.#drainBy = never;
        this.#tellLast();
        return this.#state === 'open';
      }
      return this.#allowFrame();
    }
    if (!this.#allowFrame()) return false;
    this.output.writer.ping(true, bytes, start);
    this.output.due();
    return true;
  }

  /** RFC 9113 section 5.3.2: priorities are not acted upon, only held to their form. */
  #onPriority(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id === 0) return this.#fail(ErrorCode.protocolError);
    if (!this.#allowFrame()) return false;
    const fault =
      end - start !== 5
        ? ErrorCode.frameSizeError
        : readUint31(bytes, start) === id
          ? ErrorCode.protocolError
          : ErrorCode.noError;
    if (fault === ErrorCode.noError) return true;
    return this.#streams.has(id) ? this.#spoil(id, fault) : this.#fail(fault);
  }

  // What streams call.

  noteData(): void {
    this.#guard.earn(2);
  }

  noteHeld(change: number): void {
    this.#held += change;
    if (change < 0) this.#settleWindow();
  }

  /** Lets the client send on as long as what it sent is not merely piling up. */
  #settleWindow(): void {
    if (this.#taken < connectionWindow >> 1 || this.#held > heldLimit || this.#state !== 'open') return;
    this.output.writer.windowUpdate(0, this.#taken);
    this.output.due();
    this.#receiveWindow += this.#taken;
    this.#taken = 0;
  }

  onStreamClosed({ id }: Http2Stream, wasReset: boolean): void {
    if (!this.#streams.delete(id)) return;
    this.#remember(wasReset ? -id : id);
    if (this.#streams.size > 0 || this.#state !== 'open') return;
    if (this.#isLastTold) {
      this.#end();
      return;
    }
    this.#idleBy = this.runtime.wheel.now + this.runtime.settings.keepAliveTimeout;
    this.deadline = Math.min(this.#headerBy, this.#idleBy, this.#writeBy, this.#drainBy);
  }

  #remember(entry: number): void {
    this.#closed[this.#closedAt] = entry;
    this.#closedAt = (this.#closedAt + 1) % remembered;
  }
}

/** The status with which a request is refused before any handler sees it; 0 for none. */
function refusalOf(verdict: BlockVerdict, head: RequestHead, maxBodySize: number): number {
  if (verdict === 'tooLong') return 414;
  if (verdict === 'tooLarge') return 494;
  if (verdict === 'bad') return 400;
  if (head.method === 'CONNECT') return 405;
  if (head.target.charCodeAt(0) !== 0x2f) return 400;
  return maxBodySize > 0 && head.contentLength > maxBodySize ? 413 : 0;
}
