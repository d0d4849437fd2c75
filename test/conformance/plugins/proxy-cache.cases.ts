import type { PluginCase, PluginStep } from './plugin-case.ts';

type Answer = NonNullable<PluginStep['answer']>;
type Request = NonNullable<PluginStep['request']>;

const text = { 'content-type': 'text/plain' };
const cacheable: Answer = { headers: text, body: 'hello' };

/** A request that goes upstream and the status that the cache gives it. */
function fetched(status: string | null, request: Request = {}, answer: Answer = cacheable): PluginStep {
  return {
    request,
    answer,
    status: answer.status ?? 200,
    headers: { 'x-cache-status': status },
    body: answer.body ?? '',
    upstream: {},
  };
}

/** A request that is answered from the cache. */
function hit(request: Request = {}, body = 'hello'): PluginStep {
  return { request, status: 200, headers: { 'x-cache-status': 'Hit' }, body, upstream: null };
}

function proxyCache(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'proxy-cache', config: { strategy: 'memory', ...config } }], steps };
}

const answered = (headers: { readonly [name: string]: string }, status = 200): Answer => ({
  status,
  headers: { ...text, ...headers },
  body: 'hello',
});
const asking = (value: string): Request => ({ headers: { 'cache-control': value } });

/** proxy-cache of Kong 3.9. */
export const proxyCacheCases: readonly PluginCase[] = [
  proxyCache('the second request is a hit', {}, fetched('Miss'), {
    ...hit(),
    headers: { 'x-cache-status': 'Hit', age: '0', 'content-type': 'text/plain', 'content-length': '5' },
  }),
  proxyCache(
    'paths have answers of their own',
    {},
    fetched('Miss', { path: '/a' }),
    fetched('Miss', { path: '/b' }),
    hit({ path: '/a' }),
  ),
  proxyCache(
    'case of the path counts unless told',
    {},
    fetched('Miss', { path: '/a' }),
    fetched('Miss', { path: '/A' }),
  ),
  proxyCache(
    'case of the path can be ignored',
    { ignore_uri_case: true },
    fetched('Miss', { path: '/a' }),
    hit({ path: '/A' }),
  ),
  proxyCache(
    'arguments count in any order',
    {},
    fetched('Miss', { query: 'a=1&b=2' }),
    hit({ query: 'b=2&a=1' }),
    fetched('Miss', { query: 'a=1&b=3' }),
  ),
  proxyCache(
    'of the arguments only those that are named count',
    { vary_query_params: ['a'] },
    fetched('Miss', { query: 'a=1&b=2' }),
    hit({ query: 'b=3&a=1' }),
    fetched('Miss', { query: 'a=2' }),
  ),
  proxyCache(
    'headers count only when they are named',
    { vary_headers: ['X-Tenant'] },
    fetched('Miss', { headers: { 'x-tenant': 'a', 'x-other': '1' } }),
    hit({ headers: { 'x-tenant': 'a', 'x-other': '2' } }),
    fetched('Miss', { headers: { 'x-tenant': 'b' } }),
  ),
  proxyCache(
    'methods have answers of their own',
    { request_method: ['GET', 'POST'] },
    fetched('Miss'),
    fetched('Miss', { method: 'POST' }),
    hit({ method: 'POST' }),
  ),
  proxyCache('other methods pass by', {}, fetched('Bypass', { method: 'POST' }), fetched('Bypass', { method: 'POST' })),
  proxyCache(
    'other statuses pass by',
    {},
    fetched('Bypass', {}, answered({}, 201)),
    fetched('Bypass', {}, answered({}, 500)),
  ),
  proxyCache('404 is kept unless told', {}, fetched('Miss', {}, answered({}, 404)), { ...hit(), status: 404 }),
  proxyCache('other types pass by', {}, fetched('Bypass', {}, { headers: { 'content-type': 'text/html' }, body: 'x' })),
  proxyCache(
    'parameters of types count',
    {},
    fetched('Bypass', {}, { headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'x' }),
  ),
  proxyCache(
    'types may be wild',
    { content_type: ['image/*'] },
    fetched('Miss', {}, { headers: { 'content-type': 'image/png' }, body: 'x' }),
    hit({}, 'x'),
  ),
  proxyCache(
    'without cache_control the header is ignored',
    {},
    fetched('Miss', asking('no-store'), answered({ 'cache-control': 'private' })),
    hit(asking('no-cache')),
  ),
  proxyCache(
    'with cache_control requests may pass by',
    { cache_control: true },
    fetched('Bypass', asking('no-store'), answered({ 'cache-control': 'max-age=100' })),
    fetched('Bypass', asking('no-cache'), answered({ 'cache-control': 'max-age=100' })),
  ),
  proxyCache(
    'with cache_control answers say whether they are kept',
    { cache_control: true },
    fetched('Bypass', {}, answered({ 'cache-control': 'private, max-age=100' })),
    fetched('Bypass', {}, answered({ 'cache-control': 'no-store, max-age=100' })),
    fetched('Bypass', {}, answered({ 'cache-control': 'no-cache, max-age=100' })),
    fetched('Bypass', {}, answered({ 'cache-control': 'max-age=0' })),
    fetched('Bypass', {}, answered({ 'cache-control': 's-maxage=0, max-age=100' })),
    fetched('Bypass', {}, answered({ expires: 'Thu, 01 Jan 1970 00:00:01 GMT' })),
    fetched('Bypass'),
    fetched('Miss', {}, answered({ 'cache-control': 'max-age=100' })),
    hit(),
  ),
  proxyCache(
    'with cache_control Expires counts',
    { cache_control: true },
    fetched('Miss', {}, answered({ expires: 'Fri, 31 Dec 2100 00:00:00 GMT' })),
    hit(),
  ),
  proxyCache(
    'only-if-cached is 504 when nothing is',
    { cache_control: true },
    { request: asking('only-if-cached'), status: 504, body: '', headers: { 'x-cache-status': null }, upstream: null },
    fetched('Miss', {}, answered({ 'cache-control': 'max-age=100' })),
    hit(asking('only-if-cached')),
  ),
  proxyCache(
    'headers that belong to one client are not given again',
    {},
    fetched(
      'Miss',
      {},
      answered({ 'x-ratelimit-remaining-minute': '4', 'x-ratelimit-limit-minute': '5', etag: '"1"' }),
    ),
    {
      ...hit(),
      headers: { 'x-ratelimit-remaining-minute': null, 'x-ratelimit-limit-minute': '5', etag: '"1"' },
    },
  ),
  proxyCache(
    'headers of the cache can be left out, and asked for',
    { response_headers: { age: false, 'X-Cache-Status': false, 'X-Cache-Key': false } },
    fetched(null),
    { ...hit(), headers: { age: null, 'x-cache-status': null, 'x-cache-key': null } },
    { ...hit({ headers: { 'kong-debug': '1' } }), headers: { age: '0', 'x-cache-status': 'Hit' } },
  ),
  {
    title: 'consumers have answers of their own',
    plugins: [{ name: 'key-auth' }, { name: 'proxy-cache', config: { strategy: 'memory' } }],
    steps: [
      fetched('Miss', { headers: { apikey: 'bobs-key' } }),
      fetched('Miss', { headers: { apikey: 'carols-key' } }),
      hit({ headers: { apikey: 'bobs-key' } }),
      { status: 401, headers: { 'x-cache-status': null }, upstream: null },
    ],
  },
  {
    title: 'requests that are answered from the cache count against limits',
    plugins: [
      { name: 'rate-limiting', config: { year: 2 } },
      { name: 'proxy-cache', config: { strategy: 'memory' } },
    ],
    steps: [
      fetched('Miss'),
      { ...hit(), headers: { 'x-cache-status': 'Hit', 'x-ratelimit-remaining-year': '0' } },
      { status: 429, upstream: null },
    ],
  },
];
