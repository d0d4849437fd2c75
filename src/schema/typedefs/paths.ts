import { f } from '../fields.ts';
import { checkRegex } from '../regex-check.ts';
import { normalizePath, parseUrl } from '../uri.ts';
import { typedef } from './typedef.ts';

const noEmptySegments = { pattern: /\/\//, lua: '//', err: 'must not have empty segments' } as const;

/** A URL path: from `/`, of RFC 3986 characters, without empty segments. */
export const path = typedef(
  f.string({ starts_with: '/', match_none: [noEmptySegments], custom_validator: checkPath, typedef: 'path' }),
);

/** A path of a route: a normalized prefix from `/`, or a regular expression from `~/`. */
export const routerPath = typedef(
  f.string({
    match_any: {
      patterns: [
        { pattern: /^\//, lua: '^/' },
        { pattern: /^~\//, lua: '^~/' },
      ],
      err: 'should start with: / (fixed path) or ~/ (regex path)',
    },
    match_none: [noEmptySegments],
    custom_validator: checkRouterPath,
    typedef: 'router_path',
  }),
);

/** Paths of a route. */
export const routerPaths = typedef(f.array(routerPath(), { typedef: 'router_paths' }));

/** A URL with at least a scheme and a host. */
export const url = typedef(f.string({ custom_validator: checkUrl, typedef: 'url' }));

function checkPath(value: string): string | undefined {
  if (!hasPathCharacters(value)) {
    return `invalid path: '${value}' (characters outside of the reserved list of RFC 3986 found)`;
  }
  return checkEncoding(value);
}

function hasPathCharacters(value: string): boolean {
  return /^\/[\w.\-~/%:@!$&'()*+,;=]*$/.test(value);
}

function checkEncoding(value: string): string | undefined {
  if (!value.includes('%')) return undefined;
  const raw = value.replace(/%[\da-f]{2}/gi, '___');
  const at = raw.indexOf('%');
  return at === -1 ? undefined : `invalid url-encoded value: '${raw.slice(at, at + 3)}'`;
}

function checkRouterPath(value: string): string | undefined {
  const problem = hasPathCharacters(value) ? checkEncoding(value) : undefined;
  if (problem !== undefined) return problem;
  if (!value.startsWith('~')) {
    const normalized = normalizePath(value);
    return normalized === value ? undefined : `non-normalized path, consider use '${normalized}' instead`;
  }
  const regex = value.slice(1);
  const reason = checkRegex(regex);
  return reason === undefined ? undefined : `invalid regex: '${regex}' (PCRE returned: ${reason})`;
}

function checkUrl(value: string): string | undefined {
  const parsed = parseUrl(value);
  if (parsed.host === undefined) return 'missing host in url';
  return parsed.scheme === undefined ? 'missing scheme in url' : undefined;
}
