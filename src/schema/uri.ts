import { normalizePath as normalizeBytes } from '../kernel/index.ts';

/** The parts of a URL as Kong's shorthand and checks read it: nothing is required, decoded or validated. */
export interface UrlParts {
  readonly scheme?: string;
  readonly host?: string;
  /** As written, digits or not. */
  readonly port?: string;
  readonly path?: string;
}

/** Takes a URL apart. The authority ends at the first slash, so a query without a path stays part of the host. */
export function parseUrl(url: string): UrlParts {
  const parts: { scheme?: string; host?: string; port?: string; path?: string } = {};
  let rest = before(url, '#');
  const scheme = /^([\da-z][\da-z+.-]*):/i.exec(rest);
  if (scheme !== null) {
    parts.scheme = scheme[1]!;
    rest = rest.slice(scheme[0].length);
  }
  let authority: string | undefined;
  if (rest.startsWith('//')) {
    authority = before(rest.slice(2), '/');
    rest = rest.slice(2 + authority.length);
  }
  const path = before(before(rest, '?'), ';');
  if (path !== '') parts.path = path;
  if (authority === undefined) return parts;
  const host = authority.slice(authority.indexOf('@') + 1);
  const colon = host.lastIndexOf(':');
  const hasPort = colon !== -1 && !host.includes(']', colon);
  if (hasPort) parts.port = host.slice(colon + 1);
  const name = hasPort ? host.slice(0, colon) : host;
  if (name !== '') parts.host = /^\[(.+)\]$/.exec(name)?.[1] ?? name;
  return parts;
}

function before(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at === -1 ? text : text.slice(0, at);
}

/**
 * The normal form of an absolute path (RFC 3986 section 6.2.2): needless percent-encoding undone, the rest in upper case,
 * dot segments removed, and slashes that follow one another made one.
 */
export function normalizePath(path: string): string {
  const bytes = normalizeBytes(Buffer.from(path).toString('latin1'));
  return Buffer.from(bytes, 'latin1').toString();
}
