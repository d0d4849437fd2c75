import { answerOk, type Endpoint, noContent, notFound } from '../endpoint.ts';
import type { CacheView } from '../types.ts';

/**
 * `/cache`: what this node has cached under the keys that cache keys of entities make; `/debug/cache`, which Kong does not
 * have: how often the store was asked.
 */
export function cacheEndpoints(cache: CacheView): Endpoint[] {
  return [
    {
      path: '/cache/:key',
      methods: {
        async GET({ params }) {
          const value = cache.get(params.key ?? '');
          if (value === undefined) return notFound;
          return answerOk(typeof value === 'object' && value !== null ? value : { message: value });
        },
        async DELETE({ params }) {
          cache.delete(params.key ?? '');
          return noContent;
        },
      },
    },
    { path: '/debug/cache', methods: { GET: async () => answerOk({ look_ups: cache.lookUps() }) } },
    {
      path: '/cache',
      methods: {
        async DELETE() {
          cache.clear();
          return noContent;
        },
      },
    },
  ];
}
