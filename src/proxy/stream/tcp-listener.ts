import { createServer, type Socket } from 'node:net';
import { type ListenTls, type ProxyListener, settleBacklog } from '../listeners/listener.ts';
import { ProxiedPeers } from '../listeners/proxied-peers.ts';
import type { ProxiedPeer } from '../listeners/proxy-protocol/result.ts';
import { describeStreamClient, endsOf } from './client.ts';
import { createStreamHandshakes } from './handshakes.ts';
import { endStream } from './phases.ts';
import type { StreamRuntime } from './runtime.ts';
import { StreamSession } from './session.ts';
import { StreamBuffers } from './source.ts';
import { TcpSession } from './tcp-session.ts';

/** An address to listen on, as `stream_listen` has it. */
export interface StreamAddress {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  readonly udp: boolean;
  readonly proxyProtocol: boolean;
  readonly backlog?: number;
  readonly ipv6Only?: boolean;
}

/** nginx's `proxy_protocol_timeout`, in milliseconds. */
const headerTimeout = 30_000;

/** Bytes that may wait in a socket before the writer is told to stop. */
const highWaterMark = 65_536;

/**
 * Listens for TCP connections that are passed on as they are; `tls` where clients speak TLS.
 * @throws the error of the system, such as EADDRINUSE.
 */
export async function listenTcp(
  runtime: StreamRuntime,
  address: StreamAddress,
  tls: ListenTls | undefined,
): Promise<ProxyListener> {
  const sessions = new Set<TcpSession>();
  const scheme = tls === undefined ? 'tcp' : 'tls';
  const handshake = tls === undefined ? undefined : createStreamHandshakes(tls);
  const buffers = new StreamBuffers();
  let taken = 0;
  let drained: (() => void) | undefined;
  const proxied = address.proxyProtocol ? new ProxiedPeers({ ...runtime, timeout: headerTimeout }) : undefined;

  function begin(socket: Socket, peer: ProxiedPeer | undefined): void {
    const ends = endsOf(socket);
    if (ends === undefined) {
      socket.destroy();
      return;
    }
    const client = describeStreamClient(runtime.settings, scheme, ends, peer);
    const session = new TcpSession(runtime, socket, client, handshake, buffers, (gone) => {
      if (!sessions.delete(gone)) return;
      runtime.counters.closed();
      if (sessions.size === 0) drained?.();
    });
    sessions.add(session);
    runtime.counters.accepted();
    session.begin();
  }

  const server = createServer(
    { noDelay: true, keepAlive: true, allowHalfOpen: true, pauseOnConnect: true, highWaterMark },
    (socket) => {
      taken += 1;
      if (proxied === undefined) begin(socket, undefined);
      else {
        const ends = endsOf(socket);
        proxied.await(
          socket,
          (peer) => begin(socket, peer),
          ({ status }) => {
            if (ends === undefined) return;
            const client = describeStreamClient(runtime.settings, scheme, ends, undefined);
            endStream(new StreamSession(runtime, client), status);
          },
        );
      }
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(
      {
        host: address.host,
        port: address.port,
        backlog: address.backlog ?? 16_384,
        reusePort: true,
        ipv6Only: address.ipv6Only === true,
      },
      () => {
        server.removeListener('error', reject);
        resolve();
      },
    );
  });
  server.on('error', (fault) => runtime.logger.error(`Cannot accept a connection: ${fault.message}`));
  const bound = server.address();

  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    get connections() {
      return sessions.size;
    },
    async drain() {
      await settleBacklog(() => taken);
      proxied?.close();
      server.close();
      if (sessions.size === 0) return;
      await new Promise<void>((resolve) => {
        drained = resolve;
      });
    },
    destroy() {
      server.close();
      proxied?.close();
      for (const session of sessions) session.destroy();
    },
  };
}
