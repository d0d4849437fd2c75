/** Who connected to the proxy in front of us, and where; undefined when that proxy speaks for itself or does not say. */
export interface ProxiedPeer {
  /** IPv4, or IPv6 in its canonical text without brackets. */
  readonly sourceIp: string;
  readonly sourcePort: number;
  readonly destinationIp: string;
  readonly destinationPort: number;
}

/** What the first bytes of a connection say by the PROXY protocol. */
export type ProxyHeader =
  /** The header is not whole yet. */
  | { readonly kind: 'more' }
  /** Not a header, or a wrong one; the connection must not be served. */
  | { readonly kind: 'fault'; readonly detail: string }
  /** A header of `length` bytes; what follows is the client's own. */
  | { readonly kind: 'header'; readonly length: number; readonly peer: ProxiedPeer | undefined };

/** No more is known until more bytes are there. */
export const more: ProxyHeader = Object.freeze({ kind: 'more' });

/** A header that is refused. */
export function fault(detail: string): ProxyHeader {
  return { kind: 'fault', detail };
}
