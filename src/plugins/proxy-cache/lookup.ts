import type { Kong } from '../../pdk/index.ts';
import { type Directives, secondsOf } from './cache-control.ts';
import { variantKey } from './cache-key.ts';
import type { CachedAnswer } from './cached-answer.ts';
import { type Found, type Strategy, unreadable } from './strategies/strategy.ts';

/** What a look into the cache brought. */
export interface Looked {
  readonly found: Found;
  /** How answers under the key differ, where they do. */
  readonly variants: CachedAnswer['variants'];
}

/** Looks an answer up, through the list of what answers under its key differ in where there is one. */
export function lookUp(kong: Kong, strategy: Strategy, key: string): Looked | Promise<Looked> {
  const found = strategy.fetch(key);
  return found instanceof Promise
    ? found.then((one) => follow(kong, strategy, key, one))
    : follow(kong, strategy, key, found);
}

function follow(kong: Kong, strategy: Strategy, key: string, found: Found): Looked | Promise<Looked> {
  if (found === undefined || found === unreadable || found.variants === undefined)
    return { found, variants: undefined };
  const { variants } = found;
  const variant = strategy.fetch(variantKey(kong, key, variants.nonce, variants.names));
  return variant instanceof Promise ? variant.then((one) => ({ found: one, variants })) : { found: variant, variants };
}

/**
 * True when an answer may be given to a request. With `cache_control` only the request's own wishes count (Kong 3.9), and
 * the answer's time where answers are kept beyond it for our own options; without it the age alone. Times are in seconds.
 */
export function isFresh(answer: CachedAnswer, now: number, limits: FreshnessLimits, wishes: Directives): boolean {
  const age = now - answer.timestamp;
  if (!limits.obeysCacheControl) return age <= limits.ttl;
  const maxAge = secondsOf(wishes, 'max-age');
  const maxStale = secondsOf(wishes, 'max-stale');
  const minFresh = secondsOf(wishes, 'min-fresh');
  if (maxAge !== undefined && age > maxAge) return false;
  if (maxStale !== undefined && age - answer.ttl > maxStale) return false;
  if (minFresh !== undefined && answer.ttl - age < minFresh) return false;
  return !limits.keepsStale || wishes.has('max-stale') || age <= answer.ttl;
}

/** What of a configuration decides about {@link isFresh}. */
export interface FreshnessLimits {
  readonly obeysCacheControl: boolean;
  /** `cache_ttl`, in seconds. */
  readonly ttl: number;
  /** Answers are kept beyond their time, to be given while or instead of something else. */
  readonly keepsStale: boolean;
}
