/**
 * TLS: which certificate a handshake is answered with, and on what terms: SNI match, secure contexts, cipher suites, the
 * self-signed default. It knows no listener and no store of rows; rows are put in, contexts come out.
 */
export {
  type CertificatePairs,
  type CertificateRow,
  type CertificateStore,
  type CertificateStoreOptions,
  createCertificateStore,
  createTicketKeys,
  type HandshakeProfile,
  type SniRow,
} from './certificate-store.ts';
export {
  type CipherSuite,
  type HandshakeOptions,
  handshakeOptions,
  type TlsProtocol,
  tlsProtocols,
} from './cipher-suites.ts';
export { type DefaultCertificateOptions, loadOrCreateDefaultCertificate } from './default-certificate.ts';
export { type ClientHelloLook, parseClientHello } from './hello-parser.ts';
export type { CertificatePair, SelfSignedOptions } from './self-signed.ts';
export { createStapler, type Stapler } from './stapling/stapler.ts';
