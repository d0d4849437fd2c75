import type { Socket } from 'node:net';
import type { TimerItem, TimerWheel } from '../../kernel/index.ts';
import { queuedBytes, type Timeouts } from '../../transport/index.ts';
import { Source, type StreamBuffers } from './source.ts';

/** Counts what passes. */
export interface RelayMeter {
  received: number;
  sent: number;
  upstreamReceived: number;
  upstreamSent: number;
}

/** What {@link Relay} needs. */
export interface RelayOptions {
  /** Neither socket may be used by anybody else from now on. */
  readonly client: Socket;
  readonly upstream: Socket;
  readonly buffers: StreamBuffers;
  readonly meter: RelayMeter;
  /** Milliseconds: a side that is to take something must do so within `write`; both must not be silent for `read`. */
  readonly timeouts: Timeouts;
  readonly wheel: TimerWheel;
  /** Both sockets are closed. */
  readonly onEnd: (isTimeout: boolean) => void;
}

/**
 * Passes bytes between two sockets, both ways, each as fast as the other takes them. The end of one side is passed on and
 * leaves the other way open; a reset is passed on as one.
 */
export class Relay implements TimerItem {
  deadline: number;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly #options: RelayOptions;
  readonly #client: Socket;
  readonly #upstream: Socket;
  #open = 2;
  #isTimeout = false;
  /** Bytes that waited in the sockets when the time-out was looked at last. */
  #queued = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    const { meter, wheel, buffers } = options;
    const client = new Source(options.client, buffers, highWaterMark);
    const upstream = new Source(options.upstream, buffers, highWaterMark);
    this.#client = client.socket;
    this.#upstream = upstream.socket;
    this.deadline = wheel.now + options.timeouts.read;
    wheel.schedule(this);
    this.#watch(this.#client, this.#upstream);
    this.#watch(this.#upstream, this.#client);
    this.#pump(client, this.#upstream, (length) => {
      meter.received += length;
      meter.upstreamSent += length;
    });
    this.#pump(upstream, this.#client, (length) => {
      meter.upstreamReceived += length;
      meter.sent += length;
    });
  }

  onTimeout(): void {
    const { wheel } = this.#options;
    const queued = this.#queuedNow();
    // Something was taken since, though not all of it.
    if (queued > 0 && queued !== this.#queued) {
      this.#queued = queued;
      this.deadline = wheel.now + this.#options.timeouts.write;
      wheel.schedule(this);
      return;
    }
    this.#isTimeout = true;
    this.destroy();
  }

  /** Cuts both sides. */
  destroy(): void {
    this.#client.destroy();
    this.#upstream.destroy();
  }

  #queuedNow(): number {
    return queuedBytes(this.#client) + queuedBytes(this.#upstream);
  }

  #pump(source: Source, to: Socket, count: (length: number) => void): void {
    const from = source.socket;
    const { read, write } = this.#options.timeouts;
    let isWaiting = false;
    const onTaken = (): void => {
      if (!isWaiting || to.writableLength > 0) return;
      isWaiting = false;
      this.#touch(read);
      from.resume();
    };
    source.start({
      onBytes: (chunk, isPrivate) => {
        count(chunk.length);
        const hasRoom = to.write(chunk, onTaken);
        if (isPrivate ? to.writableLength === 0 : hasRoom) {
          this.#touch(read);
          return true;
        }
        isWaiting = true;
        this.#queued = this.#queuedNow();
        this.#touch(write);
        return false;
      },
    });
  }

  #watch(from: Socket, to: Socket): void {
    let hasEnded = false;
    const onEnd = (): void => {
      hasEnded = true;
      this.#touch(this.#options.timeouts.read);
      to.end();
    };
    // A client that had nothing to say may have ended before its upstream was there.
    if (from.readableEnded) onEnd();
    else from.on('end', onEnd);
    from.on('error', () => {
      // After its end the other side may still be taking what was sent before.
      if (hasEnded) to.destroySoon();
      else reset(to);
    });
    from.on('close', () => {
      this.#open -= 1;
      if (this.#open > 0) {
        if (hasEnded) to.destroySoon();
        else to.destroy();
        return;
      }
      this.#options.wheel.cancel(this);
      this.#options.onEnd(this.#isTimeout);
    });
  }

  #touch(timeout: number): void {
    this.deadline = this.#options.wheel.now + timeout;
  }
}

/**
 * Ends a connection the hard way, as its other side did. Node's own `resetAndDestroy` sends what is left and an ordinary end
 * first, after which the client may no longer notice the reset.
 */
function reset(socket: Socket): void {
  // TLS has no such end of its own, and a connection that is ending already cannot be reset.
  if (!('encrypted' in socket) && !socket.writableEnded) {
    (socket as { resetAndClosing?: boolean }).resetAndClosing = true;
  }
  socket.destroy();
}

/** Bytes that may wait in a socket before its other side is not read any more. */
const highWaterMark = 65_536;
