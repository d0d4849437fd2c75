import { bench, group, run } from 'mitata';
import { routes, services, upstreams } from '../../src/entities/index.ts';
import { systemClock } from '../../src/kernel/index.ts';
import { createSchema, type SchemaEnvironment } from '../../src/schema/index.ts';

// Ids are not what is measured here.
const environment: SchemaEnvironment = {
  now: () => systemClock.now(),
  uuid: () => '11111111-1111-4111-8111-111111111111',
  randomString: () => 'random',
  subschema: () => undefined,
};
const schemas = {
  services: createSchema(services, environment),
  routes: createSchema(routes, environment),
  upstreams: createSchema(upstreams, environment),
};

const service = { name: 'orders', url: 'https://orders.example.test:8443/v1', tags: ['team-a', 'prod'] };
const route = {
  name: 'orders',
  protocols: ['https'],
  hosts: ['orders.example.test', '*.orders.example.test'],
  paths: ['/orders', '/orders/v2'],
  methods: ['GET', 'POST'],
  tags: ['team-a'],
  service: { id: '22222222-2222-4222-8222-222222222222' },
};
const stored = schemas.routes.insert(route);
if (!stored.ok) throw new Error(JSON.stringify(stored.errors));

group('insert', () => {
  bench('route', () => schemas.routes.insert(route));
  bench('least route', () => schemas.routes.insert({ paths: ['/'] }));
  bench('service by url', () => schemas.services.insert(service));
  bench('upstream', () => schemas.upstreams.insert({ name: 'orders.test' }));
});

group('others', () => {
  bench('update of a route', () => schemas.routes.update({ paths: ['/new'] }, stored.value));
  bench('route refused', () => schemas.routes.insert({ ...route, paths: ['x'], nope: 1 }));
  bench('compile routes', () => createSchema(routes, environment));
});

await run();
