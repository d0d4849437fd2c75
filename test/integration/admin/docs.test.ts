import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Script } from 'node:vm';
import { startAdmin, type TestAdmin } from '../../support/admin.ts';

describe('the description of the Admin API', () => {
  let admin: TestAdmin;
  before(async () => {
    admin = await startAdmin();
  });
  after(() => admin.close());

  it('is served with the plugins of the node', async () => {
    const answer = await admin.send({ method: 'GET', path: '/openapi.json' });
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    const api = JSON.parse(answer.body);
    assert.equal(api.openapi, '3.1.0');
    assert.deepEqual(api.paths['/services/{services}'].get.responses['200'].content['application/json'].schema, {
      $ref: '#/components/schemas/services',
    });
    assert.deepEqual(api.components.schemas.services.required, ['host']);
    assert.equal(api.components.schemas['plugin-stamp'].properties.minute.maximum, 100);
  });

  it('names every path that /endpoints lists', async () => {
    const listed = JSON.parse((await admin.send({ method: 'GET', path: '/endpoints' })).body).data as string[];
    const { paths } = JSON.parse((await admin.send({ method: 'GET', path: '/openapi.json' })).body);
    const off = ['/targets', '/targets/{targets}', '/targets/{targets}/upstream', '/snis/{snis}/certificate'];
    assert.deepEqual(
      listed.filter((path) => !Object.hasOwn(paths, path)).sort(),
      listed.filter((path) => off.includes(path)).sort(),
    );
  });

  it('is shown by a page that loads nothing from elsewhere and whose script is sound', async () => {
    const { body, headers } = await admin.send({ method: 'GET', path: '/docs' });
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.match(String(headers['content-security-policy']), /default-src 'none'/);
    assert.doesNotMatch(body, /https?:|<link|src=/);
    const script = /<script>([\s\S]*)<\/script>/.exec(body)?.[1] ?? '';
    assert.ok(script.length > 1000);
    assert.ok(new Script(script) instanceof Script);
  });
});
