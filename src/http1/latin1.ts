interface Latin1Source {
  latin1Slice?(start: number, end: number): string;
}

/** Bytes `start` to `end` as one character a byte. Buffer's own fast path where it has one. */
export const latin1: (bytes: Buffer, start: number, end: number) => string =
  typeof (Buffer.prototype as Latin1Source).latin1Slice === 'function'
    ? (bytes, start, end) => (bytes as Latin1Source).latin1Slice!(start, end)
    : (bytes, start, end) => bytes.toString('latin1', start, end);
