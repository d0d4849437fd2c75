import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeExchange, createFakeHost, createPluginRunner, type FakeHostOptions } from '../../pdk/testing.ts';
import { createSchema } from '../../schema/index.ts';
import { basicauthCredentials } from './entities.ts';
import { basicAuth } from './index.ts';
import { hashPassword } from './password.ts';

const bob = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: null };
const credential = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0a',
  username: 'b',
  // SHA-1 of `open` and the consumer's id.
  password: '3786c2458ee17ace27ab7fc6c0026a95026aebb0',
  consumer: { id: bob.id },
};
const entities = { consumers: [bob], basicauth_credentials: [credential] };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const instance = { id: 'p1', instanceName: null, routeId: null, serviceId: null, consumerId: null };

test('answers at once when the rows are cached, later otherwise', async () => {
  const access = (options: FakeHostOptions): unknown => {
    const host = createFakeHost(options);
    const exchange = createFakeExchange({ request: { headers: { authorization: basic('b:open') } } }, host);
    const config = { anonymous: null, hide_credentials: false, realm: 'service' };
    return basicAuth.setup(host)(config, instance).access?.(exchange.kong);
  };
  assert.equal(access({ entities }), undefined);
  const pending = access({ entities, reads: 'later' });
  assert.ok(pending instanceof Promise);
  assert.equal(await pending, undefined);
});

test('consumer and credential are those of the request', async () => {
  const runner = createPluginRunner([{ plugin: basicAuth }], { entities });
  const run = await runner.send({ request: { headers: { authorization: basic('b:open') } } });
  assert.deepEqual([run.status, run.consumer, run.credential], [200, bob, credential]);
});

test('credentials whose consumer is gone are good, the upstream is told of them alone', async () => {
  const runner = createPluginRunner([{ plugin: basicAuth }], { entities: { basicauth_credentials: [credential] } });
  const run = await runner.send({ request: { headers: { authorization: basic('b:open') } } });
  assert.equal(run.status, 200);
  assert.deepEqual(
    [run.upstream?.headers['x-consumer-id'], run.upstream?.headers['x-credential-identifier']],
    [undefined, 'b'],
  );
});

test('nothing of user names and passwords is ever logged', async () => {
  const runner = createPluginRunner([{ plugin: basicAuth }], { entities });
  for (const text of ['b:open', 'b:wrong', 'nocolon', ':']) {
    await runner.send({ request: { headers: { authorization: basic(text) } } });
  }
  assert.deepEqual(runner.host.lines, []);
});

test('giant headers are refused', async () => {
  const runner = createPluginRunner([{ plugin: basicAuth }], { entities });
  for (const authorization of [basic('a'.repeat(1e6)), `Basic ${'basic'.repeat(2e5)}`, basic(`b:${'x'.repeat(1e6)}`)]) {
    const run = await runner.send({ request: { headers: { authorization } } });
    assert.equal(run.status, 401);
  }
});

const schema = createSchema(basicauthCredentials, {
  now: () => 1_700_000_000_000,
  uuid: () => credential.id,
  randomString: () => 'random',
  subschema: () => undefined,
});

test('a password is stored as a hash that has the id of its consumer in it', () => {
  const outcome = schema.insert({ username: 'b', password: 'open', consumer: { id: bob.id } });
  assert.deepEqual(outcome.ok && outcome.value, { ...credential, created_at: 1_700_000_000, tags: null });
});

test('a new password needs the consumer too', () => {
  const message = "all or none of these fields must be set: 'password', 'consumer.id'";
  const outcome = schema.update({ password: 'new' }, { ...credential });
  assert.deepEqual(!outcome.ok && outcome.errors, { '@entity': [message] });
  const both = schema.update({ password: 'new', consumer: { id: bob.id } }, { ...credential });
  assert.equal(both.ok && both.value['password'], hashPassword('new', bob.id));
  const neither = schema.update({ tags: ['a'] }, { ...credential });
  assert.equal(neither.ok && neither.value['password'], credential.password);
});
