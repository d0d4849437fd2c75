import type { Socket } from 'node:net';
import {
  type ChunkedDecoder,
  createChunkedDecoder,
  defaultHeadLimits,
  HeadAccumulator,
  HeadFault,
  type HeadLimits,
  parseResponseHead,
  ResponseHead,
} from '../http1/index.ts';
import type { TimerItem } from '../kernel/index.ts';
import type { Carrier } from './carrier.ts';
import { describeFault, dial, type SocketUser } from './dial.ts';
import { type FaultKind, TransportFault } from './fault.ts';
import type { PeerPool } from './pool.ts';
import { queuedBytes } from './queued-bytes.ts';

/** Hears what becomes of a request. All calls come from the connection's own events, in order. */
export interface ResponseSink {
  /** An interim answer (1xx, never 101). */
  onInterim(head: ResponseHead): void;
  /**
   * The final head. `hasBody` is false where no body can follow. A 101 is final: bytes from then on are the other
   * protocol's, as a body that ends with the connection, and bytes for the peer are written as the request's body.
   */
  onHead(head: ResponseHead, hasBody: boolean): void;
  /**
   * Bytes of the body without their framing. They may be kept beyond the call only until {@link UpstreamConnection.resume}
   * if the sink pauses, since the next read overwrites them.
   */
  onData(bytes: Buffer, start: number, end: number): void;
  /** The answer is whole. `trailers` are lines ending in CRLF. The connection is no longer the sink's. */
  onEnd(trailers: string): void;
  /** Everything that one read brought was handed over. */
  onFlush(): void;
  /** The try failed; nothing more will come. */
  onFault(fault: TransportFault): void;
  /** The request's body may be written on: the connection is made, or what was written has gone out. */
  onWritable(): void;
}

/** How long each step with a peer may take, in milliseconds. */
export interface Timeouts {
  readonly connect: number;
  readonly write: number;
  readonly read: number;
}

/** What of a head is taken from an upstream. */
export const responseLimits: HeadLimits = { ...defaultHeadLimits, line: 65_536, total: 131_072 };

const protocols = ['http/1.1'];

/** What an interim answer counts for beyond its bytes: all of one request may come to no more than one large head. */
const interimCost = 256;

/** One connection to a peer: it carries one request at a time and returns to its pool in between. */
export class UpstreamConnection implements Carrier, SocketUser, TimerItem {
  deadline = Number.POSITIVE_INFINITY;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  /** Requests that were answered on this connection before the present one. */
  served = 0;
  /** True once the TCP (and TLS) connection stands. */
  isConnected = false;
  /** Position in the pool's list of idle connections, or -1; kept by the pool. */
  idleIndex = -1;

  readonly #pool: PeerPool;
  readonly #socket: Socket;
  #sink: ResponseSink | undefined;
  #timeouts: Timeouts | undefined;
  #isHeadRequest = false;
  #wantsUpgrade = false;
  /** The request was written whole, so the peer owes an answer. */
  #isSent = false;
  #sawByte = false;
  /** What interim answers to this request came to, in bytes. */
  #interims = 0;
  #head: ResponseHead | undefined;
  #partial: HeadAccumulator | undefined;
  /** Bytes of the body to come; -1 until the peer closes. */
  #remaining = 0;
  #chunks: ChunkedDecoder | undefined;
  #mayReuse = false;
  #isPaused = false;
  #announcedIdle = -1;
  /** When the answer's head must be there, whatever else goes on; Infinity for no such time. */
  #answerBy = Number.POSITIVE_INFINITY;
  #isClosed = false;
  /** Bytes that waited in the socket when its time-out was looked at last. */
  #queued = 0;

  constructor(pool: PeerPool) {
    this.#pool = pool;
    this.#socket = dial(pool.peer, pool.tls, protocols, () => this);
  }

  /** Address of the peer and our own, for logs. */
  get name(): string {
    return this.#pool.name;
  }

