import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';
import { decodeBase64Url } from '../../kits/credentials/index.ts';

/** Texts that travel through a browser and cannot be read or made there (AES-256-GCM). */
export interface SealedTexts {
  /** Seals a text, in base64 for URLs; it opens under the same name only. */
  seal(name: string, text: string): string;
  /** The text; undefined where it was not sealed here under that name. */
  open(name: string, sealed: string): string | undefined;
}

const cipherName = 'aes-256-gcm';
const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/** Creates {@link SealedTexts} for one purpose of a secret. */
export function createSealedTexts(secret: string, purpose: string): SealedTexts {
  const key = Buffer.from(hkdfSync('sha256', hash('sha256', secret, 'buffer'), '', purpose, keyBytes));
  return {
    seal(name, text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(cipherName, key, iv, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(name));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(name, sealed) {
      const decoded = decodeBase64Url(sealed);
      if (decoded === undefined || decoded.length < ivBytes + tagBytes) return undefined;
      const bytes = Buffer.from(decoded, 'latin1');
      try {
        const decipher = createDecipheriv(cipherName, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
        decipher.setAAD(Buffer.from(name));
        decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
        return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return undefined;
      }
    },
  };
}
