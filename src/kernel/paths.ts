const percent = 0x25;
const dot = 0x2e;
const slash = 0x2f;

/** RFC 3986 reserved characters and the percent sign: decoding one of these would change what a path means. */
const reserved = new Set("!*'();:@&=+$,/?%#[]");

/**
 * Normalises a path without its query as Kong 3.9 does before it matches: `%XX` of characters that are not reserved is
 * decoded (also of controls and of bytes above 127, giving one character per byte), the other `%XX` get upper-case
 * digits, a malformed `%` stays; then dot segments are removed (RFC 3986 section 5.2.4) and runs of slashes become one.
 * A path that is normal already comes back as the same string after one scan.
 */
export function normalizePath(path: string): string {
  if (path.charCodeAt(0) !== slash) return path === '' ? path : normalize(path);
  const length = path.length;
  for (let i = 0; i < length; i++) {
    const unit = path.charCodeAt(i);
    if (unit === percent) return normalize(path);
    if (unit === slash && i + 1 < length) {
      const next = path.charCodeAt(i + 1);
      if (next === slash || (next === dot && isDotSegment(path, i + 1))) return normalize(path);
    }
  }
  return path;
}

/** True when the segment that starts at `at`, with a dot, is "." or "..". */
function isDotSegment(path: string, at: number): boolean {
  const end = path.charCodeAt(at + 1) === dot ? at + 2 : at + 1;
  return end >= path.length || path.charCodeAt(end) === slash;
}

function normalize(path: string): string {
  const decoded = path.includes('%') ? path.replace(/%([0-9a-fA-F]{2})/g, decodeTriplet) : path;
  if (!decoded.includes('.') && !decoded.includes('//')) return decoded;
  const relative = decoded.replace(/^(?:\.\.?\/)+/, '');
  if (relative === '.' || relative === '..') return '';
  const segments = relative.split('/');
  const kept: string[] = [];
  // What stands before the first slash is a segment only when a path does not start with one, as in "a/b".
  if (segments[0] !== '') kept.push(segments[0]!);
  for (let i = 1; i < segments.length; i++) {
    const segment = segments[i]!;
    const isLast = i === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment !== '' && segment !== '.' && segment !== '..') kept.push(`/${segment}`);
    else if (isLast) kept.push('/');
  }
  return kept.join('');
}

function decodeTriplet(triplet: string, hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return reserved.has(character) ? triplet.toUpperCase() : character;
}

/** 1 for each byte that may stand in a request target as it is: RFC 3986 reserved and unreserved characters and `%`. */
const legal = new Uint8Array(256);
for (const character of "!#$&'()*+,/:;=?@[]-_.~%") legal[character.charCodeAt(0)] = 1;
for (let unit = 0; unit < 256; unit++) if (/[A-Za-z0-9]/.test(String.fromCharCode(unit))) legal[unit] = 1;

/** Percent-escapes what may not stand in a request target; text that is legal already comes back as the same string. */
export function escapePath(path: string): string {
  for (let i = 0; i < path.length; i++) {
    if (!isLegal(path.charCodeAt(i))) return escapeFrom(path, i);
  }
  return path;
}

function isLegal(unit: number): boolean {
  return unit < 256 && legal[unit] === 1;
}

function escapeFrom(path: string, start: number): string {
  let escaped = path.slice(0, start);
  for (const character of path.slice(start)) {
    const unit = character.charCodeAt(0);
    if (isLegal(unit)) escaped += character;
    else if (unit < 256) escaped += `%${unit.toString(16).toUpperCase().padStart(2, '0')}`;
    else escaped += encodeURIComponent(character.toWellFormed());
  }
  return escaped;
}
