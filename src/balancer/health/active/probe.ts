import type { HealthSign, ProbePolicy } from '../policy.ts';

/** Whom to ask, and how. */
export interface ProbeTarget {
  readonly ip: string;
  readonly port: number;
  /** What the Host header says: the upstream's `host_header`, else the target's name. */
  readonly host: string;
  /** Row id of the certificate to show, the upstream's own. */
  readonly certificateId: string | undefined;
  readonly policy: ProbePolicy;
}

/** What came of it. */
export interface ProbeResult {
  /** Undefined for an answer that says nothing: a status on neither list. */
  readonly sign: HealthSign | undefined;
  /** In words, such as `status 500` or `connection refused`. */
  readonly detail: string;
}

/** Asks an address for its health. That it cannot be reached is a result too; a rejection counts as a TCP failure. */
export type Prober = (target: ProbeTarget) => Promise<ProbeResult>;
