import type { Socket } from 'node:net';
import { ErrorCode, Http2Session, type Http2Shared, ignoredFields, Setting, TrailerFields } from '../../http2/index.ts';
import type { TimerItem, TimerWheel } from '../../kernel/index.ts';
import { describeFault, type SocketUser } from '../dial.ts';
import type { FaultKind } from '../fault.ts';
import { responseLimits } from '../upstream-connection.ts';
import { Heartbeat, probe } from './heartbeat.ts';
import type { Http2PeerPool } from './peer-pool.ts';
import { type Http2Request, streamWindow } from './request.ts';
import { ResponseFields } from './response-fields.ts';

/** Streams on one connection: half of those that there are numbers for. */
const maxStreams = 0x3fff_ffff;
const never = Number.POSITIVE_INFINITY;

/** One HTTP/2 connection to a peer: many requests at once, each a stream of it. */
export class Http2UpstreamConnection extends Http2Session<Http2Request> implements SocketUser, TimerItem {
  deadline = never;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  /** Requests that were answered on it. */
  served = 0;
  /** It carries nothing and is counted as idle; kept by the pool. */
  isIdle = false;
  readonly #pool: Http2PeerPool;
  readonly #socket: Socket;
  #isClosed = false;
  #isConnected = false;
  /** The peer has said what it takes. */
  #isStanding = false;
  #isOpening = false;
  /** No stream will be added. */
  #isDraining = false;
  /** Requests that wait for the connection to stand. */
  #queue: Http2Request[] = [];
  #nextStream = 1;
  #touched: Http2Request[] = [];
  readonly #heartbeat: Heartbeat;
  #isReadPaused = false;
  #idleBy = never;

  constructor(pool: Http2PeerPool, socket: Socket, shared: Http2Shared) {
    super(socket, shared, {
      isServer: false,
      blockLimit: responseLimits.total,
      // Each stream has its own bound. One for all would let slow clients hold up the others.
      heldLimit: never,
      settings: [
        [Setting.enablePush, 0],
        [Setting.initialWindowSize, streamWindow],
        [Setting.maxHeaderListSize, responseLimits.total],
      ],
      now: pool.wheel.now,
    });
    this.#pool = pool;
    this.#socket = socket;
    this.#heartbeat = new Heartbeat(pool.wheel);
  }

  get name(): string {
    return this.#pool.name;
  }

  get wheel(): TimerWheel {
    return this.#pool.wheel;
  }

