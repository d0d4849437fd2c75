import { compileSafeRegex, type SafeRegex } from '../../kernel/index.ts';
import { byteText } from '../byte-text.ts';
import type { RouteRequest } from '../types.ts';

/** A header that a request must have with at least one of some values. */
export interface HeaderCondition {
  /** Lower case with dashes. */
  readonly name: string;
  /** Lower case. */
  readonly values: ReadonlySet<string>;
  /** From values that begin with `~*`; they ignore case. */
  readonly patterns: readonly SafeRegex[];
}

/** Server names of which a TLS connection must have asked for one; a wildcard stands for one or more labels. */
export interface SniCondition {
  readonly exact: ReadonlySet<string>;
  /** `.example.com` for `*.example.com`. */
  readonly suffixes: readonly string[];
  /** `example.` for `example.*`. */
  readonly prefixes: readonly string[];
}

/**
 * Reads a route's `headers`; undefined when it names none. Host does not count (Kong has `hosts` for it). In the
 * traditional flavour `~*` makes a pattern of an only value, in the compatible one (`allowPatterns` is `any`) of each
 * value.
 * @throws GibbonError `ERR_REGEX` for a `~*` value that cannot be run safely.
 */
export function compileHeaders(
  headers: unknown,
  allowPatterns: 'only' | 'any',
): readonly HeaderCondition[] | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const conditions: HeaderCondition[] = [];
  for (const [given, list] of Object.entries(headers)) {
    const name = given.toLowerCase().replaceAll('_', '-');
    if (name === 'host' || !Array.isArray(list)) continue;
    const values = list.filter((value) => typeof value === 'string').map(byteText);
    const mayBePatterns = allowPatterns === 'any' || values.length === 1;
    const patterns = mayBePatterns ? values.filter((value) => value.startsWith('~*')) : [];
    conditions.push({
      name,
      values: new Set(values.map((value) => value.toLowerCase())),
      patterns: patterns.map((value) => compileSafeRegex(value.slice(2), 'i')),
    });
  }
  // One order for all routes, so that routes about the same headers are found by the same one.
  return conditions.length === 0 ? undefined : conditions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads a route's `snis`; undefined when it names none. */
export function compileSnis(snis: readonly string[]): SniCondition | undefined {
  if (snis.length === 0) return undefined;
  const exact = new Set<string>();
  const suffixes: string[] = [];
  const prefixes: string[] = [];
  for (const given of snis) {
    const lower = given.toLowerCase();
    const sni = lower.length > 1 && lower.endsWith('.') ? lower.slice(0, -1) : lower;
    if (sni.startsWith('*')) suffixes.push(sni.slice(1));
    else if (sni.endsWith('*')) prefixes.push(sni.slice(0, -1));
    else exact.add(sni);
  }
  return { exact, suffixes, prefixes };
}

/** True when the request has each of the headers with one of its values. */
export function meetsHeaders(conditions: readonly HeaderCondition[], request: RouteRequest): boolean {
  for (const condition of conditions) {
    const value = request.header(condition.name);
    if (value === undefined) return false;
    if (typeof value === 'string') {
      if (!meetsHeader(condition, value)) return false;
    } else if (!value.some((one) => meetsHeader(condition, one))) return false;
  }
  return true;
}

function meetsHeader(condition: HeaderCondition, value: string): boolean {
  return condition.values.has(value.toLowerCase()) || condition.patterns.some((pattern) => pattern.test(value));
}

/**
 * True when a TLS connection's server name is among those asked for; plain connections have none and meet every
 * condition.
 */
export function meetsSni(condition: SniCondition, request: RouteRequest): boolean {
  return request.scheme === 'http' || hasServerName(condition, request.sni);
}

/** True for a server name that is among those of a condition; a connection without one has none of them. */
export function hasServerName(condition: SniCondition, sni: string | undefined): boolean {
  if (sni === undefined) return false;
  if (condition.exact.has(sni)) return true;
  return (
    condition.suffixes.some((suffix) => sni.length > suffix.length && sni.endsWith(suffix)) ||
    condition.prefixes.some((prefix) => sni.length > prefix.length && sni.startsWith(prefix))
  );
}
