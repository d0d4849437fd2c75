import type { Socket } from 'node:net';
import { HeadAccumulator, HeadFault, isHost, parseRequestHead, RequestHead } from '../../http1/index.ts';
import type { TimerItem } from '../../kernel/index.ts';
import { type BodySink, type ClientConnection, type Downstream, unknownLength } from '../downstream.ts';
import { Exchange } from '../exchange/exchange.ts';
import { answerWithError } from '../phases/answer.ts';
import { clientGone } from '../phases/log.ts';
import { begin } from '../phases/rewrite.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { AnswerWriter } from './http1-answer.ts';
import { bodyFault, RequestBody } from './http1-request-body.ts';
import type { ReadBuffers } from './read-buffers.ts';

type State =
  /** Between requests, or inside a head. */
  | 'head'
  /** A request is in flight. */
  | 'busy'
  /** The last answer is out; what still comes is read and thrown away, so that the client can read the answer. */
  | 'lingering'
  | 'closed';

/** Runs of a body at least this long are not left in a buffer that others read into. */
const longRun = 16_384;
/** A body of at most this size that nobody read is skipped, so that the connection can go on. */
const skipLimit = 65_536;
const lingerLimit = 4 * 1024 * 1024;

/** One client's HTTP/1 connection: it reads requests one after another and writes their answers. */
export class Http1Connection implements Downstream, TimerItem {
  deadline = Number.POSITIVE_INFINITY;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  readonly client: ClientConnection;
  readonly #runtime: ProxyRuntime;
  readonly #socket: Socket;
  readonly #buffers: ReadBuffers;
  readonly #onGone: (connection: Http1Connection) => void;
  #private: Buffer | undefined;
  #state: State = 'head';
  #isProcessing = false;
  #exchange: Exchange | undefined;
  #served = 0;
  #isDraining = false;

  // Bytes that were read and not used yet.
  #input: Buffer;
  #at = 0;
  #end = 0;
  #isReadPaused = false;
  #partial: HeadAccumulator | undefined;

  // The request's body.
  #head: RequestHead | undefined;
  readonly #body = new RequestBody();
  #sink: BodySink | undefined;
  #isBodyPaused = false;
  #isContinueOwed = false;
  #lingered = 0;

  // The answer.
  readonly #answer: AnswerWriter;
  #mayKeepAlive = false;
  #isAnswered = false;
  #isAborted = false;
  #isRefused = false;