  /** True when another request may be added; `limit` holds until the peer has said its own. */
  mayTake(limit: number): boolean {
    if (!this.isOpen || this.#isDraining || this.#heartbeat.isSuspect) return false;
    return this.#isStanding ? this.streams.size < this.peer.maxConcurrentStreams : this.#queue.length < limit;
  }

  /** Nothing is on it, or waits for it. */
  get isUnused(): boolean {
    return this.streams.size === 0 && this.#queue.length === 0;
  }

  /** Streams that the peer takes at once. */
  get limit(): number {
    return this.peer.maxConcurrentStreams;
  }

  add(request: Http2Request): void {
    this.#idleBy = never;
    this.#pool.wake(this);
    if (!this.#isStanding) {
      this.#queue.push(request);
      return;
    }
    if (this.#heartbeat.beforeRequest()) this.#probe();
    this.#open(request);
  }

  #open(request: Http2Request): void {
    const id = this.#nextStream;
    this.#nextStream += 2;
    this.streams.set(id, request);
    this.guard.earn(4);
    if (this.#nextStream >= maxStreams * 2 || this.#pool.isWorn((this.#nextStream - 1) / 2)) this.#isDraining = true;
    request.open(id, this.peer.initialWindowSize);
  }

  /** Remembers to tell a request's sink that everything that was read has been handed over. */
  touch(request: Http2Request): void {
    if (request.isTouched) return;
    request.isTouched = true;
    this.#touched.push(request);
  }

  /** A request had to wait too long for its answer: perhaps nobody is there any more. */
  onSilence(): void {
    if (this.#heartbeat.afterTimeout()) this.#probe();
  }

  #probe(): void {
    this.output.writer.ping(false, probe, 0);
    this.output.due();
    this.#arm();
  }

  /** Takes no more requests, and ends once those that it has are answered. */
  drain(): void {
    this.#isDraining = true;
    if (this.isUnused) this.#end(ErrorCode.noError);
  }

  /** Cuts the connection off; what is on it fails. */
  #destroy(kind: FaultKind, detail: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.isOpen = false;
    this.wheel.cancel(this);
    this.#pool.forget(this);
    this.#socket.destroy();
    const waiting = this.#queue;
    this.#queue = [];
    const isTls = kind === 'tls';
    for (const request of waiting) request.fail(isTls ? 'tls' : 'connect', detail);
    for (const request of [...this.streams.values()]) {
      request.fail(kind === 'closed' && this.served > 0 && !request.hasHead ? 'stale' : kind, detail);
    }
  }

  #rest(): void {
    if (this.#isDraining) this.#end(ErrorCode.noError);
    else this.#pool.rest(this);
  }

  /** Says goodbye to a peer that nothing is wanted of. */
  #end(code: number): void {
    if (this.#isClosed) return;
    this.output.writer.goaway(0, code);
    this.output.writeOut();
    this.#socket.end();
    this.#destroySoon();
  }

  #destroySoon(): void {
    this.#isClosed = true;
    this.isOpen = false;
    this.wheel.cancel(this);
    this.#pool.forget(this);
    this.#socket.destroySoon();
  }

