import type { Settings } from '../settings/index.ts';
import { type CipherSuite, type TlsProtocol, tlsProtocols } from '../tls/index.ts';

/** The TLS parameters that the settings ask for; a preset has been put in place of the `ssl_*` keys by then. */
export function cipherSuiteOf(settings: Settings): CipherSuite {
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
