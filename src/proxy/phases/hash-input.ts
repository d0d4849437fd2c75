import type { Exchange } from '../exchange/exchange.ts';

type HashOn = 'none' | 'consumer' | 'ip' | 'header' | 'cookie' | 'path' | 'query_arg' | 'uri_capture';

/** The fields of an `upstreams` row that say what consistent hashing hashes. */
export interface HashFields {
  readonly hash_on?: HashOn | null;
  readonly hash_fallback?: HashOn | null;
  readonly hash_on_header?: string | null;
  readonly hash_fallback_header?: string | null;
  readonly hash_on_cookie?: string | null;
  readonly hash_on_query_arg?: string | null;
  readonly hash_fallback_query_arg?: string | null;
  readonly hash_on_uri_capture?: string | null;
  readonly hash_fallback_uri_capture?: string | null;
}

/** What consistent hashing hashes of a request; undefined for other algorithms and when nothing of it is there. */
export function hashInput(x: Exchange, row: HashFields | undefined): string | undefined {
  if (row === undefined || row.hash_on === undefined || row.hash_on === null || row.hash_on === 'none')
    return undefined;
  return (
    inputOf(x, row.hash_on, row.hash_on_header, row.hash_on_cookie, row.hash_on_query_arg, row.hash_on_uri_capture) ??
    inputOf(
      x,
      row.hash_fallback ?? 'none',
      row.hash_fallback_header,
      row.hash_on_cookie,
      row.hash_fallback_query_arg,
      row.hash_fallback_uri_capture,
    )
  );
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
