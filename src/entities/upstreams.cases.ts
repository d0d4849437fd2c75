import { casesOf, someId } from './case.fixtures.ts';

const upstreams = casesOf('upstreams');
const targets = casesOf('targets');

const given = (field: string) => `failed conditional validation given value of field '${field}'`;
const inputs = 'none, consumer, ip, header, cookie, path, query_arg, uri_capture';

/** Facts about upstreams. */
export const upstreamCases = [
  upstreams.yes(
    { name: 'a.test' },
    {
      algorithm: 'round-robin',
      hash_on: 'none',
      hash_fallback: 'none',
      hash_on_header: null,
      hash_on_cookie_path: '/',
      slots: 10_000,
      use_srv_name: false,
      host_header: null,
      healthchecks: {
        active: {
          type: 'http',
          timeout: 1,
          concurrency: 10,
          http_path: '/',
          https_sni: null,
          https_verify_certificate: true,
          headers: null,
          healthy: { interval: 0, http_statuses: [200, 302], successes: 0 },
          unhealthy: {
            interval: 0,
            http_statuses: [429, 404, 500, 501, 502, 503, 504, 505],
            tcp_failures: 0,
            timeouts: 0,
            http_failures: 0,
          },
        },
        passive: {
          type: 'http',
          healthy: {
            http_statuses: [
              200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
            ],
            successes: 0,
          },
          unhealthy: { http_statuses: [429, 500, 503], tcp_failures: 0, timeouts: 0, http_failures: 0 },
        },
        threshold: 0,
      },
    },
  ),
  upstreams.no({}, { name: 'required field missing' }),
  upstreams.no({ name: '1.2.3.4' }, { name: "Invalid name ('1.2.3.4'); no ip addresses allowed" }),
  upstreams.no({ name: '::1' }, { name: "Invalid name ('::1'); no ip addresses allowed" }),
  upstreams.no({ name: 'a.test:80' }, { name: "Invalid name ('a.test:80'); no port allowed" }),
  upstreams.no({ name: 'a b' }, { name: "Invalid name ('a b'); must be a valid hostname" }),
  upstreams.no({ name: 'a\udc00' }, { name: 'Invalid name; must be a valid hostname' }),
  upstreams.no({ name: 'a', slots: 9 }, { slots: 'value should be between 10 and 65536' }),
  upstreams.no(
    { name: 'a', algorithm: 'x' },
    {
      algorithm: 'expected one of: consistent-hashing, least-connections, round-robin, latency',
    },
  ),
  upstreams.no({ name: 'a', algorithm: 5 }, { algorithm: 'expected a string' }),
  upstreams.yes(
    { name: 'a', algorithm: 'least-connections', hash_on: 'ip' },
    {
      algorithm: 'least-connections',
      hash_on: 'none',
    },
  ),
  upstreams.yes({ name: 'a', algorithm: 'latency' }, { algorithm: 'latency', hash_on: 'none' }),
  upstreams.yes({ name: 'a', hash_on: 'ip' }, { algorithm: 'consistent-hashing', hash_on: 'ip' }),
  upstreams.yes({ name: 'a', hash_on: null }, { algorithm: 'round-robin', hash_on: 'none' }),
  upstreams.yes({ name: 'a', algorithm: 'consistent-hashing', hash_on: 'none' }, { algorithm: 'round-robin' }),
  upstreams.no({ name: 'a', hash_on: 'x' }, { hash_on: `expected one of: ${inputs}` }),
  upstreams.no(
    { name: 'a', hash_on: 'header' },
    {
      hash_on_header: 'required field missing',
      '@entity': [given('hash_on')],
    },
  ),
  upstreams.no(
    { name: 'a', hash_on: 'ip', hash_fallback: 'header' },
    {
      hash_fallback_header: 'required field missing',
      '@entity': [given('hash_fallback')],
    },
  ),
  upstreams.no(
    { name: 'a', hash_on: 'cookie' },
    {
      hash_on_cookie: 'required field missing',
      '@entity': [given('hash_on')],
    },
  ),
  upstreams.no(
    { name: 'a', hash_on: 'ip', hash_fallback: 'cookie' },
    {
      hash_on_cookie: 'required field missing',
      '@entity': [given('hash_fallback')],
    },
  ),
  upstreams.no(
    { name: 'a', hash_fallback: 'ip' },
    {
      hash_fallback: 'expected one of: none',
      '@entity': [given('hash_on')],
    },
  ),
  upstreams.no(
    { name: 'a', hash_on: 'cookie', hash_on_cookie: 'c', hash_fallback: 'ip' },
    {
      hash_fallback: 'expected one of: none',
      '@entity': [given('hash_on')],
    },
  ),
  upstreams.no(
    { name: 'a', hash_on: 'consumer', hash_fallback: 'consumer' },
    {
      hash_fallback: 'expected one of: none, ip, header, cookie, path, query_arg, uri_capture',
      '@entity': [given('hash_on')],
    },
  ),
  upstreams.no(
    { name: 'a', hash_on: 'path', hash_fallback: 'path' },
    {
      hash_fallback: 'expected one of: none, consumer, header, cookie, query_arg, ip, uri_capture',
      '@entity': [given('hash_on')],
    },
  ),
  upstreams.no(
    { name: 'a', hash_on: 'header', hash_on_header: 'x', hash_fallback: 'header', hash_fallback_header: 'x' },
    { '@entity': ["values of these fields must be distinct: 'hash_on_header', 'hash_fallback_header'"] },
  ),
  upstreams.no(
    { name: 'a', hash_on: 'query_arg' },
    {
      hash_on_query_arg: 'required field missing',
      '@entity': [given('hash_on')],
    },
  ),
  upstreams.no(
    {
      name: 'a',
      hash_on: 'uri_capture',
      hash_on_uri_capture: 'x',
      hash_fallback: 'uri_capture',
      hash_fallback_uri_capture: 'x',
    },
    { '@entity': ["values of these fields must be distinct: 'hash_on_uri_capture', 'hash_fallback_uri_capture'"] },
  ),
  upstreams.no(
    { name: 'a', hash_on_header: 'a b' },
    {
      hash_on_header: "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
    },
  ),
  upstreams.no(
    { name: 'a', hash_on_cookie: 'a=b' },
    {
      hash_on_cookie:
        'contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the characters ' +
        '()<>@,;:\\"/?={}[] are not allowed.',
    },
  ),
  upstreams.no({ name: 'a', host_header: 'a.test:99999' }, { host_header: 'invalid port number' }),
  upstreams.yes({ name: 'a', host_header: 'a.test:8080' }),
  upstreams.no({ name: 'a', healthchecks: null }, { healthchecks: 'required field missing' }),
  upstreams.no({ name: 'a', healthchecks: 5 }, { healthchecks: 'expected a record' }),
  upstreams.no(
    {
      name: 'a',
      healthchecks: { threshold: 101, nope: 1, active: { healthy: { successes: 256, http_statuses: [200, 99] } } },
    },
    {
      healthchecks: {
        threshold: 'value should be between 0 and 100',
        nope: 'unknown field',
        active: {
          healthy: {
            successes: 'value should be between 0 and 255',
            http_statuses: [null, 'value should be between 100 and 999'],
          },
        },
      },
    },
  ),
  upstreams.no(
    { name: 'a', healthchecks: { passive: { type: 'udp' }, active: { timeout: 'x', http_path: 'x' } } },
    {
      healthchecks: {
        passive: { type: 'expected one of: tcp, http, https, grpc, grpcs' },
        active: { timeout: 'expected a number', http_path: 'should start with: /' },
      },
    },
  ),
];

