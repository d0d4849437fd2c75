import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { runPlugin } from '../../pdk/testing.ts';
import { openidConnect } from './index.ts';
import { client, createStage, goodClaims, issuer, start } from './provider.fixtures.ts';

const invalid = [401, 'Bearer error="invalid_token"'];
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a token is verified once, and then known by its hash until it ends', async () => {
  const { provider, clock, send } = createStage();
  const token = await provider.sign(goodClaims);
  const first = await send(token);
  assert.deepEqual([first.status, first.credential], [200, { id: 'ann' }]);
  assert.deepEqual(provider.asked, ['/.well-known/openid-configuration', '/keys']);
  clock.advance(599_999);
  assert.equal((await send(token)).status, 200);
  clock.advance(1);
  const { status, headers } = await send(token);
  assert.deepEqual([status, headers['www-authenticate']], invalid);
});

test('what is remembered is no longer than cache_ttl, and clocks may differ by the leeway', async () => {
  const { provider, clock, send } = createStage({ leeway: 10 });
  const token = await provider.sign(goodClaims);
  assert.equal((await send(token)).status, 200);
  clock.advance(609_000);
  assert.equal((await send(token)).status, 200);
  clock.advance(1_000);
  assert.equal((await send(token)).status, 401);
});

test('a token whose key was taken back is no longer good, once that is known', async () => {
  const { provider, clock, runner, send } = createStage({ jwks_ttl: 100 });
  const token = await provider.sign({ ...goodClaims, exp: start + 100_000 });
  assert.equal((await send(token)).status, 200);
  provider.keys.set('k2', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  provider.keys.delete('k1');
  clock.advance(80_000);
  runner.host.runTimers();
  await new Promise(setImmediate);
  assert.equal((await send(token)).status, 401);
});

test('a new key is found when its first token comes, and guesses bring no more than one look', async () => {
  const { provider, clock, send } = createStage();
  await send(await provider.sign(goodClaims));
  provider.keys.set('k2', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const fresh = await provider.sign(goodClaims, { kid: 'k2' });
  const old = await provider.sign({ ...goodClaims, jti: '2' });
  assert.deepEqual([(await send(fresh)).status, (await send(old)).status], [200, 200]);
  const looks = () => provider.asked.filter((path) => path === '/keys').length;
  assert.equal(looks(), 2);
  const [, claims, signature] = fresh.split('.');
  for (let at = 0; at < 100; at++) {
    assert.equal((await send(`${part({ alg: 'ES256', kid: `guess-${at}` })}.${claims}.${signature}`)).status, 401);
  }
  assert.equal(looks(), 2);
  clock.advance(30_000);
  await send(`${part({ alg: 'ES256', kid: 'guess' })}.${claims}.${signature}`);
  assert.equal(looks(), 3);
});

test('many requests with one new token are one verification', async () => {
  const { provider, send } = createStage();
  const token = await provider.sign(goodClaims);
  const runs = await Promise.all(Array.from({ length: 20 }, () => send(token)));
  assert.deepEqual(new Set(runs.map((run) => run.status)), new Set([200]));
  assert.equal(provider.asked.length, 2);
});

test('no token chooses how it is verified', async () => {
  const { provider, send } = createStage();
  const token = await provider.sign(goodClaims);
  const [header, claims, signature] = token.split('.') as [string, string, string];
  const { d: _, ...jwk } = provider.keys.get('k1')!.export({ format: 'jwk' });
  const hs = (secret: string): string => {
    const text = `${part({ alg: 'HS256', kid: 'k1' })}.${claims}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  for (const bad of [
    `${part({ alg: 'none' })}.${claims}.`,
    `${part({ alg: 'none', kid: 'k1' })}.${claims}.${signature}`,
    `${part({ alg: 'RS256', kid: 'k1' })}.${claims}.${signature}`,
    `${part({ alg: 'ES384', kid: 'k1' })}.${claims}.${signature}`,
    `${part({ alg: 'ES256', kid: 'k1', crit: ['exp'], exp: 1 })}.${claims}.${signature}`,
    `${part({ alg: 'ES256', jwk })}.${claims}.${signature}`,
    hs(JSON.stringify(jwk)),
    hs(''),
    `${header}.${part({ ...goodClaims, sub: 'root' })}.${signature}`,
    `${header}.${claims}.${signature.slice(0, -4)}`,
    `${header}.${claims}`,
    `${token}.${signature}`,
    `${header}.${claims}=.${signature}`,
    `${part({ alg: 'ES256', cty: 'JWT' })}.${Buffer.from(token).toString('base64url')}.${signature}`,
    `${header}.${'A'.repeat(40_000)}.${signature}`,
    'a'.repeat(40_000),
    'é',
    '.',
    '..',
  ]) {
    const { status, headers, body } = await send(bad);
    assert.deepEqual([status, headers['www-authenticate']], invalid, bad.slice(0, 60));
    assert.equal(JSON.parse(body).message, 'Unauthorized');
  }
  assert.equal((await send(token)).status, 200);
});

test('tokens for something else than access are refused', async () => {
  const { provider, send } = createStage();
  for (const [claims, typ, status] of [
    [{}, 'at+jwt', 200],
    [{}, 'application/at+jwt', 200],
    [{}, 'JWT', 200],
    [{}, 'logout+jwt', 401],
    [{}, 'dpop+jwt', 401],
    [{ at_hash: 'x' }, undefined, 401],
    [{ typ: 'ID' }, undefined, 401],
    [{ typ: 'Refresh' }, undefined, 401],
    [{ typ: 'Bearer' }, undefined, 200],
  ] as const) {
    const token = await provider.sign({ ...goodClaims, ...claims }, typ === undefined ? {} : { typ });
    assert.equal((await send(token)).status, status, JSON.stringify([claims, typ]));
  }
});

test('issuer, end and beginning are verified', async () => {
  const { provider, send } = createStage({ issuers_allowed: ['https://other.test'] });
  for (const [claims, status] of [
    [{ iss: 'https://other.test' }, 200],
    [{ iss: 'https://id.test.evil' }, 401],
    [{ iss: undefined }, 401],
    [{ iss: [issuer] }, 401],
    [{ exp: undefined }, 401],
    [{ exp: start }, 401],
    [{ exp: start + 1 }, 200],
    [{ nbf: start }, 200],
    [{ nbf: start + 1 }, 401],
  ] as const) {
    const token = await provider.sign({ ...goodClaims, ...claims } as never);
    assert.equal((await send(token)).status, status, JSON.stringify(claims));
  }
});

test('claims must suffice: one entry, and of it all words', async () => {
  for (const [config, status] of [
    [{ scopes_required: ['read'] }, 200],
    [{ scopes_required: ['write read'] }, 200],
    [{ scopes_required: ['admin', 'read'] }, 200],
    [{ scopes_required: ['admin read'] }, 403],
    [{ audience_required: ['api'] }, 200],
    [{ audience_required: ['ap'] }, 403],
    [{ roles_required: ['chief'], roles_claim: ['realm', 'roles'] }, 200],
    [{ roles_required: ['chief'] }, 403],
    [{ groups_required: ['x'], groups_claim: ['__proto__'] }, 403],
    [{ claims_forbidden: ['realm'] }, 403],
    [{ claims_forbidden: ['toString'] }, 200],
  ] as const) {
    const { provider, send } = createStage(config);
    const run = await send(await provider.sign({ ...goodClaims, realm: { roles: ['chief'] } }));
    assert.equal(run.status, status, JSON.stringify(config));
  }
});

test('while the provider is away what is known serves for the grace, and nothing without', async () => {
  const { provider, clock, send } = createStage({ jwks_ttl: 100, offline_grace: 200 });
  const token = await provider.sign({ ...goodClaims, exp: start + 10_000 });
  const unseen = await provider.sign({ ...goodClaims, exp: start + 10_000, jti: '2' });
  assert.equal((await send(token)).status, 200);
  provider.isAway = true;
  clock.advance(299_000);
  assert.deepEqual([(await send(token)).status, (await send(unseen)).status], [200, 200]);
  clock.advance(1_000);
  const { status, body, headers } = await send(token);
  assert.deepEqual(
    [status, JSON.parse(body).message, headers['www-authenticate']],
    [503, 'Service unavailable', undefined],
  );
  provider.isAway = false;
  clock.advance(30_000);
  assert.equal((await send(token)).status, 200);
});

test('the description must be that of the issuer, and protect as much', async () => {
  for (const [changes, status] of [
    [{}, 200],
    [{ issuer: `${issuer}/` }, 401],
    [{ issuer: 'https://evil.test' }, 503],
    [{ issuer: undefined }, 503],
    [{ jwks_uri: 'http://id.test/keys' }, 503],
    [{ jwks_uri: 'file:///etc/passwd' }, 503],
    [{ jwks_uri: undefined }, 503],
    [{ token_endpoint: 'http://id.test/token' }, 503],
  ] as const) {
    const { provider, send } = createStage();
    const path = '/.well-known/openid-configuration';
    const good = provider.endpoints.get(path)!;
    provider.endpoints.set(path, (...args) => ({ ...(good(...args) as object), ...changes }));
    assert.equal((await send(await provider.sign(goodClaims))).status, status, JSON.stringify(changes));
  }
});

test('a token that only the provider can read is asked about, and remembered', async () => {
  const { provider, clock, send } = createStage({ ...client, cache_ttl: 100, cache_ttl_neg: 10 });
  let isActive = true;
  const forms: string[] = [];
  provider.endpoints.set('/introspect', (form, { headers }) => {
    forms.push(`${form} ${headers?.['authorization']}`);
    return isActive ? { active: true, sub: 'ann', client_id: 'shop' } : { active: false };
  });
  assert.deepEqual((await send('opaque')).credential, { id: 'ann' });
  assert.equal((await send('opaque')).status, 200);
  const basic = Buffer.from('gateway:a+secret+of+the+client').toString('base64');
  assert.deepEqual(forms, [`token=opaque&token_type_hint=access_token Basic ${basic}`]);
  isActive = false;
  clock.advance(100_000);
  assert.equal((await send('opaque')).status, 401);
  isActive = true;
  assert.equal((await send('opaque')).status, 401);
  clock.advance(10_000);
  assert.equal((await send('opaque')).status, 200);
  assert.equal(forms.length, 3);
  provider.isAway = true;
  assert.deepEqual([(await send('opaque')).status, (await send('other')).status], [200, 503]);
});

test('signed tokens are asked about as well where that is wanted', async () => {
  const { provider, send } = createStage({ ...client, introspect_jwt_tokens: true, cache_introspection: false });
  let isActive = true;
  provider.endpoints.set('/introspect', () => ({ active: isActive, iss: issuer, exp: start + 5 }));
  const token = await provider.sign(goodClaims);
  assert.equal((await send(token)).status, 200);
  isActive = false;
  assert.equal((await send(token)).status, 401);
});

test('a token is looked for where it may be, and kept from the upstream', async () => {
  const { provider, runner } = createStage({
    bearer_token_param_type: ['header', 'cookie', 'query'],
    bearer_token_cookie_name: 'AT',
    upstream_access_token_header: null,
  });
  const token = await provider.sign(goodClaims);
  const inCookie = await runner.send({ request: { headers: { cookie: `a=1; AT=${token}; b=2` } } });
  assert.deepEqual([inCookie.status, inCookie.upstream?.headers['cookie']], [200, 'a=1; b=2']);
  const inQuery = await runner.send({ request: { query: `a=1&access_token=${token}` } });
  assert.deepEqual([inQuery.status, inQuery.upstream?.query], [200, 'a=1']);
  const inHeader = await runner.send({ request: { headers: { Authorization: `bearer  ${token}` } } });
  assert.deepEqual([inHeader.status, inHeader.upstream?.headers['authorization']], [200, undefined]);
  for (const authorization of ['Bearer', `Token ${token}`, `Bearer${token}`, `x Bearer ${token}`]) {
    assert.equal((await runner.send({ request: { headers: { authorization } } })).status, 401, authorization);
  }
});

test('claims become headers, and what a client says in them does not count', async () => {
  const { provider, send } = createStage({
    upstream_headers_claims: ['name', 'address.city', 'list', 'flag', 'evil', 'gone'],
    upstream_headers_names: ['X-Name', 'X-City', 'X-List', 'X-Flag', 'X-Evil', 'X-Gone'],
    downstream_headers_claims: ['sub'],
    downstream_headers_names: ['X-User'],
  });
  const token = await provider.sign({
    ...goodClaims,
    name: 'Ännchen',
    address: { city: 'Ulm' },
    list: ['a', 'b'],
    flag: true,
    evil: 'a\r\nX-Admin: 1',
  });
  const { upstream, headers } = await send(token, { 'x-gone': 'made up', 'x-name': 'made up' });
  assert.deepEqual(
    ['x-name', 'x-city', 'x-list', 'x-flag', 'x-evil', 'x-gone', 'x-admin'].map((name) => upstream?.headers[name]),
    ['Ännchen', 'Ulm', 'a,b', 'true', 'a  X-Admin: 1', undefined, undefined],
  );
  assert.equal(headers['x-user'], 'ann');
});

test('no token, secret or claim is logged', async () => {
  const { provider, runner, send } = createStage({ ...client });
  provider.endpoints.set('/introspect', () => 401);
  const token = await provider.sign(goodClaims);
  for (const text of [token, `${token}x`, 'opaque-token']) await send(text);
  const log = runner.host.lines.map((line) => line.message).join('\n');
  for (const secret of ['opaque-token', token.slice(-20), 'a secret of the client', 'ann']) {
    assert.ok(!log.includes(secret), log);
  }
});

test('claims of a user are looked for where that is wanted, and must be of the same one', async () => {
  const { provider, send } = createStage({
    search_user_info: true,
    upstream_headers_claims: ['email'],
    upstream_headers_names: ['X-Email'],
  });
  let answer: object | number = { sub: 'ann', email: 'ann@id.test' };
  provider.endpoints.set('/me', () => answer);
  const tokens = await Promise.all(['1', '2', '3', '4'].map((jti) => provider.sign({ ...goodClaims, jti })));
  assert.equal((await send(tokens[0]!)).upstream?.headers['x-email'], 'ann@id.test');
  answer = { sub: 'eve', email: 'eve@id.test' };
  assert.equal((await send(tokens[1]!)).status, 401);
  answer = 401;
  assert.equal((await send(tokens[2]!)).status, 401);
  answer = 500;
  assert.equal((await send(tokens[3]!)).status, 503);
  assert.equal((await send(tokens[0]!)).status, 200);
});

test('configurations that cannot work are refused', async () => {
  for (const [config, text] of [
    [{ upstream_headers_claims: ['a'] }, /must have the same length/],
    [{ client_id: ['a'] }, /session_secret is needed/],
    [{ client_id: ['a'], client_auth: ['private_key_jwt'], session_secret: 's' }, /private_key_jwt needs client_jwk/],
    [{ client_id: ['a'], client_auth: ['client_secret_post'], session_secret: 's' }, /client_secret_post needs/],
    [{ bearer_token_param_type: ['cookie'] }, /needs bearer_token_cookie_name/],
    [{ verify_signature: false }, /value must be true/],
    [{ client_id: ['a', 'b'] }, /length must be at most 1/],
  ] as const) {
    await assert.rejects(runPlugin(openidConnect, { issuer, ...config } as never), text);
  }
});
