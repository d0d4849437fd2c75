/** Frames of a block that may hold nothing. */
const maxEmpty = 4;

/** Puts together a header block that came in several frames (RFC 9113 section 4.3), within bounds. */
export class HeaderBlocks {
  readonly #limit: number;
  /** The stream whose block is incomplete; 0 for none. */
  stream = 0;
  isLast = false;
  dependsOnItself = false;
  #parts: Buffer[] = [];
  #size = 0;
  #empty = 0;

  /** `limit` is the compressed size in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Begins with the bytes of HEADERS. False when there are too many. */
  begin(stream: number, isLast: boolean, dependsOnItself: boolean, bytes: Buffer, start: number, end: number): boolean {
    this.stream = stream;
    this.isLast = isLast;
    this.dependsOnItself = dependsOnItself;
    this.#parts = [];
    this.#size = 0;
    this.#empty = 0;
    return this.add(bytes, start, end);
  }

  /** Adds the bytes of CONTINUATION. False when the block gets too large, or its frames are too many for what they bring. */
  add(bytes: Buffer, start: number, end: number): boolean {
    if (start === end) {
      this.#empty += 1;
      return this.#empty <= maxEmpty;
    }
    this.#size += end - start;
    // Small pieces cost more than they hold.
    if (this.#size > this.#limit || this.#parts.length >= 16 + (this.#size >> 6)) return false;
    this.#parts.push(Buffer.from(bytes.subarray(start, end)));
    return true;
  }

  /** The whole block. */
  finish(): Buffer {
    this.stream = 0;
    const whole = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    return whole;
  }
}
