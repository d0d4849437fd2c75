import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../schema/index.ts';
import { type ClientCertificatesKeeper, createClientCertificates } from './client-certificates.ts';
import type { Instance } from './instance.ts';

function create(routes: readonly Row[]): ClientCertificatesKeeper {
  return createClientCertificates({
    route: (id) => routes.find((route) => route['id'] === id),
    routesOf: (serviceId) => routes.filter((route) => (route['service'] as Row | null)?.['id'] === serviceId),
    authority: (id) => (id === 'gone' ? undefined : `pem ${id}`),
  });
}

function put(keeper: ClientCertificatesKeeper, id: string, scope: Row, ...authorities: string[]): void {
  keeper.put({ id, row: { id, route: null, service: null, ...scope } } as unknown as Instance, authorities);
  keeper.forget();
}

const routes: readonly Row[] = [
  { id: 'exact', service: { id: 's' }, snis: ['a.test', 'B.test'] },
  { id: 'wild', service: { id: 's' }, snis: ['*.w.test', 'p.*'] },
  { id: 'bare', service: { id: 't' }, snis: null },
];

test('nobody is asked while nothing asks', () => {
  const keeper = create(routes);
  assert.equal(keeper.areWanted, false);
  assert.equal(keeper.authoritiesFor('a.test'), undefined);
});

test('a route asks by its names, whole ones before ends before beginnings', () => {
  const keeper = create(routes);
  put(keeper, '1', { route: { id: 'exact' } }, 'x');
  put(keeper, '2', { route: { id: 'wild' } }, 'y');
  assert.equal(keeper.areWanted, true);
  for (const name of ['a.test', 'A.TEST', 'a.test.', 'b.test'])
    assert.deepEqual(keeper.authoritiesFor(name), ['pem x']);
  for (const name of ['c.w.test', 'c.d.w.test', 'p.test', 'p.a.b'])
    assert.deepEqual(keeper.authoritiesFor(name), ['pem y']);
  for (const name of ['w.test', 'xa.test', 'xp.test', '', undefined])
    assert.equal(keeper.authoritiesFor(name), undefined);
});

test('a service asks by the names of its routes, and everybody where one has none', () => {
  const keeper = create(routes);
  put(keeper, '1', { service: { id: 's' } }, 'x');
  assert.deepEqual(keeper.authoritiesFor('a.test'), ['pem x']);
  assert.equal(keeper.authoritiesFor('c.test'), undefined);
  put(keeper, '2', { service: { id: 't' } }, 'y');
  assert.deepEqual(keeper.authoritiesFor('c.test'), ['pem y']);
  assert.deepEqual(keeper.authoritiesFor(undefined), ['pem y']);
  assert.deepEqual(keeper.authoritiesFor('a.test'), ['pem x']);
});

test('authorities of one name are told together, those that are gone are not', () => {
  const keeper = create(routes);
  put(keeper, '1', { route: { id: 'exact' } }, 'x', 'gone');
  put(keeper, '2', { service: { id: 's' } }, 'y', 'x');
  assert.deepEqual(keeper.authoritiesFor('a.test'), ['pem x', 'pem y']);
});

test('a global one asks everybody, one that went nobody, and one of an unknown route nobody yet', () => {
  const keeper = create(routes);
  put(keeper, '1', { route: { id: 'unknown' } }, 'x');
  assert.equal(keeper.authoritiesFor('a.test'), undefined);
  put(keeper, '2', {});
  assert.deepEqual(keeper.authoritiesFor('a.test'), []);
  assert.deepEqual(keeper.authoritiesFor(undefined), []);
  keeper.delete('2');
  keeper.forget();
  assert.equal(keeper.authoritiesFor('a.test'), undefined);
});
