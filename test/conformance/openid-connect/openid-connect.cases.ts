import { clients } from '../../support/openid-provider.ts';
import type { Data, PluginStep } from '../plugins/plugin-case.ts';

/**
 * What comes of requests to routes with openid-connect, or with jwt and `jwks_uri`: one row, one fact. In headers and
 * configurations `{issuer}`, `{read}`, `{write}` and `{opaque}` stand for the provider and tokens of its client `machine`.
 */
export interface OpenidCase {
  readonly title: string;
  readonly plugins: readonly { readonly name: string; readonly config: Data }[];
  readonly steps: readonly PluginStep[];
}

type Asking = NonNullable<PluginStep['request']>;

const client = { client_id: ['gateway'], client_secret: [clients.gateway] };
const invalid = 'Bearer error="invalid_token"';

function openid(title: string, config: Data, ...steps: PluginStep[]): OpenidCase {
  return { title, plugins: [{ name: 'openid-connect', config: { issuer: '{issuer}', ...config } }], steps };
}

function jwt(title: string, config: Data, ...steps: PluginStep[]): OpenidCase {
  return { title, plugins: [{ name: 'jwt', config: { jwks_uri: '{issuer}/jwks', ...config } }], steps };
}

function bearer(token: string, more: { readonly [name: string]: string } = {}): Asking {
  return { headers: { authorization: `Bearer ${token}`, ...more } };
}

