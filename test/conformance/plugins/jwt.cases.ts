import { createHmac } from 'node:crypto';
import { jwtSecret, type PluginCase, type PluginStep, sampleEntities } from './plugin-case.ts';

const bob = {
  'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000001',
  'x-consumer-custom-id': 'b-1',
  'x-consumer-username': 'bob',
  'x-credential-identifier': 'bobs-issuer',
  'x-anonymous-consumer': null,
};
const nobody = { 'x-consumer-username': 'nobody', 'x-credential-identifier': null, 'x-anonymous-consumer': 'true' };

function jwt(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'jwt', config }], steps };
}

function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

function sign(claims: unknown, header: { readonly alg: string } = { alg: 'HS256' }, key = 'bobs-secret'): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${createHmac(`sha${header.alg.slice(2)}`, key)
    .update(text)
    .digest('base64url')}`;
}

const token = sign({ iss: 'bobs-issuer' });
const other = sign({ iss: 'bobs-issuer', jti: '2' });
/** Seconds since the epoch: 2001 and 2100. */
const longAgo = 1_000_000_000;
const farAhead = 4_102_444_800;

function bearer(text: string): { readonly headers: { readonly authorization: string } } {
  return { headers: { authorization: `Bearer ${text}` } };
}

const missing: PluginStep = {
  status: 401,
  body: '{"message":"Unauthorized"}',
  headers: { 'www-authenticate': 'Bearer', 'content-type': 'application/json; charset=utf-8' },
  upstream: null,
};

function refused(message: string, request: PluginStep['request'] = {}): PluginStep {
  return {
    request,
    status: 401,
    body: JSON.stringify({ message }),
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    upstream: null,
  };
}

function passed(request: PluginStep['request'] = bearer(token)): PluginStep {
  return { request, status: 200, headers: { 'www-authenticate': null }, upstream: { headers: bob } };
}

/** jwt of Kong 3.9. */
export const jwtCases: readonly PluginCase[] = [
  jwt('a request without a token is refused', {}, missing),
  jwt(
    'the realm is named in the challenge',
    { realm: 'shop' },
    {
      ...missing,
      headers: { 'www-authenticate': 'Bearer realm="shop"' },
    },
    {
      ...refused('Invalid signature', bearer(sign({ iss: 'bobs-issuer' }, { alg: 'HS256' }, 'wrong'))),
      headers: { 'www-authenticate': 'Bearer realm="shop" error="invalid_token"' },
    },
  ),
  jwt(
    'a refusal is JSON whatever the client accepts',
    {},
    { ...missing, request: { headers: { accept: 'text/html' } } },
  ),
  jwt(
    'a good token passes, and the upstream is told of the consumer',
    {},
    {
      ...passed(),
      upstream: { headers: { ...bob, authorization: `Bearer ${token}` } },
    },
  ),
  jwt(
    'the scheme may be written Bearer or bearer, with blanks after it and something before it',
    {},
    passed({ headers: { authorization: `bearer   ${token}` } }),
    passed({ headers: { authorization: `Some Bearer ${token}` } }),
    { ...missing, request: { headers: { authorization: `BEARER ${token}` } } },
    { ...missing, request: { headers: { authorization: `Bearer${token}` } } },
    { ...missing, request: { headers: { authorization: token } } },
    { ...missing, request: { headers: { authorization: 'Bearer' } } },
  ),
  jwt(
    'of a repeated header the first counts',
    {},
    passed({ headers: { authorization: [`Bearer ${token}`, `Bearer ${other}`] } }),
  ),
  jwt('a token in the query is good', {}, passed({ query: `a=1&jwt=${token}` })),
  jwt(
    'an argument without a value is no token that could be read',
    {},
    refused('Unrecognizable token', { query: 'jwt' }),
  ),
  jwt('an empty argument is none', {}, { ...missing, request: { query: 'jwt=' } }),
  jwt(
    'a token is not looked for in cookies unless told so',
    {},
    { ...missing, request: { headers: { cookie: `jwt=${token}` } } },
  ),
  jwt(
    'a token in a cookie is good',
    { cookie_names: ['x', 'jwt'] },
    passed({ headers: { cookie: `a=1; jwt=${token}` } }),
    {
      ...missing,
      request: { headers: { cookie: 'a=1; jwt=' } },
    },
  ),
  jwt(
    'names of places may be chosen',
    { uri_param_names: ['t'], header_names: ['x-token'] },
    passed({ query: `t=${token}` }),
    passed({ headers: { 'X-Token': `Bearer ${token}` } }),
    {
      ...missing,
      request: { ...bearer(token), query: `jwt=${token}` },
    },
  ),
  jwt(
    'two different tokens are refused, one of them twice is not',
    { cookie_names: ['jwt'] },
    refused('Multiple tokens provided', { ...bearer(token), query: `jwt=${other}` }),
    refused('Multiple tokens provided', { query: `jwt=${token}&jwt=${other}` }),
    refused('Multiple tokens provided', { query: `jwt=${token}&jwt` }),
    refused('Multiple tokens provided', { headers: { authorization: `Bearer ${token}`, cookie: `jwt=${other}` } }),
    passed({
      headers: { authorization: `Bearer ${token}`, cookie: `jwt=${token}` },
      query: `jwt=${token}&jwt=&jwt=${token}`,
    }),
  ),
  jwt(
    'what is no token is refused',
    {},
    refused('Bad token; invalid JSON', bearer('x')),
    refused('Bad token; invalid JSON', bearer('...')),
    refused('Bad token; invalid JSON', bearer(token.slice(0, token.lastIndexOf('.')))),
    refused('Bad token; invalid JSON', bearer(`!${token}`)),
    refused('Bad token; invalid JSON', bearer(`${part({ alg: 'HS256' })}.${part('{"iss"')}.x`)),
    refused('Bad token; invalid JSON', bearer(`${part({ alg: 'HS256' })}.${part({})}=x.=`.replace(part({}), 'a'))),
    refused('Bad token; invalid signature', bearer(`${token}.x`)),
    refused('Bad token; invalid signature', bearer(`${token}!`)),
  ),
  jwt(
    'an algorithm that nobody knows is refused, and so is none',
    {},
    ...[{}, { alg: 'none' }, { alg: 'hs256' }, { alg: 'HS1' }, { alg: 256 }, { alg: null }, 'text'].map((header) =>
      refused(
        'Bad token; invalid alg',
        bearer(`${part(header === 'text' ? '"text"' : header)}.${part({ iss: 'bobs-issuer' })}.`),
      ),
    ),
  ),
  jwt('claims must be an object', {}, refused('Bad token; invalid claims', bearer(sign(false)))),
  jwt(
    'the key of the credentials must be there',
    {},
    refused("No mandatory 'iss' in claims", bearer(sign({ sub: 'bobs-issuer' }))),
  ),
  jwt(
    'the key of the credentials must not be empty',
    {},
    refused("Invalid 'iss' in claims", bearer(sign({ iss: '' }))),
  ),
  jwt(
    'the key of the credentials must be known',
    {},
    refused("No credentials found for given 'iss'", bearer(sign({ iss: 'ghost' }))),
  ),
  jwt(
    'the key may stand in the header of the token',
    {},
    passed(bearer(sign({}, { alg: 'HS256', iss: 'bobs-issuer' } as { alg: string }))),
  ),
  jwt(
    'a claim comes before the header',
    {},
    refused(
      "No credentials found for given 'iss'",
      bearer(sign({ iss: 'ghost' }, { alg: 'HS256', iss: 'bobs-issuer' } as { alg: string })),
    ),
    refused(
      "Invalid 'iss' in claims",
      bearer(sign({ iss: '' }, { alg: 'HS256', iss: 'bobs-issuer' } as { alg: string })),
    ),
  ),
  jwt(
    'another claim may name the credentials',
    { key_claim_name: 'kid' },
    passed(bearer(sign({}, { alg: 'HS256', kid: 'bobs-issuer' } as { alg: string }))),
    passed(bearer(sign({ kid: 'bobs-issuer' }))),
    refused("No mandatory 'kid' in claims", bearer(token)),
  ),
  jwt(
    'longer hashes',
    {},
    {
      request: bearer(sign({ iss: 'issuer-384' }, { alg: 'HS384' })),
      status: 200,
      upstream: { headers: { 'x-credential-identifier': 'issuer-384' } },
    },
    {
      request: bearer(sign({ iss: 'issuer-512' }, { alg: 'HS512' })),
      status: 200,
    },
  ),
  jwt(
    'the algorithm is that of the credentials',
    {},
    refused('Invalid algorithm', bearer(sign({ iss: 'bobs-issuer' }, { alg: 'HS512' }))),
    refused('Invalid algorithm', bearer(sign({ iss: 'issuer-es256' }))),
  ),
  jwt(
    'credentials without the key that they need verify nothing',
    {},
    refused('Invalid key/secret', bearer(`${part({ alg: 'ES256' })}.${part({ iss: 'issuer-es256' })}.AAAA`)),
  ),
  jwt(
    'a wrong signature is refused',
    {},
    refused('Invalid signature', bearer(sign({ iss: 'bobs-issuer' }, { alg: 'HS256' }, 'wrong'))),
    refused('Invalid signature', bearer(`${token.slice(0, token.lastIndexOf('.'))}.`)),
    refused('Invalid signature', bearer(`${token.slice(0, -4)}`)),
    refused(
      'Invalid signature',
      bearer(`${part({ alg: 'HS256' })}.${part({ iss: 'bobs-issuer', admin: true })}.${token.split('.')[2]}`),
    ),
  ),
  jwt(
    'a secret may be base64',
    { secret_is_base64: true },
    { request: bearer(sign({ iss: 'issuer-base64' }, { alg: 'HS256' }, 'bobs/secret?')), status: 200 },
    refused('Invalid signature', bearer(sign({ iss: 'issuer-base64' }, { alg: 'HS256' }, 'Ym9icy9zZWNyZXQ/'))),
  ),
  jwt(
    'claims about time are not looked at unless told so',
    {},
    passed(bearer(sign({ iss: 'bobs-issuer', exp: longAgo, nbf: 'x' }))),
  ),
  jwt(
    'a token that has ended, or does not say when, is refused',
    { claims_to_verify: ['exp'] },
    passed(bearer(sign({ iss: 'bobs-issuer', exp: farAhead }))),
    { ...refused(''), request: bearer(sign({ iss: 'bobs-issuer', exp: longAgo })), body: '{"exp":"token expired"}' },
    { ...refused(''), request: bearer(token), body: '{"exp":"must be a number"}' },
    {
      ...refused(''),
      request: bearer(sign({ iss: 'bobs-issuer', exp: String(farAhead) })),
      body: '{"exp":"must be a number"}',
    },
  ),
  jwt(
    'a token that has not begun, or does not say when, is refused',
    { claims_to_verify: ['nbf'] },
    passed(bearer(sign({ iss: 'bobs-issuer', nbf: longAgo }))),
    {
      ...refused(''),
      request: bearer(sign({ iss: 'bobs-issuer', nbf: farAhead })),
      body: '{"nbf":"token not valid yet"}',
    },
    { ...refused(''), request: bearer(token), body: '{"nbf":"must be a number"}' },
  ),
  jwt(
    'all that is wrong with claims is told',
    { claims_to_verify: ['exp', 'nbf'] },
    {
      ...refused(''),
      request: bearer(sign({ iss: 'bobs-issuer', exp: longAgo, nbf: farAhead })),
      body: '{"exp":"token expired","nbf":"token not valid yet"}',
    },
  ),
  jwt(
    'a signature is judged before claims',
    { claims_to_verify: ['exp'] },
    refused('Invalid signature', bearer(sign({ iss: 'bobs-issuer', exp: longAgo }, { alg: 'HS256' }, 'wrong'))),
  ),
  jwt(
    'a token may last too long',
    { claims_to_verify: ['exp'], maximum_expiration: 300 },
    {
      ...refused(''),
      request: bearer(sign({ iss: 'bobs-issuer', exp: farAhead })),
      body: '{"exp":"exceeds maximum allowed expiration"}',
    },
  ),
  {
    title: 'credentials of a consumer that is gone are refused',
    plugins: [{ name: 'jwt' }],
    entities: {
      ...sampleEntities,
      jwt_secrets: [jwtSecret('f', { key: 'issuer-lost', consumer: { id: '7f2c1d00-0000-4000-8000-0000000000ff' } })],
    },
    steps: [
      {
        request: bearer(sign({ iss: 'issuer-lost' })),
        status: 401,
        body: `{"message":"Could not find consumer for 'iss=issuer-lost'"}`,
        headers: { 'www-authenticate': null },
        upstream: null,
      },
    ],
  },
  jwt('OPTIONS needs a token too', {}, { ...missing, request: { method: 'OPTIONS' } }),
  jwt(
    'OPTIONS passes when told so',
    { run_on_preflight: false },
    {
      request: { method: 'OPTIONS' },
      status: 200,
      upstream: { headers: { 'x-consumer-id': null } },
    },
    missing,
  ),
  jwt(
    'without a good token a request belongs to the anonymous consumer',
    { anonymous: 'nobody' },
    {
      status: 200,
      headers: { 'www-authenticate': null },
      upstream: { headers: nobody },
    },
    {
      request: bearer('x.y.z'),
      status: 200,
      upstream: { headers: nobody },
    },
    passed(),
  ),
  jwt(
    'an anonymous consumer that does not exist is a fault of the gateway',
    { anonymous: 'ghost' },
    {
      status: 500,
      body: '{"message":"An unexpected error occurred"}',
      upstream: null,
    },
  ),
  {
    title: 'of two plugins with an anonymous consumer one is enough',
    plugins: [
      { name: 'jwt', config: { anonymous: 'nobody' } },
      { name: 'key-auth', config: { anonymous: 'nobody' } },
    ],
    steps: [
      passed(),
      {
        request: { headers: { apikey: 'carols-key' } },
        status: 200,
        upstream: { headers: { 'x-consumer-custom-id': 'c-3' } },
      },
      { request: bearer('x'), status: 200, upstream: { headers: nobody } },
    ],
  },
];
