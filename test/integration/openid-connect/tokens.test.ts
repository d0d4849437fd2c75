import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clients, createProviderKey, type OpenidProvider, startOpenidProvider } from '../../support/openid-provider.ts';
import { until } from '../../support/until.ts';
import { ask, machineToken, type Stage, startStage } from './stage.ts';

const invalid = 'Bearer error="invalid_token"';
const client = { client_id: ['gateway'], client_secret: [clients.gateway] };

describe('openid-connect with tokens', () => {
  let provider: OpenidProvider;
  let stage: Stage;
  before(async () => {
    provider = await startOpenidProvider({ keys: [createProviderKey('one')] });
    stage = await startStage();
    await stage.gateway.admin('POST', '/consumers', { username: 'machine', custom_id: 'm-1' });
    await stage.gateway.admin('POST', '/consumers', { username: 'nobody' });
  });
  after(async () => {
    await stage.close();
    await provider.close();
  });

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

  it('lets a token of the provider through, and tells the upstream of it', async () => {
    await stage.protect('/bearer', {
      issuer: provider.issuer,
      consumer_claim: ['client_id'],
      upstream_headers_claims: ['scope', 'missing'],
      upstream_headers_names: ['X-Scope', 'X-Missing'],
    });
    const token = await machineToken(provider, { scope: 'read write' });
    for (let at = 0; at < 6; at++) {
      const { status, asked } = await ask(`${stage.url}/bearer`, {
        ...bearer(token),
        'x-scope': 'admin',
        'x-missing': 'made up',
        'x-consumer-username': 'root',
      });
      assert.equal(status, 200);
      const { headers } = asked;
      assert.deepEqual(
        [headers['x-consumer-username'], headers['x-consumer-custom-id'], headers['x-credential-identifier']],
        ['machine', 'm-1', 'machine'],
      );
      assert.deepEqual([headers['x-scope'], headers['x-missing']], ['read write', undefined]);
      assert.equal(headers['authorization'], `Bearer ${token}`);
    }
  });

  it('refuses without a hint', async () => {
    const token = await machineToken(provider);
    const [head, claims, signature] = token.split('.') as [string, string, string];
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const bad of [
      'x',
      `${token}x`,
      token.slice(0, -9),
      `${none}.${claims}.`,
      `${none}.${claims}.${signature}`,
      `${head}.${claims}`,
      `${head}.${claims}.${signature}.${signature}`,
      'a'.repeat(6_000),
    ]) {
      const { status, challenge, body } = await ask(`${stage.url}/bearer`, bearer(bad));
      assert.deepEqual([status, challenge, JSON.parse(body).message], [401, invalid, 'Unauthorized'], bad.slice(0, 40));
    }
    const nothing = await ask(`${stage.url}/bearer`);
    assert.deepEqual([nothing.status, nothing.challenge], [401, 'Bearer']);
  });

  it('wants scopes and audiences', async () => {
    await stage.protect('/scoped', {
      issuer: provider.issuer,
      scopes_required: ['read write'],
      audience_required: ['urn:test:api'],
    });
    await stage.protect('/other-audience', { issuer: provider.issuer, audience_required: ['urn:other'] });
    const [both, one] = await Promise.all([
      machineToken(provider, { scope: 'read write' }),
      machineToken(provider, { scope: 'read' }),
    ]);
    assert.equal((await ask(`${stage.url}/scoped`, bearer(both))).status, 200);
    const { status, challenge, body } = await ask(`${stage.url}/scoped`, bearer(one));
    assert.deepEqual(
      [status, challenge, JSON.parse(body).message],
      [403, 'Bearer error="insufficient_scope", scope="read write"', 'Forbidden'],
    );
    assert.equal((await ask(`${stage.url}/other-audience`, bearer(both))).status, 403);
  });

  it('asks the provider about tokens that only that can read, once', async () => {
    await stage.protect('/opaque', { issuer: provider.issuer, ...client });
    const token = await machineToken(provider, { isOpaque: true });
    assert.ok(!token.includes('.'));
    const asked = (): number => provider.requests.filter((path) => path.endsWith('/introspection')).length;
    const before = asked();
    for (let at = 0; at < 8; at++) {
      const { status, asked: seen } = await ask(`${stage.url}/opaque`, bearer(token));
      if (status !== 200) console.log(stage.gateway.readLog().slice(-1500));
      assert.deepEqual([status, seen.headers['x-credential-identifier']], [200, 'machine']);
    }
    // At most once in each of the two workers.
    assert.ok(asked() - before <= 2);
    const { status, challenge } = await ask(`${stage.url}/opaque`, bearer('no-such-token'));
    assert.deepEqual([status, challenge], [401, invalid]);
  });

  it('takes id and secret of a client', async () => {
    await stage.protect('/clients', { issuer: provider.issuer, ...client, scopes: ['openid', 'read'] });
    const asked = (): number => provider.requests.filter((path) => path === '/token').length;
    const before = asked();
    for (let at = 0; at < 8; at++) {
      const { status, asked: seen } = await ask(`${stage.url}/clients`, basic(`machine:${clients.machine}`));
      assert.equal(status, 200);
      assert.equal(seen.headers['x-credential-identifier'], 'machine');
      assert.match(seen.headers['authorization']!, /^Bearer eyJ/);
    }
    assert.ok(asked() - before <= 2);
    for (const pair of ['machine:wrong', 'ghost:x', ':', 'machine']) {
      assert.equal((await ask(`${stage.url}/clients`, basic(pair))).status, 401, pair);
    }
  });

  it('works beside another plugin, and with groups for acl', async () => {
    await stage.gateway.admin('POST', '/consumers/machine/key-auth', { key: 'a-key' });
    await stage.protect(
      '/either',
      {
        issuer: provider.issuer,
        anonymous: 'nobody',
        consumer_claim: ['client_id'],
        upstream_headers_claims: ['sub'],
        upstream_headers_names: ['X-Sub'],
      },
      [{ name: 'key-auth', config: { anonymous: 'nobody' } }],
    );
    const token = await machineToken(provider);
    const named = async (headers: { readonly [name: string]: string }) => {
      const { asked } = await ask(`${stage.url}/either`, { 'x-sub': 'made up', ...headers });
      return [asked.headers['x-consumer-username'], asked.headers['x-anonymous-consumer'], asked.headers['x-sub']];
    };
    assert.deepEqual(await named(bearer(token)), ['machine', undefined, 'machine']);
    assert.deepEqual(await named({ apikey: 'a-key' }), ['machine', undefined, undefined]);
    assert.deepEqual(await named({}), ['nobody', 'true', undefined]);
    assert.deepEqual(await named(bearer('bad')), ['nobody', 'true', undefined]);

    const groups = { issuer: provider.issuer, authenticated_groups_claim: ['scope'] };
    await stage.protect('/readers', groups, [{ name: 'acl', config: { allow: ['read'] } }]);
    await stage.protect('/writers', groups, [{ name: 'acl', config: { allow: ['write'] } }]);
    const reader = await ask(`${stage.url}/readers`, { ...bearer(token), 'x-authenticated-groups': 'write' });
    assert.deepEqual([reader.status, reader.asked.headers['x-authenticated-groups']], [200, 'read']);
    assert.equal(
      (await ask(`${stage.url}/writers`, { ...bearer(token), 'x-authenticated-groups': 'write' })).status,
      403,
    );
  });

  it('knows whom a claim names, by id, username or custom_id', async () => {
    await stage.protect('/strangers', { issuer: provider.issuer, consumer_claim: ['jti'] });
    await stage.protect('/guests', { issuer: provider.issuer, consumer_claim: ['jti'], consumer_optional: true });
    const token = await machineToken(provider);
    assert.equal((await ask(`${stage.url}/strangers`, bearer(token))).status, 403);
    const guest = await ask(`${stage.url}/guests`, bearer(token));
    assert.deepEqual([guest.status, guest.asked.headers['x-consumer-id']], [200, undefined]);

    await stage.protect('/custom', {
      issuer: provider.issuer,
      consumer_claim: ['client_id'],
      consumer_by: ['custom_id'],
    });
    assert.equal((await ask(`${stage.url}/custom`, bearer(token))).status, 403);
    const { body } = await stage.gateway.admin('GET', '/consumers/machine');
    await stage.gateway.admin('PATCH', `/consumers/${body.id}`, { custom_id: 'machine' });
    await until(async () => (await ask(`${stage.url}/custom`, bearer(token))).status === 200);
  });
});

