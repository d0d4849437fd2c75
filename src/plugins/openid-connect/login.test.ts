import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import type { JWTPayload } from 'jose';
import type { FakeRequest } from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { client, createStage, goodClaims, issuer, start } from './provider.fixtures.ts';

const page = { accept: 'text/html' };

/** A stage with a browser that keeps cookies. */
function createBrowser(given: Row = {}) {
  const stage = createStage({ ...client, redirect_uri: ['https://shop.test/cb'], ...given });
  const jar = new Map<string, string>();
  const state = { nonce: '', tokens: {} as Row, idClaims: {} as JWTPayload };
  stage.provider.endpoints.set('/token', () => state.tokens);

  async function visit(request: FakeRequest = {}) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...page, ...(cookie === '' ? {} : { cookie }), ...request.headers };
    const run = await stage.runner.send({ request: { scheme: 'https', host: 'shop.test', ...request, headers } });
    const lines = [run.headers['set-cookie'] ?? []].flat();
    for (const line of lines) {
      const [pair = ''] = line.split(';', 1);
      const name = pair.slice(0, pair.indexOf('='));
      if (line.includes('Max-Age=0')) jar.delete(name);
      else jar.set(name, pair.slice(name.length + 1));
    }
    return { ...run, lines, location: run.headers['location'] as string | undefined };
  }

  /** Begins a login, and prepares the tokens that the provider gives for its code. */
  async function begin(request: FakeRequest = {}) {
    const run = await visit(request);
    const url = new URL(run.location!);
    state.nonce = url.searchParams.get('nonce')!;
    await give({});
    return url;
  }

  /** Sets the tokens that the provider gives, with changed claims in the ID token. */
  async function give(claims: JWTPayload, more: Row = {}) {
    const idToken = { iss: issuer, sub: 'ann', aud: 'gateway', exp: start + 9_999, nonce: state.nonce, ...claims };
    state.tokens = {
      access_token: 'opaque-access',
      token_type: 'Bearer',
      expires_in: 600,
      refresh_token: 'refresh-1',
      id_token: await stage.provider.sign(idToken),
      ...more,
    };
  }

  const comeBack = (url: URL, more = '') =>
    visit({ path: '/cb', query: `code=the-code&state=${url.searchParams.get('state')}${more}` });

  return { ...stage, jar, state, visit, begin, give, comeBack };
}

test('a login proves that the code is used by who asked for it', async () => {
  const { provider, state, begin, comeBack, visit } = createBrowser();
  const url = await begin({ path: '/cart', query: 'a=1' });
  assert.deepEqual(
    [url.origin + url.pathname, url.searchParams.get('tenant'), url.searchParams.get('redirect_uri')],
    [`${issuer}/auth`, '1', 'https://shop.test/cb'],
  );
  let form = new URLSearchParams();
  provider.endpoints.set('/token', (given) => {
    form = given;
    return state.tokens;
  });
  const done = await comeBack(url);
  assert.deepEqual([done.status, done.location, done.headers['cache-control']], [302, '/cart?a=1', 'no-store']);
  assert.deepEqual(
    [form.get('grant_type'), form.get('code'), form.get('redirect_uri')],
    ['authorization_code', 'the-code', 'https://shop.test/cb'],
  );
  assert.equal(hash('sha256', form.get('code_verifier')!, 'base64url'), url.searchParams.get('code_challenge'));
  const { status, upstream, credential } = await visit();
  assert.deepEqual(
    [status, credential, upstream?.headers['authorization'], upstream?.headers['cookie']],
    [200, { id: 'ann' }, 'Bearer opaque-access', undefined],
  );
});

test('cookies are for HTTPS where the request came so, unless told', async () => {
  const secure = createBrowser();
  const begun = await secure.visit();
  assert.match(begun.lines[0]!, /; Path=\/; SameSite=Lax; Secure; HttpOnly; Max-Age=600$/);
  const done = await secure.comeBack(await secure.begin());
  assert.match(done.lines.find((line) => line.startsWith('session='))!, /; Path=\/; SameSite=Lax; Secure; HttpOnly$/);
  const open = await createBrowser().visit({ scheme: 'http' });
  assert.ok(!open.lines[0]!.includes('Secure'));
});

test('an ID token must be good, and for this login', async () => {
  for (const [claims, more] of [
    [{ nonce: 'another' }, {}],
    [{ nonce: undefined }, {}],
    [{ aud: 'another' }, {}],
    [{ aud: ['gateway', 'another'] }, {}],
    [{ azp: 'another' }, {}],
    [{ iss: 'https://evil.test' }, {}],
    [{ exp: start }, {}],
    [{ sub: undefined }, {}],
    [{ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }, {}],
    [{}, { id_token: undefined }],
    [{}, { id_token: 'eyJhbGciOiJub25lIn0.e30.' }],
    [{}, { access_token: undefined }],
    [{}, { token_type: 'DPoP' }],
  ] as const) {
    const { begin, give, comeBack, jar } = createBrowser();
    const url = await begin();
    await give(claims as JWTPayload, more);
    const { status, location } = await comeBack(url);
    assert.ok([401, 503].includes(status), JSON.stringify([claims, more]));
    assert.deepEqual([location, jar.has('session')], [undefined, false]);
  }
  const { begin, give, comeBack, jar } = createBrowser();
  const url = await begin();
  const half = hash('sha256', 'opaque-access', 'buffer').subarray(0, 16).toString('base64url');
  await give({ aud: ['gateway', 'another'], azp: 'gateway', at_hash: half });
  assert.deepEqual([(await comeBack(url)).status, jar.has('session')], [302, true]);
});

