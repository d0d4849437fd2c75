import { hexPair } from './args.ts';
import { latin1OfText } from './text.ts';

/** Characters that a path to the upstream may hold as they are (Kong 3.9); all others are percent-encoded. */
const mayStay = /^[!#$&'()*+,/:;=?@[\]A-Za-z0-9\-_.~%]*$/;
const oneMayStay = /[!#$&'()*+,/:;=?@[\]A-Za-z0-9\-_.~%]/;

/** Percent-encodes what may not stand in a path, byte by byte; what is encoded already stays so. */
export function escapePath(path: string): string {
  if (mayStay.test(path)) return path;
  let escaped = '';
  for (const byte of latin1OfText(path)) {
    escaped += oneMayStay.test(byte) ? byte : percent(byte.charCodeAt(0));
  }
  return escaped;
}

/** Characters that stay percent-encoded when a path is normalised, because they would mean something else decoded. */
const reserved = new Set(Array.from("!*'();:@&=+$,/?%#[]", (char) => char.charCodeAt(0)));

/**
 * The path in the form that is matched and shown to plugins (Kong 3.0, RFC 3986 section 6.2.2): encoded characters
 * decoded unless reserved, dot segments resolved, runs of slashes merged. In and out are bytes read as Latin-1.
 */
export function normalizePath(path: string): string {
  const decoded = path.includes('%') ? decodeUnreserved(path) : path;
  if (!decoded.includes('/.') && !decoded.includes('//') && decoded.startsWith('/')) return decoded;
  return resolveDots(decoded);
}

function decodeUnreserved(path: string): string {
  let decoded = '';
  for (let at = 0; at < path.length; at++) {
    const byte = path[at] === '%' ? hexPair(path, at + 1) : -1;
    if (byte === -1) {
      decoded += path[at];
      continue;
    }
    decoded += reserved.has(byte) ? path.slice(at, at + 3).toUpperCase() : String.fromCharCode(byte);
    at += 2;
  }
  return decoded;
}

function resolveDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  const last = segments.length - 1;
  for (const [at, segment] of segments.entries()) {
    const isDot = segment === '.' || segment === '..';
    if (segment === '..') kept.pop();
    if (segment !== '' && !isDot) kept.push(segment);
    // A path that ends in a slash or in a dot segment is that of a folder.
    else if (at === last) kept.push('');
  }
  return `/${kept.join('/')}`;
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
