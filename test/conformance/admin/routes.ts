import { type Fact, ids, route, service } from './table.ts';

/** Facts about /routes. */
export const routeFacts: readonly Fact[] = [
  {
    fact: 'a route has its defaults',
    request: 'POST /routes',
    json: { paths: ['/x'] },
    status: 201,
    body: {
      protocols: ['http', 'https'],
      strip_path: true,
      preserve_host: false,
      request_buffering: true,
      response_buffering: true,
      regex_priority: 0,
      path_handling: 'v0',
      https_redirect_status_code: 426,
      service: null,
      methods: null,
      hosts: null,
      paths: ['/x'],
      headers: null,
      snis: null,
      sources: null,
      destinations: null,
    },
  },
  {
    fact: 'a service is named by its name',
    given: [service('shop', ids.a)],
    request: 'POST /routes',
    json: { paths: ['/x'], service: { name: 'shop' } },
    status: 201,
    body: { service: { id: ids.a } },
  },
  {
    fact: 'a service is named by its name in a form',
    given: [service('shop', ids.a)],
    request: 'POST /routes',
    form: 'paths=/x&service.name=shop',
    status: 201,
    body: { service: { id: ids.a } },
  },
  {
    fact: 'an unknown service name is code 13',
    request: 'POST /routes',
    json: { paths: ['/x'], service: { name: 'nobody' } },
    status: 400,
    exact: {
      code: 13,
      name: 'foreign keys unresolved',
      message:
        `foreign key unresolved (service.name: the foreign key cannot be resolved with '{name="nobody"}' ` +
        `for an existing 'services' entity)`,
      fields: {
        service: {
          name: `the foreign key cannot be resolved with '{name="nobody"}' for an existing 'services' entity`,
        },
      },
    },
  },
  {
    fact: 'an unknown service id is code 4',
    request: 'POST /routes',
    json: { paths: ['/x'], service: { id: ids.missing } },
    status: 400,
    body: { code: 4, fields: { service: { id: ids.missing } } },
  },
  {
    fact: 'a reference without a key is refused',
    request: 'POST /routes',
    json: { paths: ['/x'], service: {} },
    status: 400,
    body: { code: 2, fields: { service: { id: 'missing primary key' } } },
  },
  {
    fact: 'a route must say what it matches',
    request: 'POST /routes',
    json: {},
    status: 400,
    body: { code: 2, fields: { '@entity': [/must set one of 'methods', 'hosts', 'headers', 'paths', 'snis'/] } },
  },
  {
    fact: 'errors of a list keep the place of the element',
    request: 'POST /routes',
    json: { paths: ['/ok', 'bad'] },
    status: 400,
    body: {
      message: 'schema violation (paths.2: should start with: / (fixed path) or ~/ (regex path))',
      fields: { paths: [null, 'should start with: / (fixed path) or ~/ (regex path)'] },
    },
  },
  {
    fact: 'what is no list is refused',
    request: 'POST /routes',
    json: { paths: '/x' },
    status: 400,
    body: { fields: { paths: 'expected an array' } },
  },
  {
    fact: 'PATCH clears the service with null',
    given: [service('shop', ids.a), route('r', ids.b, { service: { id: ids.a } })],
    request: 'PATCH /routes/r',
    json: { service: null },
    status: 200,
    body: { service: null },
  },
  {
    fact: 'PATCH points at a service by name',
    given: [service('shop', ids.a), route('r')],
    request: 'PATCH /routes/r',
    json: { service: { name: 'shop' } },
    status: 200,
    body: { service: { id: ids.a } },
  },
  {
    fact: 'sources are records in a form',
    request: 'POST /routes',
    form: 'protocols=tcp&sources[1].ip=10.0.0.0/8&sources[1].port=80&sources[2].ip=::1',
    status: 201,
    body: {
      sources: [
        { ip: '10.0.0.0/8', port: 80 },
        { ip: '::1', port: null },
      ],
    },
  },
  {
    fact: 'headers are a map of lists in a form',
    request: 'POST /routes',
    form: 'headers[x-one]=a&headers[x-two][]=b',
    status: 201,
    body: { headers: { 'x-one': ['a'], 'x-two': ['b'] } },
  },
  {
    fact: 'a deleted route takes its plugins along',
    given: [route('r', ids.a), ['POST /routes/r/plugins', { name: 'stamp' }]],
    request: 'DELETE /routes/r',
    status: 204,
    changes: ['delete routes', 'delete plugins'],
  },
];
