/**
 * Sessions: what a client is given in encrypted cookies, or keeps under an id in a store, and comes back with: formats,
 * keys, timeouts, renewal and end. The format is that of lua-resty-session 4. It knows neither what is kept in a session
 * nor which store keeps it.
 */
export { type CookieStyle, cookieAttributes, expiry, mergeCookies } from './cookies.ts';
export { createSessionKeys, type SessionKeys } from './keys.ts';
export { Session } from './session.ts';
export type { CookieKind, SessionSettings } from './settings.ts';
export type { SessionStorage, SessionWrite } from './storage.ts';
