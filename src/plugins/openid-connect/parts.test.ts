import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { createLocalJWKSet, exportJWK, jwtVerify } from 'jose';
import { createFakeExchange, createPluginRunner, type FakeRequest } from '../../pdk/testing.ts';
import { createClientProof } from './client-auth.ts';
import { openidConnect } from './index.ts';
import { client, createStage, goodClaims, issuer } from './provider.fixtures.ts';
import type { Config } from './schema/index.ts';
import { createSealedTexts } from './sealed-text.ts';
import { isNavigation, ownTarget, ownUrl } from './urls.ts';

const kongFor = (request: FakeRequest, trustedIps: readonly string[] = []) =>
  createFakeExchange({ request, trustedIps }).kong;

test('where a login goes back to is never another host', () => {
  for (const [path, query, expected] of [
    ['/a/b', 'c=d&e', '/a/b?c=d&e'],
    ['/', '', '/'],
    ['//evil.test/x', '', '/evil.test/x'],
    ['///evil.test', '', '/evil.test'],
    ['/\\evil.test', '', '/evil.test'],
    ['/\\/evil.test', '', '/evil.test'],
    ['/.//evil.test', '', '/evil.test'],
    ['/a/..//evil.test', '', '/evil.test'],
    ['/%2F/evil.test', '', '/%2F/evil.test'],
    ['/a', 'next=https://evil.test', '/a?next=https://evil.test'],
    [`/${'a'.repeat(3000)}`, '', '/'],
    ['/a\tb', '', '/ab'],
  ] as const) {
    assert.equal(ownTarget(kongFor({ path, query })), expected, path);
  }
});

test('the own URL is as the client knows it', () => {
  assert.equal(ownUrl(kongFor({ path: '/a', query: 'b', scheme: 'https' })), 'https://example.com/a');
  assert.equal(
    ownUrl(kongFor({ path: '/a', headers: { Host: 'localhost:8080' }, host: 'localhost' })),
    'http://localhost:8080/a',
  );
  const headers = {
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'shop.test',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Prefix': '/eu',
  };
  assert.equal(ownUrl(kongFor({ path: '/a', headers }, ['127.0.0.1'])), 'https://shop.test/eu/a');
  assert.equal(ownUrl(kongFor({ path: '/a', headers })), 'http://example.com/a');
});

test('a browser that goes to a page is told from everything else', () => {
  const is = (request: FakeRequest): boolean => isNavigation(kongFor(request));
  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
  assert.ok(is({ headers: { accept } }));
  assert.ok(is({ headers: { accept, 'sec-fetch-mode': 'navigate' } }));
  assert.ok(!is({ headers: { accept, 'sec-fetch-mode': 'cors' } }));
  assert.ok(!is({ headers: { accept, 'x-requested-with': 'XMLHttpRequest' } }));
  assert.ok(!is({ headers: { accept }, method: 'POST' }));
  assert.ok(!is({ headers: { accept: '*/*' } }));
  assert.ok(!is({}));
});

test('sealed texts open under their name and secret alone', () => {
  const [one, other] = [createSealedTexts('secret', 'a'), createSealedTexts('secret', 'b')];
  const sealed = one.seal('name', 'Ännchen');
  assert.equal(one.open('name', sealed), 'Ännchen');
  assert.notEqual(one.seal('name', 'Ännchen'), sealed);
  for (const text of ['', 'x', 'A'.repeat(200), `${sealed}AAAA`, sealed.slice(0, -4), `B${sealed.slice(1)}`]) {
    assert.equal(one.open('name', text), undefined);
  }
  assert.deepEqual([one.open('other', sealed), other.open('name', sealed)], [undefined, undefined]);
});

const pair = generateKeyPairSync('ec', { namedCurve: 'P-384' });

/** The proof of a stored configuration. */
function proofOf(given: object) {
  let config: Config | undefined;
  const spy = {
    ...openidConnect,
    setup: () => (stored: Config) => {
      config = stored;
      return {};
    },
  };
  createPluginRunner([{ plugin: spy, config: { issuer, session_secret: 's', client_id: ['me&you'], ...given } }]);
  const now = Math.floor(Date.now() / 1000);
  return createClientProof(config!)!(issuer, now);
}

test('a client shows its secret as told', () => {
  const secret = { client_secret: ['p:ä s'] };
  const basic = Buffer.from('me%26you:p%3A%C3%A4+s').toString('base64');
  assert.deepEqual(proofOf(secret), { headers: { authorization: `Basic ${basic}` }, fields: [] });
  assert.deepEqual(proofOf({ ...secret, client_auth: ['client_secret_post'] }).fields, [
    ['client_id', 'me&you'],
    ['client_secret', 'p:ä s'],
  ]);
  assert.deepEqual(proofOf({}).fields, [['client_id', 'me&you']]);
});

