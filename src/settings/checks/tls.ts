import { resolvePem } from '../certificates.ts';
import { cipherSuites } from '../cipher-suites.ts';
import type { Check, Draft } from '../draft.ts';

const groups = [
  { prefix: '', listeners: ['proxy_listen', 'stream_listen'] },
  { prefix: 'admin_', listeners: ['admin_listen'] },
  { prefix: 'admin_gui_', listeners: ['admin_gui_listen'] },
  { prefix: 'status_', listeners: ['status_listen'] },
] as const;

/** Certificates and keys of TLS listeners: as many of one as of the other, each readable. */
export const checkListenerCertificates: Check = ({ draft, exists }) => {
  const errors: string[] = [];
  for (const { prefix, listeners } of groups) {
    if (!listeners.some((name) => draft[name].some((listener) => listener.ssl))) continue;
    const certName = `${prefix}ssl_cert` as const;
    const keyName = `${prefix}ssl_cert_key` as const;
    const certs = draft[certName];
    const keys = draft[keyName];
    if (certs.length > 0 && keys.length === 0) errors.push(`${keyName} must be specified`);
    else if (keys.length > 0 && certs.length === 0) errors.push(`${certName} must be specified`);
    else if (keys.length !== certs.length) {
      errors.push(
        `${certName} was specified ${certs.length} times while ${keyName} was specified ${keys.length} times`,
      );
    }
    draft[certName] = certs.map((value) => loaded(certName, value, 'certificate', exists, errors));
    draft[keyName] = keys.map((value) => loaded(keyName, value, 'key', exists, errors));
  }
  return errors;
};

/** The certificate shown to upstreams. */
export const checkClientCertificate: Check = ({ draft, exists }) => {
  if (!draft.client_ssl) return [];
  const errors: string[] = [];
  if (draft.client_ssl_cert !== undefined && draft.client_ssl_cert_key === undefined) {
    errors.push('client_ssl_cert_key must be specified');
  } else if (draft.client_ssl_cert_key !== undefined && draft.client_ssl_cert === undefined) {
    errors.push('client_ssl_cert must be specified');
  }
  resolveOne(draft, 'client_ssl_cert', 'certificate', exists, errors);
  resolveOne(draft, 'client_ssl_cert_key', 'key', exists, errors);
  return errors;
};

/** Puts the preset that `ssl_cipher_suite` names in place of the single keys. */
export const checkCipherSuite: Check = ({ draft, exists }) => {
  const errors: string[] = [];
  if (draft.ssl_cipher_suite !== 'custom') {
    const suite = cipherSuites[draft.ssl_cipher_suite]!;
    draft.ssl_ciphers = suite.ciphers;
    draft.ssl_protocols = suite.protocols;
    draft.ssl_prefer_server_ciphers = suite.preferServerCiphers;
    if (draft.ssl_cipher_suite !== 'old') draft.ssl_dhparam = suite.dhparam;
  }
  for (const name of ['ssl_protocols', 'lua_ssl_protocols'] as const) {
    const bad = draft[name].split(/\s+/).find((version) => !/^(?:SSLv[23]|TLSv1(?:\.[123])?)$/.test(version));
    if (bad !== undefined) {
      errors.push(`${name} has an invalid value: '${bad}' (TLSv1, TLSv1.1, TLSv1.2, TLSv1.3)`);
    }
  }
  const dhparam = draft.ssl_dhparam;
  if (dhparam !== undefined && !/^ffdhe(?:2048|3072|4096|6144|8192)$/.test(dhparam) && !exists(dhparam)) {
    const text = dhparam.includes('-----BEGIN') ? dhparam : Buffer.from(dhparam, 'base64').toString('utf8');
    if (text.includes('-----BEGIN DH PARAMETERS-----')) draft.ssl_dhparam = text;
    else errors.push(`ssl_dhparam: failed loading certificate from ${dhparam}`);
  }
  return errors;
};

/** Authorities trusted for connections that the node opens. */
export const checkTrustedCertificates: Check = ({ draft, exists }) => {
  const errors: string[] = [];
  const name = 'lua_ssl_trusted_certificate';
  draft[name] = draft[name].map((value) =>
    value === 'system' ? value : loaded(name, value, 'certificate', exists, errors),
  );
  return errors;
};

/** Certificates of hybrid mode; their presence is checked with the roles. */
export const checkClusterCertificates: Check = ({ draft, exists }) => {
  if (draft.role === 'traditional') return [];
  const errors: string[] = [];
  resolveOne(draft, 'cluster_cert', 'certificate', exists, errors);
  resolveOne(draft, 'cluster_cert_key', 'key', exists, errors);
  resolveOne(draft, 'cluster_ca_cert', 'certificate', exists, errors);
  return errors;
};

type SingleCertificate =
  | 'client_ssl_cert'
  | 'client_ssl_cert_key'
  | 'cluster_cert'
  | 'cluster_cert_key'
  | 'cluster_ca_cert';

function resolveOne(
  draft: Draft,
  name: SingleCertificate,
  part: 'certificate' | 'key',
  exists: (path: string) => boolean,
  errors: string[],
): void {
  const value = draft[name];
  if (value !== undefined) draft[name] = loaded(name, value, part, exists, errors);
}

function loaded(
  name: string,
  value: string,
  part: 'certificate' | 'key',
  exists: (path: string) => boolean,
  errors: string[],
): string {
  const resolved = resolvePem(value, part, exists);
  if (resolved !== undefined) return resolved;
  // A key that cannot be read is still a secret: only its path may be repeated.
  const shown = part === 'key' && !value.startsWith('/') ? '******' : value;
  errors.push(`${name}: failed loading ${part} from ${shown}`);
  return value;
}
