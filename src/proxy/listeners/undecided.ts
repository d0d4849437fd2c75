import type { Socket } from 'node:net';
import { preface } from '../../http2/index.ts';
import type { TimerItem } from '../../kernel/index.ts';
import type { ProxyRuntime } from '../runtime.ts';

/** The connection that goes on once it is known what the client speaks. */
interface Successor {
  nextBuffer(): Buffer | undefined;
  onRead(bytes: Buffer, length: number): boolean;
}

/** A connection without TLS whose first bytes have to say whether it is HTTP/2 (RFC 9113 section 3.3) or HTTP/1. */
export class Undecided implements TimerItem {
  deadline: number;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly #runtime: ProxyRuntime;
  readonly #socket: Socket;
  readonly #decide: (isHttp2: boolean) => Successor;
  readonly #onGone: (connection: Undecided) => void;
  #successor: Successor | undefined;
  #seen: Buffer | undefined;
  readonly #close = (): void => this.destroy();

  /** `decide` begins the connection that takes this one's place, with the same socket. */
  constructor(
    runtime: ProxyRuntime,
    socket: Socket,
    decide: (isHttp2: boolean) => Successor,
    onGone: (connection: Undecided) => void,
  ) {
    this.#runtime = runtime;
    this.#socket = socket;
    this.#decide = decide;
    this.#onGone = onGone;
    this.deadline = runtime.wheel.now + runtime.settings.headerTimeout;
    runtime.wheel.schedule(this);
    socket.on('error', this.#close).on('end', this.#close).on('close', this.#close);
  }

  nextBuffer(): Buffer | undefined {
    return this.#successor?.nextBuffer();
  }

  onRead(bytes: Buffer, length: number): boolean {
    if (this.#successor !== undefined) return this.#successor.onRead(bytes, length);
    const seen = this.#seen;
    const all = seen === undefined ? bytes : Buffer.concat([seen, bytes.subarray(0, length)]);
    const end = seen === undefined ? length : all.length;
    const compared = Math.min(end, preface.length);
    const isPreface = preface.compare(all, 0, compared, 0, compared) === 0;
    if (isPreface && compared < preface.length) {
      this.#seen = seen === undefined ? Buffer.from(bytes.subarray(0, length)) : all;
      return true;
    }
    this.#seen = undefined;
    if (!isPreface && isNeither(all, end)) {
      // RFC 9113 section 3.4: an answer in HTTP/1 would tell a client of HTTP/2 nothing.
      this.destroy();
      return false;
    }
    const socket = this.#socket;
    this.#runtime.wheel.cancel(this);
    socket.off('error', this.#close).off('end', this.#close).off('close', this.#close);
    this.#successor = this.#decide(isPreface);
    return this.#successor.onRead(all, end);
  }

  /** Nothing was asked yet, so the connection ends at once. */
  drain(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.#successor !== undefined) return;
    this.#runtime.wheel.cancel(this);
    this.#socket.destroy();
    this.#onGone(this);
  }

  onTimeout(): void {
    this.destroy();
  }
}

/** True for a first line that says of no version of HTTP: neither a request nor the preface. */
function isNeither(bytes: Buffer, end: number): boolean {
  const line = bytes.indexOf('\n');
  if (line === -1 || line >= end) return false;
  const version = bytes.lastIndexOf(' ', line);
  return version > 0 && bytes.toString('latin1', version + 1, version + 6) !== 'HTTP/';
}
