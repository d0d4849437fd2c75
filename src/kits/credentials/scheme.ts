/**
 * What follows the name of an authentication scheme in a header, blanks after the name left out; undefined without it.
 * `name` is in lower case, and of the header only its first letter may be upper-case. Like Kong's plugins this finds the
 * scheme wherever it stands first, and takes a text that goes on right after the name unless `needsBlank` is set.
 */
export function afterScheme(header: string, name: string, needsBlank = false): string | undefined {
  for (let at = findScheme(header, name, 0); at !== -1; at = findScheme(header, name, at + 1)) {
    const end = at + name.length;
    let start = end;
    while (start < header.length && isBlank(header.charCodeAt(start))) start++;
    if (start < header.length && (start > end || !needsBlank)) return header.slice(start);
  }
  return undefined;
}

function findScheme(header: string, name: string, from: number): number {
  const rest = name.slice(1);
  const first = name.charCodeAt(0);
  for (let at = header.indexOf(rest, from + 1); at !== -1; at = header.indexOf(rest, at + 1)) {
    if ((header.charCodeAt(at - 1) | 0x20) === first) return at - 1;
  }
  return -1;
}

/** True for what may stand between the parts of a header's value. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
