import type { Settings } from '../settings/index.ts';
import { type CipherSuite, cipherSuites, type TlsProtocol, tlsProtocols } from '../tls/index.ts';

/** The TLS parameters that the settings ask for: a preset, or with `custom` the `ssl_*` keys. */
export function cipherSuiteOf(settings: Settings): CipherSuite {
  const name = settings.ssl_cipher_suite;
  if (name !== 'custom') return cipherSuites[name];
  const wanted = settings.ssl_protocols.split(/\s+/);
  return {
    protocols: tlsProtocols.filter((protocol: TlsProtocol) => wanted.includes(protocol)),
    ciphers: settings.ssl_ciphers ?? '',
    preferServerCiphers: settings.ssl_prefer_server_ciphers,
    ...(settings.ssl_dhparam === undefined
      ? {}
      : { dhparam: /^ffdhe\d+$/.test(settings.ssl_dhparam) ? 'auto' : settings.ssl_dhparam }),
  };
}