function basic(pair: string): Asking {
  return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

function refused(request: Asking, challenge = invalid): PluginStep {
  return {
    request,
    status: 401,
    headers: { 'www-authenticate': challenge },
    message: 'Unauthorized',
    upstream: null,
  };
}

const none = Buffer.from('{"alg":"none"}').toString('base64url');
const asMachine = {
  'x-consumer-username': 'machine',
  'x-consumer-custom-id': 'm-1',
  'x-credential-identifier': 'machine',
  'x-anonymous-consumer': null,
};

/** openid-connect. */
export const openidCases: readonly OpenidCase[] = [
  openid(
    'a signed token passes, and the upstream gets it',
    {},
    {
      request: bearer('{read}', { 'x-consumer-username': 'root' }),
      status: 200,
      headers: { 'www-authenticate': null },
      upstream: {
        headers: { 'x-credential-identifier': 'machine', 'x-consumer-username': null, authorization: 'Bearer {read}' },
      },
    },
  ),
  openid(
    'nothing, and what is no token, is refused',
    {},
    refused({}, 'Bearer'),
    refused(bearer('x')),
    refused(bearer('{read}x')),
    refused(bearer(`${none}.e30.`)),
    refused(bearer('{opaque}')),
    refused(basic(`machine:${clients.machine}`), 'Bearer'),
    refused({ headers: { authorization: 'Bearer' } }, 'Bearer'),
  ),
  openid(
    'texts of refusals may be chosen',
    { unauthorized_error_message: 'Who are you?', forbidden_error_message: 'Not you', scopes_required: ['write'] },
    { status: 401, message: 'Who are you?', upstream: null },
    {
      request: bearer('{read}'),
      status: 403,
      message: 'Not you',
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="write"' },
      upstream: null,
    },
    { request: bearer('{write}'), status: 200 },
  ),
  openid(
    'a claim names the consumer',
    { consumer_claim: ['client_id'] },
    { request: bearer('{read}'), status: 200, upstream: { headers: asMachine } },
  ),
  openid(
    'who is no consumer is refused',
    { consumer_claim: ['jti'] },
    { request: bearer('{read}'), status: 403, upstream: null },
  ),
  openid(
    'who is no consumer may pass all the same',
    { consumer_claim: ['jti'], consumer_optional: true },
    { request: bearer('{read}'), status: 200, upstream: { headers: { 'x-consumer-id': null } } },
  ),
  openid(
    'claims become headers',
    {
      upstream_headers_claims: ['scope', 'gone'],
      upstream_headers_names: ['X-Scope', 'X-Gone'],
      downstream_headers_claims: ['aud'],
      downstream_headers_names: ['X-Audience'],
      upstream_access_token_header: 'X-Token',
    },
    {
      request: bearer('{write}', { 'x-gone': 'made up' }),
      status: 200,
      headers: { 'x-audience': 'urn:test:api' },
      upstream: { headers: { 'x-scope': 'read write', 'x-gone': null, 'x-token': '{write}', authorization: null } },
    },
  ),
  openid(
    'a token may go along',
    { hide_credentials: false, upstream_access_token_header: null },
    { request: bearer('{read}'), status: 200, upstream: { headers: { authorization: 'Bearer {read}' } } },
  ),
  openid(
    'an anonymous consumer stands for everybody else',
    { anonymous: 'nobody', consumer_claim: ['client_id'] },
    { request: bearer('{read}'), status: 200, upstream: { headers: asMachine } },
    {
      request: bearer('{opaque}'),
      status: 200,
      upstream: {
        headers: { 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true', 'x-credential-identifier': null },
      },
    },
  ),
  openid(
    'OPTIONS may pass',
    { run_on_preflight: false },
    { request: { method: 'OPTIONS' }, status: 200 },
    { status: 401 },
  ),
  openid(
    'a token that the provider alone can read',
    client,
    { request: bearer('{opaque}'), status: 200, upstream: { headers: { 'x-credential-identifier': 'machine' } } },
    refused(bearer('no-such-token')),
  ),
  openid(
    'id and secret of a client of the provider',
    { ...client, scopes: ['openid', 'read'] },
    {
      request: basic(`machine:${clients.machine}`),
      status: 200,
      upstream: { headers: { 'x-credential-identifier': 'machine' } },
    },
    refused(basic('machine:wrong')),
  ),
  openid(
    'a browser is sent to the provider, a script is not',
    { ...client, redirect_uri: ['http://localhost/cb'] },
    {
      request: { headers: { accept: 'text/html' } },
      status: 302,
      headers: { 'cache-control': 'no-store' },
      upstream: null,
    },
    refused({ headers: { accept: 'application/json' } }, 'Bearer'),
    refused({ method: 'POST', headers: { accept: 'application/json, text/html;q=0.1' } }, 'Bearer'),
  ),
  openid(
    'a state that nobody was given signs nobody in',
    client,
    { request: { query: 'code=a&state=b', headers: { accept: 'text/html' } }, status: 401, upstream: null },
    refused({ query: 'code=a&state=b' }, 'Bearer'),
    refused({ query: 'error=access_denied&state=b' }, 'Bearer'),
  ),
  openid(
    'other methods may be left out',
    { ...client, auth_methods: ['session'] },
    refused(bearer('{read}'), 'Bearer'),
  ),
  {
    title: 'groups are for acl',
    plugins: [
      { name: 'openid-connect', config: { issuer: '{issuer}', authenticated_groups_claim: ['scope'] } },
      { name: 'acl', config: { allow: ['write'] } },
    ],
    steps: [
      { request: bearer('{write}'), status: 200, upstream: { headers: { 'x-authenticated-groups': 'read, write' } } },
      { request: bearer('{read}', { 'x-authenticated-groups': 'write' }), status: 403, upstream: null },
    ],
  },
  {
    title: 'without anonymous all plugins must be content',
    plugins: [
      { name: 'openid-connect', config: { issuer: '{issuer}' } },
      { name: 'key-auth', config: {} },
    ],
    steps: [
      { request: bearer('{read}'), status: 401, upstream: null },
      {
        request: bearer('{read}', { apikey: 'a-key' }),
        status: 200,
        upstream: { headers: { 'x-consumer-username': 'machine' } },
      },
      { request: { headers: { apikey: 'a-key' } }, status: 401, upstream: null },
    ],
  },
  jwt(
    'keys of a JWKS sign, and credentials say whose a token is',
    { key_claim_name: 'client_id', claims_to_verify: ['exp'] },
    {
      request: bearer('{read}'),
      status: 200,
      upstream: { headers: { 'x-consumer-username': 'machine', 'x-credential-identifier': 'machine' } },
    },
    {
      request: bearer('{read}x'),
      status: 401,
      message: 'Invalid signature',
      headers: { 'www-authenticate': invalid },
      upstream: null,
    },
  ),
  jwt(
    'tokens of nobody are refused as ever',
    { key_claim_name: 'jti' },
    { request: bearer('{read}'), status: 401, message: "No credentials found for given 'jti'", upstream: null },
  ),
  jwt(
    'a secret signs nothing beside a JWKS',
    {},
    { request: bearer('{hs256}'), status: 401, message: 'Invalid algorithm', upstream: null },
  ),
];
