/** The character of each code in base64's two alphabets, by its bit: 1 for the standard one, 2 for the one for URLs. */
const alphabets = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789') alphabets[char.charCodeAt(0)] = 3;
for (const char of '+/') alphabets[char.charCodeAt(0)] = 1;
for (const char of '-_') alphabets[char.charCodeAt(0)] = 2;

const padding = 0x3d;

/**
 * Decodes base64 (RFC 4648 section 4) into a string of bytes, one character each; undefined when it is none. Like nginx
 * it can do without padding, and takes the first `=` for the end.
 */
export function decodeBase64(text: string): string | undefined {
  const length = encodedLength(text, standard);
  return length === -1 ? undefined : atob(length === text.length ? text : text.slice(0, length));
}

/** Like {@link decodeBase64} for the alphabet that URLs can carry (RFC 4648 section 5). */
export function decodeBase64Url(text: string): string | undefined {
  const length = encodedLength(text, url);
  if (length === -1) return undefined;
  const encoded = length === text.length ? text : text.slice(0, length);
  // Most texts have none of the characters in which the alphabets differ, and this decoder is the faster one.
  if (encodedLength(encoded, standard) === length) return atob(encoded);
  return Buffer.from(encoded, 'base64url').toString('latin1');
}

/** The characters of base64 for URLs before the padding; undefined where they could not be decoded. */
export function unpaddedBase64Url(text: string): string | undefined {
  const length = encodedLength(text, url);
  return length === -1 ? undefined : text.slice(0, length);
}

const standard = 1;
const url = 2;

/** How many characters before the padding carry bits; -1 when that is no encoding. */
function encodedLength(text: string, alphabet: number): number {
  let at = 0;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === padding) break;
    if (code > 0x7f || (alphabets[code]! & alphabet) === 0) return -1;
  }
  return at % 4 === 1 ? -1 : at;
}
