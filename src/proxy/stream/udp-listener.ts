import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { TimerItem } from '../../kernel/index.ts';
import type { ProxyListener } from '../listeners/listener.ts';
import { describeStreamClient } from './client.ts';
import type { StreamRuntime } from './runtime.ts';
import { StreamSession } from './session.ts';
import type { StreamAddress } from './tcp-listener.ts';
import { UdpSession } from './udp-session.ts';

/** Clients that a worker serves at a time on one address; each takes a socket. The oldest makes room for a new one. */
const maxSessions = 4096;

/** While a listener ends: the silence that ends a session, and when it ends whatever there is, in milliseconds. */
const drainSilence = 1000;
const drainLimit = 5000;

/**
 * Listens for datagrams. What comes from one address and port of a client is one session.
 * @throws the error of the system, such as EADDRINUSE.
 */
export async function listenUdp(runtime: StreamRuntime, address: StreamAddress): Promise<ProxyListener> {
  const sessions = new Map<string, UdpSession>();
  const socket = createSocket({
    type: isIPv6(address.host) ? 'udp6' : 'udp4',
    reusePort: true,
    ipv6Only: address.ipv6Only === true,
  });
  let isDraining = false;
  let drained: (() => void) | undefined;

  function open(key: string, from: RemoteInfo): UdpSession {
    if (sessions.size >= maxSessions) sessions.values().next().value!.destroy();
    const { address: localAddress, port: localPort } = socket.address();
    const ends = { remoteAddress: from.address, remotePort: from.port, localAddress, localPort };
    const client = describeStreamClient(runtime.settings, 'udp', ends, undefined);
    const session = new UdpSession(
      new StreamSession(runtime, client),
      (datagram) => socket.send(datagram, from.port, from.address),
      () => {
        if (!sessions.delete(key)) return;
        runtime.counters.closed();
        if (sessions.size === 0) drained?.();
      },
    );
    sessions.set(key, session);
    runtime.counters.accepted();
    return session;
  }

  socket.on('message', (datagram, from) => {
    const key = `${from.address}|${from.port}`;
    const known = sessions.get(key);
    if (known !== undefined) {
      known.send(datagram);
      return;
    }
    const session = open(key, from);
    // Before it begins: a refusal counts it, too.
    session.send(datagram);
    session.begin();
    if (isDraining) session.hurry(drainSilence);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: address.host, port: address.port }, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
  socket.on('error', (fault) => runtime.logger.error(`Cannot take a datagram: ${fault.message}`));
  const { port } = socket.address();

  function end(): void {
    for (const session of sessions.values()) session.destroy();
    closeOnce(socket);
  }

  return {
    port,
    get connections() {
      return sessions.size;
    },
    /** Goes on serving until its clients are silent: replies must come from this very address. */
    async drain() {
      isDraining = true;
      for (const session of sessions.values()) session.hurry(drainSilence);
      if (sessions.size > 0) {
        await new Promise<void>((resolve) => {
          drained = resolve;
          const { wheel } = runtime;
          const limit: TimerItem = {
            deadline: wheel.now + drainLimit,
            timerNext: null,
            timerPrevious: null,
            onTimeout: resolve,
          };
          wheel.schedule(limit);
        });
      }
      end();
    },
    destroy: end,
  };
}

function closeOnce(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It is closed already.
  }
}
