/**
 * Gathers a head that arrives in pieces. It looks at every byte once for the empty line, so a head that dribbles in
 * byte by byte costs no more than one that comes at once.
 */
export class HeadAccumulator {
  bytes: Buffer;
  length = 0;
  #scanned = 0;
  readonly #limit: number;

  /** `limit` is the most bytes that are ever held. */
  constructor(limit: number) {
    this.#limit = limit;
    this.bytes = Buffer.allocUnsafe(Math.min(1024, limit));
  }

  /** Adds bytes; false when the limit would be passed, and then only part was taken. */
  append(source: Uint8Array, start: number, end: number): boolean {
    const room = this.#limit - this.length;
    const take = Math.min(end - start, room);
    if (this.length + take > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(this.bytes.length * 2, this.length + take)));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(source.subarray(start, start + take), this.length);
    this.length += take;
    return take === end - start;
  }

  /** True once an empty line is among the bytes, or anything that a strict parser will refuse anyway. */
  mayBeComplete(): boolean {
    const bytes = this.bytes;
    for (let at = this.#scanned; at < this.length; at += 1) {
      // LF CR LF ends a head; LF LF or a line that starts with a bare LF is for the parser to refuse.
      if (
        bytes[at] === 0x0a &&
        at > 0 &&
        (bytes[at - 1] === 0x0a || (bytes[at - 1] === 0x0d && at > 1 && bytes[at - 2] === 0x0a))
      ) {
        this.#scanned = at + 1;
        return true;
      }
    }
    this.#scanned = this.length;
    return false;
  }
}
