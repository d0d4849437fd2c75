import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { clients, createProviderKey, type OpenidProvider, startOpenidProvider } from '../../support/openid-provider.ts';
import { upstreamAuthority } from '../../support/upstream-pems.ts';
import { createUserAgent, type Page, type UserAgent } from '../../support/user-agent.ts';
import { type Stage, signIn, startStage } from './stage.ts';

const asked = (page: Page) =>
  JSON.parse(/<pre>(.*)<\/pre>/.exec(page.body)![1]!) as {
    path: string;
    headers: { [name: string]: string | undefined };
  };

describe('openid-connect with browsers', () => {
  let stage: Stage;
  let provider: OpenidProvider;
  const signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  before(async () => {
    stage = await startStage();
    provider = await startOpenidProvider({
      keys: [createProviderKey('one')],
      redirectUris: [
        `${stage.url}/shop/cb`,
        `${stage.url}/anywhere/x`,
        `${stage.url}/root/cb`,
        `${stage.url}/signing/cb`,
        `${stage.url}/strict/cb`,
      ],
      logoutUris: [`${stage.url}/bye`],
      clientKey: signingKey.publicKey,
    });
    const login = {
      issuer: provider.issuer,
      client_id: ['gateway'],
      client_secret: [clients.gateway],
      scopes: ['openid', 'offline_access', 'read'],
    };
    await stage.protect('/shop', {
      ...login,
      scopes: ['openid', 'offline_access'],
      redirect_uri: [`${stage.url}/shop/cb`],
      logout_path: '/shop/logout',
      logout_redirect_uri: [`${stage.url}/bye`],
      logout_revoke: true,
      authenticated_groups_claim: ['groups'],
      search_user_info: true,
      upstream_headers_claims: ['name'],
      upstream_headers_names: ['X-Name'],
      upstream_id_token_header: 'x-id-token',
      upstream_user_info_header: 'x-user-info',
    });
    await stage.protect('/anywhere', login);
    await stage.protect('/', { ...login, redirect_uri: [`${stage.url}/root/cb`], session_cookie_name: 'root' });
    await stage.protect('/strict', {
      ...login,
      redirect_uri: [`${stage.url}/strict/cb`],
      session_cookie_name: 'strict',
      session_cookie_same_site: 'Strict',
    });
    await stage.protect('/signing', {
      issuer: provider.issuer,
      client_id: ['signing-client'],
      client_auth: ['private_key_jwt'],
      client_jwk: [signingKey.privateKey.export({ format: 'jwk' })],
      session_secret: 'a secret of the gateway',
      session_cookie_name: 'signing',
      redirect_uri: [`${stage.url}/signing/cb`],
    });
  });
  after(async () => {
    await stage.close();
    await provider.close();
  });

  it('signs a user in, and back to the page that was wanted', async () => {
    const agent = createUserAgent();
    const first = await agent.send(`${stage.url}/shop/cart?item=1&code=2`);
    assert.equal(first.status, 302);
    const sent = new URL(first.headers['location']!).searchParams;
    assert.deepEqual(
      ['response_type', 'client_id', 'redirect_uri', 'scope', 'code_challenge_method'].map((name) => sent.get(name)),
      ['code', 'gateway', `${stage.url}/shop/cb`, 'openid offline_access', 'S256'],
    );
    assert.match(
      first.cookies[0]!,
      /^authorization_[0-9a-f]{16}=[\w-]+; Path=\/; SameSite=Lax; HttpOnly; Max-Age=600$/,
    );
    assert.ok(!first.cookies[0]!.includes(sent.get('state')!));

    const page = await signIn(agent, await agent.visit(first.headers['location']!), 'ann');
    assert.deepEqual([page.status, page.url], [200, `${stage.url}/shop/cart?item=1&code=2`]);
    const { headers } = asked(page);
    assert.deepEqual(
      [
        headers['x-credential-identifier'],
        headers['x-name'],
        headers['x-authenticated-groups'],
        /(^|; )session=/.test(headers['cookie'] ?? ''),
      ],
      ['ann', 'User ann', 'staff, press', false],
    );
    assert.match(headers['authorization']!, /^Bearer [\w-]+$/);
    assert.match(headers['x-id-token']!, /^eyJ/);
    assert.deepEqual(JSON.parse(Buffer.from(headers['x-user-info']!, 'base64').toString()).sub, 'ann');
    assert.deepEqual(
      agent.cookieNames().filter((name) => name.startsWith('authorization_')),
      [],
    );

    // Both workers know the session, and nobody else's requests have it.
    for (let at = 0; at < 6; at++) assert.equal((await agent.send(`${stage.url}/shop/x`)).status, 200);
    assert.equal((await createUserAgent().send(`${stage.url}/shop/x`)).status, 302);
  });

  it('answers 401 to what cannot be sent elsewhere', async () => {
    const agent = createUserAgent();
    const status = async (options: Parameters<UserAgent['send']>[1]) => {
      const { status, headers, cookies } = await agent.send(`${stage.url}/shop/x`, options);
      return [status, headers['www-authenticate'], cookies.length];
    };
    const refused = [401, 'Bearer', 0];
    assert.deepEqual(await status({ method: 'POST' }), refused);
    assert.deepEqual(await status({ headers: { accept: 'application/json' } }), refused);
    assert.deepEqual(await status({ headers: { 'sec-fetch-mode': 'cors' } }), refused);
    assert.deepEqual(await status({ headers: { 'x-requested-with': 'XMLHttpRequest' } }), refused);
  });

  it('takes a state from the browser that began, and once', async () => {
    const isReturn = (url: string): boolean => url.startsWith(`${stage.url}/shop/cb`);
    const agent = createUserAgent();
    const back = await signIn(agent, await agent.visit(`${stage.url}/shop/a`), 'ann', isReturn);
    const thief = createUserAgent();
    thief.steal(agent);
    // Another browser has no part in it.
    assert.equal((await createUserAgent().send(back.url)).status, 401);
    // A state that is not the cookie's.
    const forged = new URL(back.url);
    forged.searchParams.set('state', 'made-up');
    assert.equal((await agent.send(forged.toString())).status, 401);
    const other = new URL(back.url);
    other.searchParams.set('iss', 'https://other.test');
    const done = await agent.send(back.url);
    assert.deepEqual([done.status, done.headers['location']], [302, '/shop/a']);
    // The same once more, even with the cookie that went with it.
    assert.equal((await thief.send(back.url)).status, 401);
    assert.equal((await agent.send(back.url)).status, 401);
    assert.equal((await agent.send(`${stage.url}/shop/a`)).status, 200);
  });

  it('signs in nobody with the answer of another provider, or with an error', async () => {
    const isReturn = (url: string): boolean => url.startsWith(`${stage.url}/shop/cb`);
    const agent = createUserAgent();
    const back = new URL((await signIn(agent, await agent.visit(`${stage.url}/shop/a`), 'ann', isReturn)).url);
    back.searchParams.set('iss', 'https://other.test');
    assert.equal((await agent.send(back.toString())).status, 401);
    const again = new URL((await agent.send(`${stage.url}/shop/b`)).headers['location']!);
    const state = again.searchParams.get('state')!;
    const error = await agent.send(`${stage.url}/shop/cb?error=access_denied&state=${state}`);
    assert.deepEqual([error.status, error.headers['location']], [401, undefined]);
  });

  it('lets two tabs sign in side by side', async () => {
    const agent = createUserAgent();
    const [one, two] = [
      await agent.visit(`${stage.url}/anywhere/x?tab=1`),
      await agent.visit(`${stage.url}/anywhere/x?tab=2`),
    ];
    assert.equal(agent.cookieNames().filter((name) => name.startsWith('authorization_')).length, 2);
    const second = await signIn(agent, two, 'ann');
    assert.deepEqual([second.status, asked(second).path], [200, '/anywhere/x?tab=2']);
    const first = await signIn(agent, one, 'ann');
    assert.deepEqual([first.status, asked(first).path], [200, '/anywhere/x?tab=1']);
  });

  it('keeps few logins that nobody finishes', async () => {
    const agent = createUserAgent();
    for (let at = 0; at < 12; at++) await agent.send(`${stage.url}/shop/${at}`);
    assert.ok(agent.cookieNames().length <= 6);
  });

  it('goes nowhere else after a login', async () => {
    const paths = [
      '//evil.test/',
      '/%5Cevil.test',
      '/shop//evil.test/..//..//evil.test',
      '/.//evil.test/',
      '///evil.test',
    ];
    for (const path of paths) {
      const agent = createUserAgent();
      const first = await agent.send(`${stage.url}${path}`);
      assert.equal(first.status, 302, path);
      const done = await signIn(agent, await agent.visit(first.headers['location']!), 'ann', (url) => {
        const { host, pathname } = new URL(url);
        return !pathname.endsWith('/cb') && host !== new URL(provider.issuer).host;
      });
      assert.equal(new URL(done.url).origin, stage.url, path);
    }
  });

  it('takes a page in between where cookies are for the own site alone', async () => {
    const agent = createUserAgent();
    const page = await signIn(agent, await agent.visit(`${stage.url}/strict/a?b=c`), 'ann');
    assert.deepEqual([page.status, page.headers['refresh']], [200, '0; url=/strict/a?b=c']);
    assert.match(page.cookies.join('\n'), /strict=.*SameSite=Strict/);
    assert.equal((await agent.send(`${stage.url}/strict/a?b=c`)).status, 200);
  });

  it('signs as a client with a key of its own', async () => {
    const agent = createUserAgent();
    const page = await signIn(agent, await agent.visit(`${stage.url}/signing/a`), 'bob');
    assert.deepEqual([page.status, asked(page).headers['x-credential-identifier']], [200, 'bob']);
  });

  it('takes no session of another configuration', async () => {
    const agent = createUserAgent();
    await signIn(agent, await agent.visit(`${stage.url}/signing/a`), 'bob');
    const session = agent.jar.find(({ name }) => name === 'signing')!;
    const thief = createUserAgent();
    thief.jar.push({ ...session, name: 'session' });
    assert.equal((await thief.send(`${stage.url}/shop/a`)).status, 302);
  });

  it('signs out here and at the provider', async () => {
    const agent = createUserAgent();
    await signIn(agent, await agent.visit(`${stage.url}/shop/a`), 'ann');
    assert.equal((await agent.send(`${stage.url}/shop/logout`)).status, 200);
    const left = await agent.send(`${stage.url}/shop/logout`, { method: 'POST' });
    const goal = new URL(left.headers['location']!);
    assert.deepEqual(
      [left.status, goal.origin + goal.pathname, goal.searchParams.get('post_logout_redirect_uri')],
      [303, `${provider.issuer}/session/end`, `${stage.url}/bye`],
    );
    assert.ok(provider.requests.includes('/token/revocation'));
    assert.deepEqual(
      agent.cookieNames().filter((name) => name.startsWith('session')),
      [],
    );
    const gone = await agent.submit(await agent.visit(goal.toString()), { logout: 'yes' }, (url) =>
      url.endsWith('/bye'),
    );
    assert.equal(gone.url, `${stage.url}/bye`);
    assert.equal((await agent.send(`${stage.url}/shop/a`)).status, 302);
  });
});

