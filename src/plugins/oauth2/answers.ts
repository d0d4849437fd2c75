import { encodeArgs, parseArgs } from '../../pdk/index.ts';

/** Headers of every answer that holds a code or a token (RFC 6749 section 5.1). */
export const neverStored = Object.freeze({ 'cache-control': 'no-store', pragma: 'no-cache' });

/** Adds arguments to the query of a URI, or makes them its fragment; what the query holds already stays. */
export function addToUri(uri: string, args: object, inFragment: boolean): string {
  if (inFragment) return `${uri}#${encodeArgs({ ...args })}`;
  const mark = uri.indexOf('?');
  const base = mark === -1 ? uri : uri.slice(0, mark);
  const known = mark === -1 ? {} : parseArgs(uri.slice(mark + 1));
  return `${base}?${encodeArgs({ ...known, ...args })}`;
}
