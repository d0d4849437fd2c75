import { defaultWindow } from './frames.ts';
import { SendSide, type StreamSession } from './send-side.ts';

/**
 * A stream with both halves. What comes of the peer's body is handed on as long as somebody takes it, else held; the peer may
 * send as much again as was taken, and no more.
 */
export abstract class TwoWayStream extends SendSide {
  /** The peer has ended its side. */
  isRemoteClosed = false;
  isClosed = false;
  #isPaused = false;
  #isFeeding = false;
  #held: Buffer[] | undefined = undefined;
  #receiveWindow: number;
  #windowSize: number;
  #taken = 0;

  /** `receiveWindow` is what our settings allow the peer to send on a new stream. */
  constructor(session: StreamSession, id: number, sendWindow: number, receiveWindow = defaultWindow) {
    super(session, id, sendWindow);
    this.#receiveWindow = receiveWindow;
    this.#windowSize = receiveWindow;
  }

  /** Takes DATA; `padding` are bytes that count for the window alone. Returns 0, or the error code for the stream. */
  abstract onData(bytes: Buffer, start: number, end: number, padding: number, isLast: boolean): number;
  /** Ends the stream with an error of the peer's making. */
  abstract reset(code: number): void;
  /** The stream is over before its time: the connection is gone, or as good as. */
  abstract onGone(): void;

  /** Somebody takes the body. */
  protected abstract get hasTaker(): boolean;
  /** A run of the body; `isLast` when nothing of the stream is left behind it. */
  protected abstract onRun(bytes: Buffer, start: number, end: number, isLast: boolean): void;
  /** Everything was handed on, and the peer has ended its side. */
  protected abstract onAllTaken(): void;
  /** Everything was handed on, and more is to come. */
  protected abstract onMoreAwaited(): void;

  /** True for a body that ends with something other than its last byte, such as trailers. */
  protected get hasTail(): boolean {
    return false;
  }

  /** Counts DATA against the window. False for more than was allowed. */
  protected spendWindow(length: number): boolean {
    this.#receiveWindow -= length;
    return this.#receiveWindow >= 0;
  }

  /** Lets the peer send up to `size` bytes ahead, if that is more than it may. */
  protected widenWindow(size: number): void {
    const more = size - this.#windowSize;
    if (more <= 0 || this.isRemoteClosed) return;
    const { output } = this.session;
    output.writer.windowUpdate(this.id, more);
    output.due();
    this.#receiveWindow += more;
    this.#windowSize = size;
  }

  /** Lets the peer send as much again as was taken. */
  protected credit(length: number): void {
    if (this.isRemoteClosed || this.isClosed) return;
    this.#taken += length;
    if (this.#taken < this.#windowSize >> 1) return;
    const { output } = this.session;
    output.writer.windowUpdate(this.id, this.#taken);
    output.due();
    this.#receiveWindow += this.#taken;
    this.#taken = 0;
  }

  /** Hands a run on, or holds it. */
  protected receive(bytes: Buffer, start: number, end: number): void {
    if (this.hasTaker && !this.#isPaused && this.#held === undefined && !this.#isFeeding) {
      this.#isFeeding = true;
      this.#deliver(bytes, start, end);
      this.#isFeeding = false;
      this.feed();
    } else if (end > start) {
      (this.#held ??= []).push(Buffer.from(bytes.subarray(start, end)));
      this.session.noteHeld(end - start);
    }
  }

  protected get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Hands nothing on until {@link TwoWayStream.takeOn}. */
  protected hold(): void {
    this.#isPaused = true;
  }

  /** Hands on what is there, and what comes. */
  protected takeOn(): void {
    this.#isPaused = false;
    this.feed();
  }

  /** Hands on what is held, as long as someone takes it. */
  protected feed(): void {
    // Inside a call of the taker: the loop that made it goes on.
    if (this.#isFeeding) return;
    this.#isFeeding = true;
    while (this.hasTaker && !this.#isPaused && this.#held !== undefined) {
      const bytes = this.#held.shift()!;
      if (this.#held.length === 0) this.#held = undefined;
      this.session.noteHeld(-bytes.length);
      this.#deliver(bytes, 0, bytes.length);
    }
    this.#isFeeding = false;
    if (!this.hasTaker || this.#isPaused) return;
    if (!this.isRemoteClosed) this.onMoreAwaited();
    else if (this.#held === undefined) this.onAllTaken();
  }

  #deliver(bytes: Buffer, start: number, end: number): void {
    const isLast = this.isRemoteClosed && this.#held === undefined && !this.hasTail;
    if (end > start || isLast) this.onRun(bytes, start, end, isLast);
    this.credit(end - start);
  }

  /** Drops what nobody will take. */
  protected letGo(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    for (const bytes of held) this.session.noteHeld(-bytes.length);
  }

  /** Ends the stream at once, and says so. */
  protected rst(code: number): void {
    const { output } = this.session;
    output.writer.rstStream(this.id, code);
    output.due();
    this.close(true);
  }

  /** Lets everything go. `wasReset` when the peer may still send, not knowing yet. */
  protected close(wasReset: boolean): void {
    this.isClosed = true;
    this.letGo();
    this.dropWaiting();
    this.session.onStreamClosed(this, wasReset);
  }
}
