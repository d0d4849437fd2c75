import { Socket } from 'node:net';
import { takeBuffered } from '../listeners/first-bytes.ts';

const size = 65_536;
/** Reads beyond this many bytes are taken for bulk. */
const bulk = 16_384;
/** Buffers that are kept for the next bulk. */
const maxSpare = 32;

/** Buffers that plain sockets read into, which spares an allocation of 64 KiB for each read. */
export class StreamBuffers {
  /** Overwritten by the next read of any socket. */
  readonly shared: Buffer = Buffer.allocUnsafeSlow(size);
  readonly #spare: Buffer[] = [];

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(size);
  }

  giveBack(buffer: Buffer): void {
    if (this.#spare.length < maxSpare) this.#spare.push(buffer);
  }
}

/** Hears what a {@link Source} reads. */
export interface SourceSink {
  /**
   * Bytes. With `isPrivate` they must be gone before the source reads on; else they are the sink's. False stops the source
   * until it is resumed.
   */
  onBytes(chunk: Buffer, isPrivate: boolean): boolean;
}

interface HandleOwner {
  _handle: object | null;
}

/**
 * Reads a socket: in small pieces, which are copied, and in bulk into a buffer of its own, which is not. It wraps the
 * socket's handle in a socket of its own, as the listeners of HTTP do; where that cannot be done, as with TLS, the socket
 * is read as it is.
 */
export class Source {
  /** To be used in place of the socket that was given. */
  readonly socket: Socket;
  readonly #buffers: StreamBuffers;
  #own: Buffer | undefined;
  #early: Buffer | undefined;
  #sink: SourceSink | undefined;
  #isWrapped = false;

  /** Nobody may read the socket, now or later. */
  constructor(given: Socket, buffers: StreamBuffers, highWaterMark: number) {
    this.#buffers = buffers;
    const owner = given as unknown as HandleOwner;
    const handle = owner._handle;
    if ('encrypted' in given || handle === null || handle === undefined || given.readableEnded || given.destroyed) {
      this.socket = given;
      return;
    }
    this.#early = takeBuffered(given);
    owner._handle = null;
    this.socket = new Socket({
      handle,
      allowHalfOpen: true,
      highWaterMark,
      pauseOnCreate: true,
      onread: {
        buffer: () => this.#own ?? buffers.shared,
        callback: (length: number, bytes: Buffer) => this.#onRead(bytes, length),
      },
    } as unknown as ConstructorParameters<typeof Socket>[0]);
    this.#isWrapped = true;
  }

  /** Begins to read. */
  start(sink: SourceSink): void {
    this.#sink = sink;
    if (!this.#isWrapped) {
      this.socket.on('data', (chunk: Buffer) => {
        if (!sink.onBytes(chunk, false)) this.socket.pause();
      });
    }
    const early = this.#early;
    this.#early = undefined;
    if (early === undefined || sink.onBytes(early, false)) this.socket.resume();
  }

  #onRead(bytes: Buffer, length: number): boolean {
    const own = this.#own;
    if (bytes !== own) {
      if (length > bulk) this.#own = this.#buffers.take();
      return this.#sink!.onBytes(Buffer.from(bytes.subarray(0, length)), false);
    }
    const goesOn = this.#sink!.onBytes(bytes.subarray(0, length), true);
    // The buffer is free only once its bytes are gone.
    if (goesOn && length <= bulk) {
      this.#own = undefined;
      this.#buffers.giveBack(own);
    }
    return goesOn;
  }
}
