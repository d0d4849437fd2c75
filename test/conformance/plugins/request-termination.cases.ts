import type { PluginCase, PluginStep } from './plugin-case.ts';

function termination(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'request-termination', config }], steps };
}

const json = 'application/json; charset=utf-8';

/** request-termination of Kong 3.9. */
export const requestTerminationCases: readonly PluginCase[] = [
  termination(
    'requests are answered with 503',
    {},
    {
      status: 503,
      body: '{"message":"Service unavailable"}',
      headers: { 'content-type': json, 'content-length': '33' },
      upstream: null,
    },
  ),
  termination(
    'the answer is JSON whatever the client accepts',
    {},
    {
      request: { headers: { accept: 'text/html' } },
      status: 503,
      body: '{"message":"Service unavailable"}',
    },
  ),
  termination('502 has a text of its own', { status_code: 502 }, { status: 502, body: '{"message":"Bad Gateway"}' }),
  termination(
    'a status without a text has no body',
    { status_code: 403 },
    {
      status: 403,
      body: '',
      headers: { 'content-length': '0', 'content-type': null },
    },
  ),
  termination(
    'a message is sent as JSON',
    { status_code: 403, message: 'So long' },
    {
      status: 403,
      body: '{"message":"So long"}',
    },
  ),
  termination(
    'a body is sent as it is',
    { status_code: 406, content_type: 'application/xml', body: '<a/>' },
    {
      status: 406,
      body: '<a/>',
      headers: { 'content-type': 'application/xml', 'content-length': '4' },
    },
  ),
  termination(
    'an answer to HEAD has its length and no body',
    {},
    {
      request: { method: 'HEAD' },
      status: 503,
      body: '',
      headers: { 'content-length': '33' },
    },
  ),
  termination(
    'with a trigger requests without it pass',
    { trigger: 'x-stop', status_code: 404 },
    {
      status: 200,
      upstream: { headers: {} },
    },
    {
      request: { headers: { 'x-stop': '1' } },
      status: 404,
    },
    {
      request: { query: 'x-stop' },
      status: 404,
    },
  ),
  {
    title: 'plugins with a higher priority come first',
    plugins: [{ name: 'request-termination' }, { name: 'key-auth' }],
    steps: [{ status: 401 }, { request: { headers: { apikey: 'bobs-key' } }, status: 503, upstream: null }],
  },
];
