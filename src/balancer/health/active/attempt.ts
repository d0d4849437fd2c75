import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';
import type { TimerItem, TimerWheel } from '../../../kernel/index.ts';
import type { ProbeResult, ProbeTarget } from './probe.ts';

/** TLS settings of one question. */
export interface AttemptTls {
  readonly context: SecureContext;
  readonly protocols?: readonly string[];
}

/** One question to one address: a connection and the time that it may take. The first result counts, and ends it. */
export class Attempt implements TimerItem {
  readonly socket: Socket;
  readonly target: ProbeTarget;
  readonly result: Promise<ProbeResult>;
  #settle!: (result: ProbeResult) => void;
  readonly #wheel: TimerWheel;
  #isOver = false;

  deadline: number;
  timerNext: TimerItem | null = null;
  timerPrevious: TimerItem | null = null;

  /** Dials; `onReady` is called once bytes can be sent. */
  constructor(
    target: ProbeTarget,
    wheel: TimerWheel,
    tls: AttemptTls | undefined,
    onReady: (attempt: Attempt) => void,
  ) {
    this.target = target;
    this.#wheel = wheel;
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.socket = tls === undefined ? connect({ host: target.ip, port: target.port }) : dialTls(target, tls);
    this.socket.on(tls === undefined ? 'connect' : 'secureConnect', () => onReady(this));
    this.socket.on('error', (fault: NodeJS.ErrnoException) => this.fail(describe(fault)));
    this.socket.on('close', () => this.fail('the connection was closed without an answer'));
    this.deadline = wheel.now + target.policy.timeout;
    wheel.schedule(this);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  end(result: ProbeResult): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wheel.cancel(this);
    this.socket.destroy();
    this.#settle(result);
  }

  fail(detail: string): void {
    this.end({ sign: 'tcp_failure', detail });
  }

  onTimeout(): void {
    this.end({ sign: 'timeout', detail: `no answer in ${this.target.policy.timeout / 1000} s` });
  }
}

function dialTls(target: ProbeTarget, { context, protocols }: AttemptTls): Socket {
  const { sni, verify } = target.policy;
  const name = sni ?? (isIP(target.host) === 0 ? target.host.replace(/:\d+$/, '') : target.host);
  return connectTls({
    host: target.ip,
    port: target.port,
    secureContext: context,
    rejectUnauthorized: verify,
    // RFC 6066 section 3: no addresses. The certificate is held to the address then.
    servername: isIP(name.replace(/^\[|\]$/g, '')) === 0 ? name : '',
    ...(protocols === undefined ? {} : { ALPNProtocols: [...protocols] }),
  });
}

function describe(fault: NodeJS.ErrnoException): string {
  switch (fault.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
      return 'connection reset';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no route to it';
    default:
      return fault.message;
  }
}
