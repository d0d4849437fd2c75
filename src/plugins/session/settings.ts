import {
  cookieAttributes,
  createSessionKeys,
  type SessionSettings,
  type SessionStorage,
} from '../../kits/sessions/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import type { config } from './schema.ts';

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
