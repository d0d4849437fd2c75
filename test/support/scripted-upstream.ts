import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { type Ending, lengthOf, type WireMessage, WireReader } from './raw-client-reader.ts';

/** A request as it arrived at the upstream. */
export interface SeenRequest extends WireMessage {
  readonly method: string;
  readonly target: string;
  readonly body: Buffer;
  readonly trailers: readonly string[];
  readonly framing: 'none' | 'sized' | 'chunked';
}

/** One connection that the gateway made, as a script drives it. */
export class UpstreamSide {
  readonly socket: Socket;
  readonly reader: WireReader;
  /** Number of the connection at this upstream, from 0. */
  readonly index: number;

  constructor(socket: Socket, index: number) {
    this.socket = socket;
    this.reader = new WireReader(socket);
    this.index = index;
  }

  /** Reads the head of the next request. @throws Incomplete when the connection ends first. */
  head(): Promise<WireMessage> {
    return this.reader.head('a request');
  }

  /** Reads the next request with its body. */
  async request(): Promise<SeenRequest> {
    return this.body(await this.head());
  }

  /** Reads the body that belongs to a head. */
  async body(message: WireMessage): Promise<SeenRequest> {
    const found = /^(\S+) (\S+) HTTP\/1\.1$/.exec(message.startLine);
    if (found === null) throw new Error(`Not a request line: ${JSON.stringify(message.startLine)}`);
    const seen = { ...message, method: found[1]!, target: found[2]! };
    const codings = message.values('transfer-encoding');
    const length = lengthOf(message);
    if (codings.length > 0) {
      if (codings.join() !== 'chunked') throw new Error(`Transfer-Encoding: ${codings.join()}`);
      return { ...seen, ...(await this.reader.chunked('the body of a request')), framing: 'chunked' };
    }
    if (length === undefined) return { ...seen, body: Buffer.alloc(0), trailers: [], framing: 'none' };
    return {
      ...seen,
      body: await this.reader.exactly(length, 'the body of a request'),
      trailers: [],
      framing: 'sized',
    };
  }

  /** Sends bytes; text is one character a byte. Resolves once they were handed to the system. */
  send(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (typeof data === 'string') this.socket.write(data, 'latin1', () => resolve());
      else this.socket.write(data, () => resolve());
    });
  }

  /** Sends bytes in pieces with turns of the loop between them. */
  async sendPieces(pieces: Iterable<string | Uint8Array>): Promise<void> {
    for (const piece of pieces) {
      await this.send(piece);
      await new Promise(setImmediate);
    }
  }

  /** Sends a whole answer with a Content-Length. */
  answer(status = '200 OK', body = 'ok', lines = ''): Promise<void> {
    return this.send(`HTTP/1.1 ${status}\r\n${lines}Content-Length: ${body.length}\r\n\r\n${body}`);
  }

  /** Answers every request that comes until the connection ends. */
  async answerAll(answerTo: (request: SeenRequest) => string | undefined = () => undefined): Promise<void> {
    while (await this.reader.hasMore()) {
      const request = await this.request();
      const text = answerTo(request);
      if (text === undefined) await this.answer();
      else await this.send(text);
    }
  }

  /** Ends our side in order. */
  end(): void {
    this.socket.end();
  }

  /** Breaks the connection off. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Resolves once the gateway has ended the connection. */
  gone(): Promise<Ending> {
    return this.reader.gone();
  }
}

/** What becomes of a connection: everything that it awaits is an event on the wire, never a time. */
export type Script = (side: UpstreamSide) => Promise<void> | void;

/** A TCP (or TLS) server that does what its script says and remembers every byte. */
export class ScriptedUpstream {
  readonly #server: Server;
  readonly connections: UpstreamSide[] = [];
  /** Faults of scripts; {@link ScriptedUpstream.close} throws the first one. */
  readonly faults: unknown[] = [];
  #script: Script;
  #arrived: (() => void) | undefined;

  constructor(script: Script, tls?: TlsOptions, allowHalfOpen = true) {
    this.#script = script;
    const accept = (socket: Socket): void => {
      socket.setNoDelay(true);
      const side = new UpstreamSide(socket, this.connections.length);
      this.connections.push(side);
      this.#arrived?.();
      this.#run(side).catch((fault: unknown) => this.faults.push(fault));
    };
    this.#server =
      tls === undefined ? createServer({ allowHalfOpen }, accept) : createTlsServer({ ...tls, allowHalfOpen }, accept);
    this.#server.on('tlsClientError', () => {});
  }

  /** What connections from now on will do. */
  set script(script: Script) {
    this.#script = script;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves with connection `index` once it was made. */
  async connection(index: number): Promise<UpstreamSide> {
    while (this.connections.length <= index) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`No connection ${index} came to the upstream`)), 15_000);
        this.#arrived = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.connections[index]!;
  }

  /** Everything that all connections received, connection by connection. */
  get seen(): readonly string[] {
    return this.connections.map((side) => side.reader.text);
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** Stops listening without closing what was accepted. */
  stopListening(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.unref();
    });
  }

  /** @throws the first fault of a script. */
  async close(): Promise<void> {
    this.#server.close();
    for (const { socket } of this.connections) socket.destroy();
    await new Promise(setImmediate);
    if (this.faults.length > 0) throw this.faults[0];
  }

  async #run(side: UpstreamSide): Promise<void> {
    await this.#script(side);
  }
}

/** Starts a {@link ScriptedUpstream} on a free port of loopback; without a script it answers every request with `ok`. */
export async function startUpstream(
  script: Script = (side) => side.answerAll(),
  tls?: TlsOptions,
): Promise<ScriptedUpstream> {
  const upstream = new ScriptedUpstream(script, tls);
  await upstream.listen();
  return upstream;
}
