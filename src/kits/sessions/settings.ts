import type { SessionKeys } from './keys.ts';
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
