import { isIPv6, type Socket } from 'node:net';
import type { TimerItem } from '../../kernel/index.ts';
import { parseClientHello } from '../../tls/index.ts';
import { RawDial, type UpstreamTls } from '../../transport/index.ts';
import { FirstBytes } from '../listeners/first-bytes.ts';
import type { StreamClient } from './client.ts';
import type { BeginHandshake } from './handshakes.ts';
import { endStream, routeStream, runPreread, runStreamCertificate } from './phases.ts';
import { Relay } from './relay.ts';
import type { StreamRuntime } from './runtime.ts';
import { StreamSession, type StreamStatus } from './session.ts';
import type { StreamBuffers } from './source.ts';
import { type Attempt, missed, pickPeer, reached } from './tries.ts';

/** nginx's `preread_timeout`, in milliseconds. */
const prereadTimeout = 30_000;
/** nginx's `ssl_handshake_timeout`, in milliseconds. */
const handshakeTimeout = 60_000;
const defaultTimeouts = { connect: 60_000, write: 60_000, read: 60_000 };

/** One TCP connection of a client, from its first byte to its last. */
export class TcpSession implements TimerItem {
  deadline = Number.POSITIVE_INFINITY;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;
  readonly session: StreamSession;
  readonly #runtime: StreamRuntime;
  readonly #handshake: BeginHandshake | undefined;
  readonly #buffers: StreamBuffers;
  readonly #onGone: (gone: TcpSession) => void;
  #socket: Socket;
  #dial: RawDial | undefined;
  #relay: Relay | undefined;
  #attempt: Attempt | undefined;
  /** The client has gone, which is no failure. */
  readonly #onLost = (): void => this.#end(200);

