import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startAdmin, type TestAdmin } from '../../support/admin.ts';
import { caPem, onePem } from '../../support/admin-pems.ts';

type Entity = { readonly [field: string]: unknown };

/** One of each kind, with as many fields filled in as go together. */
const given: readonly (readonly [path: string, entity: Entity])[] = [
  ['/certificates', { ...onePem, snis: ['b.test', 'a.test'], tags: ['t'] }],
  ['/ca_certificates', { cert: caPem.cert }],
  ['/consumers', { username: 'bob', custom_id: 'c 1', tags: ['b', 'a'] }],
  ['/services', { name: 'shop', url: 'https://shop.test:8443/api', retries: 0, tls_verify: false, tags: ['z', 'a'] }],
  [
    '/routes',
    { name: 'r', service: { name: 'shop' }, paths: ['/x', '~/y\\d+'], hosts: ['a.test'], headers: { 'x-a': ['1'] } },
  ],
  ['/upstreams', { name: 'u', healthchecks: { active: { timeout: 2.5, headers: { h: ['1', '2'] } } } }],
  ['/plugins', { name: 'stamp', route: { name: 'r' }, config: { redis_host: 'r.test', methods: ['POST', 'GET'] } }],
  ['/key-auths', { consumer: { username: 'bob' }, key: 'k' }],
];

describe('tools that write back what they have read', () => {
  let admin: TestAdmin;
  const send = async (method: string, path: string, entity?: Entity): Promise<Entity> => {
    const answer = await admin.send({
      method,
      path,
      ...(entity === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(entity) }),
    });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.body}`);
    return JSON.parse(answer.body) as Entity;
  };

  before(async () => {
    admin = await startAdmin();
    for (const [path, entity] of given) await send('POST', path, entity);
  });
  after(() => admin.close());

  for (const [path] of given) {
    it(`see no difference: ${path}`, async () => {
      const { data } = (await send('GET', path)) as unknown as { readonly data: readonly Entity[] };
      assert.equal(data.length, 1);
      const [shown] = data;
      const one = `${path}/${String(shown!.id)}`;
      assert.deepEqual(await send('GET', one), shown);
      // What expires has no more time to live once it is written back as it was shown: null is not a number of seconds.
      const { updated_at, ...kept } = await send('PUT', one, shown!);
      const { updated_at: before, ...expected } = shown!;
      assert.equal(typeof updated_at, typeof before);
      assert.deepEqual(kept, expected);
      const { updated_at: _, ...patched } = await send('PATCH', one, shown!);
      assert.deepEqual(patched, expected);
    });
  }

  it('keep order and values of sets', async () => {
    const [service] = ((await send('GET', '/services')) as unknown as { data: Entity[] }).data;
    assert.deepEqual(service?.tags, ['z', 'a']);
    const [plugin] = ((await send('GET', '/plugins')) as unknown as { data: { config: Entity }[] }).data;
    assert.deepEqual(plugin?.config.methods, ['POST', 'GET']);
  });
});
