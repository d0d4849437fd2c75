import { defaultWindow } from './frames.ts';
import type { Http2Output } from './output.ts';

/** Window of the connection: what all streams together may bring in one round trip. */
const connectionWindow = 1_048_576;
/** What the peer may still send on a connection: it is given back on receipt, unless what came is merely piling up. */
export class ReceiveWindow {
  readonly #output: Http2Output;
  readonly #heldLimit: number;
  #left = connectionWindow;
  #taken = 0;
  #held = 0;

  /**
   * Tells the peer of the window. `heldLimit` is how many bytes of bodies may be held for those who take them more slowly than they
   * come; beyond it the peer has to wait with all streams.
   */
  constructor(output: Http2Output, heldLimit: number) {
    this.#output = output;
    this.#heldLimit = heldLimit;
    output.writer.windowUpdate(0, connectionWindow - defaultWindow);
  }

  /** DATA came, of so many bytes. False for more than was allowed. */
  spend(length: number): boolean {
    this.#left -= length;
    this.#taken += length;
    return this.#left >= 0;
  }

  /** Bytes that streams hold changed by so many. */
  noteHeld(change: number): void {
    this.#held += change;
    if (change < 0) this.settle();
  }

  /** Gives back what was taken, once it is worth a frame. */
  settle(): void {
    if (this.#taken < connectionWindow >> 1 || this.#held > this.#heldLimit) return;
    this.#output.writer.windowUpdate(0, this.#taken);
    this.#output.due();
    this.#left += this.#taken;
    this.#taken = 0;
  }
}
