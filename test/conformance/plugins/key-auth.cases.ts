import type { PluginCase, PluginStep } from './plugin-case.ts';

const noKey = 'No API key found in request';
const bob = {
  'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000001',
  'x-consumer-custom-id': 'b-1',
  'x-consumer-username': 'bob',
  'x-credential-identifier': '7f2c1d00-0000-4000-8000-00000000000a',
  'x-anonymous-consumer': null,
};
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };

function keyAuth(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'key-auth', config }], steps };
}

const missing: PluginStep = {
  status: 401,
  message: noKey,
  headers: { 'www-authenticate': 'Key' },
  upstream: null,
};

/** key-auth of Kong 3.9. */
export const keyAuthCases: readonly PluginCase[] = [
  keyAuth('a request without a key is refused', {}, missing),
  keyAuth(
    'the realm is named in the challenge',
    { realm: 'shop' },
    {
      status: 401,
      message: noKey,
      headers: { 'www-authenticate': 'Key realm="shop"' },
    },
  ),
  keyAuth(
    'an unknown key is refused',
    {},
    {
      request: { headers: { apikey: 'wrong' } },
      status: 401,
      message: 'Unauthorized',
      headers: { 'www-authenticate': 'Key' },
      upstream: null,
    },
  ),
  keyAuth(
    'a key in a header is good, and the upstream is told of the consumer',
    {},
    {
      request: { headers: { apikey: 'bobs-key' } },
      status: 200,
      headers: { 'www-authenticate': null },
      upstream: { headers: { ...bob, apikey: 'bobs-key' } },
    },
  ),
  keyAuth(
    'the name of the header is compared without case',
    {},
    {
      request: { headers: { ApiKey: 'bobs-key' } },
      status: 200,
    },
  ),
  keyAuth(
    'a key in the query is good',
    {},
    {
      request: { query: 'a=1&apikey=bobs-key' },
      status: 200,
      upstream: { query: 'a=1&apikey=bobs-key', headers: bob },
    },
  ),
  keyAuth(
    'what a client says of itself is taken away',
    {},
    {
      request: {
        headers: {
          apikey: 'carols-key',
          'x-consumer-username': 'root',
          'x-anonymous-consumer': 'true',
          'x-credential-identifier': 'x',
        },
      },
      status: 200,
      upstream: {
        headers: {
          'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000003',
          'x-consumer-custom-id': 'c-3',
          'x-consumer-username': null,
          'x-credential-identifier': '7f2c1d00-0000-4000-8000-00000000000b',
          'x-anonymous-consumer': null,
        },
      },
    },
  ),
  keyAuth(
    'names are tried in order, the header before the query',
    { key_names: ['first', 'second'] },
    {
      request: { headers: { second: 'bobs-key' } },
      status: 200,
    },
    {
      request: { query: 'first=wrong', headers: { second: 'bobs-key' } },
      status: 401,
      message: 'Unauthorized',
    },
    {
      request: { query: 'first=wrong', headers: { first: 'bobs-key' } },
      status: 200,
    },
  ),
  keyAuth(
    'a header is not looked at when told so',
    { key_in_header: false },
    {
      ...missing,
      request: { headers: { apikey: 'bobs-key' } },
    },
  ),
  keyAuth(
    'the query is not looked at when told so',
    { key_in_query: false },
    {
      ...missing,
      request: { query: 'apikey=bobs-key' },
    },
  ),
  keyAuth(
    'the body is not looked at unless told so',
    {},
    {
      ...missing,
      request: { method: 'POST', headers: form, body: 'apikey=bobs-key' },
    },
  ),
  keyAuth('an empty key is no key', {}, { ...missing, request: { query: 'apikey=' } }),
  keyAuth(
    'an empty header hides the key in the query',
    {},
    {
      ...missing,
      request: { headers: { apikey: '' }, query: 'apikey=bobs-key' },
    },
  ),
  keyAuth('an argument without a value is no key', {}, { ...missing, request: { query: 'apikey' } }),
  keyAuth(
    'two headers of the name are refused',
    {},
    {
      request: { headers: { apikey: ['bobs-key', 'bobs-key'] } },
      status: 401,
      message: 'Duplicate API key found',
      headers: { 'www-authenticate': 'Key' },
      upstream: null,
    },
  ),
  keyAuth(
    'two arguments of the name are refused',
    {},
    {
      request: { query: 'apikey=bobs-key&apikey=bobs-key' },
      status: 401,
      message: 'Duplicate API key found',
    },
  ),
  keyAuth(
    'a key in a form is good',
    { key_in_body: true },
    {
      request: { method: 'POST', headers: form, body: 'a=1&apikey=bobs-key' },
      status: 200,
      upstream: { headers: bob, body: 'a=1&apikey=bobs-key' },
    },
  ),
  keyAuth(
    'a key in JSON is good',
    { key_in_body: true },
    {
      request: { method: 'POST', headers: json, body: '{"apikey":"bobs-key"}' },
      status: 200,
    },
  ),
  keyAuth(
    'a key in a multipart form is good',
    { key_in_body: true },
    {
      request: {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=xyz' },
        body: '--xyz\r\nContent-Disposition: form-data; name="apikey"\r\n\r\nbobs-key\r\n--xyz--\r\n',
      },
      status: 200,
    },
  ),
  keyAuth(
    'a list in JSON is refused',
    { key_in_body: true },
    {
      request: { method: 'POST', headers: json, body: '{"apikey":["bobs-key"]}' },
      status: 401,
      message: 'Duplicate API key found',
    },
  ),
  keyAuth(
    'a body that cannot be read is as one without a key',
    { key_in_body: true },
    {
      ...missing,
      request: { method: 'POST', headers: json, body: '{' },
    },
    missing,
    {
      ...missing,
      request: { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'apikey=bobs-key' },
    },
    {
      request: { method: 'POST', headers: { ...json, apikey: 'bobs-key' }, body: '{' },
      status: 200,
    },
  ),
  keyAuth(
    'a hidden key does not reach the upstream: header',
    { hide_credentials: true },
    {
      request: { headers: { apikey: 'bobs-key' }, query: 'apikey=other&a=1' },
      status: 200,
      upstream: { headers: { ...bob, apikey: null }, query: 'a=1' },
    },
  ),
  keyAuth(
    'a hidden key does not reach the upstream: query',
    { hide_credentials: true },
    {
      request: { query: 'a=1&apikey=bobs-key&b=2' },
      status: 200,
      upstream: { headers: bob, query: 'a=1&b=2' },
    },
  ),
  keyAuth(
    'a hidden key does not reach the upstream: form',
    { hide_credentials: true, key_in_body: true },
    {
      request: { method: 'POST', headers: form, body: 'b=2&apikey=bobs-key&a=1' },
      status: 200,
      upstream: { headers: { ...bob, 'content-length': '7' }, body: 'a=1&b=2' },
    },
  ),
  keyAuth(
    'a hidden key does not reach the upstream: JSON',
    { hide_credentials: true, key_in_body: true },
    {
      request: { method: 'POST', headers: json, body: '{"apikey":"bobs-key","a":1}' },
      status: 200,
      upstream: { body: '{"a":1}', headers: { 'content-length': '7', 'content-type': 'application/json' } },
    },
  ),
  keyAuth(
    'only the name that the key was found under is hidden',
    {
      hide_credentials: true,
      key_names: ['first', 'second'],
    },
    {
      request: { headers: { first: 'bobs-key', second: 'bobs-key' } },
      status: 200,
      upstream: { headers: { first: null, second: 'bobs-key' } },
    },
  ),
  keyAuth('OPTIONS needs a key too', {}, { ...missing, request: { method: 'OPTIONS' } }),
  keyAuth(
    'OPTIONS passes when told so',
    { run_on_preflight: false },
    {
      request: { method: 'OPTIONS' },
      status: 200,
      upstream: { headers: { 'x-consumer-id': null } },
    },
    missing,
  ),
  keyAuth(
    'without a key a request belongs to the anonymous consumer, named by username',
    { anonymous: 'nobody' },
    {
      request: { headers: { 'x-credential-identifier': 'x', 'x-consumer-custom-id': 'x' } },
      status: 200,
      headers: { 'www-authenticate': null },
      upstream: {
        headers: {
          'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000002',
          'x-consumer-username': 'nobody',
          'x-consumer-custom-id': null,
          'x-credential-identifier': null,
          'x-anonymous-consumer': 'true',
        },
      },
    },
  ),
  keyAuth(
    'the anonymous consumer may be named by its id',
    { anonymous: '7f2c1d00-0000-4000-8000-000000000002' },
    {
      request: { headers: { apikey: 'wrong' } },
      status: 200,
      upstream: { headers: { 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true' } },
    },
  ),
  keyAuth(
    'a good key counts more than the anonymous consumer',
    { anonymous: 'nobody' },
    {
      request: { headers: { apikey: 'bobs-key' } },
      status: 200,
      upstream: { headers: bob },
    },
  ),
  keyAuth(
    'an anonymous consumer that does not exist is a fault of the gateway',
    { anonymous: 'ghost' },
    {
      status: 500,
      upstream: null,
    },
  ),
  keyAuth(
    'a refusal takes the format that the client accepts',
    {},
    {
      request: { headers: { accept: 'text/html' } },
      status: 401,
      headers: { 'content-type': 'text/html; charset=utf-8', 'www-authenticate': 'Key' },
    },
  ),
];