const upstream = { id: someId };

/** A target as it is stored. */
export const storedTarget = {
  id: someId,
  created_at: 1_600_000_000.5,
  updated_at: 1_600_000_000.5,
  upstream,
  target: 'stored.test:8000',
  weight: 100,
  tags: null,
};

/** Facts about targets. */
export const targetCases = [
  targets.yes(
    { upstream, target: 'a.test' },
    {
      id: '11111111-1111-4111-8111-111111111111',
      created_at: 1_700_000_000.123,
      updated_at: 1_700_000_000.123,
      upstream,
      target: 'a.test:8000',
      weight: 100,
      tags: null,
    },
  ),
  targets.yes({ upstream, target: '001.2.3.4:80' }, { target: '1.2.3.4:80' }),
  targets.yes({ upstream, target: '[::1]:80' }, { target: '[0000:0000:0000:0000:0000:0000:0000:0001]:80' }),
  targets.yes({ upstream, target: '1::a' }, { target: '[0001:0000:0000:0000:0000:0000:0000:000a]:8000' }),
  targets.no({ upstream, target: 'a//b' }, { target: 'Invalid target; not a valid hostname or ip address' }),
  targets.no({ upstream, target: 'a.test:70000' }, { target: 'Invalid target; not a valid hostname or ip address' }),
  targets.no({ upstream, target: '' }, { target: 'Invalid target; not a valid hostname or ip address' }),
  targets.no({ upstream, target: 5 }, { target: 'expected a string' }),
  targets.bad({ upstream, target: 'a//b' }, { target: "Invalid target ('a//b'); not a valid hostname or ip address" }),
  targets.no({ upstream }, { target: 'required field missing' }),
  targets.no({ target: 'a.test' }, { upstream: 'required field missing' }),
  targets.no({ upstream, target: 'a.test', weight: 65_536 }, { weight: 'value should be between 0 and 65535' }),
  targets.yes({ upstream, target: 'a.test', weight: 0 }, { weight: 0 }),
  targets.yes({ upstream: { name: 'up.test' }, target: 'a.test' }, { upstream: { name: 'up.test' } }),
  targets.change(storedTarget, { target: 'new.test' }, { target: 'new.test:8000', updated_at: 1_700_000_000.123 }),
  targets.change(storedTarget, { weight: 5 }, { target: 'stored.test:8000', created_at: 1_600_000_000.5 }),
];
