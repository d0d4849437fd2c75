import { type ChunkedDecoder, ChunkedFault, createChunkedDecoder, type RequestHead } from '../../http1/index.ts';

/** What {@link RequestBody.take} found, instead of the offset behind what it took. */
export const bodyFault = { malformed: -1, tooLarge: -2 } as const;

/** Finds the body of a request in the bytes behind its head: sized, chunked, or a tunnel's that ends with the connection. */
export class RequestBody {
  #remaining = 0;
  #chunks: ChunkedDecoder | undefined;
  #isTunnel = false;
  /** Bytes of a chunked body so far. */
  #size = 0;
  /** Offsets of the runs that {@link RequestBody.take} found last, as pairs of start and end. */
  readonly runs: number[] = [];

  /** Begins with the body of the next request. */
  begin(head: RequestHead): void {
    this.#chunks = head.chunked ? createChunkedDecoder() : undefined;
    this.#remaining = Math.max(head.contentLength, 0);
    this.#size = 0;
  }

  /** Takes it that there is none. */
  clear(): void {
    this.#chunks = undefined;
    this.#remaining = 0;
  }

  /** Takes whatever comes from here on as it is. */
  becomeTunnel(): void {
    this.#isTunnel = true;
  }

  get isTunnel(): boolean {
    return this.#isTunnel;
  }

  /** True while the body has not ended. */
  get isToCome(): boolean {
    return this.#isTunnel || this.#remaining > 0 || (this.#chunks !== undefined && !this.#chunks.done);
  }

  /** True when what is left is known to be more than `limit` bytes, or may be. */
  mayExceed(limit: number): boolean {
    return this.#isTunnel || this.#chunks !== undefined || this.#remaining > limit;
  }

  /**
   * Takes what is there of the body into {@link RequestBody.runs} and returns the offset behind it, or a {@link bodyFault}.
   * Chunked bodies of more than `limit` bytes are refused, unless it is 0; the length of others is known beforehand.
   */
  take(bytes: Buffer, start: number, end: number, limit: number): number {
    const { runs } = this;
    runs.length = 0;
    if (this.#isTunnel) {
      runs.push(start, end);
      return end;
    }
    const chunks = this.#chunks;
    if (chunks === undefined) {
      const to = Math.min(end, start + this.#remaining);
      this.#remaining -= to - start;
      runs.push(start, to);
      return to;
    }
    let next: number;
    try {
      next = chunks.push(bytes, start, end, (from, to) => {
        runs.push(from, to);
        this.#size += to - from;
      });
    } catch (fault) {
      if (!(fault instanceof ChunkedFault)) throw fault;
      return bodyFault.malformed;
    }
    return limit > 0 && this.#size > limit ? bodyFault.tooLarge : next;
  }
}
