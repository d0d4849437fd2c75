import { hash } from 'node:crypto';
import { isAscii } from '../../kits/credentials/index.ts';

/**
 * The form in which a password is stored: SHA-1 of it and of the id of its consumer, in hexadecimal (Kong 3.9). The
 * format is Kong's, so that rows can be moved between the two.
 */
export function hashPassword(password: string, consumerId: string): string {
  return hash('sha1', password + consumerId);
}

/** The same for a password whose bytes in UTF-8 are given as one character each. */
export function hashPasswordBytes(password: string, consumerId: string): string {
  return isAscii(password)
    ? hashPassword(password, consumerId)
    : hash('sha1', Buffer.from(password + consumerId, 'latin1'));
}
