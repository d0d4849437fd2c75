/** Directives of a Cache-Control header by lower-case name: a number, a text, or true for one without a value. */
export type Directives = ReadonlyMap<string, number | string | true>;

const none: Directives = new Map();

/** Reads a Cache-Control header as Kong 3.9 does: split at commas, numbers where they look like numbers. */
export function parseDirectives(header: string | undefined): Directives {
  if (header === undefined || header === '') return none;
  const directives = new Map<string, number | string | true>();
  for (const part of header.split(',')) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trimStart().toLowerCase();
    if (name === '') continue;
    const value = equals === -1 ? '' : part.slice(equals + 1);
    const number = value.trim() === '' ? Number.NaN : Number(value);
    directives.set(name, value === '' ? true : Number.isNaN(number) ? value : number);
  }
  return directives;
}

/** A directive's number; undefined when it is absent or none. */
export function secondsOf(directives: Directives, name: string): number | undefined {
  const value = directives.get(name);
  return typeof value === 'number' ? value : undefined;
}

/**
 * Seconds for which an answer is fresh by its own words: `s-maxage`, else `max-age`, else `Expires` (RFC 9111 section
 * 4.2.1); 0 when it says nothing. `now` is in seconds since the epoch.
 */
export function freshnessOf(directives: Directives, expires: string | undefined, now: number): number {
  const told = directives.has('s-maxage') ? secondsOf(directives, 's-maxage') : secondsOf(directives, 'max-age');
  if (told !== undefined || directives.has('s-maxage') || directives.has('max-age')) return Math.max(0, told ?? 0);
  const time = expires === undefined ? Number.NaN : Date.parse(expires);
  return Number.isNaN(time) ? 0 : Math.max(0, Math.floor(time / 1000) - now);
}
