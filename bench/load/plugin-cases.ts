import { createHmac, generateKeyPairSync, sign } from 'node:crypto';

/** A configuration of a plugin. */
export interface PluginConfig {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** What is measured of one plugin. */
export interface PluginCase {
  readonly title: string;
  readonly plugin: PluginConfig;
  /** Plugins of the bare route and of the one that is measured alike; none unless told. */
  readonly beside?: readonly PluginConfig[];
  /** Headers of requests to both routes. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Shows this user and password once, and sends the cookies that come of it. */
  readonly signIn?: string;
  /** Answers 200 unless told. */
  readonly status?: number;
}

/** Where helpers of a measurement are. */
export interface Helpers {
  readonly redisPort: number;
  readonly issuer: string;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const claims = { iss: 'bench-issuer', sub: '42', name: 'Bench', aud: 'shop', exp: 4_000_000_000 };

function hs256(): string {
  const signed = `${part({ typ: 'JWT', alg: 'HS256' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', 'bench-secret').update(signed).digest('base64url')}`;
}

function rs256(given: object): string {
  const signed = `${part({ typ: 'JWT', alg: 'RS256', kid: 'bench' })}.${part(given)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), keys.privateKey).toString('base64url')}`;
}

/** The public key of the tokens of the issuer, as its key set has it. */
export function publicKey(): object {
  return { ...keys.publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'RS256', use: 'sig' };
}

const date = 'Fri, 20 Nov 2026 13:37:42 GMT';
const hmac = createHmac('sha256', 'bench-secret').update(`date: ${date}`).digest('base64');
const basic = `Basic ${Buffer.from('bench:bench-password').toString('base64')}`;
const byKey = { apikey: 'bench-key' };
const often = 1_000_000_000;
const origin = { Origin: 'http://shop.test' };
const clientId = '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0e';

/** Rows of all credentials, with the paths of the Admin API; `serviceId` is what the token of oauth2 is for. */
export function credentials(
  serviceId: string,
): readonly (readonly [path: string, row: Readonly<Record<string, unknown>>])[] {
  const later = { expires_in: 86_400, token_type: 'bearer' };
  return [
    ['/consumers', { username: 'bench' }],
    ['/consumers', { username: 'nobody' }],
    ['/consumers/bench/key-auth', { key: 'bench-key' }],
    ['/consumers/bench/basic-auth', { username: 'bench', password: 'bench-password' }],
    ['/consumers/bench/acls', { group: 'staff' }],
    ['/consumers/bench/jwt', { key: 'bench-issuer', secret: 'bench-secret' }],
    [
      '/consumers/bench/jwt',
      {
        key: 'bench-signer',
        algorithm: 'RS256',
        rsa_public_key: keys.publicKey.export({ type: 'spki', format: 'pem' }),
      },
    ],
    ['/consumers/bench/hmac-auth', { username: 'bench', secret: 'bench-secret' }],
    ['/consumers/bench/oauth2', { id: clientId, name: 'bench', client_id: 'bench', client_secret: 'secret' }],
    [
      '/oauth2_tokens',
      { credential: { id: clientId }, service: { id: serviceId }, access_token: 'bench-token', ...later },
    ],
  ];
}

/** Everything that is measured. */
export function pluginCases({ redisPort, issuer }: Helpers): readonly PluginCase[] {
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const redis = { host: '127.0.0.1', port: redisPort };
  const limits = { videos: { hour: often } };
  return [
    { title: 'key-auth', plugin: { name: 'key-auth' }, headers: byKey },
    { title: 'basic-auth', plugin: { name: 'basic-auth' }, headers: { Authorization: basic } },
    { title: 'jwt HS256', plugin: { name: 'jwt' }, headers: bearer(hs256()) },
    { title: 'jwt RS256', plugin: { name: 'jwt' }, headers: bearer(rs256({ ...claims, iss: 'bench-signer' })) },
    {
      title: 'hmac-auth',
      plugin: { name: 'hmac-auth', config: { clock_skew: 1e10 } },
      headers: {
        Date: date,
        Authorization: `hmac username="bench", algorithm="hmac-sha256", headers="date", signature="${hmac}"`,
      },
    },
    {
      title: 'oauth2',
      plugin: { name: 'oauth2', config: { enable_client_credentials: true } },
      headers: bearer('bench-token'),
    },
    {
      title: 'openid-connect, a bearer token seen before',
      plugin: { name: 'openid-connect', config: { issuer, auth_methods: ['bearer'], audience_required: ['shop'] } },
      headers: bearer(rs256({ ...claims, iss: issuer })),
    },
    {
      title: 'session, behind basic-auth',
      plugin: { name: 'session', config: { cookie_secure: false } },
      beside: [{ name: 'basic-auth', config: { anonymous: 'nobody' } }],
      signIn: basic,
    },
    {
      title: 'acl, behind key-auth',
      plugin: { name: 'acl', config: { allow: ['staff'] } },
      beside: [{ name: 'key-auth' }],
      headers: byKey,
    },
    {
      title: 'rate-limiting local',
      plugin: { name: 'rate-limiting', config: { hour: often, policy: 'local' } },
    },
    {
      title: 'rate-limiting redis',
      plugin: { name: 'rate-limiting', config: { hour: often, policy: 'redis', redis } },
    },
    {
      title: 'rate-limiting redis, sync_rate 1',
      plugin: { name: 'rate-limiting', config: { hour: often, policy: 'redis', redis, sync_rate: 1 } },
    },
    {
      title: 'rate-limiting cluster',
      plugin: { name: 'rate-limiting', config: { hour: often, policy: 'cluster' } },
    },
    {
      title: 'response-ratelimiting local',
      plugin: { name: 'response-ratelimiting', config: { limits, policy: 'local' } },
    },
    { title: 'request-size-limiting', plugin: { name: 'request-size-limiting' } },
    { title: 'request-termination', plugin: { name: 'request-termination', config: { status_code: 200 } } },
    { title: 'ip-restriction', plugin: { name: 'ip-restriction', config: { allow: ['10.0.0.0/8', '127.0.0.0/8'] } } },
    {
      title: 'bot-detection',
      plugin: { name: 'bot-detection' },
      headers: { 'User-Agent': 'Mozilla/5.0 (X11; Linux)' },
    },
    { title: 'cors, everybody', plugin: { name: 'cors' }, headers: origin },
    {
      title: 'cors, a list',
      plugin: { name: 'cors', config: { origins: ['http://a.test', 'http://shop.test'] } },
      headers: origin,
    },
    {
      title: 'proxy-cache, hits in memory',
      plugin: { name: 'proxy-cache', config: { strategy: 'memory', content_type: ['*/*'], cache_ttl: 86_400 } },
    },
    {
      title: 'proxy-cache, hits in redis',
      plugin: { name: 'proxy-cache', config: { strategy: 'redis', redis, content_type: ['*/*'], cache_ttl: 86_400 } },
    },
    {
      title: 'redirect',
      plugin: { name: 'redirect', config: { location: 'http://new.test/', status_code: 301 } },
      status: 301,
    },
    {
      title: 'correlation-id, counter',
      plugin: { name: 'correlation-id', config: { header_name: 'X-Request-Id', generator: 'uuid#counter' } },
    },
    {
      title: 'correlation-id, uuid',
      plugin: { name: 'correlation-id', config: { header_name: 'X-Request-Id', generator: 'uuid' } },
    },
  ];
}
