/**
 * Writes a text as the value of an attribute in a distinguished name (RFC 4514 section 2.4): whatever it holds, it stays one
 * value, and can neither end it nor begin another part of the name.
 */
export function escapeDnValue(text: string): string {
  const escaped = text.replace(/[\0"+,;<=>\\]/g, (char) => (char === '\0' ? '\\00' : `\\${char}`));
  // A backslash before a space that is the last sign too would leave room for two readings; digits do not.
  const guarded = escaped.replace(/^[ #]/, (char) => (char === ' ' ? '\\20' : '\\23'));
  return guarded.endsWith(' ') ? `${guarded.slice(0, -1)}\\20` : guarded;
}
