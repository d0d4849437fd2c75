import type { Socket } from 'node:net';

/** How a connection ended: its other side finished in order, or broke it off. */
export type Ending = 'end' | 'reset';

/** Milliseconds after which a wait for bytes is given up, so that a test that would hang fails instead. */
const patience = 15_000;

/** One message of HTTP/1, taken apart without any leniency. */
export interface WireMessage {
  /** The first line, without its CRLF. */
  readonly startLine: string;
  /** Names as they came and values without blanks around them, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The head as it came, with the empty line, one character a byte. */
  readonly head: string;
  /** The value of a header that stands there at most once; undefined when it does not. */
  header(name: string): string | undefined;
  /** All values of a header. */
  values(name: string): readonly string[];
}

/** The connection ended in the middle of something. */
export class Incomplete extends Error {
  readonly ending: Ending;
  /** What there was of a body by then. */
  readonly body: Buffer;

  constructor(what: string, ending: Ending, body: Buffer) {
    super(
      `The connection ended (${ending}) inside ${what}; the rest was ${JSON.stringify(body.toString('latin1', 0, 300))}`,
    );
    this.ending = ending;
    this.body = body;
  }
}

/** Pulls lines, runs of bytes and bodies out of what a socket receives, and keeps a record of all of it. */
export class WireReader {
  readonly socket: Socket;
  /** Everything that came in, unless {@link WireReader.forget} was called. */
  readonly record: Buffer[] = [];
  /** Bytes that came in. */
  received = 0;
  #keepsRecord = true;
  #parts: Buffer[] = [];
  /** Bytes in `#parts`. */
  #length = 0;
  #ending: Ending | undefined;
  #wake: (() => void) | undefined;
  readonly #ended: Promise<Ending>;

