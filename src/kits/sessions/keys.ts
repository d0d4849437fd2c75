import { createHmac, hash, hkdfSync, pbkdf2Sync } from 'node:crypto';

/** Keys of one secret; each session has its own, derived from its id. */
export interface SessionKeys {
  /** The first 16 bytes of the HMAC of a session's head. */
  mac(sid: Buffer, message: Buffer): Buffer;
  /** Key and nonce for AES-256-GCM. A cookie that lasts is worth more effort to crack, so its key takes more to make. */
  encryption(sid: Buffer, lasts: boolean): { readonly key: Buffer; readonly iv: Buffer };
}

const macBytes = 16;
const keyBytes = 32;
const ivBytes = 12;
/** Rounds of PBKDF2 for cookies that last: some milliseconds. */
const lastingRounds = 10_000;

/** Derives keys from a secret as lua-resty-session 4.0.5 does, so that sessions of Kong are good here and the other way. */
export function createSessionKeys(secret: string): SessionKeys {
  const material = hash('sha256', secret, 'buffer');
  const saltOf = (usage: string, sid: Buffer): Buffer => Buffer.concat([Buffer.from(`${usage}:`), sid]);
  const derive = (usage: string, sid: Buffer, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', material, '', saltOf(usage, sid), bytes));

  return {
    mac: (sid, message) =>
      createHmac('sha256', derive('authentication', sid, keyBytes))
        .update(message)
        .digest()
        .subarray(0, macBytes),
    encryption(sid, lasts) {
      const size = keyBytes + ivBytes;
      const bytes = lasts
        ? pbkdf2Sync(material, saltOf('encryption', sid), lastingRounds, size, 'sha256')
        : derive('encryption', sid, size);
      return { key: bytes.subarray(0, keyBytes), iv: bytes.subarray(keyBytes) };
    },
  };
}
