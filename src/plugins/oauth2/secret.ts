import { pbkdf2, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const rounds = 10_000;
const hashLength = 32;
const saltLength = 16;
const prefix = `$pbkdf2-sha512$i=${rounds},l=${hashLength}$`;

/** What a stored hash may ask for: more would be a way to keep the machine busy. */
const maxRounds = 1_000_000;

/**
 * The form in which a client's secret is stored with `hash_secret`: PBKDF2 with SHA-512 as a PHC string, with Kong's
 * numbers (Kong 3.9), so that rows can be moved between the two.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(saltLength);
  return `${prefix}${encode(salt)}$${encode(pbkdf2Sync(secret, salt, rounds, hashLength, 'sha512'))}`;
}

/**
 * True when `secret` is what was stored as `stored`. The work is done beside the event loop; a text that is no hash of
 * Kong's belongs to no secret.
 */
export async function isSecretOf(secret: string, stored: string): Promise<boolean> {
  const found = /^\$pbkdf2-(sha(?:1|256|384|512))\$i=(\d{1,7}),l=(\d{1,3})\$([\w+/]{1,200})\$([\w+/]{1,200})$/.exec(
    stored,
  );
  if (found === null) return false;
  const [, digest, i, l, salt, hash] = found;
  const iterations = Number(i);
  const expected = Buffer.from(hash!, 'base64');
  if (iterations < 1 || iterations > maxRounds || expected.length !== Number(l)) return false;
  const derived = await new Promise<Buffer>((resolve, reject) => {
    pbkdf2(secret, Buffer.from(salt!, 'base64'), iterations, expected.length, digest!, (fault, key) => {
      if (fault === null) resolve(key);
      else reject(fault);
    });
  });
  return timingSafeEqual(derived, expected);
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
