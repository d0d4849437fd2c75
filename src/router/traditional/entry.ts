import { compileSafeRegex, type RegexMatch, type SafeRegex } from '../../kernel/index.ts';
import type { Row } from '../../schema/index.ts';
import { byteText } from '../byte-text.ts';
import type { RouteMatch, RouteTarget } from '../types.ts';
import type { Condition } from './condition.ts';
import { compileHeaders, compileSnis, type HeaderCondition, type SniCondition } from './conditions.ts';
import type { Flavor } from './flavor.ts';
import { parseRouteHost, type RouteHost } from './host-name.ts';
import { attribute } from './rank.ts';

/** Compiles a route's regex path; the result must match at the start of the text only. */
export type CompilePath = (pattern: string) => SafeRegex;

/** A route with one of its paths, ready to be matched. Kong ranks a route with several paths once for each of them. */
export interface RouteEntry<T extends RouteTarget> {
  // What a match reads comes first, to lie together in memory.
  readonly kind: 'entry';
  /** Lower is asked first; see {@link Flavor.rankOf}. */
  readonly rank: number;
  /** True when host and path decide alone. */
  readonly isUnconditional: boolean;
  /** Text that a path must begin with: the prefix itself, or what is known of a regular expression's matches. */
  readonly key: string;
  /** The outcome, where it is the same for each request. */
  readonly match: RouteMatch<T>;
  readonly methods: readonly string[] | undefined;
  readonly snis: SniCondition | undefined;
  readonly headers: readonly HeaderCondition[] | undefined;
  readonly regex: SafeRegex | undefined;
  /** What is to be asked beyond all of these; undefined for most. */
  readonly condition: Condition<T> | undefined;
  /** True when of two such entries of one rank the one with the longer key goes first. */
  readonly isOrderedByPath: boolean;
  /** That of a regex path, or the priority of an expression. */
  readonly regexPriority: number;
  /** 0 for a regular expression. */
  readonly pathLength: number;
  readonly createdAt: number;
  readonly id: string;
  readonly pathIndex: number;
  readonly hasPath: boolean;
  /** Empty when the route takes any host. */
  readonly hosts: readonly RouteHost[];
  readonly target: T;
}

/** Reads what matters of a route; see {@link compileEntries}. */
export type CompileEntries = <T extends RouteTarget>(
  target: T,
  flavor: Flavor,
  compile: CompilePath,
) => readonly RouteEntry<T>[];

const noCaptures: RouteMatch['captures'] = Object.freeze({
  named: Object.freeze(Object.create(null)),
  unnamed: Object.freeze([]),
});

/** Compiles a regex path the safe way. */
export const compilePath: CompilePath = (pattern) => compileSafeRegex(pattern, '', { anchored: true });

/**
 * Reads the fields of a route that matter here. A route without any, or for raw streams only, gives no entries.
 * @throws GibbonError `ERR_REGEX` for a regular expression that cannot be run safely.
 */
