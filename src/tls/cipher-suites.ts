import { constants } from 'node:crypto';
import { GibbonError } from '../kernel/index.ts';

/** Names of TLS versions as `ssl_protocols` spells them, oldest first. */
export const tlsProtocols = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

/** One of {@link tlsProtocols}. */
export type TlsProtocol = (typeof tlsProtocols)[number];

/** What a server accepts in a handshake. */
export interface CipherSuite {
  readonly protocols: readonly TlsProtocol[];
  /** OpenSSL names for TLS 1.2 and older, colon-separated; "" for none. Those of TLS 1.3 are not up for choice. */
  readonly ciphers: string;
  readonly preferServerCiphers: boolean;
  /** `auto` for a well-known group that fits the key, PEM text for one's own; without it no DHE cipher is offered. */
  readonly dhparam?: string;
}

const disabling: { readonly [P in TlsProtocol]: number } = {
  TLSv1: constants.SSL_OP_NO_TLSv1,
  'TLSv1.1': constants.SSL_OP_NO_TLSv1_1,
  'TLSv1.2': constants.SSL_OP_NO_TLSv1_2,
  'TLSv1.3': constants.SSL_OP_NO_TLSv1_3,
};

/** The part of node's secure-context options that a {@link CipherSuite} decides. */
export interface HandshakeOptions {
  readonly minVersion: TlsProtocol;
  readonly maxVersion: TlsProtocol;
  readonly secureOptions: number;
  readonly honorCipherOrder: boolean;
  readonly ciphers?: string;
  readonly dhparam?: string;
}

/**
 * Reads a suite as options of a secure context.
 * @throws GibbonError `ERR_TLS_PROTOCOLS` when the suite allows no protocol.
 */
export function handshakeOptions(suite: CipherSuite): HandshakeOptions {
  const allowed = tlsProtocols.filter((protocol) => suite.protocols.includes(protocol));
  const oldest = allowed[0];
  const newest = allowed.at(-1);
  if (oldest === undefined || newest === undefined) {
    throw new GibbonError('Cannot accept TLS: no protocol is allowed', { code: 'ERR_TLS_PROTOCOLS' });
  }
  const gaps = tlsProtocols.filter((protocol) => !allowed.includes(protocol));
  // OpenSSL 3 refuses the SHA-1 signatures of TLS 1.0 and 1.1 at any security level above 0.
  const level = oldest === 'TLSv1' || oldest === 'TLSv1.1' ? ':@SECLEVEL=0' : '';
  const ciphers = suite.ciphers === '' && level !== '' ? 'DEFAULT' : suite.ciphers;
  return {
    minVersion: oldest,
    maxVersion: newest,
    secureOptions: gaps.reduce((options, protocol) => options | disabling[protocol], 0),
    honorCipherOrder: suite.preferServerCiphers,
    ...(ciphers === '' ? {} : { ciphers: ciphers + level }),
    ...(suite.dhparam === undefined ? {} : { dhparam: suite.dhparam }),
  };
}