  get isFull(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  /**
   * Starts a request: `text` is the head, with as much of the body as is there, one character a byte. `isWhole` when
   * nothing of the body is left to write.
   */
  send(text: string, isWhole: boolean, sink: ResponseSink, timeouts: Timeouts, options: SendOptions): void {
    this.#sink = sink;
    this.#timeouts = timeouts;
    this.#isHeadRequest = options.isHead;
    this.#wantsUpgrade = options.wantsUpgrade;
    this.#isSent = isWhole;
    this.#sawByte = false;
    this.#interims = 0;
    this.#head = undefined;
    const wait = !this.isConnected ? timeouts.connect : isWhole ? timeouts.read : timeouts.write;
    const { answerWithin } = options;
    this.#answerBy = answerWithin === 0 ? Number.POSITIVE_INFINITY : this.#pool.wheel.now + answerWithin;
    const deadline = this.#deadlineIn(wait);
    const isEarlier = deadline < this.deadline;
    this.deadline = deadline;
    if (isEarlier) this.#pool.wheel.schedule(this);
    this.#socket.write(text, 'latin1');
    this.#noteQueue();
  }

  writeText(text: string): void {
    this.#touch();
    this.#socket.write(text, 'latin1');
    this.#noteQueue();
  }

  writeBytes(bytes: Uint8Array): void {
    this.#touch();
    this.#socket.write(bytes);
    this.#noteQueue();
  }

  #noteQueue(): void {
    if (this.#socket.writableLength > 0) this.#queued = queuedBytes(this.#socket);
  }

  finishBody(): void {
    this.#isSent = true;
    this.#touch();
    // What ended was one way of a tunnel; the other one goes on.
    if (this.#head?.status === 101) this.#socket.end();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#touch();
    this.#socket.resume();
  }

  destroy(): void {
    this.#sink = undefined;
    this.#isClosed = true;
    this.#pool.forget(this);
    this.#socket.destroy();
  }

  /** A time-out of whatever the connection is waiting for. */
  onTimeout(): void {
    if (this.#sink === undefined) {
      this.destroy();
      return;
    }
    if (!this.isConnected) this.#fail('connect_timeout', 'time-out while connecting');
    else if (this.#answerBy <= this.#pool.wheel.now) this.#fail('read_timeout', 'no answer in the time for one try');
    else if (this.#socket.writableLength > 0 && !this.#isPaused) {
      // The peer has to take something within write_timeout, not all of it.
      const queued = queuedBytes(this.#socket);
      if (queued === this.#queued) this.#fail('write_timeout', 'time-out while sending the request');
      else {
        this.#queued = queued;
        this.#waitOn(this.#timeouts!.write);
      }
    } else if (this.#isPaused || !this.#isSent) {
      // The client is slow, not the peer: it takes nothing, or its request has a pause.
      this.#waitOn(this.#isSent ? this.#timeouts!.read : this.#timeouts!.write);
    } else this.#fail('read_timeout', 'time-out while reading the answer');
  }

  /** So many milliseconds from now, or the time by which the answer must be there if that is earlier. */
  #deadlineIn(ms: number): number {
    return Math.min(this.#pool.wheel.now + ms, this.#answerBy);
  }

  #waitOn(ms: number): void {
    this.deadline = this.#deadlineIn(ms);
    this.#pool.wheel.schedule(this);
  }

  #touch(): void {
    const timeouts = this.#timeouts;
    if (this.isConnected && timeouts !== undefined) {
      this.deadline = this.#deadlineIn(this.#isSent ? timeouts.read : timeouts.write);
    }
  }

  onConnect(): void {
    this.isConnected = true;
    if (this.#sink === undefined) return;
    this.#touch();
    this.#sink.onWritable();
  }

  onDrain(): void {
    if (this.#sink === undefined) return;
    this.#touch();
    if (this.isConnected) this.#sink.onWritable();
  }

  onBytes(bytes: Buffer, end: number): boolean {
    const sink = this.#sink;
    if (sink === undefined) {
      // Bytes that nobody asked for: whatever they are, they must never be taken for the next answer.
      this.destroy();
      return false;
    }
    this.#sawByte = true;
    this.deadline = this.#deadlineIn(this.#timeouts!.read);
    let at = 0;
    if (this.#head === undefined) {
      at = this.#readHead(bytes, at, end);
      if (at < 0) return false;
      if (this.#head === undefined) return true;
    }
    if (this.#sink !== undefined && this.#readBody(bytes, at, end) < 0) return false;
    sink.onFlush();
    return !this.#isPaused;
  }

  /** Returns the offset behind the final head, or -1 when reading is over. Leaves `#head` unset while more is needed. */
  #readHead(bytes: Buffer, start: number, end: number): number {
    let source = bytes;
    let at = start;
    let stop = end;
    for (;;) {
      if (this.#partial !== undefined) {
        const partial = this.#partial;
        const fits = partial.append(source, at, stop);
        if (!partial.mayBeComplete()) {
          if (!fits) return this.#broken('the head is too large');
          return stop;
        }
        source = partial.bytes;
        at = 0;
        stop = partial.length;
        if (!fits) return this.#broken('the head is too large');
        this.#partial = undefined;
      }
      const head = new ResponseHead();
      const next = parseResponseHead(source, at, stop, head, responseLimits);
      if (next < 0) {
        return this.#broken(next === -HeadFault.headerTooLarge ? 'the head is too large' : 'the head is malformed');
      }
      if (next === 0) {
        this.#partial = new HeadAccumulator(responseLimits.total + 1024);
        this.#partial.append(source, at, stop);
        return stop;
      }
      if (head.status === 101 && !this.#wantsUpgrade) return this.#broken('it switches protocols unasked');
      if (head.status < 200 && head.status !== 101) {
        this.#interims += next - at + interimCost;
        if (this.#interims > responseLimits.total) return this.#broken('it sends interim answers without end');
        this.#sink!.onInterim(head);
        if (this.#sink === undefined) return -1;
        at = next;
        if (at === stop) return stop;
        continue;
      }
      this.#startBody(head);
      if (source !== bytes) {
        // The rest stands in the accumulator; the caller goes on in its own bytes, so hand it over from here.
        if (this.#sink !== undefined && this.#readBody(source, next, stop) < 0) return -1;
        return end;
      }
      return next;
    }
  }

  #startBody(head: ResponseHead): void {
    const sink = this.#sink!;
    this.#head = head;
    if (this.#answerBy !== Number.POSITIVE_INFINITY) {
      this.#answerBy = Number.POSITIVE_INFINITY;
      this.#touch();
    }
    this.#announcedIdle = head.keepAliveTimeout;
    this.#chunks = undefined;
    // RFC 9112 section 6.3: no body after HEAD, 204 and 304, whatever the head says.
    const hasBody = !(this.#isHeadRequest || head.status === 204 || head.status === 304);
    this.#mayReuse = head.keepAlive;
    if (head.status === 101) {
      this.#remaining = -1;
      this.#mayReuse = false;
      this.#isSent = true;
    } else if (!hasBody) this.#remaining = 0;
    else if (head.chunked) {
      this.#chunks = createChunkedDecoder();
      this.#remaining = 0;
    } else if (head.contentLength >= 0) this.#remaining = head.contentLength;
    else {
      this.#remaining = -1;
      this.#mayReuse = false;
    }
    sink.onHead(head, hasBody && (this.#chunks !== undefined || this.#remaining !== 0));
  }

  /** Returns the offset up to which bytes were used, or -1 when reading is over. */
  #readBody(bytes: Buffer, start: number, end: number): number {
    const sink = this.#sink!;
    let at = start;
    if (this.#chunks !== undefined) {
      const decoder = this.#chunks;
      try {
        at = decoder.push(bytes, at, end, (from, to) => sink.onData(bytes, from, to));
      } catch (fault) {
        return this.#broken((fault as Error).message);
      }
      if (this.#sink === undefined) return -1;
      if (decoder.done) return this.#finish(decoder.trailers, at, end);
      return at;
    }
    if (this.#remaining === -1) {
      if (at < end) sink.onData(bytes, at, end);
      return end;
    }
    if (this.#remaining > 0 && at < end) {
      const to = Math.min(end, at + this.#remaining);
      sink.onData(bytes, at, to);
      if (this.#sink === undefined) return -1;
      this.#remaining -= to - at;
      at = to;
    }
    if (this.#remaining === 0) return this.#finish('', at, end);
    return at;
  }

  #finish(trailers: string, at: number, end: number): number {
    const sink = this.#sink!;
    this.#sink = undefined;
    this.served += 1;
    // Bytes behind a whole answer could be a forged next one: such a connection is never used again.
    const isClean = at === end && this.#mayReuse && this.#isSent && !this.#isClosed;
    this.#isPaused = false;
    if (isClean) this.#pool.put(this, this.#announcedIdle);
    else {
      this.#isClosed = true;
      this.#pool.forget(this);
      this.#socket.destroy();
    }
    sink.onEnd(trailers);
    return end;
  }

  #broken(detail: string): number {
    this.#fail('protocol', detail);
    return -1;
  }

  #fail(kind: FaultKind, detail: string): void {
    const sink = this.#sink;
    this.destroy();
    sink?.onFault(new TransportFault(kind, this.#pool.name, detail));
  }

  onError(fault: NodeJS.ErrnoException): void {
    if (this.#isClosed) return;
    if (this.#sink === undefined) {
      this.destroy();
      return;
    }
    if (!this.isConnected) {
      const isTls = this.#pool.tls !== undefined && fault.syscall !== 'connect';
      this.#fail(isTls ? 'tls' : 'connect', describeFault(fault));
    } else this.#onBreak(describeFault(fault));
  }

  onClose(detail: string): void {
    if (this.#isClosed) return;
    const sink = this.#sink;
    if (sink === undefined) {
      this.destroy();
      return;
    }
    if (!this.isConnected) {
      this.#fail('connect', detail);
      return;
    }
    if (this.#head !== undefined && this.#remaining === -1) {
      this.#isClosed = true;
      this.#sink = undefined;
      this.#pool.forget(this);
      this.#socket.destroy();
      sink.onEnd('');
      return;
    }
    this.#onBreak(detail);
  }

  #onBreak(detail: string): void {
    this.#fail(this.served > 0 && !this.#sawByte ? 'stale' : 'closed', detail);
  }
}

/** What the connection must know of a request to read its answer. */
export interface SendOptions {
  readonly isHead: boolean;
  readonly wantsUpgrade: boolean;
  /** Milliseconds until the head of the answer must be there, however the time-outs stand; 0 for no such time. */
  readonly answerWithin: number;
}