describe('openid-connect with a provider over TLS and short-lived tokens', () => {
  it('trusts authorities that are named, renews tokens, and goes on while the provider is away', async () => {
    const stage = await startStage({ lua_ssl_trusted_certificate: upstreamAuthority, nginx_worker_processes: '2' });
    const provider = await startOpenidProvider({
      tls: true,
      keys: [createProviderKey('one')],
      redirectUris: [`${stage.url}/page/cb`],
      // Shorter than what is kept in hand: tokens are renewed with each request.
      accessTokenLife: 20,
    });
    try {
      await stage.protect('/page', {
        issuer: provider.issuer,
        client_id: ['gateway'],
        client_secret: [clients.gateway],
        redirect_uri: [`${stage.url}/page/cb`],
        scopes: ['openid', 'offline_access', 'read'],
        timeout: 2000,
      });
      const agent = createUserAgent();
      const page = await signIn(agent, await agent.visit(`${stage.url}/page/a`), 'ann');
      assert.equal(page.status, 200);
      const tokenOf = (shown: Page): string => asked(shown).headers['authorization']!;
      const count = (): number => provider.requests.filter((path) => path === '/token').length;

      // Requests side by side bring the same refresh token: it is used once.
      const before = count();
      const copy = createUserAgent();
      copy.steal(agent);
      const pages = await Promise.all(Array.from({ length: 8 }, () => copy.send(`${stage.url}/page/b`)));
      assert.deepEqual(
        pages.map(({ status }) => status),
        Array.from({ length: 8 }, () => 200),
      );
      assert.equal(count() - before, 1);
      assert.equal(new Set(pages.map(tokenOf)).size, 1);
      assert.notEqual(tokenOf(pages[0]!), tokenOf(page));

      // The provider is away: tokens that have not ended serve on.
      await provider.close();
      assert.equal((await copy.send(`${stage.url}/page/c`)).status, 200);
    } finally {
      await stage.close();
      await provider.close();
    }
  });

  it('takes no certificate of others, unless told to', async () => {
    const provider = await startOpenidProvider({ tls: true, keys: [createProviderKey('one')] });
    const stage = await startStage({ nginx_worker_processes: '1' });
    try {
      const client = { issuer: provider.issuer, client_id: ['gateway'], client_secret: [clients.gateway] };
      await stage.protect('/careful', { ...client, timeout: 2000 });
      await stage.protect('/careless', { ...client, ssl_verify: false });
      const agent = createUserAgent();
      assert.equal((await agent.send(`${stage.url}/careful`)).status, 503);
      await stage.gateway.waitForLog(/Cannot fetch the description of provider .*certificate/);
      assert.equal((await agent.send(`${stage.url}/careless`)).status, 302);
    } finally {
      await stage.close();
      await provider.close();
    }
  });
});
