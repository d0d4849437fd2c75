import { connect as connectTcp, type NetConnectOpts, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { type Ending, Incomplete, lengthOf, type WireMessage, WireReader } from './raw-client-reader.ts';

export { type Ending, Incomplete } from './raw-client-reader.ts';

/** An answer as it came over the wire. */
export interface Answer extends WireMessage {
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly body: Buffer;
  /** The body, one character a byte. */
  readonly text: string;
  readonly trailers: readonly string[];
  readonly framing: 'none' | 'sized' | 'chunked' | 'close';
}

/** Where and how {@link connectRaw} connects. */
export interface RawTarget {
  readonly port: number;
  readonly host?: string;
  /** Speaks TLS with these options; certificates are not verified unless they say so. */
  readonly tls?: ConnectionOptions;
  /** Bytes that the socket buffers for itself before it stops reading, for clients that are slow on purpose. */
  readonly highWaterMark?: number;
}

/** A client that sends exactly the bytes it is given and takes answers apart without leniency. */
export class RawClient {
  readonly socket: Socket;
  readonly reader: WireReader;

  constructor(socket: Socket) {
    this.socket = socket;
    this.reader = new WireReader(socket);
  }

  /** Sends bytes; text is one character a byte. */
  send(data: string | Uint8Array): void {
    if (typeof data === 'string') this.socket.write(data, 'latin1');
    else this.socket.write(data);
  }

  /** Sends pieces one by one, with turns of the loop between them, so that they mostly arrive apart. */
  async sendPieces(pieces: Iterable<string | Uint8Array>): Promise<void> {
    for (const piece of pieces) {
      if (this.socket.destroyed || !this.socket.writable) return;
      await new Promise<void>((resolve) => {
        if (typeof piece === 'string') this.socket.write(piece, 'latin1', () => setImmediate(resolve));
        else this.socket.write(piece, () => setImmediate(resolve));
      });
    }
  }

  /** The next answer, final or interim. `method` is that of the request: HEAD has no body. @throws Incomplete. */
  async answer(method = 'GET'): Promise<Answer> {
    const message = await this.reader.head('the head of an answer');
    const found = /^(HTTP\/1\.[01]) ([1-9]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/.exec(message.startLine);
    if (found === null) throw new Error(`Not a status line: ${JSON.stringify(message.startLine)}`);
    const status = Number(found[2]);
    const { body, trailers, framing } = await this.#body(message, status, method);
    return {
      ...message,
      version: found[1]!,
      status,
      reason: found[3]!,
      body,
      text: body.toString('latin1'),
      trailers,
      framing,
    };
  }

  /** Sends a request and reads its answer. */
  async ask(data: string | Uint8Array, method?: string): Promise<Answer> {
    this.send(data);
    return this.answer(method ?? (typeof data === 'string' ? data.slice(0, data.indexOf(' ')) : 'GET'));
  }

  /** Resolves once the connection is over, with the bytes that nobody read. */
  async closed(): Promise<{ readonly ending: Ending; readonly rest: string }> {
    const { bytes, ending } = await this.reader.rest();
    return { ending, rest: bytes.toString('latin1') };
  }

  /** Ends our side in order. */
  end(): void {
    this.socket.end();
  }

  /** Breaks the connection off. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Lets go of the connection. */
  close(): void {
    this.socket.destroy();
  }

  async #body(
    message: WireMessage,
    status: number,
    method: string,
  ): Promise<Pick<Answer, 'body' | 'trailers' | 'framing'>> {
    const what = `the body of an answer with status ${status}`;
    const nothing = { body: Buffer.alloc(0), trailers: [], framing: 'none' as const };
    const codings = message.values('transfer-encoding');
    const length = lengthOf(message);
    if (status < 200 || status === 204) {
      // RFC 9110 section 8.6, RFC 9112 section 6.1.
      if (codings.length > 0 || length !== undefined) throw new Error(`Framing in an answer with status ${status}`);
      return nothing;
    }
    if (method === 'HEAD' || status === 304) return nothing;
    if (codings.length > 0) {
      if (codings.join() !== 'chunked') throw new Error(`Transfer-Encoding: ${codings.join()}`);
      return { ...(await this.reader.chunked(what)), framing: 'chunked' };
    }
    if (length !== undefined) return { body: await this.reader.exactly(length, what), trailers: [], framing: 'sized' };
    if (message.header('connection')?.toLowerCase() !== 'close')
      throw new Error('An answer without framing is kept alive');
    const { bytes, ending } = await this.reader.rest();
    if (ending === 'reset') throw new Incomplete(what, ending, bytes);
    return { body: bytes, trailers: [], framing: 'close' };
  }
}

/** Connects a {@link RawClient}. @throws when the connection cannot be made. */
export function connectRaw(target: RawTarget | number): Promise<RawClient> {
  const { port, host = '127.0.0.1', tls, highWaterMark } = typeof target === 'number' ? { port: target } : target;
  const options = {
    port,
    host,
    noDelay: true,
    ...(highWaterMark !== undefined && { highWaterMark }),
  } as NetConnectOpts;
  return new Promise((resolve, reject) => {
    let client: RawClient;
    const socket: Socket | TLSSocket =
      tls === undefined
        ? connectTcp(options, () => resolve(client))
        : connectTls({ rejectUnauthorized: false, ...tls, port, host }, () => resolve(client));
    socket.setNoDelay(true);
    socket.once('error', reject);
    client = new RawClient(socket);
  });
}

/** All ways to send `data` in two pieces. */
export function* splits(data: string): Iterable<readonly [string, string]> {
  for (let at = 1; at < data.length; at += 1) yield [data.slice(0, at), data.slice(at)];
}
