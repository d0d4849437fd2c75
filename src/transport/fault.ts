import { GibbonError } from '../kernel/index.ts';

/** How an exchange with a peer failed. */
export type FaultKind =
  /** The connection could not be made; nothing was sent. */
  | 'connect'
  /** Making it took longer than connect_timeout; nothing was sent. */
  | 'connect_timeout'
  /** The TLS handshake failed. */
  | 'tls'
  /** The peer closed or reset a connection that had been used before, and no byte of an answer was seen. */
  | 'stale'
  /** The peer closed or reset the connection before the answer was whole. */
  | 'closed'
  /** The peer sent nothing for read_timeout. */
  | 'read_timeout'
  /** The peer took nothing for write_timeout. */
  | 'write_timeout'
  /** The answer was no HTTP. */
  | 'protocol';

/** A failure of one try against one peer. */
export class TransportFault extends GibbonError {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, peer: string, detail: string) {
    super(`Cannot ${verbs[kind]} peer "${peer}": ${detail}`, {
      code: `ERR_UPSTREAM_${kind.toUpperCase()}`,
      status: kind.endsWith('timeout') ? 504 : 502,
      source: 'upstream',
      retry: kind === 'connect' || kind === 'connect_timeout' || kind === 'stale' || kind === 'tls',
    });
    this.kind = kind;
  }
}

const verbs: Record<FaultKind, string> = {
  connect: 'reach',
  connect_timeout: 'reach',
  tls: 'make a TLS connection to',
  stale: 'reuse the connection to',
  closed: 'read the answer of',
  read_timeout: 'read the answer of',
  write_timeout: 'write to',
  protocol: 'understand the answer of',
};
