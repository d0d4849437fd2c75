import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../kernel/index.ts';
import { storedConfig } from '../../pdk/testing/config.ts';
import {
  createFakeExchange,
  createFakeHost,
  createPluginRunner,
  type FakeHostOptions,
  fakeService,
  type PluginRun,
  type PluginRunner,
} from '../../pdk/testing.ts';
import { oauth2 } from './index.ts';

const bob = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: null };
const client = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0a',
  consumer: { id: bob.id },
  client_id: 'app',
  client_secret: 'clients-secret',
  client_type: 'confidential',
  hash_secret: false,
  redirect_uris: ['https://app.test/'],
};
const now = 1_700_000_000_000;
const token = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0b',
  created_at: now / 1000,
  service: { id: fakeService['id'] },
  credential: { id: client.id },
  token_type: 'bearer',
  expires_in: 60,
  access_token: 'access-text',
  refresh_token: 'refresh-text',
  authenticated_userid: null,
  scope: null,
};
const entities = { consumers: [bob], oauth2_credentials: [client], oauth2_tokens: [token] };
const config = {
  provision_key: 'provision-text',
  scopes: ['read'],
  enable_authorization_code: true,
  enable_password_grant: true,
};

function start(given: object = {}, options: FakeHostOptions = {}): PluginRunner {
  return createPluginRunner([{ plugin: oauth2, config: { ...config, ...given } }], { entities, ...options });
}

function post(runner: PluginRunner, path: string, body: object, more: object = {}): Promise<PluginRun> {
  return runner.send({ request: { method: 'POST', path, scheme: 'https', body, ...more } });
}

const app = { client_id: 'app', client_secret: 'clients-secret' };
const user = { provision_key: 'provision-text', authenticated_userid: 'ann' };
const bearer = { request: { headers: { authorization: 'Bearer access-text' } } };

test('a cached token lets its request through at once', async () => {
  const access = (options: FakeHostOptions): unknown => {
    const host = createFakeHost({ entities, ...options });
    const exchange = createFakeExchange(bearer, host);
    const instance = { id: 'p1', instanceName: null, routeId: null, serviceId: null, consumerId: null };
    return oauth2
      .setup(host)(storedConfig(oauth2, config) as never, instance)
      .access?.(exchange.kong);
  };
  assert.equal(access({}), undefined);
  const pending = access({ reads: 'later' });
  assert.ok(pending instanceof Promise);
  assert.equal(await pending, undefined);
});

test('a token is good for its time, and not in the last second of its row', async () => {
  const clock = createManualClock(now);
  const runner = start({}, { clock });
  assert.equal((await runner.send(bearer)).status, 200);
  clock.advance(60_000);
  assert.equal((await runner.send(bearer)).status, 200);
  clock.advance(1000);
  assert.equal((await runner.send(bearer)).status, 401);
  const dying = start({}, { entities: { ...entities, oauth2_tokens: [{ ...token, ttl: 0 }] } });
  assert.equal((await dying.send(bearer)).status, 401);
});

test('a token whose client is gone is none', async () => {
  const run = await start({}, { entities: { ...entities, oauth2_credentials: [] } }).send(bearer);
  assert.equal(run.status, 401);
});

test('of many that bring one code at once, one gets a token', async () => {
  const runner = start({}, { reads: 'later' });
  const asked = await post(runner, '/oauth2/authorize', { ...user, client_id: 'app', response_type: 'code' });
  const code = /code=(\w{32})/.exec(asked.body)?.[1];
  const runs = await Promise.all(
    Array.from({ length: 20 }, () => post(runner, '/oauth2/token', { ...app, grant_type: 'authorization_code', code })),
  );
  assert.deepEqual(runs.map(({ status }) => status).sort(), [200, ...Array.from({ length: 19 }, () => 400)]);
});

test('of many that bring one refresh token at once, one gets tokens', async () => {
  const runner = start({}, { reads: 'later' });
  const runs = await Promise.all(
    Array.from({ length: 20 }, () =>
      post(runner, '/oauth2/token', { ...app, grant_type: 'refresh_token', refresh_token: 'refresh-text' }),
    ),
  );
  assert.equal(runs.filter(({ status }) => status === 200).length, 1);
});

test('a code ends after five minutes, and tokens after their time in the store', async () => {
  const clock = createManualClock(now);
  const runner = start({ refresh_token_ttl: 100 }, { clock });
  const asked = await post(runner, '/oauth2/authorize', { ...user, client_id: 'app', response_type: 'code' });
  const code = /code=(\w{32})/.exec(asked.body)?.[1];
  const made = await post(runner, '/oauth2/token', { ...app, ...user, grant_type: 'password' });
  const { refresh_token: refresh } = JSON.parse(made.body);
  clock.advance(101_000);
  const late = await post(runner, '/oauth2/token', { ...app, grant_type: 'refresh_token', refresh_token: refresh });
  assert.deepEqual(JSON.parse(late.body).error_description, 'Invalid refresh_token');
  clock.advance(200_000);
  const later = await post(runner, '/oauth2/token', { ...app, grant_type: 'authorization_code', code });
  assert.deepEqual(JSON.parse(later.body).error_description, 'Invalid code');
});

