import type { StoredOf } from '../../schema/index.ts';
import { cookieAttributes } from './cookies.ts';
import { createSessionKeys, type SessionKeys } from './keys.ts';
import type { config } from './schema.ts';
import type { SessionStorage } from './storage.ts';

/** One of the two cookies of a session: the one that ends with the browser, or the one that lasts. Times are in seconds. */
export interface CookieKind {
  readonly name: string;
  readonly lasts: boolean;
  /** 0 for none. */
  readonly rollingTimeout: number;
  readonly absoluteTimeout: number;
  readonly idlingTimeout: number;
}

/** A configuration, ready for use. */
export interface SessionSettings {
  readonly keys: SessionKeys;
  /** Undefined when sessions are kept in cookies. */
  readonly storage: SessionStorage | undefined;
  readonly audience: string;
  readonly staleTtl: number;
  readonly attributes: string;
  readonly session: CookieKind;
  /** Undefined when nothing lasts. */
  readonly remember: CookieKind | undefined;
}

/** Prepares a configuration; what is null has its default. `secret` stands in for one that is null. */
export function settingsOf(
  stored: StoredOf<typeof config>,
  storage: SessionStorage,
  secret: () => string,
): SessionSettings {
  return {
    keys: createSessionKeys(stored.secret ?? secret()),
    storage: stored.storage === 'kong' ? storage : undefined,
    audience: stored.audience ?? 'default',
    staleTtl: stored.stale_ttl ?? 10,
    attributes: cookieAttributes({
      domain: stored.cookie_domain,
      path: stored.cookie_path,
      sameSite: stored.cookie_same_site,
      secure: stored.cookie_secure,
      httpOnly: stored.cookie_http_only,
    }),
    session: {
      name: stored.cookie_name ?? 'session',
      lasts: false,
      rollingTimeout: stored.rolling_timeout ?? 3600,
      absoluteTimeout: stored.absolute_timeout ?? 86_400,
      idlingTimeout: stored.idling_timeout ?? 900,
    },
    remember:
      stored.remember === true
        ? {
            name: stored.remember_cookie_name ?? 'remember',
            lasts: true,
            rollingTimeout: stored.remember_rolling_timeout ?? 604_800,
            absoluteTimeout: stored.remember_absolute_timeout ?? 2_592_000,
            idlingTimeout: 0,
          }
        : undefined,
  };
}
