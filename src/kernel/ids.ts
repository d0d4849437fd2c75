import { createHash, randomBytes, randomFillSync } from 'node:crypto';

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for 36 characters of hexadecimal groups 8-4-4-4-12, in either case (Kong 3.9 accepts any version). */
export function isUuid(text: string): boolean {
  return text.length === 36 && uuidShape.test(text);
}

/** Name-based UUID of version 5 (RFC 9562 section 5.5): the same namespace and name give the same id. */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A random string of letters and digits, 32 long unless told; for generated keys and secrets. */
export function randomString(length = 32): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // 248 is the largest multiple of 62 below 256: anything above would favour the first letters.
      if (byte < 248 && text.length < length) text += alphabet[byte % 62];
    }
  }
  return text;
}

const pool = Buffer.allocUnsafe(4096);
let digits = '';
let used = 0;

/** 32 lower-case hexadecimal digits from the machine's random source; cheap enough for every request. */
export function requestId(): string {
  if (used === digits.length) {
    digits = randomFillSync(pool).toString('hex');
    used = 0;
  }
  const at = used;
  used = at + 32;
  return digits.substring(at, at + 32);
}
