const size = 65_536;

/** Buffers that sockets read into: one shared by all connections of a worker, and private ones for large bodies. */
export interface ReadBuffers {
  /** Overwritten by the next read of any connection: what is kept must be copied. */
  readonly shared: Buffer;
  /** A new buffer for one connection alone. */
  take(): Buffer;
}

/** Creates the buffers of a worker. */
export function createReadBuffers(): ReadBuffers {
  return {
    shared: Buffer.allocUnsafeSlow(size),
    take: () => Buffer.allocUnsafeSlow(size),
  };
}
