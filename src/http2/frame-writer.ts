import { type Chunk, type ChunkPool, chunkSize } from './chunk-pool.ts';
import {
  defaultFrameSize,
  Flag,
  FrameType,
  frameHeaderSize,
  preface,
  type SettingPairs,
  writeFrameHeader,
  writeUint32,
} from './frames.ts';
import { type HpackEncoder, worstCase } from './hpack-encoder.ts';
import { writeLatin1 } from './latin1.ts';

/** Length of a body that is not shown as `content-length`. */
const unshown = -1;

/** Gathers the frames that a connection sends, so that those of one turn of the event loop leave in one write. */
export class FrameWriter {
  readonly #pool: ChunkPool;
  readonly #encoder: HpackEncoder;
  #chunks: Chunk[] = [];
  #chunk: Chunk | undefined;
  #full = 0;
  /** Bytes of a payload that the peer takes. */
  maxFrameSize = defaultFrameSize;

  /** Where the last frame begins in the current chunk, if it may still be added to; its stream and payload. */
  #lastAt = -1;
  #lastStream = 0;
  #lastType = 0;
  #lastLength = 0;

  constructor(pool: ChunkPool, encoder: HpackEncoder) {
    this.#pool = pool;
    this.#encoder = encoder;
  }

  /** Bytes that wait to be taken. */
  get pending(): number {
    return this.#full + (this.#chunk === undefined ? 0 : this.#chunk.end);
  }

  /** Hands over what was gathered, in order. Each chunk is to be given back to the pool. */
  take(): Chunk[] {
    const chunks = this.#chunks;
    if (this.#chunk !== undefined) chunks.push(this.#chunk);
    this.#chunk = undefined;
    this.#chunks = [];
    this.#full = 0;
    this.#lastAt = -1;
    return chunks;
  }

  /** What a client says first. */
  preface(): void {
    const chunk = this.#reserve(preface.length);
    preface.copy(chunk.bytes, chunk.end);
    chunk.end += preface.length;
  }

  settings(pairs: SettingPairs): void {
    const { bytes, at } = this.#frame(pairs.length * 6, FrameType.settings, 0, 0);
    pairs.forEach(([number, value], index) => {
      bytes[at + index * 6] = number >>> 8;
      bytes[at + index * 6 + 1] = number;
      writeUint32(bytes, at + index * 6 + 2, value);
    });
  }

  settingsAck(): void {
    this.#frame(0, FrameType.settings, Flag.ack, 0);
  }

  /** PING with the eight bytes at `start`. */
  ping(isAck: boolean, payload: Uint8Array, start: number): void {
    const { bytes, at } = this.#frame(8, FrameType.ping, isAck ? Flag.ack : 0, 0);
    for (let index = 0; index < 8; index += 1) bytes[at + index] = payload[start + index]!;
  }

  goaway(lastStream: number, code: number): void {
    const { bytes, at } = this.#frame(8, FrameType.goaway, 0, 0);
    writeUint32(bytes, at, lastStream);
    writeUint32(bytes, at + 4, code);
  }

  windowUpdate(stream: number, increment: number): void {
    const { bytes, at } = this.#frame(4, FrameType.windowUpdate, 0, stream);
    writeUint32(bytes, at, increment);
  }

  rstStream(stream: number, code: number): void {
    const { bytes, at } = this.#frame(4, FrameType.rstStream, 0, stream);
    writeUint32(bytes, at, code);
  }

  /** The head of an answer: `lines` as HTTP/1 has them; `length` is shown as `content-length` unless negative. */
  head(stream: number, status: number, lines: string, length: number = unshown): void {
    this.#block(stream, 0, status, lines, length);
  }

  /** The head of a request: `lines` begin with those of the pseudo-headers; `length` is as for an answer. */
  request(stream: number, lines: string, length: number = unshown): void {
    this.#block(stream, 0, 0, lines, length);
  }

  /** Trailers, which end the stream. */
  trailers(stream: number, lines: string): void {
    this.#block(stream, Flag.endStream, 0, lines, unshown);
  }

  /** A run of a body, one character a byte; at most {@link defaultFrameSize} of them. */
  text(stream: number, text: string): void {
    const chunk = this.#data(stream, text.length);
    writeLatin1(chunk.bytes, text, chunk.end - text.length);
  }

  /** A run of a body of at most {@link defaultFrameSize} bytes, which are copied. */
  bytes(stream: number, bytes: Buffer, start: number, end: number): void {
    const chunk = this.#data(stream, end - start);
    bytes.copy(chunk.bytes, chunk.end - (end - start), start, end);
  }

  /** Ends a stream: with its last frame where that still waits to be sent. */
  endStream(stream: number): void {
    if (this.#lastAt !== -1 && this.#lastStream === stream) {
      this.#chunk!.bytes[this.#lastAt + 4]! |= Flag.endStream;
      this.#lastAt = -1;
      return;
    }
    this.#frame(0, FrameType.data, Flag.endStream, stream);
  }

  /** Makes room for `length` bytes of DATA at the end of the chunk: in the frame before, if that is of the same stream. */
  #data(stream: number, length: number): Chunk {
    const chunk = this.#chunk;
    if (
      this.#lastAt !== -1 &&
      this.#lastStream === stream &&
      this.#lastType === FrameType.data &&
      this.#lastLength + length <= defaultFrameSize &&
      chunk!.end + length <= chunk!.bytes.length
    ) {
      this.#lastLength += length;
      writeFrameHeader(chunk!.bytes, this.#lastAt, this.#lastLength, FrameType.data, 0, stream);
      chunk!.end += length;
      return chunk!;
    }
    const fresh = this.#reserve(frameHeaderSize + length);
    const at = fresh.end;
    writeFrameHeader(fresh.bytes, at, length, FrameType.data, 0, stream);
    fresh.end = at + frameHeaderSize + length;
    this.#remember(at, stream, FrameType.data, length);
    return fresh;
  }

  #block(stream: number, flags: number, status: number, lines: string, length: number): void {
    const most = worstCase(lines);
    const isSmall = frameHeaderSize + most <= chunkSize;
    const chunk = isSmall ? this.#reserve(frameHeaderSize + most) : undefined;
    const bytes = chunk === undefined ? Buffer.allocUnsafe(most) : chunk.bytes;
    const start = chunk === undefined ? 0 : chunk.end + frameHeaderSize;
    const encoder = this.#encoder;
    let end = encoder.begin(bytes, start);
    if (status !== 0) end = encoder.status(bytes, end, status);
    if (length >= 0) end = encoder.contentLength(bytes, end, length);
    end = encoder.lines(bytes, end, lines);
    if (chunk === undefined || end - start > this.maxFrameSize) {
      this.#split(stream, flags, Buffer.from(bytes.subarray(start, end)));
      return;
    }
    writeFrameHeader(bytes, chunk.end, end - start, FrameType.headers, flags | Flag.endHeaders, stream);
    this.#remember(chunk.end, stream, FrameType.headers, 0);
    chunk.end = end;
  }

