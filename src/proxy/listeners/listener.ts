import { createServer, type Server, Socket } from 'node:net';
import { setImmediate as loopTurn } from 'node:timers/promises';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { ChunkPool, type Http2Shared, LineCache, TurnEnd } from '../../http2/index.ts';
import type { CertificateStore } from '../../tls/index.ts';
import { describeClient, type SecuredTls } from '../describe-client.ts';
import type { ClientConnection } from '../downstream.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { takeBuffered } from './first-bytes.ts';
import { Http1Connection } from './http1-connection.ts';
import { Http2Connection } from './http2-connection.ts';
import { ProxiedPeers } from './proxied-peers.ts';
import type { ProxiedPeer } from './proxy-protocol/result.ts';
import { createReadBuffers, type ReadBuffers } from './read-buffers.ts';
import { createTlsServers } from './tls-servers.ts';
import { Undecided } from './undecided.ts';

/** An address to listen on, as `proxy_listen` has it. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  /** Speaks HTTP/2 too: agreed upon by ALPN with TLS, by prior knowledge without. */
  readonly http2?: boolean;
  /** Connections come from a proxy that says by the PROXY protocol who its client is; others are refused. */
  readonly proxyProtocol?: boolean;
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

/** A client's connection in whatever protocol. */
interface ProxyConnection {
  nextBuffer(): Buffer | undefined;
  onRead(bytes: Buffer, length: number): boolean;
  drain(): void;
  destroy(): void;
}

/** What the connections of a listener need. */
interface Acceptance {
  readonly runtime: ProxyRuntime;
  readonly buffers: ReadBuffers;
  /** Undefined on a listener that does not speak HTTP/2. */
  readonly http2: Http2Shared | undefined;
  /** Undefined on a listener without the PROXY protocol. */
  readonly proxied: ProxiedPeers | undefined;
  adopt<Connection extends ProxyConnection>(connection: Connection): Connection;
  /** Goes on with `next` in place of `previous`. */
  replace(previous: ProxyConnection, next: ProxyConnection): void;
  readonly gone: (connection: ProxyConnection) => void;
}

/** Names that are agreed upon by ALPN (RFC 7301) where HTTP/2 is spoken. */
const http2Names = ['h2', 'http/1.1', 'http/1.0'];

/** How often a listener that ends looks for connections that are still waiting for it. */
const acceptRounds = 50;

/** Bytes that may wait in a socket before its sink is told to stop. */
const highWaterMark = 16_384;

/**
 * Listens on an address and begins a connection for each client, in the protocol that it speaks.
 * @throws the error of the system, such as EADDRINUSE.
 */
export async function listen(
  runtime: ProxyRuntime,
  address: ListenAddress,
  tls: ListenTls | undefined,
): Promise<ProxyListener> {
  const buffers = createReadBuffers();
  const connections = new Set<ProxyConnection>();
  let isDraining = false;
  let drained: (() => void) | undefined;
  /** Connections that were accepted so far. */
  let taken = 0;
  const proxied =
    address.proxyProtocol === true
      ? new ProxiedPeers({ ...runtime, timeout: runtime.settings.headerTimeout })
      : undefined;

  const acceptance: Acceptance = {
    runtime,
    buffers,
    http2: address.http2 === true ? { pool: new ChunkPool(), lines: new LineCache(), turn: new TurnEnd() } : undefined,
    proxied,
    adopt(connection) {
      connections.add(connection);
      runtime.counters.accepted();
      if (isDraining) connection.drain();
      return connection;
    },
    replace(previous, next) {
      connections.delete(previous);
      connections.add(next);
      if (isDraining) next.drain();
    },
    gone(connection) {
      if (!connections.delete(connection)) return;
      runtime.counters.closed();
      if (connections.size === 0) drained?.();
    },
  };

  const handshakes =
    tls === undefined
      ? undefined
      : createTlsServers({
          runtime,
          tls,
          proxied,
          protocols: address.http2 === true ? http2Names : undefined,
          onSecured: (socket, secured) => acceptTls(acceptance, socket, secured),
        });
  const begin = (socket: Socket, peer: ProxiedPeer | undefined): void => {
    if (handshakes === undefined) {
      acceptPlain(acceptance, socket, peer);
      return;
    }
    proxied?.keep(socket, peer);
    handshakes.begin(socket);
  };
  // Who reads a connection first, be it a handshake, decides when reading begins.
  const pauseOnConnect = tls === undefined || proxied !== undefined;
  const server: Server = createServer({ noDelay: true, highWaterMark, pauseOnConnect }, (socket) => {
    taken += 1;
    if (proxied === undefined) begin(socket, undefined);
    else proxied.await(socket, (peer) => begin(socket, peer));
  });

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
    async drain() {
      isDraining = true;
      for (const connection of connections) connection.drain();
      await settleBacklog(() => taken);
      server.close();
      proxied?.close();
      await handshakes?.end();
      if (connections.size > 0) {
        await new Promise<void>((resolve) => {
          drained = resolve;
        });
      }
    },
    destroy() {
      server.close();
      proxied?.close();
      handshakes?.destroy();
      for (const connection of connections) connection.destroy();
    },
  };
}

