import type { Socket } from 'node:net';
import type { TimerItem, TimerWheel } from '../../kernel/index.ts';

/** How a look at the first bytes of a connection ended: `closed` without a word, or before it was enough. */
export type FirstLook = 'taken' | 'refused' | 'timeout' | 'closed';

/** What is to be done about the bytes so far: take off so many and go on, wait for more, or refuse them. */
export type Judgement = number | 'more' | 'refuse';

/**
 * Looks at the first bytes of a connection before whoever serves it: all that came, again and again until they are judged.
 * What is not taken off is put back, so the next reader of the socket finds it.
 */
export class FirstBytes implements TimerItem {
  deadline: number;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly #socket: Socket;
  readonly #wheel: TimerWheel;
  readonly #judge: (bytes: Buffer) => Judgement;
  readonly #done: (look: FirstLook) => void;
  #seen: Buffer | undefined;
  #isOver = false;
  readonly #onReadable = (): void => this.#read();
  readonly #onClose = (): void => this.#finish('closed');

  /** The socket must not be read by anybody yet. `timeout` is for all of it, in milliseconds. */
  constructor(
    socket: Socket,
    wheel: TimerWheel,
    timeout: number,
    judge: (bytes: Buffer) => Judgement,
    done: (look: FirstLook) => void,
  ) {
    this.#socket = socket;
    this.#wheel = wheel;
    this.#judge = judge;
    this.#done = done;
    this.deadline = wheel.now + timeout;
    wheel.schedule(this);
    socket.on('end', this.#onClose).on('close', this.#onClose).on('error', this.#onClose);
    socket.on('readable', this.#onReadable);
  }

  /** True while nothing has come. */
  get isSilent(): boolean {
    return this.#seen === undefined && this.#socket.readableLength === 0;
  }

  onTimeout(): void {
    this.#finish('timeout');
  }

  #read(): void {
    const chunk = takeBuffered(this.#socket);
    if (chunk === undefined) return;
    const all = this.#seen === undefined ? chunk : Buffer.concat([this.#seen, chunk]);
    const judgement = this.#judge(all);
    if (judgement === 'more') {
      this.#seen = all;
      return;
    }
    if (judgement === 'refuse') {
      this.#finish('refused');
      return;
    }
    this.#finish('taken', all.subarray(judgement));
  }

  #finish(look: FirstLook, rest?: Buffer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wheel.cancel(this);
    this.#seen = undefined;
    const socket = this.#socket;
    socket.off('readable', this.#onReadable);
    socket.off('end', this.#onClose).off('close', this.#onClose);
    // The next reader brings a listener of its own; until then a fault must not be thrown.
    socket.on('error', ignore).off('error', this.#onClose);
    if (rest !== undefined && rest.length > 0) socket.unshift(rest);
    this.#done(look);
  }
}

/** Takes everything that a socket holds and nobody has read; undefined when there is nothing. One read gives one part. */
export function takeBuffered(socket: Socket): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let part = socket.read() as Buffer | null; part !== null; part = socket.read() as Buffer | null) {
    parts.push(part);
  }
  return parts.length > 1 ? Buffer.concat(parts) : parts[0];
}

function ignore(): void {}
