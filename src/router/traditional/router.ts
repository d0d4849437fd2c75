import type { Router, RouteTarget } from '../types.ts';
import { bestAt, rankAt } from './bucket.ts';
import { type CompilePath, compilePath, type RouteEntry } from './entry.ts';
import { type Flavor, flavors, type RouterFlavor } from './flavor.ts';
import { HostIndex } from './host-index.ts';
import { createOutcomeCache } from './outcome-cache.ts';
import { Search } from './search.ts';

/** What {@link createRouter} may be told. */
export interface RouterOptions {
  /** `traditional` unless told otherwise. */
  readonly flavor?: RouterFlavor;
  /**
   * Paths whose outcome is remembered where regular expressions are in play; 5000 unless told otherwise, 0 for none.
   */
  readonly cacheSize?: number;
  /** Arguments of a query that expressions see; 100 unless told otherwise. */
  readonly maxArgs?: number;
  /** Compiles regex paths; in place of the safe compiler. */
  readonly compileRegex?: CompilePath;
}

/** Creates an empty router for requests. */
export function createRouter<T extends RouteTarget = RouteTarget>(options: RouterOptions = {}): Router<T> {
  return createRouterOf(flavors[options.flavor ?? 'traditional'], options);
}

/**
 * Creates an empty router for connections of raw streams: by sources, destinations and server names, or by expressions.
 */
export function createStreamRouter<T extends RouteTarget = RouteTarget>(
  options: Pick<RouterOptions, 'cacheSize'> = {},
): Router<T> {
  return createRouterOf(flavors.stream, options);
}

function createRouterOf<T extends RouteTarget>(flavor: Flavor, options: RouterOptions): Router<T> {
  const compile = options.compileRegex ?? compilePath;
  const routes = new Map<string, readonly RouteEntry<T>[]>();
  const hosts = new HostIndex<T>();
  const search = new Search<T>(createOutcomeCache(options.cacheSize ?? 5000, hosts), options.maxArgs ?? 100);
  // How many groups of each bucket have been asked.
  const asked: number[] = [];

  /** Rank of the next group that a bucket has to ask, for this request. */
  function nextRank(bucket: number): number {
    const rank = rankAt(hosts.buckets[bucket]!, asked[bucket]!);
    return hosts.isLiteral[bucket] ? rank : rank + flavor.offLiteral;
  }

  /** Asks the groups of all buckets in the order of their ranks, those of one rank together. */
  function findBest(): RouteEntry<T> | undefined {
    const { count } = hosts;
    for (let i = 0; i < count; i++) asked[i] = 0;
    for (;;) {
      let rank = Number.POSITIVE_INFINITY;
      for (let i = 0; i < count; i++) rank = Math.min(rank, nextRank(i));
      if (rank === Number.POSITIVE_INFINITY) return undefined;
      let best: RouteEntry<T> | undefined;
      for (let i = 0; i < count; i++) {
        if (nextRank(i) !== rank) continue;
        best = bestAt(hosts.buckets[i]!, asked[i]!, search, best);
        asked[i] = asked[i]! + 1;
      }
      if (best !== undefined) return best;
    }
  }

  function remove(routeId: string): void {
    for (const entry of routes.get(routeId) ?? []) hosts.remove(entry);
    routes.delete(routeId);
  }

  return {
    get size() {
      return routes.size;
    },
    match(request) {
      hosts.find(request.host, flavor.portOf(request));
      search.begin(request);
      return search.finish(findBest());
    },
    put(target) {
      const entries = flavor.entriesOf(target, flavor, compile);
      const routeId = String(target.route.id);
      remove(routeId);
      routes.set(routeId, entries);
      for (const entry of entries) hosts.add(entry);
    },
    delete: remove,
  };
}
