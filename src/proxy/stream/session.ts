import type { Choice, Peer, UpstreamRow } from '../../balancer/index.ts';
import { requestId } from '../../kernel/index.ts';
import { phaseBits, type SerializeValue } from '../../pdk/support.ts';
import type { StreamRequest } from '../../router/index.ts';
import type { CompiledRoute, CompiledService, Instance, Plan } from '../../snapshot/index.ts';
import type { Handled } from '../phases/handlers.ts';
import type { Try } from '../phases/passage.ts';
import type { StreamClient } from './client.ts';
import { StreamKong } from './kong.ts';
import type { StreamRuntime, StreamTarget } from './runtime.ts';

/** How a stream ends, by nginx's numbers: served, bad bytes, forbidden, our fault, no peer, nowhere to go. */
export type StreamStatus = 200 | 400 | 403 | 500 | 502 | 503;

/** What a plugin wants a client to be told before its stream is closed. */
export interface StreamAnswer {
  readonly status: StreamStatus;
  readonly body: string | undefined;
}

const noPeers: Peer[] = [];

/**
 * One raw stream: a TCP connection, or what one client sends and gets over UDP. The state that phases and the PDK share; it
 * does nothing by itself.
 */
export class StreamSession implements StreamRequest, Choice, Handled {
  readonly runtime: StreamRuntime;
  readonly client: StreamClient;
  readonly serial: number;
  /** Milliseconds since the epoch, with a fraction. */
  readonly startedAt: number;
  readonly requestId: string = requestId();

  /** Lower case, without a trailing dot; undefined without TLS or without a name. */
  sni: string | undefined = undefined;
  /** What the handshake agreed upon, where TLS ends here. */
  tls: { readonly version: string; readonly cipher: string } | undefined = undefined;

  phase: number = phaseBits.preread;
  plugin: Instance | undefined = undefined;
  plan: Plan;
  answer: StreamAnswer | undefined = undefined;
  failureStatus = 500;
  isOver = false;

  route: CompiledRoute | undefined = undefined;
  service: CompiledService | undefined = undefined;
  target: StreamTarget | undefined = undefined;
  shared: Record<string, unknown> | undefined = undefined;
  pluginCtx: Map<string, Record<string, unknown>> | undefined = undefined;
  serializeValues: SerializeValue[] | undefined = undefined;

  /** The row of the Upstream that the peer belongs to; undefined for the host of a service that is none. */
  upstream: UpstreamRow | undefined = undefined;
  hashKey: string | undefined = undefined;
  tried: Peer[] = noPeers;
  readonly tries: Try[] = [];
  retriesLeft = 0;

  status: StreamStatus = 200;
  /** Bytes from the client and to it, from the upstream and to it. */
  received = 0;
  sent = 0;
  upstreamReceived = 0;
  upstreamSent = 0;
  /** When the upstream was called first, and when all was over; 0 until then. */
  proxiedAt = 0;
  endedAt = 0;

  #kong: StreamKong | undefined = undefined;

  constructor(runtime: StreamRuntime, client: StreamClient) {
    this.runtime = runtime;
    this.client = client;
    this.serial = runtime.nextSerial();
    this.startedAt = runtime.clock.now();
    this.plan = runtime.snapshot.globalStreamPlan;
  }

  get scheme(): StreamClient['scheme'] {
    return this.client.scheme;
  }

  get clientIp(): string {
    return this.client.clientIp;
  }

  get clientPort(): number {
    return this.client.clientPort;
  }

  get serverIp(): string {
    return this.client.localAddress;
  }

  get port(): number {
    return this.client.forwardedPort;
  }

  /** What plugins are given. */
  get kong(): StreamKong {
    return (this.#kong ??= new StreamKong(this));
  }

  /** How log lines about the stream end. */
  get mark(): string {
    return `client: ${this.clientIp}, server: ${this.serverIp}:${this.port}, request_id: "${this.requestId}"`;
  }
}
