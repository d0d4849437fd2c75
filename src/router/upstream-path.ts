import { escapePath } from '../kernel/index.ts';

const slash = 0x2f;

/** How a service's path and a request's path are put together; `v1` only in the traditional flavour. */
export type PathHandling = 'v0' | 'v1';

/**
 * The path to ask of the upstream, without the query, percent-escaped where illegal.
 * @param base The service's path, "/" when it has none.
 * @param path The request's normalised path.
 * @param matched The beginning of `path` that the route matched; undefined when it matched without a path.
 * @param strip True when the matched part gives way to the base.
 */
export function buildUpstreamPath(
  base: string,
  path: string,
  matched: string | undefined,
  strip: boolean,
  handling: PathHandling,
): string {
  if (base === '/' && !strip) return escapePath(path.charCodeAt(0) === slash ? path : `/${path.slice(1)}`);
  // Kong takes a match without a path for one of the first slash.
  const rest = strip ? withoutLeadingDots(path.slice(matched === undefined ? 1 : matched.length)) : '';
  return escapePath(handling === 'v1' ? joinV1(base, path, rest, strip) : joinV0(base, path, rest, strip));
}

function joinV1(base: string, path: string, rest: string, strip: boolean): string {
  if (!strip) return base + path.slice(1);
  return endsWithSlash(base) && rest.charCodeAt(0) === slash ? base + rest.slice(1) : base + rest;
}

function joinV0(base: string, path: string, rest: string, strip: boolean): string {
  if (endsWithSlash(base)) {
    if (!strip) return base + path.slice(1);
    if (rest === '') return base === '/' || endsWithSlash(path) ? base : base.slice(0, -1);
    return rest.charCodeAt(0) === slash ? base + rest.slice(1) : base + rest;
  }
  if (!strip) return path === '/' ? base : base + path;
  if (rest === '') return path.length > 1 && endsWithSlash(path) ? `${base}/` : base;
  return rest.charCodeAt(0) === slash ? base + rest : `${base}/${rest}`;
}

function endsWithSlash(text: string): boolean {
  return text.charCodeAt(text.length - 1) === slash;
}

/** A prefix may end in the middle of a segment: what is left of "/route../x" must not become a way out of the base. */
function withoutLeadingDots(rest: string): string {
  if (rest.charCodeAt(0) !== 0x2e) return rest;
  if (rest === '.' || rest === '..') return '';
  if (rest.startsWith('./')) return rest.slice(2);
  return rest.startsWith('../') ? rest.slice(3) : rest;
}
