/**
 * What the bundled plugins cost a request: `node bench/micro/plugins.bench.ts`. The exchange is a stand-in that does the
 * least that an exchange can do, so the figures are those of the plugins alone. Goals: key-auth and rate-limiting (local)
 * under 1.0 us each.
 */
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { bench, do_not_optimize, run } from 'mitata';
import { signToken } from '../../src/kits/jwt/index.ts';
import type { HttpClient } from '../../src/kits/remote/index.ts';
import type { Kong, PluginHost, Row } from '../../src/pdk/index.ts';
import { storedConfig } from '../../src/pdk/testing/config.ts';
import { createFakeHost } from '../../src/pdk/testing.ts';
import { bundledPlugins } from '../../src/plugins/index.ts';
import { createLdapAuth } from '../../src/plugins/ldap-auth/index.ts';
import { pems } from '../../src/plugins/mtls-auth/pems.fixtures.ts';
import { defineOpenidConnect } from '../../src/plugins/openid-connect/define.ts';

const instance = { id: 'p1', instanceName: null, routeId: 'r1', serviceId: 's1', consumerId: null };
const consumer: Row = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: 'b-1' };
const credential: Row = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0a',
  key: 'bobs-key',
  consumer: { id: consumer['id'] },
};
const password: Row = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0b',
  username: 'bob',
  // SHA-1 of `bobs-password` and the consumer's id.
  password: 'a454b8d833e42702f3036d9e2230267fd20e9f9b',
  consumer: { id: consumer['id'] },
};

const secret: Row = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0c',
  key: 'bobs-issuer',
  secret: 'bobs-secret',
  algorithm: 'HS256',
  consumer: { id: consumer['id'] },
};
const signer: Row = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0d',
  username: 'signer',
  secret: 'bobs-secret',
  consumer: { id: consumer['id'] },
};
const client: Row = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0e',
  client_id: 'bobs-app',
  consumer: { id: consumer['id'] },
};
const accessToken: Row = {
  access_token: 'bobs-token',
  created_at: Math.floor(Date.now() / 1000),
  expires_in: 7200,
  service: { id: 's1' },
  credential: { id: client['id'] },
  scope: 'read',
  authenticated_userid: 'ann',
};
const groups: readonly Row[] = Object.freeze([{ group: 'staff' }, { group: 'press' }]);

const authority: Row = { cert: pems.root.cert };
const noValues: readonly string[] = Object.freeze([]);

const service: Row = { id: 's1' };

/** An exchange of one request that is asked over and over. */
function createStandIn(headers: { readonly [name: string]: string }): Kong {
  const values = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  let set = 0;
  const note = (): void => {
    set++;
  };
  let answered = 0;
  const shared: Record<string, unknown> = {};
  const plugin: Record<string, unknown> = {};
  const kong = {
    client: {
      getConsumer: () => consumer,
      getCredential: () => credential,
      getForwardedIp: () => '10.0.0.1',
      loadConsumer: () => consumer,
      authenticate: note,
      tls: { getFullClientCertificateChain: () => pems.ann.cert, setClientVerify: note },
    },
    router: { getService: () => service },
    request: {
      getMethod: () => 'GET',
      getRawQuery: () => '',
      getHeader: (name: string) => headers[name],
      getHeaderValues: (name: string) => values.get(name) ?? noValues,
      getHttpVersion: () => 1.1,
      getPath: () => '/',
      getPort: () => 8000,
    },
    response: {
      setHeader: note,
      addHeader: note,
      clearHeader: note,
      error: () => {
        answered++;
      },
      exit: () => {
        answered++;
      },
    },
    service: {
      request: { setHeader: note, clearHeader: note },
      response: { getHeader: () => 'videos=1' },
    },
    log: { setSerializeValue: note },
    ctx: { shared, plugin },
    get counts() {
      return set + answered;
    },
  };
  return kong as unknown as Kong;
}

const rowHost: PluginHost = {
  ...createFakeHost(),
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  core: {
    consumers: { findBy: () => consumer } as never,
    caCertificates: { findById: () => authority } as never,
  },
  reader: () => {
    const byKey = new Map([
      ['bobs-key', credential],
      ['bob', password],
      ['bobs-issuer', secret],
      ['signer', signer],
      ['bobs-token', accessToken],
    ]);
    return {
      find: (key: string) => byKey.get(key),
      findById: (id: string) => (id === client['id'] ? client : consumer),
      findBy: () => consumer,
      findAllFor: () => groups,
    } as never;
  },
};

