import { afterScheme, decodeBase64, findCookie, utf8OfBytes } from '../../kits/credentials/index.ts';
import type { Kong } from '../../pdk/index.ts';
import type { Config } from './schema/index.ts';

/** What a request shows: a token, id and secret of a client, or nothing. */
export type Shown =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly id: string; readonly secret: string }
  | undefined;

const argument = 'access_token';

/** Creates the function that looks for credentials in a request, sessions left out. */
export function createCredentialSearch(config: Config): (kong: Kong) => Shown {
  const places = new Set(config.bearer_token_param_type);
  const takesTokens = ['bearer', 'introspection'].some((method) => config.auth_methods.includes(method as 'bearer'));
  const takesClients = config.auth_methods.includes('client_credentials') && (config.client_id?.length ?? 0) > 0;
  const inHeader = takesTokens && places.has('header');
  const cookie = takesTokens && places.has('cookie') ? config.bearer_token_cookie_name?.toLowerCase() : undefined;
  const inQuery = takesTokens && places.has('query');

  function findElsewhere(kong: Kong): Shown {
    const { request } = kong;
    if (cookie !== undefined) {
      const value = findCookie(request.getHeaderValues('cookie'), cookie);
      if (value !== undefined && value !== '') return { kind: 'bearer', token: value };
    }
    if (inQuery && request.getRawQuery() !== '') {
      const value = request.getQueryArg(argument);
      if (typeof value === 'string' && value !== '') return { kind: 'bearer', token: value };
    }
    return undefined;
  }

  return (kong) => {
    const header = kong.request.getHeader('authorization');
    if (header !== undefined) {
      if (inHeader && /^bearer[ \t]/i.test(header)) return { kind: 'bearer', token: header.slice(7).trim() };
      const shown = takesClients ? readBasic(header) : undefined;
      if (shown !== undefined) return shown;
    }
    return findElsewhere(kong);
  };
}

function readBasic(header: string): Shown {
  if (!/^basic[ \t]/i.test(header)) return undefined;
  const encoded = afterScheme(header, 'basic', true);
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded.trim());
  const pair = bytes === undefined ? undefined : utf8OfBytes(bytes);
  const colon = pair?.indexOf(':') ?? -1;
  if (pair === undefined || colon < 1) return undefined;
  return { kind: 'basic', id: pair.slice(0, colon), secret: pair.slice(colon + 1) };
}

/** Takes from the request to the upstream what the client showed. */
export function hideCredentials(kong: Kong, config: Config): void {
  const { service, request } = kong;
  if (request.getHeader('authorization') !== undefined) service.request.clearHeader('Authorization');
  if (config.bearer_token_param_type.includes('query') && request.getRawQuery() !== '') {
    if (request.getQueryArg(argument) !== undefined) service.request.clearQueryArg(argument);
  }
  const cookie = config.bearer_token_cookie_name;
  if (cookie !== null && config.bearer_token_param_type.includes('cookie')) {
    hideCookies(kong, (name) => name === cookie.toLowerCase());
  }
}

/** Takes cookies from the request to the upstream; names are given in lower case. */
export function hideCookies(kong: Kong, isHidden: (name: string) => boolean): void {
  const lines = kong.request.getHeaderValues('cookie');
  if (lines.length === 0) return;
  const cookies = lines.flatMap((line) => line.split(';').map((cookie) => cookie.trim()));
  const kept = cookies.filter((cookie) => !isHidden(cookie.split('=', 1)[0]!.trim().toLowerCase()));
  if (kept.length === cookies.length) return;
  if (kept.length === 0) kong.service.request.clearHeader('Cookie');
  else kong.service.request.setHeader('Cookie', kept.join('; '));
}