test('a client signs with its secret or its key', async () => {
  const assertionOf = (given: object): string => new Map(proofOf(given).fields).get('client_assertion')!;
  const expected = { issuer: 'me&you', subject: 'me&you', audience: issuer, requiredClaims: ['jti', 'exp'] };
  const secret = 'a secret that is long enough for it';
  await jwtVerify(
    assertionOf({ client_secret: [secret], client_auth: ['client_secret_jwt'] }),
    new TextEncoder().encode(secret),
    expected,
  );
  const jwk = { ...pair.privateKey.export({ format: 'jwk' }), kid: 'mine' };
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'mine' }] });
  const { protectedHeader } = await jwtVerify(
    assertionOf({ client_jwk: [jwk], client_auth: ['private_key_jwt'] }),
    keys,
    expected,
  );
  assert.deepEqual([protectedHeader.alg, protectedHeader.kid], ['ES384', 'mine']);
});

test('a client of the provider is known by a hash, and guesses are few', async () => {
  const { provider, clock, runner } = createStage({ ...client, scopes: ['openid', 'read'], audience: ['api'] });
  const forms: string[] = [];
  provider.endpoints.set('/token', (form, { headers }) => {
    forms.push(form.toString());
    const isGood = headers?.['authorization'] === `Basic ${Buffer.from('shop:p%C3%A4%3As').toString('base64')}`;
    return isGood ? { access_token: 'opaque', token_type: 'bearer', expires_in: 100, scope: 'read' } : 401;
  });
  provider.endpoints.set('/introspect', () => ({ active: true, client_id: 'shop', scope: 'read' }));
  const ask = (pair: string) =>
    runner.send({ request: { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } } });
  const first = await ask('shop:pä:s');
  assert.deepEqual(
    [first.status, first.credential, first.upstream?.headers['authorization']],
    [200, { id: 'shop' }, 'Bearer opaque'],
  );
  await ask('shop:pä:s');
  assert.deepEqual(forms, ['grant_type=client_credentials&scope=read&audience=api']);
  for (let at = 0; at < 5; at++) assert.equal((await ask('shop:wrong')).status, 401);
  assert.equal(forms.length, 2);
  clock.advance(95_000);
  await ask('shop:pä:s');
  assert.equal(forms.length, 3);
});

test('a client whose token only others can read is known by its id', async () => {
  const { provider, runner } = createStage({
    ...client,
    auth_methods: ['client_credentials'],
    scopes_required: ['read'],
  });
  provider.endpoints.set('/token', () => ({ access_token: 'opaque', expires_in: 100, scope: 'read' }));
  const authorization = `Basic ${Buffer.from('shop:s').toString('base64')}`;
  const run = await runner.send({ request: { headers: { authorization } } });
  assert.deepEqual([run.status, run.credential], [200, { id: 'shop' }]);
});

test('a client whose token was taken back gets another one', async () => {
  const { provider, runner } = createStage(client);
  let count = 0;
  provider.endpoints.set('/token', () => ({ access_token: `opaque-${++count}`, expires_in: 100 }));
  provider.endpoints.set('/introspect', (form) => ({ active: form.get('token') !== 'opaque-1', client_id: 'shop' }));
  const request = { headers: { authorization: `Basic ${Buffer.from('shop:s').toString('base64')}` } };
  assert.equal((await runner.send({ request })).status, 401);
  assert.equal((await runner.send({ request })).status, 200);
});

test('consumers are found as told, at once or later', async () => {
  const consumers = [
    { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'ann', custom_id: 'bob' },
    { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f02', username: 'bob', custom_id: 'ann' },
  ];
  for (const reads of ['now', 'later'] as const) {
    for (const [by, sub, expected] of [
      [['username', 'custom_id'], 'ann', 'ann'],
      [['custom_id', 'username'], 'ann', 'bob'],
      [['id'], 'ann', undefined],
      [['id'], consumers[1]!.id, 'bob'],
      [['username'], consumers[1]!.id, undefined],
    ] as const) {
      const { provider, send } = createStage(
        { consumer_claim: ['sub'], consumer_by: by },
        { entities: { consumers }, reads },
      );
      const run = await send(await provider.sign({ ...goodClaims, sub }));
      assert.deepEqual([run.status, run.consumer?.['username']], [expected === undefined ? 403 : 200, expected]);
    }
  }
});
