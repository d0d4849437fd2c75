/** Which lines of a block of header lines are left out of what is passed on. One serves all heads, one after the other. */
export class LineCuts {
  /** Offsets as pairs of start and end. */
  #places = new Int32Array(64);
  #count = 0;

  /** Forgets the lines of the head before. */
  clear(): void {
    this.#count = 0;
  }

  /** Leaves out the line from `start` to `end`; lines come in their order. */
  add(start: number, end: number): void {
    if (this.#count + 2 > this.#places.length) {
      const grown = new Int32Array(this.#places.length * 2);
      grown.set(this.#places);
      this.#places = grown;
    }
    this.#places[this.#count] = start;
    this.#places[this.#count + 1] = end;
    this.#count += 2;
  }

  /** The other lines of `block`, whose first character, a line feed, lies at `offset`. */
  others(block: string, offset: number): string {
    let kept = '';
    let from = 1;
    for (let at = 0; at < this.#count; at += 2) {
      const start = this.#places[at]! - offset;
      if (start > from) kept += block.substring(from, start);
      from = this.#places[at + 1]! - offset;
    }
    return from >= block.length ? kept : kept + block.substring(from);
  }
}