test('a state ends, and belongs to its provider', async () => {
  const { begin, comeBack, clock } = createBrowser();
  const late = await begin();
  clock.advance(600_000);
  assert.equal((await comeBack(late)).status, 401);
  const other = await begin();
  assert.equal((await comeBack(other, `&iss=${encodeURIComponent('https://evil.test')}`)).status, 401);
  const own = await begin();
  assert.equal((await comeBack(own, `&iss=${encodeURIComponent(issuer)}`)).status, 302);
});

test('a cookie that was changed is no login', async () => {
  const { begin, comeBack, jar } = createBrowser();
  const url = await begin();
  const [[name, value]] = [...jar] as [[string, string]];
  jar.set(name, `${value.slice(0, -6)}AAAAAA`);
  assert.equal((await comeBack(url)).status, 401);
});

test('without a redirect_uri the page itself is come back to', async () => {
  const { visit, begin, state, jar } = createBrowser({ redirect_uri: null });
  const url = await begin({ path: '/cart', query: 'a=1' });
  assert.equal(url.searchParams.get('redirect_uri'), 'https://shop.test/cart');
  assert.notEqual(state.nonce, '');
  const query = `code=x&state=${url.searchParams.get('state')}`;
  const done = await visit({ path: '/cart', query });
  assert.deepEqual([done.location, jar.has('session')], ['/cart?a=1', true]);
  // Who is signed in may have arguments of these names for the upstream.
  assert.equal((await visit({ path: '/cart', query: 'code=x&state=y' })).upstream?.query, 'code=x&state=y');
});

test('tokens are renewed shortly before their end, and the session goes with them', async () => {
  const { provider, clock, begin, comeBack, visit, give, jar } = createBrowser();
  await comeBack(await begin());
  const before = jar.get('session');
  clock.advance(569_000);
  assert.equal((await visit()).upstream?.headers['authorization'], 'Bearer opaque-access');
  clock.advance(2_000);
  await give({ nonce: undefined } as JWTPayload, { access_token: 'fresh', refresh_token: 'refresh-2' });
  const { upstream } = await visit();
  assert.equal(upstream?.headers['authorization'], 'Bearer fresh');
  assert.notEqual(jar.get('session'), before);
  const count = () => provider.asked.filter((path) => path === '/token').length;
  assert.equal(count(), 2);
  // A request that was on its way with the session of before gets what was found out.
  const late = await visit({ headers: { ...page, cookie: `session=${before}` } });
  assert.deepEqual([late.upstream?.headers['authorization'], count()], ['Bearer fresh', 2]);
});

test('a session whose tokens are no longer renewed ends', async () => {
  const { clock, begin, comeBack, visit, provider, jar } = createBrowser();
  await comeBack(await begin());
  clock.advance(601_000);
  provider.endpoints.set('/token', () => 400);
  const { status, location } = await visit();
  assert.equal(status, 302);
  assert.ok(location?.startsWith(`${issuer}/auth`));
  assert.ok(!jar.has('session'));
});

test('while the provider is away tokens serve to their end, and then there is 503', async () => {
  const { clock, begin, comeBack, visit, provider, jar } = createBrowser();
  await comeBack(await begin());
  provider.isAway = true;
  clock.advance(590_000);
  assert.equal((await visit()).status, 200);
  clock.advance(11_000);
  assert.equal((await visit()).status, 503);
  assert.ok(jar.has('session'));
});

test('who is not to be renewed signs in again at the end', async () => {
  const { clock, begin, comeBack, visit } = createBrowser({ refresh_tokens: false });
  await comeBack(await begin());
  clock.advance(599_000);
  assert.equal((await visit()).status, 200);
  clock.advance(1_000);
  assert.equal((await visit()).status, 302);
});

test('claims are looked for in the access token, the ID token and the claims of the user', async () => {
  const { provider, begin, give, comeBack, visit } = createBrowser({
    search_user_info: true,
    upstream_headers_claims: ['scope', 'name', 'email'],
    upstream_headers_names: ['X-Scope', 'X-Name', 'X-Email'],
    scopes_required: ['read'],
  });
  provider.endpoints.set('/me', (_, { headers }) =>
    headers?.['authorization']?.startsWith('Bearer ') ? { sub: 'ann', email: 'ann@id.test', name: 'other' } : 401,
  );
  const url = await begin();
  await give({ name: 'Ann' } as JWTPayload, { access_token: await provider.sign(goodClaims) });
  await comeBack(url);
  const { headers } = (await visit()).upstream!;
  assert.deepEqual([headers['x-scope'], headers['x-name'], headers['x-email']], ['read write', 'Ann', 'ann@id.test']);
});

