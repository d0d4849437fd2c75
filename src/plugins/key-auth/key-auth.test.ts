import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createFakeExchange,
  createFakeHost,
  createPluginRunner,
  type FakeHostOptions,
  runPlugin,
} from '../../pdk/testing.ts';
import { keyauthCredentials } from './entities.ts';
import { keyAuth } from './index.ts';

const bob = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: null };
const credential = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0a', key: 'bobs-key', consumer: { id: bob.id } };
const entities = { consumers: [bob], keyauth_credentials: [credential] };
const withKey = { request: { headers: { apikey: 'bobs-key' } } };

const config = {
  key_names: ['apikey'],
  hide_credentials: false,
  anonymous: null,
  key_in_header: true,
  key_in_query: true,
  key_in_body: false,
  run_on_preflight: true,
  realm: null,
} as const;
const instance = { id: 'p1', instanceName: null, routeId: null, serviceId: null, consumerId: null };

function access(options: FakeHostOptions): unknown {
  const host = createFakeHost(options);
  const exchange = createFakeExchange(withKey, host);
  return keyAuth.setup(host)(config, instance).access?.(exchange.kong);
}

test('answers at once when the rows are cached, later otherwise', async () => {
  assert.equal(access({ entities }), undefined);
  const pending = access({ entities, reads: 'later' });
  assert.ok(pending instanceof Promise);
  assert.equal(await pending, undefined);
});

test('consumer and credential are those of the request', async () => {
  const run = await runPlugin(keyAuth, {}, { entities, ...withKey });
  assert.deepEqual([run.consumer, run.credential], [bob, credential]);
  assert.deepEqual(run.entry['authenticated_entity'], { id: credential.id, consumer_id: bob.id });
});

test('a key that has expired is unknown', async () => {
  const expired = { consumers: [bob], keyauth_credentials: [{ ...credential, ttl: 0 }] };
  const run = await runPlugin(keyAuth, {}, { entities: expired, ...withKey });
  assert.deepEqual([run.status, JSON.parse(run.body).message], [401, 'Unauthorized']);
});

test('a key whose consumer is gone is good, the upstream is told of the key alone', async () => {
  const run = await runPlugin(keyAuth, {}, { entities: { keyauth_credentials: [credential] }, ...withKey });
  assert.equal(run.status, 200);
  assert.deepEqual(
    [run.upstream?.headers['x-consumer-id'], run.upstream?.headers['x-credential-identifier']],
    [undefined, credential.id],
  );
});

test('no key is ever logged', async () => {
  const runner = createPluginRunner([{ plugin: keyAuth, config: { key_in_body: true, hide_credentials: true } }], {
    entities,
  });
  for (const apikey of ['bobs-key', 'wrong-key']) await runner.send({ request: { headers: { apikey } } });
  await runner.send({
    request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"apikey":"bobs-key"' },
  });
  assert.doesNotMatch(JSON.stringify(runner.host.lines), /-key/);
  assert.deepEqual(runner.host.lines.at(-1), {
    level: 'info',
    message: '[key-auth] Cannot process request body: invalid json body',
  });
});

test('names of fields are no names of inherited things', async () => {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' };
  const run = await runPlugin(
    keyAuth,
    { key_in_body: true, key_names: ['constructor', 'toString'] },
    { entities, request },
  );
  assert.deepEqual([run.status, JSON.parse(run.body).message], [401, 'No API key found in request']);
});

test('the keys are rows of an entity of the plugin', () => {
  const { fields, ...rest } = keyauthCredentials;
  assert.deepEqual(rest, {
    name: 'keyauth_credentials',
    primary_key: ['id'],
    endpoint_key: 'key',
    cache_key: ['key'],
    workspaceable: true,
    ttl: true,
    admin_api_name: 'key-auths',
    admin_api_nested_name: 'key-auth',
  });
  assert.deepEqual(Object.keys(fields), ['id', 'created_at', 'consumer', 'key', 'tags']);
  assert.deepEqual(fields.key, { type: 'string', required: false, unique: true, auto: true });
});

test('refuses names that cannot be headers', async () => {
  await assert.rejects(runPlugin(keyAuth, { key_names: ['api key'] }), /bad header name 'api key'/);
  await assert.rejects(runPlugin(keyAuth, { key_names: null as never }), /key_names: required field missing/);
});
