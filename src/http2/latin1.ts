interface FastBuffer {
  latin1Slice?(start: number, end: number): string;
  latin1Write?(text: string, at: number, length: number): number;
}

const fast = Buffer.prototype as FastBuffer;

/** Bytes `start` to `end` as one character a byte. Buffer's own fast path where it has one. */
export const latin1: (bytes: Buffer, start: number, end: number) => string =
  typeof fast.latin1Slice === 'function'
    ? (bytes, start, end) => (bytes as FastBuffer).latin1Slice!(start, end)
    : (bytes, start, end) => bytes.toString('latin1', start, end);

/** Writes `text`, one character a byte, at `at`. */
export const writeLatin1: (bytes: Buffer, text: string, at: number) => void =
  typeof fast.latin1Write === 'function'
    ? (bytes, text, at) => {
        (bytes as FastBuffer).latin1Write!(text, at, text.length);
      }
    : (bytes, text, at) => {
        bytes.write(text, at, 'latin1');
      };