test('a login may hand on the request that came back', async () => {
  const { begin, comeBack } = createBrowser({ login_action: 'upstream' });
  const run = await comeBack(await begin());
  assert.deepEqual([run.status, run.credential, run.upstream?.path], [200, { id: 'ann' }, '/cb']);
  const elsewhere = createBrowser({ login_redirect_uri: ['https://shop.test/home'] });
  assert.equal((await elsewhere.comeBack(await elsewhere.begin())).location, 'https://shop.test/home');
});

test('who may not in is told so, or sent to a page', async () => {
  const strict = { groups_required: ['staff'], groups_claim: ['groups'] };
  const one = createBrowser(strict);
  await one.comeBack(await one.begin());
  assert.equal((await one.visit()).status, 403);
  const other = createBrowser({ ...strict, forbidden_redirect_uri: ['https://shop.test/sorry'] });
  await other.comeBack(await other.begin());
  const { status, location } = await other.visit();
  assert.deepEqual([status, location], [302, 'https://shop.test/sorry']);
  const script = await other.visit({
    headers: { accept: 'application/json', cookie: [...other.jar].map((pair) => pair.join('=')).join('; ') },
  });
  assert.equal(script.status, 403);
  const page = createBrowser({ auth_methods: ['session'], unauthorized_redirect_uri: ['https://shop.test/login'] });
  assert.equal((await page.visit()).location, 'https://shop.test/login');
});

test('a user signs out, of the provider too', async () => {
  const { provider, begin, comeBack, visit, jar } = createBrowser({
    logout_uri_suffix: '/logout',
    logout_query_arg: 'bye',
    logout_methods: ['GET'],
    logout_revoke: true,
    logout_redirect_uri: ['https://shop.test/gone'],
  });
  const revoked: (string | null)[] = [];
  provider.endpoints.set('/revoke', (form) => {
    revoked.push(form.get('token'));
    return {};
  });
  await comeBack(await begin());
  assert.equal((await visit({ path: '/a/logout', method: 'POST' })).status, 200);
  const out = await visit({ path: '/a/logout' });
  const url = new URL(out.location!);
  assert.deepEqual(
    [out.status, url.pathname, url.searchParams.get('client_id'), url.searchParams.get('post_logout_redirect_uri')],
    [303, '/end', 'gateway', 'https://shop.test/gone'],
  );
  assert.match(url.searchParams.get('id_token_hint')!, /^eyJ/);
  assert.deepEqual([revoked, jar.size], [['refresh-1', 'opaque-access'], 0]);
  assert.equal((await visit({ query: 'bye' })).location, 'https://shop.test/gone');
});

test('with an anonymous consumer nobody is sent away, and a session counts', async () => {
  const { clock, runner, comeBack, begin, provider } = createBrowser();
  await comeBack(await begin());
  assert.ok(clock.now() > 0 && provider.asked.length > 0);
  assert.equal((await runner.send({ request: { headers: page } })).status, 302);
  const entities = { consumers: [{ id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'nobody' }] };
  const open = createStage({ ...client, anonymous: 'nobody' }, { entities });
  const run = await open.runner.send({ request: { headers: page } });
  assert.deepEqual([run.status, run.upstream?.headers['x-anonymous-consumer']], [200, 'true']);
});

test('tokens that fit no cookies sign nobody in', async () => {
  const { begin, give, comeBack, jar } = createBrowser();
  const url = await begin();
  const noise = Array.from({ length: 1500 }, (_, at) => hash('sha256', String(at), 'base64url')).join('');
  await give({}, { access_token: noise });
  assert.deepEqual([(await comeBack(url)).status, jar.has('session')], [401, false]);
});

test('renewed tokens and claims of a user are about who signed in', async () => {
  const { provider, clock, begin, comeBack, visit, give, jar } = createBrowser({
    search_user_info: true,
    upstream_headers_claims: ['email'],
    upstream_headers_names: ['X-Email'],
  });
  let subject = 'eve';
  provider.endpoints.set('/me', () => ({ sub: subject, email: 'mail@id.test' }));
  await comeBack(await begin());
  assert.equal((await visit()).upstream?.headers['x-email'], undefined);
  clock.advance(580_000);
  subject = 'ann';
  await give({ nonce: undefined } as JWTPayload, { access_token: 'fresh', refresh_token: 'refresh-2' });
  assert.equal((await visit()).upstream?.headers['x-email'], 'mail@id.test');
  clock.advance(580_000);
  await give({ nonce: undefined, sub: 'eve' } as JWTPayload, { access_token: 'eves', refresh_token: 'refresh-3' });
  assert.equal((await visit()).upstream?.headers['authorization'], 'Bearer fresh');
  clock.advance(30_000);
  assert.notEqual((await visit()).status, 200);
  assert.ok(jar.size > 0);
});