  #arm(): void {
    this.deadline = Math.min(this.#heartbeat.deadline, this.#idleBy);
    if (this.deadline !== never && !this.#isClosed) this.wheel.schedule(this);
  }

  onTimeout(): void {
    const { now } = this;
    if (this.#heartbeat.deadline <= now) this.#destroy('closed', 'it did not answer a PING');
    else if (this.#idleBy <= now) this.#end(ErrorCode.noError);
    else this.#arm();
  }

  /** Keeps it until it is wanted again, for so many milliseconds. */
  restFor(ms: number): void {
    this.#idleBy = this.now + ms;
    this.#arm();
  }

  // The socket.

  onConnect(): void {
    this.#isConnected = true;
  }

  onBytes(bytes: Buffer, length: number): boolean {
    if (!this.isOpen) return false;
    this.#heartbeat.heard();
    this.take(bytes, length);
    const touched = this.#touched;
    if (touched.length > 0) {
      this.#touched = [];
      for (const request of touched) request.flush();
    }
    if (this.isOpen && this.output.isClogged) {
      this.#isReadPaused = true;
      return false;
    }
    return this.isOpen;
  }

  onDrain(): void {
    if (this.#isClosed) return;
    this.output.pump();
    if (this.#isReadPaused && !this.output.isClogged) {
      this.#isReadPaused = false;
      this.#socket.resume();
    }
  }

  onError(fault: NodeJS.ErrnoException): void {
    const isTls = this.#pool.tls !== undefined && !this.#isConnected && fault.syscall !== 'connect';
    this.#destroy(isTls ? 'tls' : 'closed', describeFault(fault));
  }

  onClose(detail: string): void {
    this.#destroy('closed', detail);
  }

  onQueued(): void {
    // What waits too long is noticed by the requests themselves.
  }

  onWritten(): void {
    // The drain event goes on.
  }

  // The session.

  protected get now(): number {
    return this.wheel.now;
  }

  protected get lastPeerStream(): number {
    return 0;
  }

  protected isUnopened(id: number): boolean {
    return (id & 1) === 0 || id >= this.#nextStream;
  }

  protected isBeyondLast(): boolean {
    return false;
  }

  protected onStarted(): void {
    // Until its settings are read, nothing is known of the peer.
  }

  protected onSettingsChanged(): void {
    const { limit } = this;
    this.#pool.noteLimit(limit);
    if (this.#isStanding) return;
    this.#isStanding = true;
    const waiting = this.#queue;
    this.#queue = [];
    this.#isOpening = true;
    for (const request of waiting) {
      if (!this.isOpen || request.isClosed) continue;
      if (!this.#isDraining && this.streams.size < limit) this.#open(request);
      else if (limit === 0) request.fail('connect', 'it takes no streams');
      else this.#pool.place(request);
    }
    this.#isOpening = false;
    if (this.isUnused) this.#rest();
  }

  protected onBlockPending(): void {
    // Each request has a time-out for its answer.
  }

  protected onBlock(
    id: number,
    isLast: boolean,
    _dependsOnItself: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean {
    const request = this.streams.get(id);
    if (request === undefined) {
      if (this.isUnopened(id)) return this.fail(ErrorCode.protocolError);
      return this.decode(bytes, start, end, ignoredFields) && this.allowFrame();
    }
    if (request.isRemoteClosed) {
      return this.decode(bytes, start, end, ignoredFields) && this.spoil(id, ErrorCode.streamClosed);
    }
    if (request.hasHead) {
      const trailers = new TrailerFields();
      if (!this.decode(bytes, start, end, trailers)) return false;
      // RFC 9113 section 8.1: trailers end the stream.
      const fault = !isLast || trailers.isMalformed ? ErrorCode.protocolError : request.onTrailers(trailers.lines);
      return fault === 0 ? this.isOpen : this.spoil(id, fault);
    }
    const fields = new ResponseFields(responseLimits);
    if (!this.decode(bytes, start, end, fields)) return false;
    const head = fields.finish();
    if (typeof head === 'string') {
      this.output.writer.rstStream(id, ErrorCode.protocolError);
      this.output.due();
      request.fail('protocol', head);
      return this.allowReset();
    }
    // Interim answers bring nobody nearer to the final one.
    if (head.status >= 200) this.guard.earn(1);
    else if (!this.allowFrame()) return false;
    this.touch(request);
    const fault = request.onHead(head, isLast);
    return fault === 0 ? this.isOpen : this.spoil(id, fault);
  }

  protected onStreamReset(request: Http2Request, code: number): boolean {
    request.onReset(code);
    return this.isOpen;
  }

  protected onGoaway(last: number, code: number): void {
    this.#isDraining = true;
    const waiting = this.#queue;
    this.#queue = [];
    for (const request of waiting) this.#pool.place(request);
    // RFC 9113 section 6.8: those beyond the last were not processed, and may be sent elsewhere.
    for (const request of [...this.streams.values()]) {
      if (request.id > last && !request.hasHead) request.fail('unprocessed', 'it ends the connection', code);
    }
    if (this.isUnused) this.#end(ErrorCode.noError);
  }

  protected onPong(bytes: Buffer, start: number, end: number): boolean {
    return probe.compare(bytes, start, end) === 0 || this.allowFrame();
  }

  protected onFault(code: number): void {
    this.output.writeOut();
    this.#destroy(
      'protocol',
      this.#isStanding ? `it breaks the rules of HTTP/2: error ${code}` : 'it does not speak HTTP/2',
    );
  }

  onStreamClosed(request: Http2Request, wasReset: boolean): void {
    if (request.id === 0) {
      const at = this.#queue.indexOf(request);
      if (at !== -1) this.#queue.splice(at, 1);
    } else {
      if (!this.streams.delete(request.id)) return;
      this.closed.add(request.id, wasReset);
    }
    if (!this.isUnused || this.#isClosed || this.#isOpening) return;
    if (this.#isStanding) this.#rest();
    else this.#destroy('connect', 'nobody waits for it any more');
  }
}
