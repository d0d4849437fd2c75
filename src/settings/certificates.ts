import { createPrivateKey, X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';

/**
 * Reads a value that may be a path, PEM text or base64 of PEM text: returns the absolute path of an existing file, or
 * PEM text that holds a certificate or key; undefined when it is none of these.
 */
export function resolvePem(
  value: string,
  part: 'certificate' | 'key',
  exists: (path: string) => boolean,
): string | undefined {
  if (exists(value)) return resolve(value);
  const text = value.includes('-----BEGIN') ? value : Buffer.from(value, 'base64').toString('utf8');
  if (!text.includes('-----BEGIN')) return undefined;
  try {
    if (part === 'certificate') new X509Certificate(text);
    else createPrivateKey(text);
    return text;
  } catch {
    return undefined;
  }
}
