import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startAdmin, type TestAdmin, type TestResponse } from '../support/admin.ts';

/** `ETag`, `If-Match` and `If-None-Match` (RFC 9110), which Kong does not have. */
describe('Admin API: conditions', () => {
  let admin: TestAdmin;
  before(async () => {
    admin = await startAdmin();
  });
  after(() => admin.close());

  function send(method: string, path: string, json?: unknown, headers: Record<string, string> = {}) {
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    return admin.send({ method, path, headers: { ...type, ...headers }, ...body });
  }
  const tagOf = ({ headers }: TestResponse): string => String(headers['etag']);

  it('every answer with one row has its tag, the same one however it was come by', async () => {
    const created = await send('POST', '/services', { name: 'a', host: 'a.test', tags: ['x'] });
    assert.match(tagOf(created), /^"[\w-]{27}"$/);
    const { id } = JSON.parse(created.body) as { id: string };
    for (const path of ['/services/a', `/services/${id}`]) {
      assert.equal(tagOf(await send('GET', path)), tagOf(created));
    }
    const plugin = await send('POST', '/services/a/plugins', { name: 'stamp', config: { labels: { b: '1', a: '2' } } });
    const { id: pluginId } = JSON.parse(plugin.body) as { id: string };
    assert.equal(tagOf(await send('GET', `/services/a/plugins/${pluginId}`)), tagOf(plugin));
    assert.equal(tagOf(await send('GET', `/plugins/${pluginId}/service`)), tagOf(created));
  });

  it('a write goes through while the row is what the writer took it for', async () => {
    const before = tagOf(await send('GET', '/services/a'));
    const first = await send('PATCH', '/services/a', { retries: 7 }, { 'if-match': before });
    assert.equal(first.status, 200);
    assert.notEqual(tagOf(first), before);
    for (const [method, json] of [
      ['PATCH', { retries: 8 }],
      ['PUT', { host: 'b.test' }],
      ['DELETE', undefined],
    ] as const) {
      const late = await send(method, '/services/a', json, { 'if-match': before });
      assert.equal(late.status, 412);
      assert.deepEqual(JSON.parse(late.body), {
        code: 20,
        name: 'precondition failed',
        message: 'the entity has changed since it was read',
      });
    }
    const listed = await send('PATCH', '/services/a', { retries: 9 }, { 'if-match': `"x", ${tagOf(first)}` });
    assert.equal(listed.status, 200);
  });

  it('of two writers with the same tag one wins', async () => {
    const tag = tagOf(await send('GET', '/services/a'));
    const answers = await Promise.all(
      [1, 2, 3, 4].map((retries) => send('PATCH', '/services/a', { retries }, { 'if-match': tag })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412]);
  });

  it('a star asks for a row of any kind', async () => {
    assert.equal((await send('PUT', '/services/new', { host: 'n.test' }, { 'if-match': '*' })).status, 412);
    assert.equal((await send('PATCH', '/services/a', { retries: 1 }, { 'if-match': '*' })).status, 200);
  });

  it('a reader that has the row is told so', async () => {
    const tag = tagOf(await send('GET', '/services/a'));
    const known = await send('GET', '/services/a', undefined, { 'if-none-match': tag });
    assert.deepEqual([known.status, known.body, tagOf(known)], [304, '', tag]);
    assert.equal((await send('GET', '/services/a', undefined, { 'if-none-match': '"x"' })).status, 200);
  });

  it('a row that was deleted with its tag is gone', async () => {
    const tag = tagOf(await send('POST', '/consumers', { username: 'bob' }));
    assert.equal((await send('DELETE', '/consumers/bob', undefined, { 'if-match': tag })).status, 204);
    assert.equal((await send('GET', '/consumers/bob')).status, 404);
  });
});
