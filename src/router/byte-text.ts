/**
 * The text's UTF-8 bytes, one character per byte: the form in which paths come off the wire, and so the form in which a
 * route's paths are compared with them.
 */
export function byteText(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}
