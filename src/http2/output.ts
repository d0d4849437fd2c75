import type { Chunk, ChunkPool } from './chunk-pool.ts';
import { FrameWriter } from './frame-writer.ts';
import { defaultWindow } from './frames.ts';
import { HpackEncoder } from './hpack-encoder.ts';
import type { LineCache } from './line-cache.ts';
import type { TurnEnd, TurnWriter } from './turn-end.ts';

/** What the HTTP/2 connections of a listener, or those to all upstreams, share. */
export interface Http2Shared {
  readonly pool: ChunkPool;
  readonly lines: LineCache;
  readonly turn: TurnEnd;
}

/** Where a connection writes to: what of a socket that takes. */
export interface OutputSocket {
  readonly writable: boolean;
  /** Bytes that wait in it. */
  readonly writableLength: number;
  /** More waits than it should; there will be a drain event. */
  readonly writableNeedDrain: boolean;
  cork(): void;
  uncork(): void;
  write(bytes: Uint8Array, written: () => void): boolean;
}

/** A stream whose body has to wait for a window or for the socket. */
export interface WaitingStream {
  /** Sends up to `most` bytes of what waits; false when nothing could be sent. */
  sendWaiting(most: number): boolean;
}

/** Hears of what the socket does with what is written. */
export interface WriteWatch {
  /** Something was handed to the socket. */
  onQueued(): void;
  /** Something has left it. */
  onWritten(): void;
}

/** Bytes that may wait in a connection before its streams have to. */
const highWater = 131_072;
/** Bytes beyond which nothing more is read from a peer that takes nothing. */
const readLimit = 524_288;
/** What a stream sends before it is another one's turn. */
const quantum = 16_384;

/** The sending side of a connection: frames gathered, the connection's window, and whose turn it is. */
export class Http2Output implements TurnWriter {
  readonly writer: FrameWriter;
  readonly encoder: HpackEncoder;
  /** Bytes of DATA that the peer takes on the connection. */
  window = defaultWindow;
  readonly #socket: OutputSocket;
  readonly #shared: Http2Shared;
  readonly #inFlight: Chunk[] = [];
  readonly #waiting = new Set<WaitingStream>();
  readonly #watch: WriteWatch;
  #isDue = false;
  readonly #onWritten = (): void => {
    const chunk = this.#inFlight.shift();
    if (chunk !== undefined) this.#shared.pool.give(chunk);
    this.#watch.onWritten();
  };

  constructor(socket: OutputSocket, shared: Http2Shared, watch: WriteWatch) {
    this.#socket = socket;
    this.#shared = shared;
    this.#watch = watch;
    this.encoder = new HpackEncoder(shared.lines);
    this.writer = new FrameWriter(shared.pool, this.encoder);
  }

  /** Bytes of DATA that may be gathered now. */
  get room(): number {
    return Math.min(this.window, highWater - this.writer.pending - this.#socket.writableLength);
  }

  /** The peer does not take what we send; reading more from it would only make it worse. */
  get isClogged(): boolean {
    return this.writer.pending + this.#socket.writableLength > readLimit;
  }

  /** What was gathered leaves at the end of the turn. */
  due(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#shared.turn.add(this);
  }

  wait(stream: WaitingStream): void {
    this.#waiting.add(stream);
  }

  forget(stream: WaitingStream): void {
    this.#waiting.delete(stream);
  }

  /** Lets streams that wait send on, one after another. */
  pump(): void {
    let isMoving = true;
    while (isMoving && this.#waiting.size > 0 && this.room > 0) {
      isMoving = false;
      for (const stream of [...this.#waiting]) {
        if (this.room <= 0) return;
        if (!stream.sendWaiting(quantum)) continue;
        isMoving = true;
        if (!this.#waiting.delete(stream)) continue;
        this.#waiting.add(stream);
      }
    }
  }

  /** Writes everything that was gathered. */
  writeOut(): void {
    this.#isDue = false;
    const socket = this.#socket;
    const chunks = this.writer.take();
    if (chunks.length === 0) return;
    if (!socket.writable) {
      for (const chunk of chunks) this.#shared.pool.give(chunk);
      return;
    }
    if (chunks.length === 1) this.#write(chunks[0]!);
    else {
      socket.cork();
      for (const chunk of chunks) this.#write(chunk);
      socket.uncork();
    }
    this.#watch.onQueued();
    // Without a full socket there will be no drain event to go on with.
    if (this.#waiting.size > 0 && !socket.writableNeedDrain) this.pump();
  }

  #write(chunk: Chunk): void {
    this.#inFlight.push(chunk);
    this.#socket.write(chunk.bytes.subarray(0, chunk.end), this.#onWritten);
  }
}
