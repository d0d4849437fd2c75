import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { PoolPeer } from './pool.ts';
import type { UpstreamTls } from './tls.ts';

/** What a connection does with its socket. */
export interface SocketUser {
  /** TCP, and TLS where it is asked for, stand. */
  onConnect(): void;
  /** Bytes up to `length`, good until the call returns. False stops the reading. */
  onBytes(bytes: Buffer, length: number): boolean;
  onError(fault: NodeJS.ErrnoException): void;
  /** The peer has ended its side, or the connection is gone. */
  onClose(detail: string): void;
  onDrain(): void;
}

const readBufferBytes = 65_536;
/** Sockets take these as every stream does: bytes that may wait before the writer is told to stop. */
const streamOptions: object = { highWaterMark: 16_384 };

/** Makes a connection to a peer; `protocols` are offered by ALPN (RFC 7301). `user` is asked for once something happens. */
export function dial(
  peer: PoolPeer,
  tls: UpstreamTls | undefined,
  protocols: string[],
  user: () => SocketUser,
): Socket {
  const { ip, port } = peer;
  let socket: Socket;
  if (tls === undefined) {
    const bytes = Buffer.allocUnsafeSlow(readBufferBytes);
    socket = connectTcp({
      host: ip,
      port,
      noDelay: true,
      keepAlive: true,
      ...streamOptions,
      onread: { buffer: bytes, callback: (length) => user().onBytes(bytes, length) },
    });
    socket.once('connect', () => user().onConnect());
  } else {
    const { serverName, verify, context } = tls;
    const secured = connectTls({
      host: ip,
      port,
      servername: serverName ?? '',
      rejectUnauthorized: verify,
      ...(context === undefined ? {} : { secureContext: context }),
      ALPNProtocols: protocols,
      ...streamOptions,
    });
    secured.setNoDelay(true);
    secured.on('data', (data: Buffer) => {
      if (!user().onBytes(data, data.length)) secured.pause();
    });
    secured.once('secureConnect', () => user().onConnect());
    socket = secured;
  }
  socket.on('error', (fault: NodeJS.ErrnoException) => user().onError(fault));
  socket.on('end', () => user().onClose('the peer closed the connection'));
  socket.on('close', () => user().onClose('the connection was closed'));
  socket.on('drain', () => user().onDrain());
  return socket;
}

/** What a system's error says of a connection. */
export function describeFault(fault: NodeJS.ErrnoException): string {
  switch (fault.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
      return 'connection reset';
    case 'EPIPE':
      return 'the peer no longer reads';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no route to it';
    default:
      return fault.code ?? fault.message;
  }
}
