import type { Kong } from '../../pdk/index.ts';
import { freshnessOf, parseDirectives } from './cache-control.ts';
import { type CachedAnswer, headersToKeep } from './cached-answer.ts';
import { createTypeMatcher } from './media-type.ts';

/** What of an answer's head is kept. */
export interface KeptHead extends Pick<CachedAnswer, 'status' | 'headers' | 'ttl'> {
  /** Request headers that the answer says it differs by, in lower case and sorted; only where that is respected. */
  readonly names: readonly string[] | undefined;
}

/** What decides about an answer. */
export interface CacheableConfig {
  readonly response_code: readonly number[];
  readonly content_type: readonly string[];
  readonly cache_control: boolean;
  readonly cache_ttl: number | null;
  readonly respect_vary: boolean;
}

/**
 * Makes the function that reads the head of the answer that is about to be sent: what of it is to be kept, undefined when
 * the answer is not of a kind that is. `now` gives seconds since the epoch.
 */
export function createHeadReader(config: CacheableConfig, now: () => number): (kong: Kong) => KeptHead | undefined {
  const statuses: ReadonlySet<number> = new Set(config.response_code);
  const isCachedType = createTypeMatcher(config.content_type);

  return ({ response }) => {
    const status = response.getStatus();
    if (!statuses.has(status)) return undefined;
    const headers = response.getHeaders(1000);
    const type = headers['content-type'];
    if (typeof type !== 'string' || !isCachedType(type)) return undefined;
    let ttl = config.cache_ttl ?? 300;
    if (config.cache_control) {
      const directives = parseDirectives(joined(headers['cache-control']));
      if (directives.has('private') || directives.has('no-store') || directives.has('no-cache')) return undefined;
      const expires = headers['expires'];
      ttl = freshnessOf(directives, typeof expires === 'object' ? expires.at(-1) : expires, now());
      if (ttl <= 0) return undefined;
    }
    const vary = config.respect_vary ? joined(headers['vary']) : undefined;
    const names = vary === undefined ? undefined : namesIn(vary);
    // RFC 9111 section 4.1: no other request ever matches.
    if (names?.includes('*') === true) return undefined;
    return { status, headers: headersToKeep(headers), ttl, names };
  };
}

function joined(values: string | readonly string[] | undefined): string | undefined {
  return typeof values === 'object' ? values.join(', ') : values;
}

function namesIn(vary: string): readonly string[] {
  const names = vary.split(',').map((name) => name.trim().toLowerCase());
  return [...new Set(names.filter((name) => name !== ''))].sort();
}
