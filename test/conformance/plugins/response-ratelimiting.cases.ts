import type { PluginCase, PluginStep } from './plugin-case.ts';

function responseRatelimiting(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'response-ratelimiting', config }], steps };
}

/** A request that uses something up, and what must come of it. */
function using(uses: string, step: PluginStep): PluginStep {
  return { ...step, answer: { headers: { 'X-Kong-Limit': uses }, body: 'ok' } };
}

const limits = { videos: { year: 5 } };

/** response-ratelimiting of Kong 3.9; windows are years, so that none ends while the rows run. */
export const responseRatelimitingCases: readonly PluginCase[] = [
  responseRatelimiting(
    'what requests use up comes off what is left',
    { limits },
    using('videos=2', {
      status: 200,
      headers: {
        'x-ratelimit-limit-videos-year': '5',
        'x-ratelimit-remaining-videos-year': '3',
        'x-ratelimit-remaining-videos': '5',
        'x-kong-limit': null,
      },
      body: 'ok',
    }),
    using('videos=3', { status: 200, headers: { 'x-ratelimit-remaining-videos-year': '0' } }),
    using('videos=1', {
      status: 429,
      headers: { 'x-ratelimit-limit-videos-year': '5', 'x-ratelimit-remaining-videos-year': '0', 'x-kong-limit': null },
      body: '',
    }),
  ),
  responseRatelimiting(
    'a request that uses nothing up passes though nothing is left',
    { limits: { videos: { year: 1 } } },
    using('videos=1', { status: 200 }),
    using('other=1', { status: 200, headers: { 'x-ratelimit-remaining-videos': '0', 'x-kong-limit': null } }),
    { status: 200 },
    using('videos=1', { status: 429 }),
  ),
  responseRatelimiting(
    'the last one may use up more than is left',
    { limits },
    using('videos=4', { status: 200 }),
    using('videos=4', { status: 200, headers: { 'x-ratelimit-remaining-videos-year': '0' } }),
    using('videos=1', { status: 429 }),
  ),
  responseRatelimiting(
    'nothing of the body of an answer that uses up too much reaches the client',
    { limits: { videos: { year: 1 } } },
    {
      answer: { headers: { 'X-Kong-Limit': 'videos=1' }, body: 'a'.repeat(300_000) },
      status: 200,
      body: 'a'.repeat(300_000),
    },
    { answer: { headers: { 'X-Kong-Limit': 'videos=1' }, body: 'a'.repeat(300_000) }, status: 429, body: '' },
    {
      request: { method: 'HEAD' },
      answer: { headers: { 'X-Kong-Limit': 'videos=1' } },
      status: 429,
      headers: { 'content-length': '0' },
      body: '',
    },
    { answer: { status: 204, headers: { 'X-Kong-Limit': 'videos=1' } }, status: 429, body: '' },
    { answer: { body: 'b' }, status: 200, body: 'b' },
  ),
  responseRatelimiting(
    'several names in one header',
    { limits: { videos: { month: 3, year: 5 }, images: { year: 2 } } },
    using(' videos = 1 ,images=2', {
      status: 200,
      headers: {
        'x-ratelimit-remaining-videos-month': '2',
        'x-ratelimit-remaining-videos-year': '4',
        'x-ratelimit-remaining-images-year': '0',
        'x-ratelimit-remaining-videos': '3',
        'x-ratelimit-remaining-images': '2',
      },
    }),
    using('videos=1', { status: 200, headers: { 'x-ratelimit-remaining-images': '0' } }),
    using('videos=1, images=1', { status: 429 }),
  ),
  responseRatelimiting(
    'one name that is used up may refuse all requests before the upstream is asked',
    { limits: { videos: { year: 2 }, images: { year: 2 } }, block_on_first_violation: true },
    using('images=2', { status: 200 }),
    using('videos=1', {
      status: 429,
      message: "API rate limit exceeded for 'images'",
      headers: { 'x-ratelimit-remaining-videos-year': null },
      upstream: null,
    }),
  ),
  responseRatelimiting(
    'another header may be used',
    { limits, header_name: 'x-used' },
    {
      answer: { headers: { 'x-used': 'videos=2' } },
      status: 200,
      headers: { 'x-ratelimit-remaining-videos-year': '3', 'x-used': null },
    },
    using('videos=1', {
      status: 200,
      headers: { 'x-ratelimit-remaining-videos-year': '3', 'x-kong-limit': 'videos=1' },
    }),
  ),
  responseRatelimiting(
    'limits may be hidden, but for what is left in all',
    { limits, hide_client_headers: true },
    using('videos=2', {
      status: 200,
      headers: {
        'x-ratelimit-limit-videos-year': null,
        'x-ratelimit-remaining-videos-year': null,
        'x-ratelimit-remaining-videos': '5',
        'x-kong-limit': null,
      },
    }),
  ),
  responseRatelimiting(
    'what is no number is nothing',
    { limits },
    using('videos=x, videos', { status: 200, headers: { 'x-ratelimit-remaining-videos-year': '5' } }),
    using('videos=1=2', { status: 200, headers: { 'x-ratelimit-remaining-videos-year': '5' } }),
    using('videos=1.5', { status: 200, headers: { 'x-ratelimit-remaining-videos-year': '3.5' } }),
  ),
  {
    title: 'consumers have counts of their own',
    plugins: [{ name: 'key-auth' }, { name: 'response-ratelimiting', config: { limits: { videos: { year: 1 } } } }],
    steps: [
      using('videos=1', { request: { headers: { apikey: 'bobs-key' } }, status: 200 }),
      using('videos=1', { request: { headers: { apikey: 'bobs-key' } }, status: 429 }),
      using('videos=1', { request: { headers: { apikey: 'carols-key' } }, status: 200 }),
    ],
  },
];