  constructor(socket: Socket) {
    this.socket = socket;
    let settle: (ending: Ending) => void = () => {};
    this.#ended = new Promise((resolve) => {
      settle = resolve;
    });
    const finish = (ending: Ending): void => {
      this.#ending ??= ending;
      settle(this.#ending);
      this.#wake?.();
    };
    socket.on('data', (bytes: Buffer) => {
      if (this.#keepsRecord) this.record.push(bytes);
      this.received += bytes.length;
      this.#parts.push(bytes);
      this.#length += bytes.length;
      this.#wake?.();
    });
    socket.on('error', () => finish('reset'));
    socket.on('end', () => finish('end'));
    socket.on('close', () => finish('end'));
  }

  /** Stops keeping a record, for tests that move much. */
  forget(): void {
    this.#keepsRecord = false;
    this.record.length = 0;
  }

  /** Everything that came in, one character a byte. */
  get text(): string {
    return Buffer.concat(this.record).toString('latin1');
  }

  /** Bytes that came in and were not read yet. */
  get waiting(): number {
    return this.#length;
  }

  /** How the connection ended, undefined while it stands. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** A line without its CRLF. @throws Incomplete, or when a CR or LF stands alone. */
  async line(what: string): Promise<string> {
    let from = 0;
    for (;;) {
      const all = this.#joined();
      const lf = all.indexOf(0x0a, from);
      if (lf !== -1) {
        const bytes = this.#take(lf + 1);
        const text = bytes.toString('latin1');
        if (!text.endsWith('\r\n') || text.indexOf('\r') !== text.length - 2) {
          throw new Error(`A line of ${what} does not end in CRLF: ${JSON.stringify(text)}`);
        }
        return text.slice(0, -2);
      }
      from = all.length;
      await this.#more(what);
    }
  }

  /** So many bytes. @throws Incomplete. */
  async exactly(length: number, what: string): Promise<Buffer> {
    while (this.#length < length) await this.#more(what);
    return this.#take(length);
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<{ readonly bytes: Buffer; readonly ending: Ending }> {
    while (this.#ending === undefined) await this.#more('').catch(ignoreEnd);
    return { bytes: this.#take(this.#length), ending: this.#ending };
  }

  /** Resolves once `isThere` says so of all that came in. */
  async until(isThere: (text: string) => boolean, what: string): Promise<void> {
    while (!isThere(this.text)) await this.#more(what);
  }

  /** Resolves once any byte that was not read yet is there, or the connection ended: false then. Waits for ever. */
  async hasMore(): Promise<boolean> {
    while (this.#length === 0 && this.#ending === undefined) {
      await new Promise<void>((resolve) => {
        this.#wake = () => {
          this.#wake = undefined;
          resolve();
        };
      });
    }
    return this.#length > 0;
  }

  /** Resolves with how the connection ended, once it did. */
  async gone(): Promise<Ending> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`The connection did not end: ${JSON.stringify(this.text.slice(-500))}`)),
        patience,
      );
    });
    return Promise.race([this.#ended, late]).finally(() => clearTimeout(timer));
  }

  /** Start line and headers. @throws Incomplete, or when a line is no header. */
  async head(what: string): Promise<WireMessage> {
    const startLine = await this.line(what);
    const lines: string[] = [];
    for (;;) {
      const line = await this.line(what);
      if (line === '') break;
      lines.push(line);
    }
    return messageOf(startLine, lines);
  }

  /** A chunked body (RFC 9112 section 7.1) whose chunks have no extensions. */
  async chunked(what: string): Promise<{ readonly body: Buffer; readonly trailers: readonly string[] }> {
    const parts: Buffer[] = [];
    try {
      for (;;) {
        const line = await this.line(what);
        if (!/^[0-9a-fA-F]+$/.test(line)) throw new Error(`Not the size of a chunk: ${JSON.stringify(line)}`);
        const size = Number.parseInt(line, 16);
        if (size === 0) break;
        parts.push(await this.exactly(size, what));
        const end = await this.exactly(2, what);
        if (end.toString('latin1') !== '\r\n') throw new Error(`A chunk does not end in CRLF: ${JSON.stringify(end)}`);
      }
      const trailers: string[] = [];
      for (;;) {
        const line = await this.line(what);
        if (line === '') return { body: Buffer.concat(parts), trailers };
        trailers.push(line);
      }
    } catch (fault) {
      if (fault instanceof Incomplete) throw new Incomplete(what, fault.ending, Buffer.concat([...parts, fault.body]));
      throw fault;
    }
  }

  #joined(): Buffer {
    if (this.#parts.length !== 1) this.#parts = [Buffer.concat(this.#parts)];
    return this.#parts[0]!;
  }

  #take(length: number): Buffer {
    const all = this.#joined();
    this.#parts = [all.subarray(length)];
    this.#length -= length;
    return all.subarray(0, length);
  }

  #more(what: string): Promise<void> {
    if (this.#ending !== undefined) {
      return Promise.reject(new Incomplete(what, this.#ending, this.#take(this.#length)));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#wake = undefined;
        const seen = this.text.slice(-500);
        reject(new Error(`Nothing came within ${patience} ms inside ${what}; so far: ${JSON.stringify(seen)}`));
      }, patience);
      this.#wake = () => {
        this.#wake = undefined;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function messageOf(startLine: string, lines: readonly string[]): WireMessage {
  const headers = lines.map((line) => {
    const found = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*$/.exec(line);
    if (found === null) throw new Error(`Not a header line: ${JSON.stringify(line)}`);
    return [found[1]!, found[2]!] as const;
  });
  const values = (name: string): string[] => {
    const lower = name.toLowerCase();
    return headers.filter(([known]) => known.toLowerCase() === lower).map(([, value]) => value);
  };
  return {
    startLine,
    headers,
    head: `${[startLine, ...lines].join('\r\n')}\r\n\r\n`,
    values,
    header(name) {
      const found = values(name);
      if (found.length > 1) throw new Error(`Header "${name}" is there ${found.length} times`);
      return found[0];
    },
  };
}

function ignoreEnd(fault: unknown): void {
  if (!(fault instanceof Incomplete)) throw fault;
}

/** The Content-Length of a message, undefined when there is none. @throws when it is not a plain number. */
export function lengthOf(message: WireMessage): number | undefined {
  const text = message.header('content-length');
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`Not a Content-Length: "${text}"`);
  if (message.values('transfer-encoding').length > 0) throw new Error('Content-Length beside Transfer-Encoding');
  return Number(text);
}