  constructor(
    runtime: ProxyRuntime,
    socket: Socket,
    client: ClientConnection,
    buffers: ReadBuffers,
    onGone: (connection: Http1Connection) => void,
  ) {
    this.#runtime = runtime;
    this.#socket = socket;
    this.#answer = new AnswerWriter(socket);
    this.client = client;
    this.#buffers = buffers;
    this.#input = buffers.shared;
    this.#onGone = onGone;
    this.deadline = runtime.wheel.now + runtime.settings.headerTimeout;
    runtime.wheel.schedule(this);
    socket.on('error', () => this.#close());
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#close());
    socket.on('drain', () => this.#onDrain());
  }

  // What the socket calls.

  /** The buffer for the next read, or undefined to go on with the one in use. */
  nextBuffer(): Buffer | undefined {
    return this.#private;
  }

  /** Takes bytes from the socket. Returns false to stop reading. */
  onRead(bytes: Buffer, length: number): boolean {
    if (this.#state === 'lingering') {
      this.#lingered += length;
      if (this.#lingered > lingerLimit) this.#socket.destroy();
      return true;
    }
    if (this.#state === 'closed') return false;
    if (this.#at < this.#end) {
      // A read that was under way when reading was paused.
      const joined = Buffer.concat([this.#input.subarray(this.#at, this.#end), bytes.subarray(0, length)]);
      this.#input = joined;
      this.#at = 0;
      this.#end = joined.length;
    } else {
      this.#input = bytes;
      this.#at = 0;
      this.#end = length;
    }
    this.#process();
    if (this.#at < this.#end) {
      if (this.#input === bytes) {
        this.#input = Buffer.from(bytes.subarray(this.#at, this.#end));
        this.#at = 0;
        this.#end = this.#input.length;
      }
      // Whatever is left waits for its turn; more of it must not pile up meanwhile.
      this.#isReadPaused = true;
      return false;
    }
    if (this.#isBodyPaused && this.#body.isToCome) {
      this.#isReadPaused = true;
      return false;
    }
    return true;
  }

  /** Ends the connection once the request in flight is answered; at once between requests, soon before the first one. */
  drain(): void {
    this.#isDraining = true;
    if (this.#state !== 'head' || this.#partial !== undefined) return;
    if (this.#served > 0) {
      this.#socket.destroySoon();
      return;
    }
    // The first request of a new connection may be on its way, and its client could not know that nobody read it.
    this.deadline = Math.min(this.deadline, this.#runtime.wheel.now + freshGrace);
    this.#runtime.wheel.schedule(this);
  }

  /** Cuts the connection off. */
  destroy(): void {
    this.#socket.destroy();
    this.#close();
  }

  onTimeout(): void {
    const { wheel } = this.#runtime;
    if (this.#socket.writableLength > 0 && this.#partial === undefined && this.#state !== 'closed') {
      // The client has to take something within send_timeout, not all of it.
      if (!this.#answer.hasMoved()) {
        this.#socket.destroy();
        return;
      }
      this.#touch();
      wheel.schedule(this);
      return;
    }
    switch (this.#state) {
      case 'head':
        if (this.#partial === undefined) this.#socket.destroy();
        else this.#refuse(408);
        return;
      case 'lingering':
        this.#socket.destroy();
        return;
      case 'busy':
        if (this.#sink !== undefined && !this.#isBodyPaused && this.#body.isToCome && !this.#body.isTunnel) {
          const sink = this.#sink;
          this.#sink = undefined;
          this.#mayKeepAlive = false;
          sink.onBodyFault(408);
        } else {
          this.deadline = Number.POSITIVE_INFINITY;
          wheel.schedule(this);
        }
        return;
      default:
    }
  }

  #onEnd(): void {
    // As with nginx, a client that ends its side has gone: an answer under way is given up.
    this.#socket.destroySoon();
    this.#close();
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#runtime.wheel.cancel(this);
    this.#sink = undefined;
    this.#onGone(this);
    const exchange = this.#exchange;
    if (exchange !== undefined) {
      this.#exchange = undefined;
      clientGone(exchange);
    }
  }

  #onDrain(): void {
    if (this.#state !== 'busy') return;
    this.#touch();
    this.#exchange?.passage?.onClientWritable();
  }

  #touch(): void {
    this.deadline = this.#runtime.wheel.now + this.#runtime.settings.sendTimeout;
  }

  // Reading.

  #process(): void {
    if (this.#isProcessing) return;
    this.#isProcessing = true;
    try {
      while (this.#at < this.#end) {
        if (this.#state === 'head') {
          if (!this.#readHead()) break;
        } else if (this.#state === 'busy' && this.#sink !== undefined && !this.#isBodyPaused && this.#body.isToCome) {
          this.#feedBody();
        } else break;
      }
    } catch (fault) {
      // A client must not wait for what a fault of ours left undone.
      this.destroy();
      throw fault;
    } finally {
      this.#isProcessing = false;
    }
    // The drain may have begun when an answer that promised to keep the connection was already on its way.
    if (this.#isDraining && this.#state === 'head' && this.#partial === undefined) this.#closeSoon();
  }

  /** Takes a request's head and begins its exchange; false while bytes are missing. */
  #readHead(): boolean {
    const { settings, wheel } = this.#runtime;
    const limits = settings.headLimits;
    let bytes = this.#input;
    let start = this.#at;
    let end = this.#end;
    let fits = true;
    const partial = this.#partial;
    if (partial !== undefined) {
      const before = partial.length;
      fits = partial.append(bytes, start, end);
      if (!partial.mayBeComplete() && fits) {
        this.#at = end;
        return false;
      }
      bytes = partial.bytes;
      start = -before;
      end = partial.length;
    }
    const head = new RequestHead();
    const from = partial === undefined ? start : 0;
    const next = parseRequestHead(bytes, from, end, head, limits);
    if (next < 0) {
      this.#at = this.#end;
      this.#refuse(faultStatus[-next]!);
      return false;
    }
    if (next === 0) {
      if (!fits) {
        this.#at = this.#end;
        this.#refuse(494);
        return false;
      }
      if (partial === undefined) {
        if (this.#served > 0) this.deadline = wheel.now + settings.headerTimeout;
        this.#partial = new HeadAccumulator(limits.requestLine + limits.total + 64);
        this.#partial.append(bytes, start, end);
        if (this.deadline < wheel.now + settings.headerTimeout) wheel.schedule(this);
      }
      this.#at = this.#end;
      return false;
    }
    // With a head gathered before, `start` is minus the bytes that this read did not bring.
    this.#at = partial === undefined ? next : this.#at + next + start;
    this.#partial = undefined;
    this.#begin(head);
    return true;
  }

  #begin(head: RequestHead): void {
    const runtime = this.#runtime;
    const { settings } = runtime;
    this.#head = head;
    this.#state = 'busy';
    this.#served += 1;
    this.deadline = Number.POSITIVE_INFINITY;
    this.#sink = undefined;
    this.#isBodyPaused = false;
    this.#body.begin(head);
    this.#isContinueOwed = head.expectContinue;
    this.#isAnswered = false;
    this.#mayKeepAlive = head.keepAlive && !this.#isDraining && this.#served < settings.keepAliveRequests;
    runtime.counters.requested();
    const exchange = new Exchange(runtime, this, head);
    this.#exchange = exchange;
    const first = head.target.charCodeAt(0);
    if (head.method === 'CONNECT') answerWithError(exchange, 405);
    else if (first !== 0x2f && !(isAbsolute(head.target) && isHost(exchange.hostAsSent)))
      answerWithError(exchange, 400);
    else if (settings.maxBodySize > 0 && head.contentLength > settings.maxBodySize) answerWithError(exchange, 413);
    else begin(exchange);
  }

  /** Answers bytes that are no request, or not in time, and closes. */
  #refuse(status: number): void {
    const runtime = this.#runtime;
    const head = new RequestHead();
    head.method = 'GET';
    head.target = '/';
    head.block = '\n';
    head.keepAlive = false;
    this.#partial = undefined;
    this.#head = head;
    this.#state = 'busy';
    this.#mayKeepAlive = false;
    this.#body.clear();
    this.#isAnswered = false;
    this.#isRefused = true;
    const exchange = new Exchange(runtime, this, head);
    this.#exchange = exchange;
    answerWithError(exchange, status);
  }

  #feedBody(): void {
    const sink = this.#sink!;
    const body = this.#body;
    const { settings, wheel } = this.#runtime;
    this.deadline = wheel.now + settings.bodyTimeout;
    const next = body.take(this.#input, this.#at, this.#end, settings.maxBodySize);
    if (next < 0) {
      this.#at = this.#end;
      this.#failBody(next === bodyFault.malformed ? 400 : 413);
      return;
    }
    this.#at = next;
    const isLast = !body.isToCome;
    if (isLast) this.#endBody();
    // A sized body ends with its last run, a chunked one with what comes behind it.
    const isSized = this.#head?.chunked !== true;
    if (body.runs.length === 2) this.#deliver(sink, body.runs[0]!, body.runs[1]!, isLast && isSized);
    else {
      // The end of this body may begin with the next one, whose runs would take the place of these.
      const runs = [...body.runs];
      for (let at = 0; at < runs.length; at += 2) this.#deliver(sink, runs[at]!, runs[at + 1]!, false);
    }
    if (isLast && !isSized) sink.onBodyEnd();
  }

  /** Long runs out of the shared buffer are copied, since they may have to wait longer than the next read. */
  #deliver(sink: BodySink, start: number, end: number, isLast: boolean): void {
    if (this.#input === this.#buffers.shared && end - start > longRun) {
      const copy = Buffer.from(this.#input.subarray(start, end));
      sink.onBody(copy, 0, copy.length, isLast);
    } else sink.onBody(this.#input, start, end, isLast);
  }

  #endBody(): void {
    this.#sink = undefined;
    // Its last run may still wait in the upstream's socket, so what follows is read into another buffer.
    this.#private = undefined;
    this.deadline = Number.POSITIVE_INFINITY;
  }

  #failBody(status: number): void {
    const sink = this.#sink;
    this.#sink = undefined;
    this.#mayKeepAlive = false;
    sink?.onBodyFault(status);
  }

  // Downstream: the request's body.

  get httpVersion(): number {
    return this.#head === undefined || this.#head.minor > 0 ? 1.1 : 1;
  }

  get requestCount(): number {
    return this.#served;
  }

  get isOpen(): boolean {
    return this.#state === 'busy';
  }

  get hasUnreadBody(): boolean {
    return this.#body.isToCome;
  }

  get bodyLength(): number {
    const head = this.#head!;
    return head.chunked ? unknownLength : Math.max(0, head.contentLength);
  }

  readBody(sink: BodySink): void {
    this.#sink = sink;
    this.#isBodyPaused = false;
    if (this.#isContinueOwed) {
      this.#isContinueOwed = false;
      if (this.#at >= this.#end) this.#socket.write('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
    }
    this.deadline = this.#runtime.wheel.now + this.#runtime.settings.bodyTimeout;
    if (this.#private === undefined && this.#body.mayExceed(longRun)) {
      this.#private = this.#buffers.take();
    }
    this.#readOn();
  }

  pauseBody(): void {
    this.#isBodyPaused = true;
  }

  resumeBody(): void {
    if (!this.#isBodyPaused) return;
    this.#isBodyPaused = false;
    this.deadline = this.#runtime.wheel.now + this.#runtime.settings.bodyTimeout;
    this.#readOn();
  }

  /** Hands on what is here, then reads more. */
  #readOn(): void {
    if (this.#isProcessing) {
      // Inside a read: the loop that called us goes on only when it is a body's turn, so feed right here.
      while (this.#at < this.#end && this.#sink !== undefined && !this.#isBodyPaused && this.#body.isToCome) {
        this.#feedBody();
      }
      return;
    }
    this.#process();
    this.#resumeReading();
  }

  #resumeReading(): void {
    if (!this.#isReadPaused || this.#at < this.#end || this.#state === 'closed') return;
    if (this.#isBodyPaused && this.#body.isToCome) return;
    this.#isReadPaused = false;
    this.#socket.resume();
  }

  // Downstream: the answer.

  sendInterim(statusText: string, lines: string): void {
    if (this.#state === 'busy') this.#answer.interim(statusText, lines);
  }

  sendHead(statusText: string, lines: string, length: number, shownLength = -1): void {
    const answer = this.#answer;
    answer.frame(length, shownLength, this.#head!.minor);
    if (answer.endsWithConnection || this.#isDraining) this.#mayKeepAlive = false;
    if (this.#body.isToCome && !this.#canSkipBody()) this.#mayKeepAlive = false;
    answer.head(statusText, lines, this.#mayKeepAlive);
  }

  /** What is left of the body is small and sure to come, so reading over it is cheaper than a new connection. */
  #canSkipBody(): boolean {
    return !this.#isContinueOwed && !this.#body.mayExceed(skipLimit);
  }

  sendUpgrade(lines: string): void {
    this.#answer.upgrade(lines);
    this.#body.becomeTunnel();
    this.#mayKeepAlive = false;
  }

  sendText(text: string): void {
    this.#answer.text(text);
  }

  sendBytes(bytes: Buffer, start: number, end: number): void {
    this.#answer.bytes(bytes, start, end);
  }

  sendEnd(trailers: string): void {
    this.#answer.end(trailers);
    this.#isAnswered = true;
  }

  flush(): boolean {
    const answer = this.#answer;
    if (this.#state === 'closed') {
      answer.discard();
      return true;
    }
    const isTaken = answer.flush();
    // What could not be sent at once is bounded by the time that the client may take for it.
    if (this.#socket.writableLength > 0 && this.deadline === Number.POSITIVE_INFINITY) {
      answer.watch();
      this.#touch();
    }
    return isTaken;
  }

  abort(): void {
    this.#mayKeepAlive = false;
    if (this.#state === 'closed') return;
    this.#isAborted = true;
    this.#answer.flush();
    // A chunked or sized body that stops here cannot look complete, so what was sent may still arrive.
    if (this.#answer.endsWithConnection) this.#socket.resetAndDestroy();
    else this.#socket.destroySoon();
  }

  closeAfterwards(): void {
    this.#mayKeepAlive = false;
  }

  finish(): void {
    this.#exchange = undefined;
    if (this.#state === 'closed') return;
    this.#sink = undefined;
    if (this.#isAborted || !this.#isAnswered) {
      this.#closeSoon();
      return;
    }
    if (!this.#mayKeepAlive) {
      this.#endConnection();
      return;
    }
    if (this.#body.isToCome) {
      this.#skipBody();
      return;
    }
    this.#nextRequest();
  }

  #nextRequest(): void {
    const { settings, wheel } = this.#runtime;
    this.#state = 'head';
    this.#head = undefined;
    this.#isBodyPaused = false;
    this.deadline = wheel.now + settings.keepAliveTimeout;
    if (this.#isProcessing) return;
    this.#process();
    this.#resumeReading();
  }

  /** Reads over the rest of a small body. */
  #skipBody(): void {
    const skip: BodySink = {
      onBody: (_bytes, _start, _end, isLast) => {
        if (isLast) this.#nextRequest();
      },
      onBodyEnd: () => this.#nextRequest(),
      onBodyFault: () => this.#endConnection(),
    };
    this.readBody(skip);
  }

  /** Closes in a way that lets the client read the answer even while it is still sending (RFC 9112 section 9.6). */
  #endConnection(): void {
    if (!this.#body.isToCome && !this.#isRefused && this.#at >= this.#end) {
      this.#closeSoon();
      return;
    }
    this.#state = 'lingering';
    this.#at = 0;
    this.#end = 0;
    this.deadline = this.#runtime.wheel.now + lingerTime;
    this.#runtime.wheel.schedule(this);
    this.#socket.end();
    if (this.#isReadPaused) {
      this.#isReadPaused = false;
      this.#socket.resume();
    }
  }

  /** Closes once what was written is out, or send_timeout is over. */
  #closeSoon(): void {
    this.#state = 'lingering';
    this.deadline = this.#runtime.wheel.now + this.#runtime.settings.sendTimeout;
    this.#runtime.wheel.schedule(this);
    this.#socket.destroySoon();
  }
}

const lingerTime = 5000;
/** Milliseconds that a connection without any request so far is kept when all are to end. */
const freshGrace = 1000;

const faultStatus: Record<number, number> = {
  [HeadFault.malformed]: 400,
  [HeadFault.uriTooLong]: 414,
  [HeadFault.headerTooLarge]: 494,
  [HeadFault.codingUnknown]: 501,
  [HeadFault.versionUnknown]: 505,
};

function isAbsolute(target: string): boolean {
  return /^https?:\/\/[^/?#]/i.test(target);
}
