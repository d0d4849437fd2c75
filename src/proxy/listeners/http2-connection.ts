import type { Socket } from 'node:net';
import type { RequestHead } from '../../http1/index.ts';
import {
  ErrorCode,
  Http2Session,
  type Http2Shared,
  ignoredFields,
  maxWindow,
  Setting,
  TrailerFields,
} from '../../http2/index.ts';
import type { TimerItem } from '../../kernel/index.ts';
import type { ClientConnection } from '../downstream.ts';
import { Exchange } from '../exchange/exchange.ts';
import { answerWithError } from '../phases/answer.ts';
import { begin } from '../phases/rewrite.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { type BlockVerdict, RequestHeadBuilder } from './http2-request-head.ts';
import { Http2Stream, type StreamOwner } from './http2-stream.ts';

/** Streams that a client may have open at once; nginx's default. */
const maxStreams = 128;
/** Bytes of bodies that may be held for upstreams that are slower than the client; beyond it the client has to wait. */
const heldLimit = 4_194_304;
/** Milliseconds that a client has to learn that the connection ends. */
const drainTime = 1000;
const lingerTime = 5000;
const drainPing = Buffer.from('gibbon..', 'latin1');
const never = Number.POSITIVE_INFINITY;

/** One client's HTTP/2 connection: it begins an exchange for each stream that the client opens. */
export class Http2Connection extends Http2Session<Http2Stream> implements StreamOwner, TimerItem {
  deadline = never;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  readonly runtime: ProxyRuntime;
  readonly client: ClientConnection;
  readonly #socket: Socket;
  readonly #onGone: (connection: Http2Connection) => void;
  /** The last GOAWAY is out; what still comes is read and thrown away, so that the client can read it. */
  #isLingering = false;
  #isClosed = false;

  readonly #heads: RequestHeadBuilder;
  #isReadPaused = false;

