import type { Kong } from '../../pdk/index.ts';

/** Characters of a path and query that a login goes back to; longer ones are left out. */
const maxTarget = 2000;

/** True when the client's request came over TLS, as far as trusted proxies tell. */
export function isSecure(kong: Kong): boolean {
  return kong.request.getForwardedScheme() === 'https';
}

/** The URL that the client asked for, without its query. */
export function ownUrl(kong: Kong): string {
  const { request } = kong;
  const scheme = request.getForwardedScheme();
  const host = request.getForwardedHost();
  const given = request.getHeader('host');
  // The client's own Host names the port that it went to, which a container may have mapped to ours.
  if (host === request.getHost() && given !== undefined) return `${scheme}://${given}${ownPath(kong).pathname}`;
  const port = request.getForwardedPort();
  const isUsual = port === (scheme === 'https' ? 443 : 80);
  return `${scheme}://${host}${isUsual ? '' : `:${port}`}${ownPath(kong).pathname}`;
}

/** Where the client wanted to go on this host. Never another one: what looks like a host after slashes becomes a path. */
export function ownTarget(kong: Kong): string {
  const { pathname, search } = ownPath(kong);
  const target = pathname + search;
  return target.length > maxTarget ? '/' : target;
}

function ownPath(kong: Kong): { readonly pathname: string; readonly search: string } {
  const path = (kong.request.getForwardedPrefix() ?? '') + kong.request.getPathWithQuery();
  const { pathname, search } = new URL(`http://localhost/${path.replace(/^[/\\]+/, '')}`);
  // Dots that are taken out may leave slashes at the beginning.
  return { pathname: `/${pathname.replace(/^\/+/, '')}`, search };
}

/** Adds arguments to a URL, beside those that it has. */
export function withArguments(url: string, args: readonly (readonly [name: string, value: string])[]): string {
  const parsed = new URL(url);
  for (const [name, value] of args) parsed.searchParams.set(name, value);
  return parsed.toString();
}

/**
 * True for a browser that goes to a page, and can be sent elsewhere. Scripts, images and clients of APIs cannot: they say so
 * in `Sec-Fetch-Mode`, `X-Requested-With` and `Accept`.
 */
export function isNavigation(kong: Kong): boolean {
  const { request } = kong;
  if (request.getMethod() !== 'GET') return false;
  const mode = request.getHeader('sec-fetch-mode');
  if (mode !== undefined && mode !== 'navigate') return false;
  if (request.getHeader('x-requested-with') !== undefined) return false;
  return request.getHeader('accept')?.includes('text/html') === true;
}

/** What a cookie is to say of other sites: browsers take `Lax` for what is not said. */
export function siteOf(configured: string): string {
  return configured === 'Default' ? 'Lax' : configured;
}
