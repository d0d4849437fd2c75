import { headChars } from './head.ts';

/** How cookies of a configuration look. */
export interface CookieStyle {
  readonly domain: string | null;
  readonly path: string | null;
  readonly sameSite: string | null;
  readonly secure: boolean | null;
  readonly httpOnly: boolean | null;
}

/** The attributes of a cookie, as lua-resty-session writes them. */
export function cookieAttributes({ domain, path, sameSite, secure, httpOnly }: CookieStyle): string {
  const site = sameSite ?? 'Lax';
  let text = domain === null || domain === 'localhost' ? '' : `; Domain=${domain}`;
  text += `; Path=${path ?? '/'}; SameSite=${site}`;
  // Browsers take SameSite=None from secure cookies alone.
  if (secure === true || site === 'None') text += '; Secure';
  if (httpOnly !== false) text += '; HttpOnly';
  return text;
}

/** What makes a client forget a cookie. */
export const expiry = '; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0';

/** Browsers keep cookies of up to this many bytes, and a session takes nine of them at most. */
const maxCookie = 4096;
const maxCookies = 9;

/**
 * How many cookies a session of so many characters needs; undefined for one that does not fit. The first cookie has the
 * head, too; the names of the others end with their number.
 */
export function cookieCount(name: string, dataSize: number): number | undefined {
  const nameSize = Buffer.byteLength(name);
  let space = nameSize + 1 + headChars + dataSize;
  if (space <= maxCookie) return 1;
  for (let count = 2; count <= maxCookies; count++) {
    space += nameSize + 2;
    if (space <= maxCookie * count) return count;
  }
  return undefined;
}

/** The cookies of a session: names and values. */
export function splitCookies(name: string, head: string, data: string): readonly (readonly [string, string])[] {
  const nameSize = Buffer.byteLength(name);
  const count = cookieCount(name, data.length) ?? 0;
  if (count <= 1) return [[name, head + data]];
  let at = maxCookie - headChars - nameSize - 1;
  const cookies: (readonly [string, string])[] = [[name, head + data.slice(0, at)]];
  for (let number = 2; number <= count; number++) {
    const end = at + maxCookie - nameSize - 2;
    cookies.push([`${name}${number}`, data.slice(at, end)]);
    at = end;
  }
  return cookies;
}

/** Puts cookies into the Set-Cookie lines of an answer, each in place of the one of its name, if there is one. */
export function mergeCookies(lines: readonly string[], cookies: readonly string[]): readonly string[] {
  const merged = [...lines];
  for (const cookie of cookies) {
    const start = cookie.slice(0, cookie.indexOf('=') + 1);
    const at = merged.findIndex((line) => line.startsWith(start));
    if (at === -1) merged.push(cookie);
    else merged[at] = cookie;
  }
  return merged;
}
