import type { PluginCase, PluginStep } from './plugin-case.ts';

function correlationId(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'correlation-id', config }], steps };
}

/** correlation-id of Kong 3.9, as far as its ids can be foretold. */
export const correlationIdCases: readonly PluginCase[] = [
  correlationId(
    'an id of the client is kept',
    {},
    {
      request: { headers: { 'kong-request-id': 'mine' } },
      status: 200,
      headers: { 'kong-request-id': null },
      upstream: { headers: { 'kong-request-id': 'mine' } },
    },
  ),
  correlationId(
    'an id of the client is echoed',
    { echo_downstream: true },
    {
      request: { headers: { 'kong-request-id': 'mine' } },
      status: 200,
      headers: { 'kong-request-id': 'mine' },
    },
  ),
  correlationId(
    'the header can be chosen',
    { header_name: 'X-Trace', echo_downstream: true },
    {
      request: { headers: { 'x-trace': 'mine', 'kong-request-id': 'other' } },
      status: 200,
      headers: { 'x-trace': 'mine', 'kong-request-id': null },
      upstream: { headers: { 'x-trace': 'mine', 'kong-request-id': 'other' } },
    },
  ),
  {
    title: 'a request that another plugin answers has its id too',
    plugins: [{ name: 'correlation-id', config: { echo_downstream: true } }, { name: 'request-termination' }],
    steps: [
      {
        request: { headers: { 'kong-request-id': 'mine' } },
        status: 503,
        headers: { 'kong-request-id': 'mine' },
        upstream: null,
      },
    ],
  },
];
