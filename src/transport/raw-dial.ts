import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TimerItem, TimerWheel } from '../kernel/index.ts';
import { TransportFault } from './fault.ts';
import type { UpstreamTls } from './tls.ts';

/** What {@link RawDial} needs. */
export interface RawDialOptions {
  readonly ip: string;
  readonly port: number;
  readonly tls: UpstreamTls | undefined;
  /** Milliseconds until the connection, with TLS, must stand. */
  readonly connectTimeout: number;
  readonly wheel: TimerWheel;
  /** The connection stands. Nobody reads it yet, and it has no listeners any more but for faults. */
  readonly onConnect: (socket: Socket) => void;
  readonly onFault: (fault: TransportFault) => void;
}

/** A connection to a peer in the making, for bytes as they are. Both sides end for themselves. */
export class RawDial implements TimerItem {
  deadline: number;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly #options: RawDialOptions;
  readonly #socket: Socket;
  #isOver = false;
  readonly #onError = (fault: Error): void => this.#fail(this.#kind(), fault.message);
  readonly #onEnd = (): void => this.#fail(this.#kind(), 'the peer closed the connection');
  #isTcpConnected = false;

  constructor(options: RawDialOptions) {
    this.#options = options;
    const { ip, port, tls, wheel } = options;
    const basics = { host: ip, port, allowHalfOpen: true, highWaterMark };
    if (tls === undefined) {
      this.#socket = connectTcp({ ...basics, noDelay: true, keepAlive: true });
      this.#socket.once('connect', () => this.#finish());
    } else {
      this.#socket = connectTls({
        ...basics,
        servername: tls.serverName ?? '',
        rejectUnauthorized: tls.verify,
        ...(tls.context === undefined ? {} : { secureContext: tls.context }),
      });
      this.#socket.setNoDelay(true);
      this.#socket.once('connect', () => {
        this.#isTcpConnected = true;
      });
      this.#socket.once('secureConnect', () => this.#finish());
    }
    this.#socket.on('error', this.#onError).on('close', this.#onEnd).on('end', this.#onEnd);
    this.deadline = wheel.now + options.connectTimeout;
    wheel.schedule(this);
  }

  onTimeout(): void {
    this.#fail('connect_timeout', 'time-out while connecting');
  }

  /** Gives it up without a word. */
  cancel(): void {
    this.#isOver = true;
    this.#options.wheel.cancel(this);
    this.#socket.destroy();
  }

  #kind(): 'tls' | 'connect' {
    return this.#isTcpConnected ? 'tls' : 'connect';
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.wheel.cancel(this);
    this.#socket.off('close', this.#onEnd).off('end', this.#onEnd);
    this.#options.onConnect(this.#socket);
  }

  #fail(kind: 'tls' | 'connect' | 'connect_timeout', detail: string): void {
    if (this.#isOver) return;
    this.cancel();
    const { ip, port, onFault } = this.#options;
    onFault(new TransportFault(kind, ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`, detail));
  }
}

/** Bytes that may wait in a socket before the writer is told to stop. */
const highWaterMark = 65_536;
