import type { Socket } from 'node:net';
import type { TimerItem } from '../../kernel/index.ts';
import { maxHelloBytes, readClientHello } from '../../tls/index.ts';
import type { ProxyRuntime } from '../runtime.ts';

/**
 * Reads a client's first message (its ClientHello), puts it back, and says which server the client asks for: how the
 * handshake goes may depend on that, and must be settled before it begins.
 */
export class HelloReader implements TimerItem {
  deadline: number;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly #runtime: ProxyRuntime;
  readonly #socket: Socket;
  readonly #done: (reader: HelloReader, serverName: string | undefined) => void;
  readonly #gone: (reader: HelloReader) => void;
  #seen: Buffer | undefined;
  readonly #read = (): void => this.#onReadable();
  readonly #close = (): void => this.destroy();

  /** `done` is called once, or `gone` when the client goes or takes too long. */
  constructor(
    runtime: ProxyRuntime,
    socket: Socket,
    done: (reader: HelloReader, serverName: string | undefined) => void,
    gone: (reader: HelloReader) => void,
  ) {
    this.#runtime = runtime;
    this.#socket = socket;
    this.#done = done;
    this.#gone = gone;
    this.deadline = runtime.wheel.now + runtime.settings.headerTimeout;
    runtime.wheel.schedule(this);
    socket.on('readable', this.#read).on('end', this.#close).on('close', this.#close);
    // Also of the time between the hello and the handshake, in which handlers may take theirs: a fault ends in a close.
    socket.on('error', () => {});
  }

  /** True while the client has sent nothing. */
  get isSilent(): boolean {
    return this.#seen === undefined;
  }

  onTimeout(): void {
    this.destroy();
  }

  /** Gives the client up. */
  destroy(): void {
    this.#release();
    this.#socket.destroy();
    this.#gone(this);
  }

  #onReadable(): void {
    const socket = this.#socket;
    const bytes = socket.read() as Buffer | null;
    if (bytes === null) return;
    const seen = this.#seen === undefined ? bytes : Buffer.concat([this.#seen, bytes]);
    const reading = readClientHello(seen);
    if (reading.kind === 'incomplete' && seen.length <= maxHelloBytes) {
      this.#seen = seen;
      return;
    }
    this.#release();
    socket.unshift(seen);
    this.#done(this, reading.kind === 'hello' ? reading.serverName : undefined);
  }

  #release(): void {
    this.#runtime.wheel.cancel(this);
    const socket = this.#socket;
    socket.off('readable', this.#read).off('end', this.#close).off('close', this.#close);
  }
}
