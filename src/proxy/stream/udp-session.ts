import { createSocket, type Socket } from 'node:dgram';
import type { TimerItem } from '../../kernel/index.ts';
import { endStream, routeStream, runPreread } from './phases.ts';
import type { StreamSession, StreamStatus } from './session.ts';
import { type Attempt, missed, pickPeer, reached } from './tries.ts';

/** What one client sends over UDP and what comes back to it, until nothing came for the service's `read_timeout`. */
export class UdpSession implements TimerItem {
  deadline: number;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly session: StreamSession;
  /** Sends a datagram to the client. */
  readonly #reply: (datagram: Uint8Array) => void;
  readonly #onGone: (gone: UdpSession) => void;
  #upstream: Socket | undefined;
  #isConnected = false;
  #attempt: Attempt | undefined;
  /** Datagrams that wait for the upstream to be found. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** The only datagram that was sent so far: where nobody takes it, another peer may get it. */
  #first: Buffer | undefined;
  #silence: number;

  constructor(session: StreamSession, reply: (datagram: Uint8Array) => void, onGone: (gone: UdpSession) => void) {
    this.session = session;
    this.#reply = reply;
    this.#onGone = onGone;
    const { wheel } = session.runtime;
    this.#silence = defaultSilence;
    this.deadline = wheel.now + this.#silence;
    wheel.schedule(this);
  }

  begin(): void {
    const { session } = this;
    if (!routeStream(session)) return this.#end(500);
    this.#silence = session.service?.timeouts.read ?? defaultSilence;
    this.#touch();
    // The deadline may have moved to earlier.
    session.runtime.wheel.schedule(this);
    runPreread(session, () => pickPeer(session, this.#try, this.#refuse), this.#refuse);
  }

  /** Takes a datagram of the client. */
  send(datagram: Buffer): void {
    const { session } = this;
    if (session.isOver) return;
    session.received += datagram.length;
    this.#touch();
    if (this.#isConnected) {
      this.#first = undefined;
      this.#pass(datagram);
    } else if (this.#waiting.length < maxWaiting && this.#waitingBytes + datagram.length <= maxWaitingBytes) {
      this.#waiting.push(datagram);
      this.#waitingBytes += datagram.length;
    }
  }

  /** From now on a short silence ends it. */
  hurry(milliseconds: number): void {
    this.#silence = Math.min(this.#silence, milliseconds);
    this.#touch();
    this.session.runtime.wheel.schedule(this);
  }

  onTimeout(): void {
    this.#end(this.session.proxiedAt === 0 || this.#isConnected ? 200 : 502);
  }

  destroy(): void {
    this.#end(200);
  }

  readonly #refuse = (status: StreamStatus, body?: string): void => {
    if (body !== undefined) {
      const bytes = Buffer.from(body);
      this.session.sent += bytes.length;
      this.#reply(bytes);
    }
    this.#end(status);
  };

  readonly #try = (attempt: Attempt): void => {
    const { session } = this;
    const { peer } = attempt;
    this.#attempt = attempt;
    const upstream = createSocket(peer.ip.includes(':') ? 'udp6' : 'udp4');
    this.#upstream = upstream;
    let hasAnswered = false;
    upstream.on('message', (datagram) => {
      if (!hasAnswered) {
        hasAnswered = true;
        this.#first = undefined;
        reached(session, attempt);
      }
      this.#touch();
      session.upstreamReceived += datagram.length;
      session.sent += datagram.length;
      this.#reply(datagram);
    });
    // The system tells of ports where nobody listens (ICMP).
    upstream.on('error', (fault) => {
      if (session.isOver || this.#upstream !== upstream) return;
      if (hasAnswered) {
        session.runtime.logger.info(`Cannot reach peer "${peer.authority}": ${fault.message}, ${session.mark}`);
        this.#end(200);
      } else this.#miss(attempt, fault.message);
    });
    upstream.connect(peer.port, peer.ip, () => {
      if (session.isOver || this.#upstream !== upstream) return;
      this.#isConnected = true;
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#first = waiting.length === 1 ? waiting[0] : undefined;
      for (const datagram of waiting) this.#pass(datagram);
    });
  };

  #miss(attempt: Attempt, detail: string): void {
    const { session } = this;
    const first = this.#first;
    this.#attempt = undefined;
    this.#isConnected = false;
    close(this.#upstream);
    this.#upstream = undefined;
    if (missed(session, attempt, false, `Cannot reach peer "${attempt.peer.authority}": ${detail}`)) {
      if (first !== undefined) this.#waiting.unshift(first);
      pickPeer(session, this.#try, this.#refuse);
    } else this.#end(502);
  }

  #pass(datagram: Buffer): void {
    this.session.upstreamSent += datagram.length;
    this.#upstream!.send(datagram);
  }

  #touch(): void {
    this.deadline = this.session.runtime.wheel.now + this.#silence;
  }

  #end(status: StreamStatus): void {
    if (this.session.isOver) return;
    this.session.runtime.wheel.cancel(this);
    close(this.#upstream);
    this.#upstream = undefined;
    this.#waiting = [];
    this.#attempt?.peer.release();
    this.#attempt = undefined;
    endStream(this.session, status);
    this.#onGone(this);
  }
}

/** Milliseconds without a datagram that end a session whose service says nothing else. */
const defaultSilence = 60_000;
const maxWaiting = 64;
const maxWaitingBytes = 65_536;

function close(socket: Socket | undefined): void {
  if (socket === undefined) return;
  socket.removeAllListeners().on('error', () => {});
  socket.close();
}