/**
 * Waits until a listener has taken the connections that the system has made for it: its end would reset them. `taken`
 * counts those that it took.
 */
export async function settleBacklog(taken: () => number): Promise<void> {
  for (let before = -1, round = 0; before !== taken() && round < acceptRounds; round += 1) {
    before = taken();
    await loopTurn();
    await loopTurn();
  }
}

interface HandleOwner {
  _handle: { reading?: boolean } | null;
}

/**
 * Wraps an accepted handle in a socket of its own that reads into our buffers: that spares an allocation of 64 KiB for each
 * read. It needs the undocumented `handle` option; where that is gone, the socket is used as it came.
 */
function acceptPlain(acceptance: Acceptance, accepted: Socket, peer: ProxiedPeer | undefined): void {
  const { buffers } = acceptance;
  const client = describeClient(acceptance.runtime, accepted, undefined, peer);
  if (client === undefined) {
    accepted.destroy();
    return;
  }
  const owner = accepted as unknown as HandleOwner;
  const handle = owner._handle;
  if (handle === null || handle === undefined) {
    feed(accepted, beginPlain(acceptance, accepted, client));
    accepted.resume();
    return;
  }
  // What was read behind a header of the PROXY protocol.
  const early = acceptance.proxied === undefined ? undefined : takeBuffered(accepted);
  owner._handle = null;
  let connection: ProxyConnection | undefined;
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
  connection = beginPlain(acceptance, socket, client);
  if (early === undefined || connection.onRead(early, early.length)) socket.resume();
}

/** Without TLS the first bytes say which protocol it is, where there is a choice. */
function beginPlain(acceptance: Acceptance, socket: Socket, client: ClientConnection): ProxyConnection {
  const { runtime, http2, gone } = acceptance;
  const beginHttp1 = (): ProxyConnection => new Http1Connection(runtime, socket, client, acceptance.buffers, gone);
  if (http2 === undefined) return acceptance.adopt(beginHttp1());
  const undecided: Undecided = new Undecided(
    runtime,
    socket,
    (isHttp2) => {
      const connection = isHttp2 ? new Http2Connection(runtime, socket, client, http2, gone) : beginHttp1();
      acceptance.replace(undecided, connection);
      return connection;
    },
    gone,
  );
  return acceptance.adopt(undecided);
}

function acceptTls(acceptance: Acceptance, socket: TLSSocket, tls: SecuredTls): void {
  const { runtime, http2, gone } = acceptance;
  const client = describeClient(runtime, socket, tls, acceptance.proxied?.of(socket));
  if (client === undefined) {
    socket.destroy();
    return;
  }
  socket.setNoDelay(true);
  const connection =
    http2 !== undefined && socket.alpnProtocol === 'h2'
      ? new Http2Connection(runtime, socket, client, http2, gone)
      : new Http1Connection(runtime, socket, client, acceptance.buffers, gone);
  feed(socket, acceptance.adopt(connection));
}

function feed(socket: Socket, connection: ProxyConnection): void {
  socket.on('data', (data: Buffer) => {
    if (!connection.onRead(data, data.length)) socket.pause();
  });
}
