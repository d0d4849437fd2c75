import type { EjectionPolicy } from './health/messages.ts';
import type { HealthState } from './health/record.ts';

/** How a try at a peer ended: with an answer's head, without a connection, or without an answer in time. */
export type TryResult = 'answered' | 'tcp_failure' | 'timeout';

/** One resolved address that requests may be sent to: the same object for as long as the address stands. */
export interface Peer {
  /** IPv4, or IPv6 without brackets. */
  readonly ip: string;
  readonly port: number;
  /** What the Host header and the server name are made of: the name as configured, or the address. */
  readonly host: string;
  /** Host and port in one text, IPv6 in brackets. */
  readonly authority: string;
  /** The `targets` row behind it; undefined for a service that names its host itself. */
  readonly targetId: string | undefined;
  /** Its share of the traffic in proportion to the others; 0 for none. */
  readonly weight: number;
  /** False while health checks keep it from traffic. */
  readonly available: boolean;
  /** How many times it was picked and not released yet. */
  readonly active: number;
  /** Free for whoever dials the address, such as its pool of connections. */
  attached: unknown;
  /** To be called once for each time that the peer was picked, when the try is over. */
  release(): void;
  /**
   * Tells how a try ended; `status` is 0 without an answer, `latencyMs` runs from the dial to the answer's head.
   * With a policy the peer may be ejected.
   */
  report(result: TryResult, status: number, latencyMs: number, ejection?: EjectionPolicy): void;
}

/** Whoever wants to hear how tries ended. */
export interface PeerOwner {
  reported(
    peer: BalancedPeer,
    result: TryResult,
    status: number,
    latencyMs: number,
    ejection: EjectionPolicy | undefined,
  ): void;
}

/** The {@link Peer} that balancers keep: with the marks of the algorithms, in the object so that picking allocates nothing. */
export class BalancedPeer implements Peer {
  readonly ip: string;
  readonly port: number;
  readonly host: string;
  readonly authority: string;
  readonly targetId: string | undefined;
  weight: number;
  available = true;
  /** What the node thinks of it, so far as this worker knows; see `available` for what follows from it. */
  health: HealthState = 'healthy';
  /** The next success is worth a report to the node. */
  heedsSuccess = false;
  /** Failures are counted that may eject it, or it is on trial: the next answer is worth a report to the node. */
  isSuspect = false;
  /** After an ejection: how many requests may try it out, 0 while one is under way; -1 for as many as there are. */
  trials = -1;
  active = 0;
  attached: unknown = undefined;
  /** Round-robin: how much of its share it is owed. */
  owed = 0;
  /** Latency: moving average in milliseconds, and the monotonic time of its last change; 0 before the first answer. */
  average = 0;
  averagedAt = 0;
  readonly #owner: PeerOwner;

  constructor(address: Pick<Peer, 'ip' | 'port' | 'host' | 'targetId' | 'weight'>, owner: PeerOwner) {
    this.ip = address.ip;
    this.port = address.port;
    this.host = address.host;
    this.authority = `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
    this.targetId = address.targetId;
    this.weight = address.weight;
    this.#owner = owner;
  }

  release(): void {
    if (this.active > 0) this.active--;
    // Whoever tried it out has gone without a word, or the verdict on it comes soon.
    if (this.trials === 0) this.trials = 1;
  }

  report(result: TryResult, status: number, latencyMs: number, ejection?: EjectionPolicy): void {
    this.#owner.reported(this, result, status, latencyMs, ejection);
  }
}
