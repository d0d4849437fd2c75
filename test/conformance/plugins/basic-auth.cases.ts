import type { PluginCase, PluginStep } from './plugin-case.ts';

const bob = {
  'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000001',
  'x-consumer-custom-id': 'b-1',
  'x-consumer-username': 'bob',
  'x-credential-identifier': 'bob',
  'x-anonymous-consumer': null,
};
const nobody = { 'x-consumer-username': 'nobody', 'x-credential-identifier': null, 'x-anonymous-consumer': 'true' };

function basicAuth(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'basic-auth', config }], steps };
}

function basic(credentials: string, scheme = 'Basic '): string {
  return scheme + Buffer.from(credentials, 'utf8').toString('base64');
}

const refused: PluginStep = {
  status: 401,
  message: 'Unauthorized',
  headers: { 'www-authenticate': 'Basic realm="service"' },
  upstream: null,
};
const good = basic('bob:bobs-password');
const wrong = basic('bob:wrong');

/** A request with an Authorization header that must not be let through. */
function refusedFor(authorization: string): PluginStep {
  return { ...refused, request: { headers: { authorization } } };
}

/** basic-auth of Kong 3.9. */
export const basicAuthCases: readonly PluginCase[] = [
  basicAuth('a request without credentials is refused', {}, refused),
  basicAuth(
    'the realm is named in the challenge',
    { realm: 'shop' },
    {
      ...refused,
      headers: { 'www-authenticate': 'Basic realm="shop"' },
    },
  ),
  basicAuth(
    'good credentials pass, and the upstream is told of the consumer',
    {},
    {
      request: { headers: { authorization: good } },
      status: 200,
      headers: { 'www-authenticate': null },
      upstream: { headers: { ...bob, authorization: good } },
    },
  ),
  basicAuth(
    'user names and passwords are UTF-8, and a password may have colons and blanks',
    {},
    {
      request: { headers: { authorization: basic('cärol:pä:ß ') } },
      status: 200,
      upstream: {
        headers: { 'x-consumer-custom-id': 'c-3', 'x-consumer-username': null, 'x-credential-identifier': 'cärol' },
      },
    },
  ),
  basicAuth(
    'a wrong password is refused',
    {},
    refusedFor(wrong),
    refusedFor(basic('bob:')),
    refusedFor(basic('bob:bobs-password ')),
  ),
  basicAuth('the hash is no password', {}, refusedFor(basic('bob:00dd844b4cbc36fdfdf92dcba41bf257522fb29f'))),
  basicAuth('an unknown user is refused', {}, refusedFor(basic('ghost:bobs-password'))),
  basicAuth('a password belongs to one user', {}, refusedFor(basic('cärol:bobs-password'))),
  basicAuth(
    'the scheme may be written Basic or basic, with blanks after it or without, and something before it',
    {},
    { request: { headers: { authorization: basic('bob:bobs-password', 'basic ') } }, status: 200 },
    { request: { headers: { authorization: basic('bob:bobs-password', 'Basic') } }, status: 200 },
    { request: { headers: { authorization: basic('bob:bobs-password', 'Basic  \t ') } }, status: 200 },
    { request: { headers: { authorization: basic('bob:bobs-password', 'Some Basic ') } }, status: 200 },
    refusedFor(basic('bob:bobs-password', 'BASIC ')),
    refusedFor(basic('bob:bobs-password', 'Bearer ')),
  ),
  basicAuth(
    'what is no base64 is refused',
    {},
    refusedFor('Basic'),
    refusedFor('Basic !!!!'),
    refusedFor('Basic Ym9i:'),
    refusedFor('Basic Y'),
  ),
  basicAuth(
    'base64 may lack its padding, and ends with it',
    {},
    {
      request: { headers: { authorization: good.replace(/=+$/, '') } },
      status: 200,
    },
    {
      request: { headers: { authorization: `${good.replace(/=+$/, '')}==, and more` } },
      status: 200,
    },
  ),
  basicAuth(
    'a text without a colon, or with nothing before it, is refused',
    {},
    refusedFor(basic('bobs-password')),
    refusedFor(basic(':bobs-password')),
    refusedFor(basic('::')),
    refusedFor(basic('')),
  ),
  basicAuth(
    'colons at the start are skipped',
    {},
    { request: { headers: { authorization: basic(':bob:bobs-password') } }, status: 200 },
  ),
  basicAuth(
    'a password ends with its line',
    {},
    { request: { headers: { authorization: basic('bob:bobs-password\nmore') } }, status: 200 },
  ),
  basicAuth(
    'Proxy-Authorization comes first',
    {},
    {
      request: { headers: { 'proxy-authorization': good } },
      status: 200,
      upstream: { headers: { ...bob, 'proxy-authorization': good } },
    },
    {
      request: { headers: { 'proxy-authorization': good, authorization: wrong } },
      status: 200,
    },
    {
      ...refused,
      request: { headers: { 'proxy-authorization': wrong, authorization: good } },
    },
  ),
  basicAuth(
    'Authorization counts where Proxy-Authorization names nobody',
    {},
    {
      request: { headers: { 'proxy-authorization': basic('ghost:x'), authorization: good } },
      status: 200,
    },
    {
      request: { headers: { 'proxy-authorization': 'Basic !', authorization: good } },
      status: 200,
    },
    {
      ...refused,
      request: { headers: { 'proxy-authorization': basic('ghost:x') } },
    },
  ),
  basicAuth(
    'hidden credentials do not reach the upstream',
    { hide_credentials: true },
    {
      request: { headers: { authorization: good } },
      status: 200,
      upstream: { headers: { ...bob, authorization: null } },
    },
    {
      request: { headers: { 'proxy-authorization': 'Basic !', authorization: good } },
      status: 200,
      upstream: { headers: { authorization: null, 'proxy-authorization': null } },
    },
    {
      request: { headers: { 'proxy-authorization': good, authorization: 'Bearer x' } },
      status: 200,
      upstream: { headers: { authorization: 'Bearer x', 'proxy-authorization': null } },
    },
  ),
  basicAuth(
    'what was looked at is hidden from the upstream of an anonymous request too',
    { hide_credentials: true, anonymous: 'nobody' },
    {
      request: { headers: { authorization: wrong } },
      status: 200,
      upstream: { headers: { ...nobody, authorization: null } },
    },
  ),
  basicAuth('OPTIONS needs credentials too', {}, { ...refused, request: { method: 'OPTIONS' } }),
  basicAuth(
    'without good credentials a request belongs to the anonymous consumer',
    { anonymous: 'nobody' },
    {
      status: 200,
      headers: { 'www-authenticate': null },
      upstream: { headers: nobody },
    },
    {
      request: { headers: { authorization: wrong } },
      status: 200,
      upstream: { headers: nobody },
    },
    {
      request: { headers: { authorization: good } },
      status: 200,
      upstream: { headers: bob },
    },
  ),
  basicAuth(
    'an anonymous consumer that does not exist is a fault of the gateway',
    { anonymous: 'ghost' },
    {
      status: 500,
      body: '{"message":"An unexpected error occurred"}',
      upstream: null,
    },
  ),
  basicAuth(
    'a refusal takes the format that the client accepts',
    {},
    {
      request: { headers: { accept: 'text/html' } },
      status: 401,
      headers: { 'content-type': 'text/html; charset=utf-8', 'www-authenticate': 'Basic realm="service"' },
    },
  ),
  {
    title: 'of two plugins with an anonymous consumer one is enough',
    plugins: [
      { name: 'basic-auth', config: { anonymous: 'nobody' } },
      { name: 'key-auth', config: { anonymous: 'nobody' } },
    ],
    steps: [
      { request: { headers: { authorization: good } }, status: 200, upstream: { headers: bob } },
      {
        request: { headers: { apikey: 'carols-key' } },
        status: 200,
        upstream: { headers: { 'x-consumer-custom-id': 'c-3' } },
      },
      { request: { headers: { authorization: wrong, apikey: 'wrong' } }, status: 200, upstream: { headers: nobody } },
    ],
  },
  {
    title: 'without an anonymous consumer both must succeed, and the last one names the consumer',
    plugins: [{ name: 'basic-auth' }, { name: 'key-auth' }],
    steps: [
      { request: { headers: { authorization: good, apikey: 'carols-key' } }, status: 200, upstream: { headers: bob } },
      { ...refused, request: { headers: { apikey: 'bobs-key' } } },
      { request: { headers: { authorization: good } }, status: 401, headers: { 'www-authenticate': 'Key' } },
    ],
  },
];
