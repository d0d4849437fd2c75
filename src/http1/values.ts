/**
 * The value of a Content-Length, digits only and at most 15 of them; -1 for anything else, such as `+2`, `2, 2` or ``
 * (RFC 9110 section 8.6, without the leniency that it allows).
 */
export function parseLength(bytes: Uint8Array, start: number, end: number): number {
  const digits = end - start;
  if (digits < 1 || digits > 15) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const chunked = Uint8Array.from('chunked', (char) => char.charCodeAt(0));

/** True when a Transfer-Encoding is `chunked` and nothing else; letters compare without case. */
export function isChunkedOnly(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== chunked.length) return false;
  for (let at = 0; at < chunked.length; at += 1) {
    if ((bytes[start + at]! | 0x20) !== chunked[at]) return false;
  }
  return true;
}
