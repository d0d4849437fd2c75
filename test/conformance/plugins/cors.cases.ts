import type { PluginCase, PluginStep } from './plugin-case.ts';

function cors(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'cors', config }], steps };
}

const preflight = {
  method: 'OPTIONS',
  headers: { origin: 'http://shop.test', 'access-control-request-method': 'PUT' },
};
const get = { headers: { origin: 'http://shop.test' } };

/** cors of Kong 3.9. */
export const corsCases: readonly PluginCase[] = [
  cors(
    'a preflight is answered for everybody',
    {},
    {
      request: preflight,
      status: 200,
      body: '',
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT',
        'access-control-allow-credentials': null,
        'access-control-allow-headers': null,
        'access-control-max-age': null,
        'content-length': '0',
        vary: null,
      },
      upstream: null,
    },
  ),
  cors(
    'a preflight tells what is configured',
    {
      origins: ['http://shop.test'],
      methods: ['GET'],
      headers: ['x-a', 'x-b'],
      exposed_headers: ['x-c'],
      credentials: true,
      max_age: 23,
    },
    {
      request: preflight,
      status: 200,
      headers: {
        'access-control-allow-origin': 'http://shop.test',
        'access-control-allow-methods': 'GET',
        'access-control-allow-headers': 'x-a,x-b',
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '23',
        'access-control-expose-headers': null,
        vary: 'Origin',
      },
    },
  ),
  cors(
    'a preflight may be left to the upstream',
    { preflight_continue: true },
    {
      request: preflight,
      answer: { status: 204, headers: { 'access-control-allow-origin': 'http://own.test' } },
      status: 204,
      headers: { 'access-control-allow-origin': 'http://own.test', 'access-control-allow-methods': null },
    },
  ),
  cors(
    'OPTIONS without the method that is asked for is no preflight',
    {},
    {
      request: { method: 'OPTIONS', headers: { origin: 'http://shop.test' } },
      answer: { status: 204 },
      status: 204,
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': null },
    },
  ),
  cors(
    'answers are for everybody',
    {},
    {
      request: get,
      status: 200,
      headers: { 'access-control-allow-origin': '*', vary: null },
    },
    { status: 200, headers: { 'access-control-allow-origin': '*' } },
  ),
  cors(
    'one origin is told to everybody',
    { origins: ['http://other.test'], exposed_headers: ['x-a', 'x-b'] },
    {
      request: get,
      status: 200,
      headers: {
        'access-control-allow-origin': 'http://other.test',
        'access-control-expose-headers': 'x-a,x-b',
        vary: 'Origin',
      },
    },
  ),
  cors(
    'of several origins the one that asks is told',
    { origins: ['http://other.test', 'http://shop.test:80'] },
    {
      request: get,
      status: 200,
      headers: { 'access-control-allow-origin': 'http://shop.test', vary: 'Origin' },
    },
    {
      request: { headers: { origin: 'https://shop.test' } },
      answer: { headers: { 'access-control-allow-origin': '*' } },
      status: 200,
      headers: { 'access-control-allow-origin': null, vary: 'Origin' },
    },
  ),
  cors(
    'a regular expression without a colon is about the host',
    { origins: ['(.*[.])?shop[.]test'] },
    {
      request: { headers: { origin: 'https://eu.shop.test:8443' } },
      status: 200,
      headers: { 'access-control-allow-origin': 'https://eu.shop.test:8443' },
    },
    {
      request: { headers: { origin: 'https://shop.test.evil' } },
      status: 200,
      headers: { 'access-control-allow-origin': null },
    },
  ),
  cors(
    'with credentials the origin takes the place of the star',
    { credentials: true },
    {
      request: get,
      status: 200,
      headers: {
        'access-control-allow-origin': 'http://shop.test',
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      },
    },
    {
      status: 200,
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-credentials': null },
    },
  ),
  {
    title: 'refusals of other plugins carry the headers too',
    plugins: [{ name: 'cors' }, { name: 'key-auth' }],
    steps: [
      { request: get, status: 401, headers: { 'access-control-allow-origin': '*' } },
      { request: preflight, status: 200, headers: { 'access-control-allow-origin': '*' } },
    ],
  },
];
