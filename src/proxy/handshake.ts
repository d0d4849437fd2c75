import type { TLSSocket } from 'node:tls';

/** What certificate handlers want of the handshake that they run in. */
export interface HandshakeWishes {
  /** PEM texts of the authorities that the client is told of when it is asked; undefined for not asking. */
  authorities: readonly string[] | undefined;
  /** The session must not be resumed. */
  isApart: boolean;
}

/** What came of asking a client for its certificate. */
export interface ClientCertificate {
  /** PEM texts of the chain that it sent, its own first. */
  readonly chain: string;
  /** `SUCCESS` or `FAILED:<reason>`, by the authorities that the client was told of. */
  readonly verdict: string;
}

/** Certificates of a chain beyond which nothing is looked at. */
const maxChain = 20;

/** Reads the certificate that a client sent in its handshake; undefined when it sent none. */
export function clientCertificateOf(socket: TLSSocket): ClientCertificate | undefined {
  let chain = '';
  let certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  for (let count = 0; certificate !== undefined && count < maxChain; count += 1) {
    chain += certificate.toString();
    certificate = certificate.issuerCertificate;
  }
  const reason: unknown = socket.authorizationError;
  return { chain, verdict: socket.authorized ? 'SUCCESS' : `FAILED:${String(reason)}` };
}
