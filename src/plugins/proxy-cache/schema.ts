import { f, typedefs } from '../../schema/index.ts';

/** Configuration of proxy-cache. */
export const config = {
  response_code: f.array(f.integer({ between: [100, 900] }), {
    required: true,
    default: [200, 301, 404],
    len_min: 1,
    description: 'Answers with one of these statuses are stored.',
  }),
  request_method: f.array(f.string({ one_of: ['HEAD', 'GET', 'POST', 'PATCH', 'PUT'] }), {
    required: true,
    default: ['GET', 'HEAD'],
    description: 'Requests with one of these methods are looked up. Bodies of requests are no part of the key.',
  }),
  content_type: f.array(f.string(), {
    required: true,
    default: ['text/plain', 'application/json'],
    description:
      'Answers of one of these types are stored. Parameters must be the same, such as `application/json; charset=utf-8`; ' +
      '`*` stands for any type or subtype.',
  }),
  cache_ttl: f.integer({ default: 300, gt: 0, description: 'Seconds for which an answer is fresh.' }),
  strategy: f.string({
    required: true,
    one_of: ['memory', 'redis'],
    description:
      'Where answers are kept. `memory`: in the memory of the node. `redis` (not in Kong): in a Redis server.',
  }),
  cache_control: f.boolean({
    required: true,
    default: false,
    description: 'True obeys Cache-Control of requests and answers, and takes from the latter how long they are fresh.',
  }),
  ignore_uri_case: f.boolean({
    required: false,
    default: false,
    description: 'True makes no difference between paths that differ in upper and lower case only.',
  }),
  storage_ttl: f.integer({
    description: 'Seconds for which an answer is kept, whether it is fresh or not; as long as it is fresh unless told.',
  }),
  memory: f.record(
    {
      dictionary_name: f.string({
        required: true,
        default: 'kong_db_cache',
        description: 'Taken for the sake of Kong; there is one memory for all.',
      }),
    },
    { description: 'For the strategy `memory`. Its size is that of `mem_cache_size`.' },
  ),
  vary_query_params: f.array(f.string(), {
    description: 'Query arguments that make a difference; all unless told.',
  }),
  vary_headers: f.array(f.string(), { description: 'Request headers that make a difference; none unless told.' }),
  response_headers: f.record(
    {
      age: f.boolean({ default: true, description: 'Age: seconds since the answer was stored.' }),
      'X-Cache-Status': f.boolean({ default: true, description: 'What the cache did.' }),
      'X-Cache-Key': f.boolean({ default: true, description: 'The key, for the Admin API.' }),
    },
    {
      description: 'Headers that clients are told of the cache. All are sent for a request with a `Kong-Debug` header.',
    },
  ),
  redis: { ...typedefs.redis(), description: 'Not in Kong. The Redis server of the strategy `redis`.' },
  max_body_size: f.integer({
    required: true,
    default: 1_048_576,
    between: [0, 2_000_000],
    description: 'Not in Kong. Bytes of the largest body that is stored; larger ones pass.',
  }),
  cache_status: f.boolean({
    required: true,
    default: false,
    description: 'Not in Kong. True tells clients of the cache in a Cache-Status header (RFC 9211).',
  }),
  respect_vary: f.boolean({
    required: true,
    default: false,
    description: 'Not in Kong. True keeps apart what the header Vary of an answer says to differ.',
  }),
  request_coalescing: f.boolean({
    required: true,
    default: false,
    description:
      'Not in Kong. True sends one request for a key upstream at a time; others on the node wait for its answer.',
  }),
  stale_while_revalidate: f.integer({
    gt: 0,
    description:
      'Not in Kong. Seconds beyond its time for which an answer is still given while one request fetches the next (RFC 5861).',
  }),
  stale_if_error: f.integer({
    gt: 0,
    description:
      'Not in Kong. Seconds beyond its time for which an answer is given in place of a 500, 502, 503 or 504 (RFC 5861).',
  }),
};

/** A server must be named for the strategy that needs one. */
export function checkConfig(given: { readonly strategy?: unknown; readonly redis?: unknown }): string | undefined {
  if (given.strategy !== 'redis') return undefined;
  const host = (given.redis as { readonly host?: unknown } | null | undefined)?.host;
  return typeof host === 'string' ? undefined : 'redis.host is required for the strategy "redis"';
}
