import { createServer, type Server, Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import type { CertificateStore } from '../../tls/index.ts';
import type { ClientConnection } from '../downstream.ts';
import { hasCertificateHandlers, runCertificate } from '../phases/certificate.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { Http1Connection } from './http1-connection.ts';
import { createReadBuffers, type ReadBuffers } from './read-buffers.ts';

/** An address to listen on, as `proxy_listen` has it. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  readonly backlog?: number;
  /** Shares the port with the other workers; the kernel deals connections out. */
  readonly reusePort: boolean;
}

/** How TLS handshakes are answered. */
export interface ListenTls {
  readonly certificates: CertificateStore;
  readonly options: TlsOptions;
}

/** A listening socket of the proxy and its connections. */
export interface ProxyListener {
  /** The port that was bound, which matters when 0 was asked for. */
  readonly port: number;
  /** Stops accepting; connections end with the answer they are at. Resolves once all are gone. */
  drain(): Promise<void>;
  /** Cuts all connections. */
  destroy(): void;
  readonly connections: number;
}

/** Bytes that may wait in a socket before its sink is told to stop. */
const highWaterMark = 16_384;

/**
 * Listens on an address and begins an {@link Http1Connection} for each client.
 * @throws the error of the system, such as EADDRINUSE.
 */
export async function listen(
  runtime: ProxyRuntime,
  address: ListenAddress,
  tls: ListenTls | undefined,
): Promise<ProxyListener> {
  const buffers = createReadBuffers();
  const connections = new Set<Http1Connection>();
  let isDraining = false;
  let drained: (() => void) | undefined;

  function gone(connection: Http1Connection): void {
    if (!connections.delete(connection)) return;
    runtime.counters.closed();
    if (connections.size === 0) drained?.();
  }

  function adopt(connection: Http1Connection): Http1Connection {
    connections.add(connection);
    runtime.counters.accepted();
    if (isDraining) connection.drain();
    return connection;
  }

  const server: Server =
    tls === undefined
      ? createServer({ noDelay: true, highWaterMark, pauseOnConnect: true }, (socket) => {
          acceptPlain(runtime, socket, buffers, adopt, gone);
        })
      : createTlsServer({ ...withHandlers(runtime, tls.options), highWaterMark } as TlsOptions, (socket) => {
          acceptTls(runtime, socket, buffers, adopt, gone);
        });
  // A failed handshake is the client's affair; without a listener it would be thrown.
  if (tls !== undefined) server.on('tlsClientError', () => {});

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      { host: address.host, port: address.port, backlog: address.backlog ?? 16_384, reusePort: address.reusePort },
      () => {
        server.removeListener('error', reject);
        resolve();
      },
    );
  });
  // Out of file descriptors, say: connections wait in the backlog, and those that stand are served on.
  server.on('error', (fault) => runtime.logger.error(`Cannot accept a connection: ${fault.message}`));
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;

  return {
    port,
    get connections() {
      return connections.size;
    },
    drain() {
      isDraining = true;
      server.close();
      for (const connection of connections) connection.drain();
      return new Promise((resolve) => {
        if (connections.size === 0) resolve();
        else drained = resolve;
      });
    },
    destroy() {
      server.close();
      for (const connection of connections) connection.destroy();
    },
  };
}

interface HandleOwner {
  _handle: { reading?: boolean } | null;
}

type Adopt = (connection: Http1Connection) => Http1Connection;
type Gone = (connection: Http1Connection) => void;

/**
 * Wraps an accepted handle in a socket of its own that reads into our buffers: that spares an allocation of 64 KiB for each
 * read. It needs the undocumented `handle` option; where that is gone, the socket is used as it came.
 */
function acceptPlain(runtime: ProxyRuntime, accepted: Socket, buffers: ReadBuffers, adopt: Adopt, gone: Gone): void {
  const client = describeClient(runtime, accepted, undefined);
  if (client === undefined) {
    accepted.destroy();
    return;
  }
  const owner = accepted as unknown as HandleOwner;
  const handle = owner._handle;
  if (handle === null || handle === undefined) {
    const connection = adopt(new Http1Connection(runtime, accepted, client, buffers, gone));
    feed(accepted, connection);
    accepted.resume();
    return;
  }
  owner._handle = null;
  let connection: Http1Connection | undefined;
  const socket = new Socket({
    handle,
    highWaterMark,
    // Reading begins with the first call of resume.
    pauseOnCreate: true,
    onread: {
      buffer: () => connection?.nextBuffer() ?? buffers.shared,
      callback: (length: number, bytes: Uint8Array) => connection!.onRead(bytes as Buffer, length),
    },
  } as unknown as ConstructorParameters<typeof Socket>[0]);
  connection = adopt(new Http1Connection(runtime, socket, client, buffers, gone));
  socket.resume();
}

/** Lets the certificate handlers of plugins run before the certificate is chosen. */
function withHandlers(runtime: ProxyRuntime, options: TlsOptions): TlsOptions {
  const choose = options.SNICallback;
  if (choose === undefined) return options;
  return {
    ...options,
    SNICallback(this: TLSSocket, serverName, done) {
      const client = hasCertificateHandlers(runtime) ? describeClient(runtime, this, this, serverName) : undefined;
      if (client === undefined) choose.call(this, serverName, done);
      else runCertificate(runtime, client, () => choose.call(this, serverName, done));
    },
  };
}

function acceptTls(runtime: ProxyRuntime, socket: TLSSocket, buffers: ReadBuffers, adopt: Adopt, gone: Gone): void {
  const client = describeClient(runtime, socket, socket);
  if (client === undefined) {
    socket.destroy();
    return;
  }
  socket.setNoDelay(true);
  feed(socket, adopt(new Http1Connection(runtime, socket, client, buffers, gone)));
}

function feed(socket: Socket, connection: Http1Connection): void {
  socket.on('data', (data: Buffer) => {
    if (!connection.onRead(data, data.length)) socket.pause();
  });
}

/** Undefined when the client has gone already. */
function describeClient(
  runtime: ProxyRuntime,
  socket: Socket,
  secured: TLSSocket | undefined,
  serverName?: string,
): ClientConnection | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || remotePort === undefined || localPort === undefined) return undefined;
  const { settings } = runtime;
  const address =
    remoteAddress.startsWith('::ffff:') && remoteAddress.includes('.') ? remoteAddress.slice(7) : remoteAddress;
  const forwardedPort = settings.portMap.get(localPort) ?? localPort;
  const scheme = secured === undefined ? 'http' : 'https';
  const name = serverName ?? (secured as { readonly servername?: string | false } | undefined)?.servername;
  return {
    serial: runtime.nextSerial(),
    remoteAddress: address,
    remotePort,
    localAddress: localAddress ?? '',
    localPort,
    forwardedPort,
    scheme,
    sni: typeof name === 'string' ? name.toLowerCase().replace(/\.$/, '') : undefined,
    isTrusted: !settings.trustsNobody && settings.isTrusted(address),
    forwardedLines:
      `${address}\r\nX-Forwarded-Proto: ${scheme}\r\n` +
      `X-Forwarded-Port: ${forwardedPort}\r\nX-Real-IP: ${address}\r\n`,
    fixedPart: undefined,
    tls:
      secured === undefined
        ? undefined
        : {
            version: secured.getProtocol() ?? '',
            cipher: secured.getCipher()?.standardName ?? secured.getCipher()?.name ?? '',
          },
  };
}
