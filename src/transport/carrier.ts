/** A request on its way to a peer and the answer to it, whatever protocol carries them. */
export interface Carrier {
  /** The connection stands, so that the body may be written on. */
  readonly isConnected: boolean;
  /** True when so much waits to be written that `ResponseSink.onWritable` will tell when it has gone out. */
  readonly isFull: boolean;
  /** Writes on with the body, one character a byte. */
  writeText(text: string): void;
  /** Writes bytes of the body; a run of 16 KiB or more must stay as it is while {@link Carrier.isFull}. */
  writeBytes(bytes: Buffer): void;
  /** The body was written to its end. `trailers` are lines ending in CRLF; HTTP/1 has them in the body's framing instead. */
  finishBody(trailers?: string): void;
  /** Stops handing the answer over until {@link Carrier.resume}; to be called from within `ResponseSink.onFlush`. */
  pause(): void;
  resume(): void;
  /** Gives the request up; the sink hears nothing more. */
  destroy(): void;
}