test('a code belongs to the configuration that gave it out, where credentials are shared', async () => {
  const host = createFakeHost({ entities });
  const given = { ...config, global_credentials: true };
  const make = (id: string) =>
    createPluginRunner(
      [{ plugin: { ...oauth2, setup: () => oauth2.setup(host) }, config: given, instance: { id } }],
      {},
    );
  const [one, two] = [make('p1'), make('p2')];
  const asked = await post(one, '/oauth2/authorize', { ...user, client_id: 'app', response_type: 'code' });
  const code = /code=(\w{32})/.exec(asked.body)?.[1];
  const body = { ...app, grant_type: 'authorization_code', code };
  assert.equal((await post(two, '/oauth2/token', body)).status, 400);
  assert.equal((await post(one, '/oauth2/token', body)).status, 200);
});

test('no token is made for a route without a service, unless credentials are shared', async () => {
  const body = { ...app, ...user, grant_type: 'password' };
  const request = { method: 'POST', path: '/oauth2/token', scheme: 'https', body } as const;
  assert.equal((await start().send({ request, service: null })).status, 500);
  assert.equal((await start({ global_credentials: true }).send({ request, service: null })).status, 200);
});

test('a scope that is no longer there ends the refresh', async () => {
  const scoped = { ...entities, oauth2_tokens: [{ ...token, scope: 'read gone' }] };
  const runner = start({}, { entities: scoped });
  const body = { ...app, grant_type: 'refresh_token', refresh_token: 'refresh-text' };
  const { status, body: answer } = await post(runner, '/oauth2/token', body);
  assert.deepEqual(
    [status, JSON.parse(answer)],
    [400, { error: 'invalid_scope', error_description: 'Scope mismatch' }],
  );
});

test('TLS may have ended at a trusted proxy that says so, once', async () => {
  const runner = createPluginRunner(
    [{ plugin: oauth2, config: { ...config, accept_http_if_already_terminated: true } }],
    { entities, trustedIps: ['127.0.0.1'] },
  );
  const body = { ...app, ...user, grant_type: 'password' };
  const send = (headers: { readonly [name: string]: string | string[] }, clientIp = '127.0.0.1') =>
    post(runner, '/oauth2/token', body, { scheme: 'http', headers, clientIp });
  assert.equal((await send({ 'x-forwarded-proto': 'HTTPS' })).status, 200);
  assert.equal((await send({ 'x-forwarded-proto': 'http' })).status, 400);
  assert.equal((await send({})).status, 400);
  assert.equal((await send({ 'x-forwarded-proto': 'https' }, '10.0.0.1')).status, 400);
  for (const several of ['https,https', ['https', 'https']]) {
    const { status, body: answer } = await send({ 'x-forwarded-proto': several });
    assert.deepEqual(
      [status, JSON.parse(answer).error_description],
      [400, 'Only one X-Forwarded-Proto header allowed'],
    );
  }
});

test('nothing that is secret is ever logged or told back', async () => {
  const runner = start({ enable_introspection: true, realm: 'shop' });
  const secrets = /clients-secret|provision-text|access-text|refresh-text|guess/;
  const runs = [
    await runner.send(bearer),
    await runner.send({ request: { headers: { authorization: 'Bearer guess' } } }),
    await post(runner, '/oauth2/token', { ...app, client_secret: 'guess', grant_type: 'password' }),
    await post(runner, '/oauth2/token', { ...app, provision_key: 'guess', grant_type: 'password' }),
    await post(runner, '/oauth2/authorize', { client_id: 'app', provision_key: 'guess' }),
    await post(runner, '/oauth2/introspect', { ...app, token: 'guess' }),
    await post(runner, '/oauth2/token', { ...app, grant_type: 'refresh_token', refresh_token: 'guess' }),
  ];
  for (const { body, headers } of runs) assert.doesNotMatch(JSON.stringify([body, headers]), secrets);
  assert.doesNotMatch(JSON.stringify(runner.host.lines), secrets);
});

test('names of parameters are no names of inherited things, and odd values do no harm', async () => {
  const runner = start({ enable_client_credentials: true });
  for (const body of [
    '{"__proto__":{"grant_type":"password"},"constructor":1}',
    '{"grant_type":{"toString":1},"client_id":["app"],"client_secret":{}}',
    '[1,2]',
    'null',
    '{"grant_type":"password","client_id":true,"client_secret":false,"scope":{}}',
  ]) {
    const headers = { 'content-type': 'application/json' };
    for (const path of ['/oauth2/token', '/oauth2/authorize']) {
      assert.equal((await post(runner, path, Buffer.from(body), { headers })).status, 400, body);
    }
  }
});

test('a configuration needs a grant, and scopes where one is mandatory', () => {
  const none = 'at least one of these fields must be true: enable_authorization_code, enable_implicit_grant, ';
  assert.throws(() => storedConfig(oauth2, {}), new RegExp(none));
  assert.throws(
    () => storedConfig(oauth2, { enable_password_grant: true, mandatory_scope: true }),
    /scopes: required field missing/,
  );
  const made = storedConfig(oauth2, { enable_password_grant: true });
  assert.match(String(made['provision_key']), /^\w{32}$/);
});
