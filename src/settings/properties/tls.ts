import type { Property } from '../property.ts';

/** Certificates and TLS parameters. */
export const tlsProperties = {
  ssl_cert: {
    kind: 'list',
    certificate: 'certificate',
    description:
      'Certificates of the TLS listeners of the proxy for names that no SNI entity covers; self-signed ones when unset.',
    since: '2.1',
  },
  ssl_cert_key: {
    kind: 'list',
    certificate: 'key',
    sensitive: true,
    description: 'Their keys, in the same order.',
    since: '2.1',
  },
  admin_ssl_cert: {
    kind: 'list',
    certificate: 'certificate',
    description: 'Certificates of the TLS listeners of the Admin API.',
    since: '2.1',
  },
  admin_ssl_cert_key: {
    kind: 'list',
    certificate: 'key',
    sensitive: true,
    description: 'Their keys.',
    since: '2.1',
  },
  status_ssl_cert: {
    kind: 'list',
    certificate: 'certificate',
    description: 'Certificates of the TLS listeners of the Status API.',
    since: '2.1',
  },
  status_ssl_cert_key: {
    kind: 'list',
    certificate: 'key',
    sensitive: true,
    description: 'Their keys.',
    since: '2.1',
  },
  client_ssl: {
    kind: 'boolean',
    default: 'off',
    description: 'Show a client certificate to upstreams that ask for one.',
    since: '2.1',
  },
  client_ssl_cert: {
    kind: 'string',
    certificate: 'certificate',
    description: 'That certificate; the one of a service wins.',
    since: '2.1',
  },
  client_ssl_cert_key: {
    kind: 'string',
    certificate: 'key',
    sensitive: true,
    description: 'Its key.',
    since: '2.1',
  },
  ssl_cipher_suite: {
    kind: 'enum',
    default: 'intermediate',
    values: ['modern', 'intermediate', 'old', 'fips', 'custom'],
    description: 'Preset of TLS versions and ciphers; `custom` takes the `ssl_*` keys below instead.',
    since: '2.1',
  },
  ssl_ciphers: {
    kind: 'string',
    description: 'OpenSSL list of ciphers up to TLS 1.2.',
    since: '2.1',
  },
  ssl_protocols: {
    kind: 'string',
    default: 'TLSv1.2 TLSv1.3',
    description: 'TLS versions, separated by blanks.',
    since: '2.1',
  },
  ssl_prefer_server_ciphers: {
    kind: 'boolean',
    default: 'on',
    description: 'The order of the server decides which cipher is used.',
    since: '2.1',
  },
  ssl_dhparam: {
    kind: 'string',
    description: 'Diffie-Hellman parameters: a group name such as `ffdhe2048`, a path, or PEM text.',
    since: '2.3',
  },
  ssl_stapling: {
    kind: 'boolean',
    default: 'on',
    description:
      'Send along with a certificate that names an OCSP responder the proof that it is not revoked. The responder is asked ' +
      'over HTTP, in the background.',
    since: 'Gibbon',
  },
  ssl_session_tickets: {
    kind: 'boolean',
    default: 'on',
    description: 'Resume TLS sessions by tickets.',
    since: '2.1',
  },
  ssl_session_timeout: {
    kind: 'time',
    default: '1d',
    description: 'How long a TLS session can be resumed.',
    since: '2.1',
  },
  ssl_session_cache_size: {
    kind: 'size',
    default: '10m',
    inert: true,
    description: "Room for resumable sessions; Gibbon's is bounded by itself.",
    since: '3.2',
  },
  lua_ssl_trusted_certificate: {
    kind: 'list',
    default: 'system',
    certificate: 'certificate',
    description: 'Authorities trusted for connections that the node opens: `system`, paths or PEM text.',
    since: '2.1',
  },
  lua_ssl_verify_depth: {
    kind: 'integer',
    default: '1',
    inert: true,
    description: 'Longest certificate chain accepted there.',
    since: '2.1',
  },
  lua_ssl_protocols: {
    kind: 'string',
    default: 'TLSv1.2 TLSv1.3',
    inert: true,
    description: 'TLS versions of connections that the node opens.',
    since: '2.4',
  },
} as const satisfies Record<string, Property>;
