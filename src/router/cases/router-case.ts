import type { FieldsFlavor, RouteMatch, RouteRequest, Router, RouteTarget } from '../index.ts';

/** A request and what must come of it. */
export interface Ask {
  /** Method, scheme, host and path in one: `GET http://example.com/path`; without a host `GET http:///path`. */
  readonly ask: string;
  readonly headers?: { readonly [name: string]: string | readonly string[] };
  readonly sni?: string;
  /** The port that the client connected to; the scheme's own unless told otherwise. */
  readonly port?: number;
  /** Key of the route in the case's `routes`; undefined when none may be found. */
  readonly finds: string | undefined;
  readonly path?: string;
  readonly named?: { readonly [name: string]: string };
  readonly unnamed?: readonly string[];
}

/** Routes that a router holds, and requests to it. */
export interface RouterCase {
  readonly name: string;
  /**
   * Flavours for which the case holds; all unless told otherwise. What holds for the compatible one holds for expressions.
   */
  readonly flavors?: readonly FieldsFlavor[];
  /** Fields by a short name, which becomes the id; `created_at` grows in this order unless given. */
  readonly routes: { readonly [name: string]: { readonly [field: string]: unknown } };
  readonly asks: readonly Ask[];
}

/** Makes the request that an {@link Ask} writes down. */
export function requestOf(ask: Ask): RouteRequest {
  const parts = /^(\S+) (https?):\/\/([^/]*)(.*)$/s.exec(ask.ask);
  if (parts === null) throw new Error(`Cannot read "${ask.ask}"`);
  const [, method = '', scheme, host = '', path = ''] = parts;
  const isTls = scheme === 'https';
  const headers = new Map(Object.entries(ask.headers ?? {}));
  return {
    method,
    host,
    path,
    scheme: isTls ? 'https' : 'http',
    port: ask.port ?? (isTls ? 443 : 80),
    sni: ask.sni,
    header: (name) => headers.get(name),
  };
}

/** Puts a case's routes into an empty router. */
export function fillRouter(router: Router, routes: RouterCase['routes']): void {
  for (const target of targetsOf(routes)) router.put(target);
}

/** A case's routes, each newer than the one before. */
export function targetsOf(routes: RouterCase['routes']): readonly RouteTarget[] {
  return Object.entries(routes).map(([id, fields], index) =>
    targetOf({ id, created_at: 1_700_000_000 + index, ...fields }),
  );
}

/** A target without a service. */
export function targetOf(route: RouteTarget['route']): RouteTarget {
  return Object.freeze({ route: Object.freeze(route), service: undefined });
}

/** What of an outcome an {@link Ask} tells. */
export function summaryOf(match: RouteMatch | undefined): Pick<Ask, 'finds'> & Partial<Ask> {
  if (match === undefined) return { finds: undefined };
  return {
    // A route that was translated is one for each path.
    finds: String(match.target.route.id).replace(/#\d+$/, ''),
    ...(match.matchedPath === undefined ? {} : { path: match.matchedPath }),
    named: { ...match.captures.named },
    unnamed: [...match.captures.unnamed],
  };
}

/** For cases that hold for Kong's flavour `traditional` alone. */
export const traditional: readonly FieldsFlavor[] = ['traditional'];

/** For cases that hold for Kong's flavour `traditional_compatible` alone. */
export const compatible: readonly FieldsFlavor[] = ['traditional_compatible'];
