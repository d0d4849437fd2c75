import type { PluginCase, PluginStep } from './plugin-case.ts';

const passed: PluginStep = { status: 200 };
const refused: PluginStep = { status: 429, message: 'API rate limit exceeded', upstream: null };

function rateLimiting(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'rate-limiting', config }], steps };
}

/** A request with a key of one of the sample consumers. */
function as(key: string, step: PluginStep): PluginStep {
  return { ...step, request: { headers: { apikey: key } } };
}

/** rate-limiting of Kong 3.9; windows are years, so that none ends while the rows run. */
export const rateLimitingCases: readonly PluginCase[] = [
  rateLimiting('the limit is let through, and no more', { year: 2 }, passed, passed, refused, refused),
  {
    ...rateLimiting(
      'the policy cluster counts in the database',
      { day: 2, year: 3, policy: 'cluster' },
      { status: 200, headers: { 'x-ratelimit-remaining-day': '1', 'x-ratelimit-remaining-year': '2' } },
      { status: 200, headers: { 'x-ratelimit-remaining-day': '0', 'x-ratelimit-remaining-year': '1' } },
      { ...refused, headers: { 'x-ratelimit-remaining-day': '0', 'x-ratelimit-remaining-year': '1' } },
      { ...refused, headers: { 'x-ratelimit-remaining-day': '0', 'x-ratelimit-remaining-year': '1' } },
    ),
    writes: true,
  },
  rateLimiting(
    'headers count down',
    { year: 2 },
    {
      status: 200,
      headers: {
        'x-ratelimit-limit-year': '2',
        'x-ratelimit-remaining-year': '1',
        'ratelimit-limit': '2',
        'ratelimit-remaining': '1',
        'retry-after': null,
      },
    },
    {
      status: 200,
      headers: { 'x-ratelimit-remaining-year': '0', 'ratelimit-remaining': '0' },
    },
    {
      status: 429,
      headers: { 'x-ratelimit-limit-year': '2', 'x-ratelimit-remaining-year': '0', 'ratelimit-remaining': '0' },
    },
  ),
  rateLimiting(
    'the general headers are those of the tightest limit',
    { day: 3, year: 4 },
    {
      status: 200,
      headers: {
        'x-ratelimit-limit-day': '3',
        'x-ratelimit-remaining-day': '2',
        'x-ratelimit-limit-year': '4',
        'x-ratelimit-remaining-year': '3',
        'ratelimit-limit': '3',
        'ratelimit-remaining': '2',
      },
    },
  ),
  rateLimiting(
    'of equal limits the longest period is told',
    { month: 2, year: 2 },
    {
      status: 200,
      headers: { 'ratelimit-limit': '2', 'ratelimit-remaining': '1' },
    },
  ),
  rateLimiting(
    'what is refused does not count against the other limits',
    { month: 1, year: 5 },
    passed,
    {
      ...refused,
      headers: { 'x-ratelimit-remaining-month': '0', 'x-ratelimit-remaining-year': '4' },
    },
    {
      ...refused,
      headers: { 'x-ratelimit-remaining-month': '0', 'x-ratelimit-remaining-year': '4' },
    },
  ),
  rateLimiting(
    'a fraction counts as one more',
    { year: 1.5 },
    {
      status: 200,
      headers: { 'x-ratelimit-limit-year': '1.5', 'x-ratelimit-remaining-year': '0.5' },
    },
    {
      status: 200,
      headers: { 'x-ratelimit-remaining-year': '0' },
    },
    refused,
  ),
  rateLimiting(
    'headers can be hidden',
    { year: 1, hide_client_headers: true },
    {
      status: 200,
      headers: { 'x-ratelimit-limit-year': null, 'ratelimit-limit': null },
    },
    {
      ...refused,
      headers: { 'x-ratelimit-limit-year': null, 'ratelimit-remaining': null, 'retry-after': null },
    },
  ),
  rateLimiting(
    'status and message of a refusal can be chosen',
    { year: 1, error_code: 404, error_message: 'Gone' },
    passed,
    {
      status: 404,
      message: 'Gone',
    },
  ),
  rateLimiting(
    'each value of a header has a count of its own',
    { year: 1, limit_by: 'header', header_name: 'x-tenant' },
    {
      request: { headers: { 'x-tenant': 'a' } },
      status: 200,
    },
    {
      request: { headers: { 'x-tenant': 'b' } },
      status: 200,
    },
    {
      ...refused,
      request: { headers: { 'X-Tenant': 'a' } },
    },
    passed,
    refused,
  ),
  rateLimiting(
    'one path has a count of its own, all others share one',
    { year: 1, limit_by: 'path', path: '/shop' },
    {
      request: { path: '/shop' },
      status: 200,
    },
    {
      request: { path: '/cart' },
      status: 200,
    },
    {
      ...refused,
      request: { path: '/shop' },
    },
    {
      ...refused,
      request: { path: '/shop/1' },
    },
  ),
  rateLimiting(
    'a sliding window, which Kong does not have, lets no more through',
    { year: 2, window_type: 'sliding' },
    passed,
    { status: 200, headers: { 'x-ratelimit-remaining-year': '0' } },
    refused,
  ),
  {
    title: 'each consumer has a count of its own',
    plugins: [{ name: 'key-auth' }, { name: 'rate-limiting', config: { year: 1 } }],
    steps: [as('bobs-key', passed), as('carols-key', passed), as('bobs-key', refused), as('carols-key', refused)],
  },
  {
    title: 'a request that another plugin refuses first does not count',
    plugins: [{ name: 'key-auth' }, { name: 'rate-limiting', config: { year: 1 } }],
    steps: [
      { status: 401, headers: { 'x-ratelimit-limit-year': null } },
      as('bobs-key', passed),
      as('bobs-key', refused),
    ],
  },
];