export function compileEntries<T extends RouteTarget>(
  target: T,
  flavor: Flavor,
  compile: CompilePath,
): readonly RouteEntry<T>[] {
  const { route } = target;
  if (!isForHttp(route)) return [];
  const hosts = strings(route.hosts).map(parseRouteHost);
  const methods = strings(route.methods).map((method) => method.toUpperCase());
  const headers = compileHeaders(route.headers, flavor.headerPatterns);
  const snis = compileSnis(strings(route.snis));
  const nets = flavor.weighsNets ? netAttributes(route) : 0;
  const paths = strings(route.paths);
  const attributes =
    (hosts.length > 0 ? attribute.host : 0) |
    (headers !== undefined ? attribute.header : 0) |
    (paths.length > 0 ? attribute.path : 0) |
    (methods.length > 0 ? attribute.method : 0) |
    (snis !== undefined ? attribute.sni : 0) |
    nets;
  if (attributes === 0) return [];
  const bare = methods.length === 0 && headers === undefined && snis === undefined;
  return (paths.length > 0 ? paths : [undefined]).map((path, pathIndex) => {
    const regex = path?.startsWith('~') ? compile(byteText(path.slice(1))) : undefined;
    const prefix = path === undefined || regex !== undefined ? undefined : byteText(path);
    return {
      kind: 'entry',
      rank: flavor.rankOf({ attributes, hosts, headerCount: headers?.length ?? 0, isRegex: regex !== undefined }),
      isUnconditional: bare && regex === undefined,
      key: prefix ?? regex?.literalPrefix ?? '',
      match: plainMatch(target, prefix),
      methods: methods.length > 0 ? methods : undefined,
      snis,
      headers,
      regex,
      condition: undefined,
      isOrderedByPath: regex === undefined,
      regexPriority: regex === undefined ? 0 : number(route.regex_priority),
      pathLength: prefix?.length ?? 0,
      createdAt: number(route.created_at),
      id: String(route.id),
      pathIndex,
      hasPath: path !== undefined,
      hosts,
      target,
    };
  });
}

function netAttributes({ sources, destinations }: Row): number {
  const source = Array.isArray(sources) && sources.length > 0 ? attribute.source : 0;
  return source | (Array.isArray(destinations) && destinations.length > 0 ? attribute.destination : 0);
}

/** An outcome without captures, to be shared. */
export function plainMatch<T extends RouteTarget>(target: T, matchedPath: string | undefined): RouteMatch<T> {
  return Object.freeze({ target, matchedPath, matchedByRegex: false, captures: noCaptures });
}

/**
 * The outcome for a request whose path a regular expression matched; for this request alone, so it is not frozen yet.
 */
export function regexMatch<T extends RouteTarget>(target: T, found: RegexMatch): RouteMatch<T> {
  const captures = found.captures.length === 0 ? noCaptures : capturesOf(found);
  return { target, matchedPath: found.text, matchedByRegex: true, captures };
}

/** The outcome for a request that an expression matched; for this request alone. */
export function capturedMatch<T extends RouteTarget>(
  target: T,
  noted: Pick<RouteMatch, 'matchedPath' | 'matchedByRegex'> & {
    readonly unnamed: readonly string[] | undefined;
    readonly named: RouteMatch['captures']['named'] | undefined;
  },
): RouteMatch<T> {
  const { matchedPath, matchedByRegex, unnamed, named } = noted;
  const captures = unnamed === undefined ? noCaptures : { named: named ?? noCaptures.named, unnamed };
  return { target, matchedPath, matchedByRegex, captures };
}

/** Groups that took no part are empty among the numbered and absent among the named ones. */
function capturesOf(found: RegexMatch): RouteMatch['captures'] {
  if (isComplete(found)) return { named: found.named, unnamed: found.captures };
  const named: { [name: string]: string } = Object.create(null);
  for (const [name, value] of Object.entries(found.named)) if (value !== undefined) named[name] = value;
  return { named, unnamed: found.captures.map((value) => value ?? '') };
}

interface CompleteMatch {
  readonly captures: readonly string[];
  readonly named: { readonly [name: string]: string };
}

function isComplete(found: RegexMatch): found is RegexMatch & CompleteMatch {
  return !found.captures.includes(undefined);
}

/** Makes an outcome fit to be shared. */
export function freezeMatch<T extends RouteTarget>(match: RouteMatch<T>): RouteMatch<T> {
  Object.freeze(match.captures.named);
  Object.freeze(match.captures.unnamed);
  Object.freeze(match.captures);
  return Object.freeze(match);
}

const httpProtocols: ReadonlySet<unknown> = new Set(['http', 'https', 'grpc', 'grpcs', 'ws', 'wss']);

function isForHttp(route: Row): boolean {
  const protocols = strings(route.protocols);
  return protocols.length === 0 || protocols.some((protocol) => httpProtocols.has(protocol));
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