  /** `socket` must not be read by anybody yet. `handshake` is there on an address with `ssl`. */
  constructor(
    runtime: StreamRuntime,
    socket: Socket,
    client: StreamClient,
    handshake: BeginHandshake | undefined,
    buffers: StreamBuffers,
    onGone: (gone: TcpSession) => void,
  ) {
    this.#runtime = runtime;
    this.#socket = socket;
    this.#handshake = handshake;
    this.#buffers = buffers;
    this.#onGone = onGone;
    this.session = new StreamSession(runtime, client);
    socket.on('error', this.#onLost).on('close', this.#onLost);
  }

  begin(): void {
    if (this.#handshake === undefined) this.#route();
    else this.#readHello(this.#handshake);
  }

  destroy(): void {
    if (this.#relay !== undefined) this.#relay.destroy();
    else this.#end(200);
  }

  onTimeout(): void {
    this.#end(500, 'the TLS handshake took too long');
  }

  /** With TLS the server name is needed before it is known who ends TLS. */
  #readHello(handshake: BeginHandshake): void {
    const { session } = this;
    let detail = '';
    new FirstBytes(
      this.#socket,
      this.#runtime.wheel,
      prereadTimeout,
      (bytes) => {
        const look = parseClientHello(bytes);
        if (look.kind === 'more') return 'more';
        if (look.kind === 'fault') {
          detail = look.detail;
          return 'refuse';
        }
        if (look.kind === 'hello') session.sni = look.serverName;
        return 0;
      },
      (look) => {
        if (session.isOver) return;
        if (look === 'taken') this.#route(handshake);
        else if (look === 'refused') this.#end(400, `the ClientHello cannot be read: ${detail}`);
        else this.#end(200);
      },
    );
  }

  #route(handshake?: BeginHandshake): void {
    const { session } = this;
    if (!routeStream(session)) return this.#end(500);
    if (handshake === undefined) return this.#preread();
    const { protocols } = session.route!;
    if (protocols.includes('tls')) this.#terminate(handshake);
    else if (protocols.includes('tls_passthrough')) this.#preread();
    else {
      this.#runtime.logger.error(`unexpected protocols in matched Route, ${session.mark}`);
      this.#end(500);
    }
  }

  #terminate(handshake: BeginHandshake): void {
    const { session } = this;
    const { wheel } = this.#runtime;
    const raw = this.#socket;
    const secured = handshake(raw, (choose) => runStreamCertificate(session, choose));
    raw.off('close', this.#onLost).off('error', this.#onLost).on('error', ignore);
    this.#socket = secured;
    this.deadline = wheel.now + handshakeTimeout;
    wheel.schedule(this);
    secured.on('close', this.#onLost);
    const onError = (fault: Error): void => this.#end(500, `the TLS handshake failed: ${fault.message}`);
    const onEnd = (): void => this.#end(500, 'the client ended the TLS handshake');
    secured.on('error', onError).on('end', onEnd);
    secured.once('secure', () => {
      wheel.cancel(this);
      secured.off('end', onEnd).off('error', onError).on('error', this.#onLost);
      const cipher = secured.getCipher();
      session.tls = { version: secured.getProtocol() ?? '', cipher: cipher?.standardName ?? cipher?.name ?? '' };
      this.#preread();
    });
  }

  #preread(): void {
    runPreread(
      this.session,
      () => pickPeer(this.session, this.#try, this.#refuse),
      (status, body) => this.#refuse(status, body),
    );
  }

  readonly #refuse = (status: StreamStatus, body?: string): void => {
    const { session } = this;
    if (body === undefined) return this.#end(status);
    session.sent += Buffer.byteLength(body);
    const socket = this.#socket;
    socket.off('close', this.#onLost).off('error', this.#onLost).on('error', ignore);
    socket.end(body, () => socket.destroySoon());
    this.#leave(status);
  };

  readonly #try = (attempt: Attempt): void => {
    const { session } = this;
    const { peer } = attempt;
    this.#attempt = attempt;
    this.#dial = new RawDial({
      ip: peer.ip,
      port: peer.port,
      tls: this.#upstreamTls(attempt),
      connectTimeout: (session.service?.timeouts ?? defaultTimeouts).connect,
      wheel: this.#runtime.wheel,
      onConnect: (upstream) => {
        reached(session, attempt);
        this.#join(upstream);
      },
      onFault: (fault) => {
        this.#attempt = undefined;
        if (missed(session, attempt, fault.kind === 'connect_timeout', fault.message)) {
          pickPeer(session, this.#try, this.#refuse);
        } else this.#end(502);
      },
    });
  };

  #upstreamTls({ peer }: Attempt): UpstreamTls | undefined {
    const { session } = this;
    const { service, upstream } = session;
    if (service?.isTls !== true) return undefined;
    const own = upstream?.host_header ?? peer.host;
    const name = session.route!.preserveHost && session.sni !== undefined ? session.sni : own;
    return this.#runtime.tls.of(service, isIPv6(name) ? `[${name}]` : name, upstream?.client_certificate?.id);
  }

  #join(upstream: Socket): void {
    const { session } = this;
    this.#dial = undefined;
    this.#socket.off('close', this.#onLost).off('error', this.#onLost);
    upstream.removeAllListeners('error');
    this.#relay = new Relay({
      client: this.#socket,
      upstream,
      buffers: this.#buffers,
      meter: session,
      timeouts: session.service?.timeouts ?? defaultTimeouts,
      wheel: this.#runtime.wheel,
      onEnd: (isTimeout) => {
        if (isTimeout) this.#runtime.logger.info(`The connection was silent for too long, ${session.mark}`);
        this.#leave(200);
      },
    });
  }

  /** Ends a connection that never reached its upstream. */
  #end(status: StreamStatus, detail?: string): void {
    if (this.session.isOver) return;
    if (detail !== undefined) this.#runtime.logger.info(`Cannot serve connection: ${detail}, ${this.session.mark}`);
    this.#socket.off('close', this.#onLost).off('error', this.#onLost).on('error', ignore);
    this.#socket.destroy();
    this.#dial?.cancel();
    this.#leave(status);
  }

  #leave(status: StreamStatus): void {
    this.#runtime.wheel.cancel(this);
    this.#attempt?.peer.release();
    this.#attempt = undefined;
    endStream(this.session, status);
    this.#onGone(this);
  }
}

function ignore(): void {}
