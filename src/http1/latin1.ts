interface Latin1Source {
  latin1Slice?(start: number, end: number): string;
}

/** Bytes `start` to `end` as one character a byte. Buffer's own fast path where it has one. */
export const latin1: (bytes: Buffer, start: number, end: number) => string =
  typeof (Buffer.prototype as Latin1Source).latin1Slice === 'function'
    ? (bytes, start, end) => (bytes as Latin1Source).latin1Slice!(start, end)
    : (bytes, start, end) => bytes.toString('latin1', start, end);

/**
 * The same text in one piece. V8 keeps a text that was put together as a tree of its parts, and lays it out anew each time
 * that it becomes part of something that is written: for texts that are used over and over that is worth doing once.
 */
export function flat(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  return latin1(bytes, 0, bytes.length);
}
