/** Numbers of streams that are remembered after they closed. */
const remembered = 256;

/** The streams of a session that closed lately: what still comes for them is late, not wrong. */
export class ClosedStreams {
  /** Negative for those that we ended early. */
  readonly #list = new Int32Array(remembered);
  #at = 0;

  add(id: number, wasReset: boolean): void {
    this.#list[this.#at] = wasReset ? -id : id;
    this.#at = (this.#at + 1) % remembered;
  }

  /** We ended it while the peer could still send. */
  wasReset(id: number): boolean {
    return this.#list.includes(-id);
  }

  /** Both sides had ended it. */
  wasEnded(id: number): boolean {
    return this.#list.includes(id);
  }
}