describe('openid-connect with keys that change', () => {
  it('learns new keys, forgets old ones, and outlives the provider', async () => {
    const [first, second] = [createProviderKey('first'), createProviderKey('second')];
    let provider = await startOpenidProvider({ keys: [first] });
    const { issuer, port } = provider;
    const stage = await startStage({ nginx_worker_processes: '1' });
    try {
      await stage.protect('/keys', { issuer, rediscovery_lifetime: 1, timeout: 1000 });
      const send = async (token: string) =>
        (await ask(`${stage.url}/keys`, { authorization: `Bearer ${token}` })).status;
      const old = await machineToken(provider);
      assert.equal(await send(old), 200);

      // While rotating both keys count.
      await provider.close();
      provider = await startOpenidProvider({ keys: [second, first], port });
      const fresh = await machineToken(provider);
      assert.deepEqual([await send(fresh), await send(old)], [200, 200]);

      // Tokens with ids of keys that nobody has bring no storm.
      const before = provider.requests.filter((path) => path === '/jwks').length;
      for (let at = 0; at < 40; at++) {
        const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: `guess-${at}` })).toString('base64url');
        assert.equal(await send(`${head}.${fresh.split('.').slice(1).join('.')}`), 401);
      }
      const fetched = provider.requests.filter((path) => path === '/jwks').length - before;
      assert.ok(fetched <= 3, `${fetched} times`);

      // The provider is down: what is known of it serves on, also for tokens not seen yet.
      const unseen = await machineToken(provider);
      await provider.close();
      assert.deepEqual([await send(fresh), await send(unseen)], [200, 200]);
    } finally {
      await stage.close();
      await provider.close();
    }
  });

  it('answers 503 while a provider that it needs has never been there', async () => {
    const provider = await startOpenidProvider({ keys: [createProviderKey('one')] });
    const token = await machineToken(provider);
    await provider.close();
    const stage = await startStage({ nginx_worker_processes: '1' });
    try {
      await stage.protect('/away', { issuer: provider.issuer, rediscovery_lifetime: 1, timeout: 500 });
      const { status, body } = await ask(`${stage.url}/away`, { authorization: `Bearer ${token}` });
      assert.deepEqual([status, JSON.parse(body).message], [503, 'Service unavailable']);
      await stage.gateway.waitForLog(/Cannot fetch the keys of provider/);
    } finally {
      await stage.close();
    }
  });
});
