import type { Fact } from './table.ts';

const onlyOnControlPlanes = {
  message: 'this endpoint is only available when Kong is configured to run as Control Plane for the cluster',
};
const onlyWithWasm = { message: 'this endpoint is only available when wasm is enabled' };
const onlyWithoutDatabase = {
  message: 'this endpoint is only available when Kong is configured to not use a database',
};

const withoutWasm: readonly Fact[] = [
  'GET /filter-chains',
  'POST /filter-chains',
  'GET /filter-chains/x',
  'DELETE /filter-chains/x',
  'GET /routes/x/filter-chains',
  'PUT /services/x/filter-chains/y',
  'GET /routes/x/filters/all',
  'GET /routes/x/filters/enabled',
  'GET /routes/x/filters/disabled',
].map((request) => ({
  fact: `${request} needs wasm`,
  request,
  ...(/^P/.test(request) ? { json: {} } : {}),
  status: 400,
  exact: onlyWithWasm,
}));

/** What the Admin API tells and does of its node (Kong 3.9.3). */
export const nodeFacts: readonly Fact[] = [
  ...withoutWasm,
  {
    fact: 'GET /clustering/data-planes needs a control plane',
    request: 'GET /clustering/data-planes',
    status: 400,
    exact: onlyOnControlPlanes,
  },
  {
    fact: 'GET /clustering/status needs a control plane',
    request: 'GET /clustering/status',
    status: 400,
    exact: onlyOnControlPlanes,
  },
  {
    fact: 'GET /config needs a node without a database',
    request: 'GET /config',
    status: 400,
    exact: onlyWithoutDatabase,
  },
  {
    fact: 'POST /config needs a node without a database',
    request: 'POST /config',
    json: { _format_version: '3.0' },
    status: 400,
    exact: onlyWithoutDatabase,
  },
  {
    fact: 'GET /timers counts timers',
    request: 'GET /timers',
    status: 200,
    body: { worker: { id: -1, count: 2 }, stats: { sys: { running: 1, pending: 2 } } },
  },
  {
    fact: 'GET /status/dns is of the new resolver only',
    request: 'GET /status/dns',
    status: 501,
    exact: { message: 'not implemented with the legacy DNS client' },
  },
  {
    fact: 'GET /schemas/filters/{name} knows no filter',
    request: 'GET /schemas/filters/x',
    status: 404,
    exact: { message: "Filter 'x' not found" },
  },
  {
    fact: 'workspaces are not shown',
    request: 'GET /workspaces',
    status: 404,
    exact: { message: 'Not found' },
  },
  {
    fact: 'one workspace is not shown',
    request: 'GET /workspaces/default',
    status: 404,
    exact: { message: 'Not found' },
  },
  {
    fact: 'data planes are no entity of the API',
    request: 'GET /clustering_data_planes',
    status: 404,
    exact: { message: 'Not found' },
  },
  {
    fact: 'a path may start with the default workspace',
    given: [['POST /default/services', { name: 'a', host: 'a.test' }]],
    request: 'GET /default/services/a?x=1',
    status: 200,
    body: { name: 'a' },
  },
  {
    fact: 'the root within the default workspace is called kong',
    request: 'GET /default/kong',
    status: 200,
    body: { tagline: 'Welcome to kong' },
  },
  {
    fact: 'there is no other workspace',
    request: 'GET /other/services',
    status: 404,
    exact: { message: 'Not found' },
  },
];
