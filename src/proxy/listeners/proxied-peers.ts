import type { Socket } from 'node:net';
import type { Logger, TimerWheel } from '../../kernel/index.ts';
import { FirstBytes } from './first-bytes.ts';
import { parseProxyHeader } from './proxy-protocol/header.ts';
import type { ProxiedPeer } from './proxy-protocol/result.ts';

/** What {@link ProxiedPeers} needs. */
export interface ProxiedPeersOptions {
  readonly wheel: TimerWheel;
  readonly logger: Logger;
  /** Milliseconds in which the header must be there. */
  readonly timeout: number;
}

/** Why a connection was not let through, and the status that nginx gives it. */
export interface Refusal {
  readonly status: 200 | 400;
  readonly detail: string;
}

/** The clients of a listener that stands behind a proxy which speaks the PROXY protocol. */
export class ProxiedPeers {
  readonly #options: ProxiedPeersOptions;
  readonly #waiting = new Set<Socket>();
  readonly #peers = new Map<string, ProxiedPeer>();

  constructor(options: ProxiedPeersOptions) {
    this.#options = options;
  }

  /**
   * Reads the header of a connection that nobody reads yet, then lets it through with what follows the header still in it.
   * A connection whose header is wrong or does not come is cut.
   */
  await(
    socket: Socket,
    letThrough: (peer: ProxiedPeer | undefined) => void,
    refused?: (refusal: Refusal) => void,
  ): void {
    const { wheel, timeout } = this.#options;
    let detail = 'it did not come';
    let peer: ProxiedPeer | undefined;
    const address = `${socket.remoteAddress}`;
    this.#waiting.add(socket);
    new FirstBytes(
      socket,
      wheel,
      timeout,
      (bytes) => {
        const header = parseProxyHeader(bytes);
        if (header.kind === 'more') return 'more';
        if (header.kind === 'header') {
          peer = header.peer;
          return header.length;
        }
        detail = header.detail;
        return 'refuse';
      },
      (look) => {
        this.#waiting.delete(socket);
        if (look === 'taken') {
          letThrough(peer);
          return;
        }
        // Whoever connects and says nothing, as checks of ports do, is not worth a line.
        if (look !== 'closed') {
          this.#options.logger.warn(`Cannot read the PROXY protocol header of "${address}": ${detail}`);
        }
        refused?.({ status: look === 'refused' ? 400 : 200, detail });
        socket.destroy();
      },
    );
  }

  /** Keeps who is behind a connection until it closes, for whoever takes it over by its handle. */
  keep(socket: Socket, peer: ProxiedPeer | undefined): void {
    if (peer === undefined) return;
    const key = keyOf(socket);
    this.#peers.set(key, peer);
    socket.once('close', () => this.#peers.delete(key));
  }

  /** Who was kept for a connection; undefined when the proxy did not say. */
  of(socket: Socket): ProxiedPeer | undefined {
    return this.#peers.get(keyOf(socket));
  }

  /** Cuts the connections whose header is still to come. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }
}

function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress}|${remotePort}|${localAddress}`;
}
