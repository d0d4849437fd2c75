import { isUtf8 } from 'node:buffer';

/** True for a text of nothing but ASCII, whose bytes are its characters in every encoding. */
export function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}

/** Reads bytes, given as one character each, as UTF-8; undefined where they are none, for then they name nothing. */
export function utf8OfBytes(bytes: string): string | undefined {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : undefined;
}
