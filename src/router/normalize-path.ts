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
