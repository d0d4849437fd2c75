import type { Kong, ParsedBody } from '../../pdk/index.ts';

/** Where keys are looked for, and under which names. */
export interface KeyPlaces {
  readonly names: readonly string[];
  readonly inHeader: boolean;
  readonly inQuery: boolean;
  readonly inBody: boolean;
}

/** What was found: a key under a name, a name with several values, or nothing of use. */
export type KeySearch =
  | { readonly kind: 'key'; readonly key: string; readonly name: string }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'none' };

const duplicate: KeySearch = Object.freeze({ kind: 'duplicate' });
const none: KeySearch = Object.freeze({ kind: 'none' });

/**
 * Looks for a key under each name in turn: header, then query, then body. The first text wins, also an empty one, which
 * is no key; several values under one name are refused; `?apikey` without a value hides what the body has for the name.
 */
export function findKey(kong: Kong, places: KeyPlaces, body: ParsedBody | undefined): KeySearch {
  const { names, inHeader, inQuery } = places;
  const hasQuery = inQuery && kong.request.getRawQuery() !== '';
  for (let at = 0; at < names.length; at++) {
    const name = names[at]!;
    let value: unknown = inHeader ? headerValue(kong, name) : undefined;
    if (value === undefined && hasQuery) value = kong.request.getQuery()[name];
    if (value === undefined && body?.ok) value = bodyField(body, name);
    if (typeof value === 'string') return value === '' ? none : { kind: 'key', key: value, name };
    if (typeof value === 'object' && value !== null) return duplicate;
  }
  return none;
}

function headerValue(kong: Kong, name: string): string | readonly string[] | undefined {
  const values = kong.request.getHeaderValues(name);
  return values.length > 1 ? values : values[0];
}

/** A field at the top of a parsed body; bytes that are no UTF-8 count as a text, as they do in Kong. */
export function bodyField(body: ParsedBody & { readonly ok: true }, name: string): unknown {
  if (!Object.hasOwn(body.body, name)) return undefined;
  const value = body.body[name];
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value;
}
