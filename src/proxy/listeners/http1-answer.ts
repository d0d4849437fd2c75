import type { Socket } from 'node:net';
import { flat, latin1 } from '../../http1/index.ts';
import { queuedBytes } from '../../transport/index.ts';
import { noBody } from '../downstream.ts';

/** Runs at least this long are written as bytes; shorter ones are gathered as text. */
const bytesFrom = 16_384;

/** Writes the answers of one connection: their framing, and as few writes as can be. */
export class AnswerWriter {
  readonly #socket: Socket;
  /** What waits for the next write. */
  #text = '';
  #isChunked = false;
  /** Bytes that the head promised and that are still to come; -1 for a body that ends with the connection. */
  #remaining = 0;
  #framing = '';
  /** Bytes that waited in the socket when they were looked at last. */
  #queued = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** True when only the end of the connection will tell the client that the body is whole. */
  get endsWithConnection(): boolean {
    return this.#remaining === -1;
  }

  /** Writes an informational answer at once. */
  interim(statusText: string, lines: string): void {
    this.#socket.write(`HTTP/1.1 ${statusText}\r\n${lines}\r\n`, 'latin1');
  }

  /** Chooses how the next answer's body is framed for a client of HTTP/1.`minor`. */
  frame(length: number, shownLength: number, minor: number): void {
    this.#isChunked = false;
    this.#remaining = 0;
    if (length === noBody) this.#framing = shownLength >= 0 ? lengthLine(shownLength) : '';
    else if (length >= 0) {
      this.#framing = lengthLine(length);
      this.#remaining = length;
    } else if (minor > 0) {
      this.#framing = 'Transfer-Encoding: chunked\r\n';
      this.#isChunked = true;
    } else {
      // RFC 9112 section 6.3: to HTTP/1.0 a body of unknown length ends with the connection.
      this.#framing = '';
      this.#remaining = -1;
    }
  }

  /** Takes the head of an answer, framed as {@link AnswerWriter.frame} chose. */
  head(statusText: string, lines: string, isKeptAlive: boolean): void {
    const connection = isKeptAlive ? 'Connection: keep-alive\r\n\r\n' : 'Connection: close\r\n\r\n';
    const first = statusText === '200 OK' ? 'HTTP/1.1 200 OK\r\n' : `HTTP/1.1 ${statusText}\r\n`;
    this.#text += first + lines + this.#framing + connection;
  }

  /** Takes the head that turns the connection into a tunnel: from here on bytes go out as they are. */
  upgrade(lines: string): void {
    this.#text += `HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`;
    this.#isChunked = false;
    this.#remaining = -1;
  }

  /** Takes a run of the body as text, one character for each byte. */
  text(text: string): void {
    if (text.length === 0) return;
    if (this.#isChunked) this.#text += `${text.length.toString(16)}\r\n${text}\r\n`;
    else {
      if (this.#remaining > 0) this.#remaining -= text.length;
      this.#text += text;
    }
  }

  /** Takes a run of the body as bytes, which may be overwritten once this returns. A long one is written at once. */
  bytes(bytes: Buffer, start: number, end: number): void {
    if (end - start < bytesFrom) {
      this.text(latin1(bytes, start, end));
      return;
    }
    if (this.#isChunked) this.#text += `${(end - start).toString(16)}\r\n`;
    else if (this.#remaining > 0) this.#remaining -= end - start;
    if (!this.#socket.writable) return;
    this.#writeText();
    const run = bytes.subarray(start, end);
    // A socket of TLS would queue a run behind others without asking to wait, and the next read would overwrite it.
    const isQueued = this.#socket.writableHighWaterMark > bytesFrom && this.#socket.writableLength > 0;
    this.#socket.write(isQueued ? Buffer.from(run) : run);
    if (this.#isChunked) this.#text = '\r\n';
  }

  /** Takes the end of the body. */
  end(trailers: string): void {
    if (this.#isChunked) this.#text += `0\r\n${trailers}\r\n`;
  }

  /** Writes what was taken; false while the socket has more than it can send. */
  flush(): boolean {
    this.#writeText();
    return this.#socket.writableLength === 0 || !this.#socket.writableNeedDrain;
  }

  /** Drops what was taken: nobody is there to read it. */
  discard(): void {
    this.#text = '';
  }

  /** Looks at how much waits in the socket, for {@link AnswerWriter.hasMoved} to compare with. */
  watch(): void {
    this.#queued = queuedBytes(this.#socket);
  }

  /** True when the client has taken something since it was looked at last. */
  hasMoved(): boolean {
    const before = this.#queued;
    this.watch();
    return this.#queued !== before;
  }

  #writeText(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#socket.write(text, 'latin1');
  }
}

const lengthLines: string[] = [];

/** The line of Content-Length; those of small bodies are made once. */
function lengthLine(length: number): string {
  if (length >= 4096) return `Content-Length: ${length}\r\n`;
  return (lengthLines[length] ??= flat(`Content-Length: ${length}\r\n`));
}
