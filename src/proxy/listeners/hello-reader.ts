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
  readonly #done: (serverName: string | undefined) => void;
  #seen: Buffer | undefined;
  readonly #read = (): void => this.#onReadable();
  readonly #close = (): void => this.#destroy();

  /** `done` is called once, unless the client goes, takes too long or sends no TLS worth the name. */
  constructor(runtime: ProxyRuntime, socket: Socket, done: (serverName: string | undefined) => void) {
    this.#runtime = runtime;
    this.#socket = socket;
    this.#done = done;
    this.deadline = runtime.wheel.now + runtime.settings.headerTimeout;
    runtime.wheel.schedule(this);
    socket.on('readable', this.#read).on('error', this.#close).on('end', this.#close).on('close', this.#close);
  }

  onTimeout(): void {
    this.#destroy();
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
    this.#done(reading.kind === 'hello' ? reading.serverName : undefined);
  }

  #release(): void {
    this.#runtime.wheel.cancel(this);
    const socket = this.#socket;
    socket.off('readable', this.#read).off('error', this.#close).off('end', this.#close).off('close', this.#close);
  }

  #destroy(): void {
    this.#release();
    // Whatever becomes of it now is of no interest, and must not be thrown.
    this.#socket.on('error', () => {});
    this.#socket.destroy();
  }
}
