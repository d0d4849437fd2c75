/** What ends a chunked body early. */
export class ChunkedFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ChunkedFault';
  }
}

/** Takes a chunked body apart (RFC 9112 section 7.1); chunk extensions are dropped. */
export interface ChunkedDecoder {
  /** True once the last chunk and the trailers were read. */
  readonly done: boolean;
  /** Trailer lines, each ending in CRLF; "" when there were none. */
  readonly trailers: string;
  /**
   * Reads from `start` and calls `data` with each run of body bytes. Returns the offset behind what was used: `end`, or
   * less once the body is done.
   * @throws ChunkedFault when the framing is broken, or trailers or extensions are too long.
   */
  push(bytes: Uint8Array, start: number, end: number, data: (from: number, to: number) => void): number;
}

const sizeStart = 0;
const sizeDigits = 1;
const extension = 2;
const sizeLf = 3;
const body = 4;
const bodyCr = 5;
const bodyLf = 6;
const trailerStart = 7;
const trailerLine = 8;
const trailerLf = 9;
const lastLf = 10;
const finished = 11;
const sizeBlanks = 12;

const maxExtension = 4096;
const maxTrailers = 8192;

/** Creates a decoder for one body. */
export function createChunkedDecoder(): ChunkedDecoder {
  let state = sizeStart;
  let size = 0;
  let digits = 0;
  let overhead = 0;
  let trailers = '';

  function fail(message: string): never {
    throw new ChunkedFault(`Cannot read chunked body: ${message}`);
  }

  return {
    get done() {
      return state === finished;
    },
    get trailers() {
      return trailers;
    },
    push(bytes, start, end, data) {
      let at = start;
      while (at < end && state !== finished) {
        switch (state) {
          case sizeStart:
          case sizeDigits: {
            const digit = hexValue(bytes[at]!);
            if (digit >= 0) {
              digits += 1;
              if (digits > 12) fail('chunk size has too many digits');
              size = size * 16 + digit;
              state = sizeDigits;
              at += 1;
              break;
            }
            if (digits === 0) fail('chunk size is missing');
            if (bytes[at] === 0x0d) state = sizeLf;
            else if (bytes[at] === 0x3b) state = extension;
            else if (isBlank(bytes[at]!)) state = sizeBlanks;
            else fail('chunk size is not hexadecimal');
            overhead = 0;
            at += 1;
            break;
          }
          case sizeBlanks: {
            // Blanks may stand before an extension, and old servers fill up their sizes with them; a second number may not.
            const byte = bytes[at]!;
            if (byte === 0x0d) state = sizeLf;
            else if (byte === 0x3b) state = extension;
            else if (!isBlank(byte)) fail('chunk size is followed by something else than an extension');
            overhead += 1;
            if (overhead > maxExtension) fail('chunk extension is too long');
            at += 1;
            break;
          }
          case extension: {
            const byte = bytes[at]!;
            if (byte === 0x0d) state = sizeLf;
            else if (byte < 0x20 && byte !== 0x09) fail('control character in a chunk extension');
            overhead += 1;
            if (overhead > maxExtension) fail('chunk extension is too long');
            at += 1;
            break;
          }
          case sizeLf:
            if (bytes[at] !== 0x0a) fail('chunk size line does not end in CRLF');
            at += 1;
            digits = 0;
            overhead = 0;
            state = size === 0 ? trailerStart : body;
            break;
          case body: {
            const to = Math.min(end, at + size);
            data(at, to);
            size -= to - at;
            at = to;
            if (size === 0) state = bodyCr;
            break;
          }
          case bodyCr:
            if (bytes[at] !== 0x0d) fail('chunk is longer than its size');
            at += 1;
            state = bodyLf;
            break;
          case bodyLf:
            if (bytes[at] !== 0x0a) fail('chunk does not end in CRLF');
            at += 1;
            state = sizeStart;
            break;
          case trailerStart:
            if (bytes[at] === 0x0d) {
              state = lastLf;
              at += 1;
              break;
            }
            state = trailerLine;
            break;
          case trailerLine: {
            const byte = bytes[at]!;
            if (byte === 0x0d) state = trailerLf;
            else if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) fail('control character in a trailer');
            else trailers += String.fromCharCode(byte);
            overhead += 1;
            if (overhead > maxTrailers) fail('trailers are too long');
            at += 1;
            break;
          }
          case trailerLf:
            if (bytes[at] !== 0x0a) fail('trailer does not end in CRLF');
            if (!isFieldLine(trailers)) fail('trailer is not a header line');
            trailers += '\r\n';
            at += 1;
            state = trailerStart;
            break;
          default:
            if (bytes[at] !== 0x0a) fail('body does not end in CRLF');
            at += 1;
            state = finished;
        }
      }
      return at;
    },
  };
}

const fieldLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:/;

function isFieldLine(trailers: string): boolean {
  const from = trailers.lastIndexOf('\n') + 1;
  return fieldLine.test(trailers.slice(from));
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
