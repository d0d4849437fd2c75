import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What {@link startUpstream} answers with: the request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly target: string;
  /** By lower-case name; several lines of one name are joined with a comma. */
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** A server that tells what it was asked, speaks WebSocket's handshake, and keeps silent under `/silent`. */
export async function startUpstream(): Promise<{ readonly port: number; connections(): number; close(): void }> {
  let connections = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      if (request.url?.startsWith('/silent') === true) return;
      response.setHeader('Server', 'upstream');
      response.setHeader('Connection', 'keep-alive, X-Hop');
      response.setHeader('X-Hop', 'dropped');
      response.end(JSON.stringify({ method: request.method, target: request.url, headers: request.headers, body }));
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.on('data', (data: Buffer) => socket.write(`echo ${data.toString()}`));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
