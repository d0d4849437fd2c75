import { afterScheme, findCookie } from '../../kits/credentials/index.ts';
import type { Kong } from '../../pdk/index.ts';

/** Where tokens are looked for. */
export interface TokenPlaces {
  readonly uri_param_names: readonly string[] | null;
  readonly cookie_names: readonly string[] | null;
  readonly header_names: readonly string[] | null;
}

/** A token, true for one that is no text (`?jwt`), `several` for two that differ; undefined for none. */
export type TokenSearch = { readonly token: string | true } | 'several' | undefined;

/** Makes the function that looks for a token in all places. The same token in two of them is one. */
export function createTokenSearch(places: TokenPlaces): (kong: Kong) => TokenSearch {
  const args = places.uri_param_names ?? [];
  const cookies = (places.cookie_names ?? []).map((name) => name.toLowerCase());
  const headers = places.header_names ?? [];

  return (kong) => {
    const { request } = kong;
    let token: string | true | undefined;
    let isSeveral = false;

    const add = (found: string | boolean | undefined): void => {
      if (found === undefined || found === '' || found === false) return;
      if (token === undefined) token = found;
      else if (token !== found) isSeveral = true;
    };

    if (args.length > 0 && request.getRawQuery() !== '') {
      const query = request.getQuery();
      for (const name of args) {
        const value = query[name];
        if (typeof value === 'object') value.forEach(add);
        else add(value);
      }
    }
    if (cookies.length > 0) {
      const lines = request.getHeaderValues('cookie');
      for (const name of cookies) add(findCookie(lines, name));
    }
    for (const name of headers) {
      const value = request.getHeader(name);
      if (value !== undefined) add(afterScheme(value, 'bearer', true));
    }
    if (isSeveral) return 'several';
    return token === undefined ? undefined : { token };
  };
}
