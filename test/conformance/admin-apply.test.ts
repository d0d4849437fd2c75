import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { startAdmin, type TestAdmin } from '../support/admin.ts';

/** `POST /apply`, which Kong does not have: a declarative configuration for a store. */
describe('Admin API: apply', () => {
  let admin: TestAdmin;
  before(async () => {
    admin = await startAdmin();
  });
  afterEach(() => admin.clear());
  after(() => admin.close());

  async function apply(entities: object, query = '') {
    const answer = await admin.send({
      method: 'POST',
      path: `/apply${query}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ _format_version: '3.0', ...entities }),
    });
    return { status: answer.status, body: JSON.parse(answer.body) };
  }
  const service = (name: string, more: object = {}): object => ({ name, host: `${name}.test`, ...more });
  const names = async (entity: string): Promise<string[]> => {
    const rows = await Array.fromAsync(admin.database.dao(entity).each());
    return rows.map(({ name }) => String(name)).sort();
  };

  it('writes what is new or different and leaves the rest alone', async () => {
    const first = await apply({ services: [service('a', { routes: [{ name: 'r', paths: ['/'] }] }), service('b')] });
    assert.deepEqual([first.status, first.body.summary], [200, { create: 3, update: 0, delete: 0 }]);
    admin.events.length = 0;
    const next = await apply({ services: [service('a'), service('b', { retries: 9 }), service('c')] });
    assert.deepEqual(next.body.summary, { create: 1, update: 1, delete: 0 });
    assert.deepEqual(next.body.changes.services.update[0].changes, { retries: { from: 5, to: 9 } });
    assert.equal(admin.events.length, 1);
    assert.deepEqual(await names('services'), ['a', 'b', 'c']);
    assert.deepEqual(await names('routes'), ['r']);
  });

  it('says the same on a dry run, and does nothing', async () => {
    const plan = await apply({ services: [service('a')] }, '?dry_run=1');
    assert.deepEqual([plan.status, plan.body.summary], [200, { create: 1, update: 0, delete: 0 }]);
    assert.deepEqual(await names('services'), []);
    assert.deepEqual(admin.events, []);
  });

  it('does all or nothing', async () => {
    await apply({ services: [service('a')] });
    const clash = await apply({
      services: [service('b'), service('a', { id: '00000000-0000-4000-8000-000000000001' })],
    });
    assert.deepEqual([clash.status, clash.body.code], [409, 5]);
    assert.deepEqual(await names('services'), ['a']);
  });

  it('prunes when asked to, names freed before they are taken and parents after their children', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    await apply({ services: [service('a', { routes: [{ name: 'r', paths: ['/'] }] }), service('b')] });
    const { body } = await apply(
      { services: [service('a', { id })], routes: [{ name: 'r', paths: ['/'], service: 'a' }] },
      '?prune=1',
    );
    assert.equal(body.code, 5, 'a row that another still refers to keeps its name');
    const replaced = await apply(
      { services: [service('c')], routes: [{ name: 'r', paths: ['/'], service: 'c' }] },
      '?prune=1',
    );
    assert.deepEqual(replaced.body.summary, { create: 1, update: 1, delete: 2 });
    assert.deepEqual(await names('services'), ['c']);
    const empty = await apply({}, '?prune=1');
    assert.deepEqual(empty.body.summary, { create: 0, update: 0, delete: 2 });
  });

  it('prunes only what bears the tags that are named', async () => {
    await apply({
      services: [service('a', { tags: ['mine', 'x'] }), service('b', { tags: ['theirs'] }), service('c')],
    });
    await apply({}, '?prune=1&select_tags=mine,x');
    assert.deepEqual(await names('services'), ['b', 'c']);
  });

  it('refuses what is not good with the tree of errors', async () => {
    const { status, body } = await apply({ services: [{}] });
    assert.deepEqual([status, body.code, body.fields], [400, 14, { services: [{ host: 'required field missing' }] }]);
  });
});