  #lastStream = 0;
  #served = 0;
  /** Exchanges whose bodies may be in the same read as their heads: they begin once it is through. */
  #toBegin: Exchange[] = [];

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
    const { settings, wheel } = runtime;
    super(socket, shared, {
      isServer: true,
      blockLimit: settings.headLimits.total + settings.headLimits.requestLine,
      heldLimit,
      settings: [
        [Setting.maxConcurrentStreams, maxStreams],
        [Setting.enableConnectProtocol, 1],
        [Setting.maxHeaderListSize, settings.headLimits.total],
      ],
      now: wheel.now,
    });
    this.runtime = runtime;
    this.client = client;
    this.#socket = socket;
    this.#onGone = onGone;
    this.#heads = new RequestHeadBuilder(settings.headLimits);
    this.#headerBy = wheel.now + settings.headerTimeout;
    this.#arm();
    socket.on('error', () => this.#close());
    socket.on('end', () => this.destroy());
    socket.on('close', () => this.#close());
    socket.on('drain', () => this.#onDrain());
  }

  // What the socket and the listener call.

  /** The buffer for the next read: always the shared one, nothing of it is kept. */
  nextBuffer(): undefined {
    return undefined;
  }

  /** Takes bytes from the socket. Returns false to stop reading. */
  onRead(bytes: Buffer, length: number): boolean {
    if (!this.isOpen) return this.#isLingering;
    this.take(bytes, length);
    if (this.#toBegin.length > 0) this.#beginAll();
    if (this.isOpen && this.output.isClogged) {
      this.#isReadPaused = true;
      return false;
    }
    return true;
  }

  /** Ends the connection once the streams are answered (RFC 9113 section 6.8): first a warning, then the last number. */
  drain(): void {
    if (this.#isDraining || !this.isOpen) return;
    this.#isDraining = true;
    this.output.writer.goaway(maxWindow, ErrorCode.noError);
    this.output.writer.ping(false, drainPing, 0);
    this.output.due();
    this.#drainBy = this.runtime.wheel.now + drainTime;
    this.#arm();
    if (!this.isStarted) this.#tellLast();
  }

  /** Cuts the connection off. */
  destroy(): void {
    this.#socket.destroy();
    this.#close();
  }

  onTimeout(): void {
    const { now } = this.runtime.wheel;
    if (this.#isLingering || this.#writeBy <= now || this.#headerBy <= now) {
      this.destroy();
      return;
    }
    if (this.#idleBy <= now) this.fail(ErrorCode.noError);
    else if (this.#drainBy <= now) {
      this.#drainBy = never;
      this.#tellLast();
    }
    this.#arm();
  }

  #arm(): void {
    if (this.#isClosed) return;
    this.deadline = Math.min(this.#headerBy, this.#idleBy, this.#writeBy, this.#drainBy);
    if (this.timerNext === null) this.runtime.wheel.schedule(this);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isLingering = false;
    this.isOpen = false;
    this.runtime.wheel.cancel(this);
    this.#toBegin = [];
    for (const stream of [...this.streams.values()]) stream.onGone();
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
    if (this.#isClosed) return;
    this.output.pump();
    if (this.#isReadPaused && !this.output.isClogged) {
      this.#isReadPaused = false;
      this.#socket.resume();
    }
  }

  protected onFault(): void {
    this.#end();
  }

  /** Sends what there is and closes in a way that lets the client read it. */
  #end(): void {
    this.output.writeOut();
    this.isOpen = false;
    this.#isLingering = true;
    this.#toBegin = [];
    this.#headerBy = this.runtime.wheel.now + lingerTime;
    this.#idleBy = never;
    for (const stream of [...this.streams.values()]) stream.onGone();
    this.#arm();
    this.#socket.end();
    if (this.#isReadPaused) {
      this.#isReadPaused = false;
      this.#socket.resume();
    }
  }

  /** From here on no stream will be added. */
  #tellLast(): void {
    if (this.#isLastTold || !this.isOpen) return;
    this.#isLastTold = true;
    this.#isDraining = true;
    this.output.writer.goaway(this.#lastStream, ErrorCode.noError);
    this.output.due();
    if (this.streams.size === 0) this.#end();
  }

  // Frames.

  protected get now(): number {
    return this.runtime.wheel.now;
  }

  protected get lastPeerStream(): number {
    return this.#lastStream;
  }

  protected isUnopened(id: number): boolean {
    return id > this.#lastStream && !this.#isLastTold;
  }

  protected isBeyondLast(id: number): boolean {
    return id > this.#lastStream;
  }

  protected onStarted(): void {
    this.#headerBy = never;
    if (this.streams.size === 0) this.#idleBy = this.runtime.wheel.now + this.runtime.settings.keepAliveTimeout;
    this.#arm();
  }

  protected onSettingsChanged(): void {
    // Nothing of it concerns anybody but the session.
  }

  protected onGoaway(): void {
    this.#tellLast();
  }

  protected onBlockPending(isPending: boolean): void {
    this.#headerBy = isPending ? this.runtime.wheel.now + this.runtime.settings.headerTimeout : never;
    this.#arm();
  }

  protected onStreamReset(stream: Http2Stream): boolean {
    stream.onGone();
    return this.allowReset();
  }

  protected onPong(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#isDraining || drainPing.compare(bytes, start, end) !== 0) return this.allowFrame();
    this.#drainBy = never;
    this.#tellLast();
    return this.isOpen;
  }

  /** Takes a whole header block: a request, trailers, or one that is decoded for the table's sake alone. */
  protected onBlock(
    id: number,
    isLast: boolean,
    dependsOnItself: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean {
    const stream = this.streams.get(id);
    if (stream !== undefined) return this.#onTrailers(stream, isLast, bytes, start, end);
    if (id <= this.#lastStream) {
      const isOurs = this.closed.wasReset(id);
      if (!this.decode(bytes, start, end, ignoredFields)) return false;
      if (isOurs) return this.allowFrame();
      return this.fail(this.closed.wasEnded(id) ? ErrorCode.streamClosed : ErrorCode.protocolError);
    }
    if (this.#isLastTold) return this.decode(bytes, start, end, ignoredFields);
    this.#lastStream = id;
    if (this.streams.size >= maxStreams) {
      // RFC 9113 section 5.1.2.
      return this.decode(bytes, start, end, ignoredFields) && this.spoil(id, ErrorCode.refusedStream);
    }
    if (!this.decode(bytes, start, end, this.#heads)) return false;
    const { verdict, head } = this.#heads.finish(end - start + 9);
    if (
      verdict === 'malformed' ||
      dependsOnItself ||
      (isLast && (head.contentLength > 0 || head.upgrade !== undefined))
    ) {
      return this.spoil(id, ErrorCode.protocolError);
    }
    this.#begin(id, head, isLast, verdict);
    return this.isOpen;
  }

  #onTrailers(stream: Http2Stream, isLast: boolean, bytes: Buffer, start: number, end: number): boolean {
    const trailers = new TrailerFields();
    if (!this.decode(bytes, start, end, trailers)) return false;
    if (stream.isRemoteClosed) return this.spoil(stream.id, ErrorCode.streamClosed);
    // RFC 9113 section 8.1: trailers end the stream.
    if (!isLast || trailers.isMalformed) return this.spoil(stream.id, ErrorCode.protocolError);
    const fault = stream.onTrailers(trailers.lines);
    return fault === 0 ? this.isOpen : this.spoil(stream.id, fault);
  }

  #begin(id: number, head: RequestHead, isLast: boolean, verdict: BlockVerdict): void {
    const { runtime } = this;
    const { settings } = runtime;
    this.#served += 1;
    const stream = new Http2Stream(this, id, head, isLast, this.peer.initialWindowSize, this.#served);
    this.streams.set(id, stream);
    this.#idleBy = never;
    this.guard.earn(4);
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

  // What streams call.

  onStreamClosed({ id }: { readonly id: number }, wasReset: boolean): void {
    if (!this.streams.delete(id)) return;
    this.closed.add(id, wasReset);
    if (this.streams.size > 0 || !this.isOpen) return;
    if (this.#isLastTold) {
      this.#end();
      return;
    }
    this.#idleBy = this.runtime.wheel.now + this.runtime.settings.keepAliveTimeout;
    this.deadline = Math.min(this.#headerBy, this.#idleBy, this.#writeBy, this.#drainBy);
  }
}

/** The status with which a request is refused before any handler sees it; 0 for none. */
function refusalOf(verdict: BlockVerdict, head: RequestHead, maxBodySize: number): number {
  if (verdict === 'tooLong') return 414;
  if (verdict === 'tooLarge') return 494;
  if (verdict === 'bad') return 400;
  if (verdict === 'unknownProtocol') return 501;
  if (head.method === 'CONNECT') return 405;
  if (head.target.charCodeAt(0) !== 0x2f) return 400;
  return maxBodySize > 0 && head.contentLength > maxBodySize ? 413 : 0;
}