  /** A block that one frame does not hold (RFC 9113 section 4.3). */
  #split(stream: number, flags: number, block: Buffer): void {
    for (let at = 0; at < block.length; at += defaultFrameSize) {
      const end = Math.min(at + defaultFrameSize, block.length);
      const isLast = end === block.length ? Flag.endHeaders : 0;
      const type = at === 0 ? FrameType.headers : FrameType.continuation;
      const frame = this.#frame(end - at, type, at === 0 ? flags | isLast : isLast, stream);
      block.copy(frame.bytes, frame.at, at, end);
    }
  }

  /** Writes the head of a frame; its payload goes to `at`. */
  #frame(length: number, type: number, flags: number, stream: number): { bytes: Buffer; at: number } {
    const chunk = this.#reserve(frameHeaderSize + length);
    const at = chunk.end + frameHeaderSize;
    writeFrameHeader(chunk.bytes, chunk.end, length, type, flags, stream);
    chunk.end = at + length;
    this.#lastAt = -1;
    return { bytes: chunk.bytes, at };
  }

  #remember(at: number, stream: number, type: number, length: number): void {
    this.#lastAt = at;
    this.#lastStream = stream;
    this.#lastType = type;
    this.#lastLength = length;
  }

  /** The current chunk if `size` bytes fit, else a new one. */
  #reserve(size: number): Chunk {
    const chunk = this.#chunk;
    if (chunk !== undefined) {
      if (chunk.end + size <= chunk.bytes.length) return chunk;
      this.#chunks.push(chunk);
      this.#full += chunk.end;
    }
    this.#lastAt = -1;
    return (this.#chunk = this.#pool.take(size));
  }
}
