import type { SecureContext } from 'node:tls';

/** How to speak TLS with a peer. Two requests share a connection only if `key` is the same. */
export interface UpstreamTls {
  /** Names everything that makes a connection differ: server name, client certificate, verification. */
  readonly key: string;
  /** Sent as SNI; undefined for an address. */
  readonly serverName: string | undefined;
  /** Checks the peer's certificate against the context's authorities. */
  readonly verify: boolean;
  readonly context?: SecureContext;
}
