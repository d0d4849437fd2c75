import { isUtf8 } from 'node:buffer';

/** Reads bytes given as Latin-1 as UTF-8 where they are that, and leaves them as they are otherwise. */
export function textOfLatin1(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : bytes;
}

/** Like {@link textOfLatin1}, but hands back the bytes themselves where they are no UTF-8. */
export function textOrBytesOfLatin1(bytes: string): string | Uint8Array {
  if (isAscii(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : buffer;
}

/** The bytes of `text` in UTF-8, each read as one Latin-1 character. */
export function latin1OfText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The bytes to send for a body: a text is UTF-8. */
export function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}
