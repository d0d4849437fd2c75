import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { GivenSettings, InProcessGateway, TestGateway } from './gateway.ts';
import { startTestGateway } from './gateway.ts';
import { upstreamPair } from './upstream-pems.ts';

/** A server behind a raw stream. */
export interface StreamServer {
  readonly port: number;
  /** Connections that were made so far. */
  readonly sockets: readonly Socket[];
  /** Resolves once so many were made. */
  connected(count: number): Promise<Socket>;
  close(): Promise<void>;
}

/** Starts a server that does with each connection what it is told; over TLS with the certificate of tests if asked. */
export async function startStreamServer(
  serve: (socket: Socket) => void,
  options: { readonly tls?: boolean; readonly port?: number } = {},
): Promise<StreamServer> {
  const sockets: Socket[] = [];
  let wake: (() => void) | undefined;
  const take = (socket: Socket): void => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
    wake?.();
  };
  const server: Server =
    options.tls === true
      ? createTlsServer({ ...upstreamPair, allowHalfOpen: true }, take)
      : createServer({ allowHalfOpen: true }, take);
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async connected(count) {
      while (sockets.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return sockets[count - 1]!;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Sends back what comes, and ends when the other side does. */
export function echo(socket: Socket): void {
  socket.pipe(socket);
}

/** Sends a name, then the bytes that come, and ends when the other side does. */
export function greet(name: string): (socket: Socket) => void {
  return (socket) => {
    socket.write(`${name}:`);
    socket.pipe(socket);
  };
}

/** Starts a server of datagrams that answers each with texts. */
export async function startUdpServer(
  answer: (text: string, reply: (text: string) => void) => void,
): Promise<{ readonly port: number; readonly socket: UdpSocket; close(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', (datagram, from) => {
    answer(datagram.toString('latin1'), (text) => socket.send(text, from.port, from.address));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, socket, close: () => socket.close() };
}

/** A client of datagrams. */
export interface UdpClient {
  send(text: string): void;
  /** The next datagram that comes. */
  next(): Promise<string>;
  close(): void;
}

/** Opens a {@link UdpClient} that talks to a port of loopback. */
export async function openUdpClient(port: number): Promise<UdpClient> {
  const socket = createSocket('udp4');
  const received: string[] = [];
  let wake: (() => void) | undefined;
  socket.on('message', (datagram) => {
    received.push(datagram.toString('latin1'));
    wake?.();
  });
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  socket.on('error', () => {});
  return {
    send: (text) => socket.send(text),
    async next() {
      while (received.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return received.shift()!;
    },
    close: () => socket.close(),
  };
}

/** Connects to a port of loopback. */
export async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Resets a connection at once; Node's `resetAndDestroy` sends an ordinary end before. */
export function cutOff(socket: Socket): void {
  (socket as { resetAndClosing?: boolean }).resetAndClosing = true;
  socket.destroy();
}

/** Everything that a socket brings until its end; `reset` where it ends the hard way. */
export async function readAll(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  let isReset = false;
  socket.on('error', () => {
    isReset = true;
  });
  socket.on('data', (bytes: Buffer) => parts.push(bytes));
  if (!socket.destroyed) {
    await new Promise<void>((resolve) => {
      socket.once('end', resolve);
      socket.once('close', () => resolve());
    });
  }
  return isReset ? 'reset' : Buffer.concat(parts).toString('latin1');
}

/** Starts a gateway for raw streams alone. */
export async function startStreamGateway(listen: string, given: GivenSettings = {}): Promise<InProcessGateway> {
  return await startTestGateway({
    proxy_listen: 'off',
    stream_listen: listen,
    proxy_stream_access_log: 'logs/stream.log',
    ...given,
  });
}

/** The port of an address of `stream_listen`, by its place. */
export function streamPort(gateway: InProcessGateway, at = 0): number {
  return gateway.running.addresses.stream[at]!.port;
}

/** Makes a service for a port of loopback and a route to it; returns their ids. */
export async function createStreamRoute(
  gateway: TestGateway,
  upstreamPort: number,
  route: object,
  service: object = {},
): Promise<{ readonly service: string; readonly route: string }> {
  const made = await gateway.admin('POST', '/services', {
    host: '127.0.0.1',
    port: upstreamPort,
    protocol: 'tcp',
    ...service,
  });
  const placed = await gateway.admin('POST', `/services/${made.body.id}/routes`, { protocols: ['tcp'], ...route });
  return { service: made.body.id, route: placed.body.id };
}
