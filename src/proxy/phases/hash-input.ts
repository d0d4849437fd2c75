import { randomUUID } from 'node:crypto';
import type { Exchange } from '../exchange/exchange.ts';

type HashOn = 'none' | 'consumer' | 'ip' | 'header' | 'cookie' | 'path' | 'query_arg' | 'uri_capture';

/** The fields of an `upstreams` row that say what consistent hashing hashes. */
export interface HashFields {
  readonly hash_on?: HashOn | null;
  readonly hash_fallback?: HashOn | null;
  readonly hash_on_header?: string | null;
  readonly hash_fallback_header?: string | null;
  readonly hash_on_cookie?: string | null;
  readonly hash_on_cookie_path?: string | null;
  readonly hash_on_query_arg?: string | null;
  readonly hash_fallback_query_arg?: string | null;
  readonly hash_on_uri_capture?: string | null;
  readonly hash_fallback_uri_capture?: string | null;
}

/**
 * What consistent hashing hashes of a request; undefined for other algorithms and when nothing of it is there. A cookie
 * that is not there is made: the answer is to set it.
 */
export function hashInput(x: Exchange, row: HashFields | undefined): string | undefined {
  const on = row?.hash_on;
  if (row === undefined || on === undefined || on === null || on === 'none') return undefined;
  const found = inputOf(x, on, row.hash_on_header, row.hash_on_cookie, row.hash_on_query_arg, row.hash_on_uri_capture);
  if (found !== undefined) return found;
  if (on === 'cookie') return madeCookie(x, row);
  const fallback = row.hash_fallback ?? 'none';
  return (
    inputOf(
      x,
      fallback,
      row.hash_fallback_header,
      row.hash_on_cookie,
      row.hash_fallback_query_arg,
      row.hash_fallback_uri_capture,
    ) ?? (fallback === 'cookie' ? madeCookie(x, row) : undefined)
  );
}

function madeCookie(x: Exchange, row: HashFields): string | undefined {
  const name = row.hash_on_cookie;
  if (typeof name !== 'string') return undefined;
  const value = randomUUID();
  x.passage!.hashCookie = { name, value, path: row.hash_on_cookie_path ?? '/' };
  return value;
}

function inputOf(
  x: Exchange,
  kind: HashOn,
  header: string | null | undefined,
  cookie: string | null | undefined,
  arg: string | null | undefined,
  capture: string | null | undefined,
): string | undefined {
  switch (kind) {
    case 'consumer':
      return ((x.consumer ?? x.credential)?.['id'] as string | undefined) ?? undefined;
    case 'ip':
      return x.clientIp;
    case 'header':
      return typeof header === 'string' ? x.header(header.toLowerCase())?.join(',') : undefined;
    case 'cookie':
      return typeof cookie === 'string' ? cookieValue(x, cookie) : undefined;
    case 'path':
      return x.path;
    case 'query_arg': {
      const value = typeof arg === 'string' ? x.kong.request.getQuery()[arg] : undefined;
      if (value === undefined) return undefined;
      return typeof value === 'object' ? [...value].map(String).sort().join(',') : String(value);
    }
    case 'uri_capture': {
      if (typeof capture !== 'string') return undefined;
      const captures = x.match?.captures;
      return captures?.named[capture] ?? captures?.unnamed[Number(capture) - 1];
    }
    default:
      return undefined;
  }
}

function cookieValue(x: Exchange, name: string): string | undefined {
  for (const line of x.header('cookie') ?? []) {
    for (const part of line.split(';')) {
      const equals = part.indexOf('=');
      if (equals !== -1 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
    }
  }
  return undefined;
}
