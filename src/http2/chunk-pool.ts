/** Bytes that wait to be written. */
export interface Chunk {
  readonly bytes: Buffer;
  /** Offset behind the last byte that counts. */
  end: number;
}

/** Bytes of a chunk. */
export const chunkSize = 32_768;

/** Chunks that connections write into and give back once they are sent; shared by those of a worker. */
export class ChunkPool {
  readonly #free: Chunk[] = [];
  readonly #kept: number;

  /** `kept` is how many unused chunks are held at most. */
  constructor(kept = 64) {
    this.#kept = kept;
  }

  /** An empty chunk of at least `size` bytes. */
  take(size: number): Chunk {
    if (size > chunkSize) return { bytes: Buffer.allocUnsafeSlow(size), end: 0 };
    return this.#free.pop() ?? { bytes: Buffer.allocUnsafeSlow(chunkSize), end: 0 };
  }

  /** Takes a chunk back. Nobody may look at it any more. */
  give(chunk: Chunk): void {
    if (chunk.bytes.length !== chunkSize || this.#free.length >= this.#kept) return;
    chunk.end = 0;
    this.#free.push(chunk);
  }
}
