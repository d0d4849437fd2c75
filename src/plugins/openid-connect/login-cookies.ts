import { hash } from 'node:crypto';
import { isSameSecret } from '../../kits/credentials/index.ts';
import { cookieAttributes, expiry } from '../../kits/sessions/index.ts';
import type { Kong } from '../../pdk/index.ts';
import type { Config } from './schema/index.ts';
import type { SealedTexts } from './sealed-text.ts';
import { isSecure, siteOf } from './urls.ts';

/** What a login that is under way is remembered by. */
export interface Login {
  readonly state: string;
  readonly nonce: string;
  /** What the code's challenge was made from (RFC 7636); "" without one. */
  readonly verifier: string;
  /** Where the browser wanted to go: a path with its query. */
  readonly target: string;
  readonly redirectUri: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** Logins that are under way, each in a cookie of its own, so that two tabs do not disturb one another. */
export interface LoginCookies {
  /** Gives the browser the cookie of a login; the oldest of too many go. */
  put(kong: Kong, login: Login, now: number): void;
  /** The login of a state, if this browser began it. */
  find(kong: Kong, state: string, now: number): Login | undefined;
  /** Takes the cookie of a state away. */
  drop(kong: Kong, state: string): void;
  /** True for the name, in lower case, of such a cookie. */
  isName(name: string): boolean;
}

/** Logins that one browser may have under way. */
const maxLogins = 6;

/** Creates {@link LoginCookies}. */
export function createLoginCookies(config: Config, sealed: SealedTexts): LoginCookies {
  const prefix = `${config.authorization_cookie_name}_`;
  const nameOf = (state: string): string => prefix + hash('sha256', state, 'hex').slice(0, 16);
  const isName = (name: string): boolean => name.startsWith(prefix.toLowerCase());

  function attributes(kong: Kong): string {
    return cookieAttributes({
      domain: config.authorization_cookie_domain,
      path: config.authorization_cookie_path,
      sameSite: siteOf(config.authorization_cookie_same_site),
      secure: config.authorization_cookie_secure ?? isSecure(kong),
      httpOnly: true,
    });
  }

  function open(name: string, value: string, now: number): Login | undefined {
    const text = sealed.open(name, value);
    if (text === undefined) return undefined;
    const login = JSON.parse(text) as Login;
    return login.expiresAt > now ? login : undefined;
  }

  /** The cookies of logins that the request brings, by their names. */
  function brought(kong: Kong): Map<string, string> {
    const found = new Map<string, string>();
    for (const line of kong.request.getHeaderValues('cookie')) {
      for (const cookie of line.split(';')) {
        const equals = cookie.indexOf('=');
        const name = cookie.slice(0, equals).trim();
        if (equals > 0 && name.startsWith(prefix) && !found.has(name)) found.set(name, cookie.slice(equals + 1).trim());
      }
    }
    return found;
  }

  function expire(kong: Kong, name: string): void {
    kong.response.addHeader('Set-Cookie', `${name}=${attributes(kong)}${expiry}`);
  }

  return {
    isName,
    put(kong, login, now) {
      const others = [...brought(kong)].map(([name, value]) => [name, open(name, value, now)?.expiresAt ?? 0] as const);
      const oldestFirst = others.toSorted(([, one], [, other]) => one - other);
      const surplus = Math.max(0, oldestFirst.length + 1 - maxLogins);
      for (const [at, [name, end]] of oldestFirst.entries()) if (at < surplus || end === 0) expire(kong, name);
      const name = nameOf(login.state);
      const value = sealed.seal(name, JSON.stringify(login));
      const life = `; Max-Age=${Math.max(0, login.expiresAt - now)}`;
      kong.response.addHeader('Set-Cookie', `${name}=${value}${attributes(kong)}${life}`);
    },
    find(kong, state, now) {
      const name = nameOf(state);
      const value = brought(kong).get(name);
      const login = value === undefined ? undefined : open(name, value, now);
      return login !== undefined && isSameSecret(login.state, state) ? login : undefined;
    },
    drop: (kong, state) => expire(kong, nameOf(state)),
  };
}
