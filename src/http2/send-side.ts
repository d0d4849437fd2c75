import { defaultFrameSize } from './frames.ts';
import type { Http2Output, WaitingStream } from './output.ts';

/** What a stream needs of the session that it belongs to. */
export interface StreamSession {
  readonly output: Http2Output;
  /** Sends DATA to the peer's credit: for every frame it may send something back. */
  noteData(): void;
  /** Bytes that streams hold because nobody takes them yet changed by so many. */
  noteHeld(change: number): void;
  /** The stream is over. `wasReset` when it was us who ended it early. */
  onStreamClosed(stream: SendSide, wasReset: boolean): void;
}

/** The sending half of a stream: what of a body the windows take goes out at once, and the rest waits in order. */
export abstract class SendSide implements WaitingStream {
  /** Number of the stream; 0 for one that was not opened yet. */
  id: number;
  /** Bytes of DATA that the peer takes on this stream. */
  sendWindow: number;
  protected session: StreamSession;
  #waiting: Buffer[] | undefined = undefined;
  #waitingBytes = 0;

  constructor(session: StreamSession, id: number, sendWindow: number) {
    this.session = session;
    this.id = id;
    this.sendWindow = sendWindow;
  }

  /** True while something of the body could not be sent yet. */
  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /** Something has to wait, or still waits after a part of it went out: from now on time counts. */
  protected abstract onStalled(): void;
  /** What had to wait has gone out. */
  protected abstract onUnstalled(): void;

  /** Sends a run of the body, one character a byte. */
  protected pushText(text: string): void {
    const { length } = text;
    const { output } = this.session;
    let at = 0;
    if (this.#waiting === undefined) {
      const most = Math.min(length, this.sendWindow, output.room);
      while (at < most) {
        const end = Math.min(at + defaultFrameSize, most);
        output.writer.text(this.id, end - at === length ? text : text.substring(at, end));
        this.session.noteData();
        at = end;
      }
      if (at > 0) this.#spend(at);
      if (at === length) return;
    }
    this.#wait(Buffer.from(at === 0 ? text : text.substring(at), 'latin1'));
  }

  /** Sends a run of the body, which is copied. */
  protected pushBytes(bytes: Buffer, start: number, end: number): void {
    const { output } = this.session;
    let at = start;
    if (this.#waiting === undefined) {
      const most = start + Math.min(end - start, this.sendWindow, output.room);
      while (at < most) {
        const to = Math.min(at + defaultFrameSize, most);
        output.writer.bytes(this.id, bytes, at, to);
        this.session.noteData();
        at = to;
      }
      if (at > start) this.#spend(at - start);
    }
    if (at < end) this.#wait(Buffer.from(bytes.subarray(at, end)));
  }

  sendWaiting(most: number): boolean {
    const list = this.#waiting;
    if (list === undefined) return false;
    const { output } = this.session;
    const length = Math.min(this.#waitingBytes, this.sendWindow, output.room, most);
    if (length <= 0) return false;
    let left = length;
    while (left > 0) {
      const first = list[0]!;
      const taken = Math.min(first.length, left, defaultFrameSize);
      output.writer.bytes(this.id, first, 0, taken);
      this.session.noteData();
      if (taken === first.length) list.shift();
      else list[0] = first.subarray(taken);
      left -= taken;
    }
    this.#spend(length);
    this.#waitingBytes -= length;
    if (this.#waitingBytes > 0) this.onStalled();
    else {
      this.dropWaiting();
      this.onUnstalled();
    }
    return true;
  }

  /** Forgets what waits. */
  protected dropWaiting(): void {
    if (this.#waiting === undefined) return;
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    this.session.output.forget(this);
  }

  #spend(length: number): void {
    this.sendWindow -= length;
    const { output } = this.session;
    output.window -= length;
    output.due();
  }

  #wait(bytes: Buffer): void {
    const isFirst = this.#waiting === undefined;
    (this.#waiting ??= []).push(bytes);
    this.#waitingBytes += bytes.length;
    if (!isFirst) return;
    this.session.output.wait(this);
    this.onStalled();
  }
}
