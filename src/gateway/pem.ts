import { readFileSync } from 'node:fs';
import { GibbonError, messageOf } from '../kernel/index.ts';
import type { Settings } from '../settings/index.ts';

/** PEM texts trusted towards upstreams beside those of services; empty for the system's. */
export function trustedOf(settings: Settings): readonly string[] {
  return settings.lua_ssl_trusted_certificate
    .filter((value) => value !== 'system')
    .map((value) => readPem('lua_ssl_trusted_certificate', value));
}

/** What is shown to upstreams that have no certificate of their own; undefined for nothing. */
export function ownCertificateOf(settings: Settings): { readonly cert: string; readonly key: string } | undefined {
  const { client_ssl: isOn, client_ssl_cert: cert, client_ssl_cert_key: key } = settings;
  if (!isOn || cert === undefined || key === undefined) return undefined;
  return { cert: readPem('client_ssl_cert', cert), key: readPem('client_ssl_cert_key', key) };
}

/**
 * The PEM text of a setting that is PEM text or the path of a file.
 * @throws GibbonError `ERR_SETTINGS_PEM` when the file cannot be read.
 */
export function readPem(key: string, value: string): string {
  if (value.includes('-----BEGIN')) return value;
  try {
    return readFileSync(value, 'utf8');
  } catch (fault) {
    throw new GibbonError(`Cannot read ${key} "${value}": ${messageOf(fault)}`, {
      code: 'ERR_SETTINGS_PEM',
      cause: fault,
    });
  }
}