function handlersOf(name: string, config: Row) {
  const plugin = bundledPlugins.find((candidate) => candidate.name === name)!;
  return plugin.setup(rowHost)(storedConfig(plugin, config), instance);
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = `${part({ typ: 'JWT', alg: 'HS256' })}.${part({ iss: 'bobs-issuer', sub: '42', name: 'Bob', exp: 4e9 })}`;
const token = `${signed}.${createHmac('sha256', 'bobs-secret').update(signed).digest('base64url')}`;
const today = 'Fri, 20 Nov 2026 13:37:42 GMT';
const signature = createHmac('sha256', 'bobs-secret').update(`date: ${today}`).digest('base64');
const kong = createStandIn({
  apikey: 'bobs-key',
  authorization: `Basic ${Buffer.from('bob:bobs-password').toString('base64')}`,
  'proxy-authorization': `hmac username="signer", algorithm="hmac-sha256", headers="date", signature="${signature}"`,
  date: today,
  'content-length': '12',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  'x-token': `Bearer ${token}`,
  origin: 'http://shop.test',
  'x-access': 'Bearer bobs-token',
});

function measure(title: string, name: string, config: Row, phase: 'access' | 'headerFilter' = 'access'): void {
  const handler = handlersOf(name, config)[phase]!;
  bench(title, () => do_not_optimize(handler(kong)));
}

/** An OpenID provider that answers from memory. */
function createProvider(key: KeyObject): HttpClient {
  const documents: { readonly [path: string]: object } = {
    '/.well-known/openid-configuration': { issuer: 'https://id.test', jwks_uri: 'https://id.test/keys' },
    '/keys': { keys: [{ ...key.export({ format: 'jwk' }), kid: 'k1' }] },
  };
  return {
    ask: async ({ url }) => ({
      status: 200,
      mediaType: 'application/json',
      body: JSON.stringify(documents[new URL(url).pathname]),
    }),
    close: () => undefined,
  };
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Measures a bearer token that was verified before. */
async function measureOpenid(title: string, config: Row): Promise<void> {
  const claims = { iss: 'https://id.test', sub: 'bob', aud: 'api', scope: 'read write', name: 'Bob', exp: 4e9 };
  const text = `${part({ alg: 'RS256', kid: 'k1', typ: 'at+jwt' })}.${part({ ...claims, jti: 'x'.repeat(300) })}`;
  const bearer = createStandIn({ authorization: `Bearer ${text}.${signToken(text, 'RS256', privateKey)}` });
  const plugin = defineOpenidConnect(() => createProvider(publicKey));
  const stored = storedConfig(plugin, { issuer: 'https://id.test', cache_ttl: 604_800, ...config });
  const { access } = plugin.setup(rowHost)(stored as never, instance);
  await access!(bearer);
  if (access!(bearer) !== undefined) throw new Error('A token that was seen before is to be judged at once');
  bench(title, () => do_not_optimize(access!(bearer)));
}

measure('key-auth', 'key-auth', {});
measure('key-auth, hiding the key', 'key-auth', { hide_credentials: true });
measure('basic-auth', 'basic-auth', {});
measure('acl', 'acl', { allow: ['press'] });
measure('jwt, HS256', 'jwt', { header_names: ['x-token'], claims_to_verify: ['exp'] });
await measureOpenid('openid-connect, a token seen before', {});
await measureOpenid('openid-connect, with a consumer and two headers', {
  consumer_claim: ['sub'],
  upstream_headers_claims: ['scope', 'name'],
  upstream_headers_names: ['X-Scope', 'X-Name'],
});
measure('hmac-auth', 'hmac-auth', { clock_skew: 1e10 });
measure('oauth2, a token', 'oauth2', { auth_header_name: 'x-access', enable_client_credentials: true });
measure('mtls-auth, a known certificate', 'mtls-auth', { ca_certificates: [consumer['id']] });
measure('mtls-auth, whoever it is', 'mtls-auth', { ca_certificates: [consumer['id']], skip_consumer_lookup: true });
measure('ip-restriction', 'ip-restriction', { allow: ['192.168.0.0/16', '10.0.0.0/8'], deny: ['10.1.0.0/16'] });
measure('bot-detection', 'bot-detection', {});
measure('redirect', 'redirect', { location: 'https://new.test' });
measure('redirect, keeping the path', 'redirect', { location: 'https://new.test', keep_incoming_path: true });
measure('session, without one', 'session', {});
measure('rate-limiting, one window', 'rate-limiting', { minute: 1e15 });
measure('rate-limiting, three windows', 'rate-limiting', { minute: 1e15, hour: 1e15, day: 1e15 });
measure('rate-limiting, refused', 'rate-limiting', { minute: 1 });
measure('response-ratelimiting', 'response-ratelimiting', { limits: { videos: { minute: 1e15 } } });
measure(
  'response-ratelimiting, the answer',
  'response-ratelimiting',
  { limits: { videos: { minute: 1e15 } } },
  'headerFilter',
);
measure('correlation-id', 'correlation-id', {});
measure('request-size-limiting', 'request-size-limiting', {});
measure('request-termination', 'request-termination', {});
measure('cors, everybody', 'cors', {}, 'headerFilter');
measure('cors, a list', 'cors', { origins: ['http://a.test', 'http://shop.test'] }, 'headerFilter');

// A directory that always says yes, asked once: what is measured is remembering it.
const ldapAuth = createLdapAuth(async () => ({
  ok: true,
  connection: { isOpen: true, bind: async () => true, close() {} },
}));
const ldap = ldapAuth.setup(rowHost)(
  storedConfig(ldapAuth, {
    ldap_host: 'ldap.test',
    base_dn: 'dc=test',
    attribute: 'cn',
    header_type: 'basic',
    cache_ttl: 1e6,
  }) as never,
  instance,
).access!;
await ldap(kong);
bench('ldap-auth, a known password', () => do_not_optimize(ldap(kong)));

await run();
