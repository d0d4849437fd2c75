import { compileSafeRegex, createLru, type SafeRegex } from '../../kernel/index.ts';

/** An origin without the port that its scheme has anyway, and its host alone. */
export interface Origin {
  readonly domain: string;
  readonly host: string;
}

/** Takes an origin apart; what has no `//` is taken as it is. User information and paths are dropped. */
export function normalizeOrigin(text: string): Origin {
  const scheme = /^([A-Za-z0-9][A-Za-z0-9+.-]*):\/\//.exec(text)?.[1];
  const start = scheme === undefined ? (text.startsWith('//') ? 2 : -1) : scheme.length + 3;
  if (start === -1) return { domain: text, host: text };
  const authority = text.slice(start).split(/[/?#]/, 1)[0]!;
  const afterUser = authority.slice(authority.indexOf('@') + 1);
  const { host, port } = splitPort(afterUser);
  if (host === '') return { domain: text, host: text };
  const isUsual = (scheme === 'http' && port === '80') || (scheme === 'https' && port === '443');
  return {
    domain: `${scheme === undefined ? '' : `${scheme}://`}${host}${port === undefined || isUsual ? '' : `:${port}`}`,
    host,
  };
}

function splitPort(authority: string): { readonly host: string; readonly port: string | undefined } {
  const colon = authority.lastIndexOf(':');
  // The colons of an IPv6 address are before its bracket.
  if (colon === -1 || authority.indexOf(']', colon) !== -1) return { host: authority, port: undefined };
  return { host: authority.slice(0, colon), port: authority.slice(colon + 1) };
}

/** Which origins a configuration lets read answers. */
export type Allowance =
  /** Everybody, without looking. */
  | { readonly kind: 'all' }
  /** One origin, which is told to everybody. */
  | { readonly kind: 'one'; readonly origin: string }
  /** Those that {@link Matcher} knows. */
  | { readonly kind: 'some'; readonly match: Matcher };

/** The origin to allow for that of a request: itself without its usual port, `*`, or none. */
export type Matcher = (requestOrigin: string) => string | undefined;

/** An origin is text as long as it has none but these characters; else it is a regular expression. */
const plain = /^[A-Za-z0-9.:/-]+$/;

/** Makes the allowance of a list of origins as Kong 3.9 reads it. */
export function allowanceOf(origins: readonly string[] | null): Allowance {
  if (origins === null || origins.length === 0 || (origins.length === 1 && origins[0] === '*')) return { kind: 'all' };
  if (origins.length === 1 && plain.test(origins[0]!)) return { kind: 'one', origin: origins[0]! };
  return { kind: 'some', match: origins.includes('*') ? () => '*' : createMatcher(origins) };
}

/** How many origins of requests a configuration remembers its verdict on. */
const remembered = 1000;

function createMatcher(origins: readonly string[]): Matcher {
  const entries = origins.map((entry) => (plain.test(entry) ? matchText(entry) : matchRegex(entry)));
  const verdicts = createLru<string, string | false>(remembered);
  return (requestOrigin) => {
    let verdict = verdicts.get(requestOrigin);
    if (verdict === undefined) {
      const origin = normalizeOrigin(requestOrigin);
      verdict = entries.some((isMatch) => isMatch(origin)) && origin.domain;
      verdicts.set(requestOrigin, verdict);
    }
    return verdict === false ? undefined : verdict;
  };
}

function matchText(entry: string): (origin: Origin) => boolean {
  const { domain } = normalizeOrigin(entry);
  return (origin) => origin.domain === domain;
}

/**
 * Compiles an entry that is a regular expression. Kong leaves all alternatives but the last open at the end, so that
 * `a|b` lets `a.evil` in; here all are closed.
 * @throws GibbonError `ERR_REGEX` for one that is malformed or cannot be run safely.
 */
export function compileOrigin(entry: string): SafeRegex {
  return compileSafeRegex(`(?:${entry})$`, '', { anchored: true });
}

function matchRegex(entry: string): (origin: Origin) => boolean {
  const regex = compileOrigin(entry);
  return entry.includes(':') ? ({ domain }) => regex.test(domain) : ({ host }) => regex.test(host);
}
