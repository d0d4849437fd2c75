import { connect as connectHttp2 } from 'node:http2';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';

/** An answer of the proxy. */
export interface TlsAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** A client on one TLS connection of its own. */
export interface TlsClient {
  readonly socket: TLSSocket;
  /** Sessions to begin other connections with, as they come. */
  readonly sessions: Buffer[];
  ask(path: string, host: string): Promise<TlsAnswer>;
  close(): void;
}

/** Shakes hands with a port of loopback; whoever it is is trusted. */
export function connectTls(port: number, options: ConnectionOptions): Promise<TlsClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    const sessions: Buffer[] = [];
    let text = '';
    let wake: (() => void) | undefined;
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
      wake?.();
    });
    socket.on('session', (session: Buffer) => sessions.push(session));
    socket.on('error', reject);
    socket.on('close', () => wake?.());
    socket.on('secureConnect', () =>
      resolve({
        socket,
        sessions,
        async ask(path, host) {
          socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
          for (;;) {
            const end = text.indexOf('\r\n\r\n');
            const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
            if (end !== -1 && text.length >= end + 4 + length) {
              const head = text.slice(0, end);
              const body = text.slice(end + 4, end + 4 + length);
              text = text.slice(end + 4 + length);
              return { status: Number(head.slice(9, 12)), head, body };
            }
            if (socket.destroyed) throw new Error(`the connection ended after ${JSON.stringify(text)}`);
            await new Promise<void>((done) => {
              wake = done;
            });
          }
        },
        close: () => socket.destroy(),
      }),
    );
  });
}

/** One request over HTTP/2; resolves with its status. */
export function askHttp2(port: number, host: string, options: ConnectionOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, ...options });
    session.on('error', reject);
    const stream = session.request({ ':path': '/', ':authority': host });
    stream.on('response', (headers) => {
      resolve(headers[':status']!);
      session.destroy();
    });
    stream.on('error', () => {});
    stream.end();
  });
}
