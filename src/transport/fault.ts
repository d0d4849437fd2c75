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
  /** The peer says that it has done nothing about the request (RFC 9113 section 8.7). */
  | 'unprocessed'
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
  /** The error code with which an HTTP/2 peer ended the stream; undefined for any other end. */
  readonly resetCode: number | undefined;

  constructor(kind: FaultKind, peer: string, detail: string, resetCode?: number) {
    super(`Cannot ${verbs[kind]} peer "${peer}": ${detail}`, {
      code: `ERR_UPSTREAM_${kind.toUpperCase()}`,
      status: kind.endsWith('timeout') ? 504 : 502,
      source: 'upstream',
      retry:
        kind === 'connect' ||
        kind === 'connect_timeout' ||
        kind === 'stale' ||
        kind === 'tls' ||
        kind === 'unprocessed',
    });
    this.kind = kind;
    this.resetCode = resetCode;
  }
}

const verbs: Record<FaultKind, string> = {
  connect: 'reach',
  connect_timeout: 'reach',
  tls: 'make a TLS connection to',
  stale: 'reuse the connection to',
  unprocessed: 'begin a request at',
  closed: 'read the answer of',
  read_timeout: 'read the answer of',
  write_timeout: 'write to',
  protocol: 'understand the answer of',
};
