import { casesOf, someId } from './case.fixtures.ts';

const { no, yes, change, keep, bad } = casesOf('services');

const conditional = "failed conditional validation given value of field 'protocol'";
const badName = (name: string) =>
  `invalid value '${name}': the only accepted ascii characters are alphanumerics or ., -, _, and ~`;
const badPath = (path: string) => `invalid path: '${path}' (characters outside of the reserved list of RFC 3986 found)`;

/** A service as it is stored. */
export const storedService = {
  id: someId,
  created_at: 1_600_000_000,
  updated_at: 1_600_000_000,
  name: 'stored',
  retries: 5,
  protocol: 'http',
  host: 'stored.test',
  port: 80,
  path: '/stored',
  connect_timeout: 60_000,
  write_timeout: 60_000,
  read_timeout: 60_000,
  tags: ['a'],
  client_certificate: null,
  tls_verify: null,
  tls_verify_depth: null,
  ca_certificates: null,
  enabled: true,
};

/** Facts about services. */
export const serviceCases = [
  yes(
    { host: 'example.test' },
    {
      id: '11111111-1111-4111-8111-111111111111',
      created_at: 1_700_000_000,
      updated_at: 1_700_000_000,
      name: null,
      retries: 5,
      protocol: 'http',
      host: 'example.test',
      port: 80,
      path: null,
      connect_timeout: 60_000,
      write_timeout: 60_000,
      read_timeout: 60_000,
      tags: null,
      client_certificate: null,
      tls_verify: null,
      tls_verify_depth: null,
      ca_certificates: null,
      enabled: true,
    },
  ),
  no({}, { host: 'required field missing' }),
  no('x', { '@entity': ['expected a record'] }),
  no(null, { '@entity': ['expected a record'] }),
  no({ host: null }, { host: 'required field missing' }),
  no({ host: '' }, { host: 'length must be at least 1' }),
  no({ host: 7 }, { host: 'expected a string' }),
  no({ host: 'a.test:80' }, { host: 'must not have a port' }),
  no({ host: 'a.test:100000' }, { host: 'must not have a port' }),
  no({ host: '-.test/x' }, { host: 'invalid value: -.test/x' }),
  no({ host: 'a..test' }, { host: 'invalid value: a..test' }),
  no({ host: 'a-.test' }, { host: 'invalid value: a-.test' }),
  no({ host: '.test' }, { host: 'invalid value: .test' }),
  no({ host: '1.2.3.256' }, { host: 'invalid value: 1.2.3.256' }),
  no({ host: '1.2.3.4:80' }, { host: 'must not have a port' }),
  no({ host: '[::1]:80' }, { host: 'must not have a port' }),
  no({ host: '1:2:3' }, { host: 'invalid value: 1:2:3' }),
  yes({ host: '1.2.3.4' }),
  yes({ host: '::1' }),
  yes({ host: 'under_score.test.' }),
  no({ host: 'a.test', nope: 1 }, { nope: 'unknown field' }),
  no(JSON.parse('{"host":"a.test","__proto__":{"x":1},"constructor":2,"toString":3}'), {
    ['__proto__']: 'unknown field',
    constructor: 'unknown field',
    toString: 'unknown field',
  } as never),
  yes({ host: 'a.test', updated_at: 'ignored' }, { updated_at: 1_700_000_000 }),
  yes({ host: 'a.test', created_at: 1_500_000_000 }, { created_at: 1_500_000_000 }),
  yes({ host: 'a.test', created_at: null }, { created_at: 1_700_000_000 }),
  no({ host: 'a.test', created_at: 0 }, { created_at: 'expected a valid timestamp' }),
  no({ host: 'a.test', created_at: 1.5 }, { created_at: 'expected an integer' }),
  no({ host: 'a.test', id: 'x' }, { id: 'expected a valid UUID' }),
  yes({ host: 'a.test', id: someId.toUpperCase() }, { id: someId.toUpperCase() }),
  no({ host: 'a.test', ttl: 10 }, { ttl: 'unknown field' }),
  no({ host: 'a.test', name: 'a b' }, { name: badName('a b') }),
  no({ host: 'a.test', name: 'a/b' }, { name: badName('a/b') }),
  no({ host: 'a.test', name: '' }, { name: 'length must be at least 1' }),
  no({ host: 'a.test', name: 'é\ud800' }, { name: 'invalid utf-8 character sequence detected at position 3' }),
  yes({ host: 'a.test', name: 'Größe.-_~9' }, { name: 'Größe.-_~9' }),
  yes({ host: 'a.test', retries: null }, { retries: null }),
  no({ host: 'a.test', retries: -1 }, { retries: 'value should be between 0 and 32767' }),
  no({ host: 'a.test', retries: 32_768 }, { retries: 'value should be between 0 and 32767' }),
  no({ host: 'a.test', retries: '5' }, { retries: 'expected an integer' }),
  no({ host: 'a.test', port: null }, { port: 'required field missing' }),
  no({ host: 'a.test', port: 65_536 }, { port: 'value should be between 0 and 65535' }),
  no({ host: 'a.test', connect_timeout: 0 }, { connect_timeout: 'value should be between 1 and 2147483646' }),
  no({ host: 'a.test', read_timeout: 2 ** 31 }, { read_timeout: 'value should be between 1 and 2147483646' }),
  no({ host: 'a.test', write_timeout: true }, { write_timeout: 'expected an integer' }),
  no(
    { host: 'a.test', protocol: 'ftp' },
    {
      protocol: 'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp',
    },
  ),
  no({ host: 'a.test', enabled: 'yes' }, { enabled: 'expected a boolean' }),
  no({ host: 'a.test', enabled: null }, { enabled: 'required field missing' }),
  no({ host: 'a.test', path: 'x' }, { path: 'should start with: /' }),
  no({ host: 'a.test', path: '/a//b' }, { path: 'must not have empty segments' }),
  no({ host: 'a.test', path: '/a?b' }, { path: badPath('/a?b') }),
  no({ host: 'a.test', path: '/a b' }, { path: badPath('/a b') }),
  no({ host: 'a.test', path: '/a%2' }, { path: "invalid url-encoded value: '%2'" }),
  no({ host: 'a.test', path: '/%zz/%41' }, { path: "invalid url-encoded value: '%zz'" }),
  yes({ host: 'a.test', path: "/a-b._~%41:@!$&'()*+,;=" }),
  no({ host: 'a.test', tags: 'a' }, { tags: 'expected a set' }),
  no({ host: 'a.test', tags: { a: 'b' } }, { tags: 'expected a set' }),
  yes({ host: 'a.test', tags: {} }, { tags: [] }),
  yes({ host: 'a.test', tags: ['a', 'b', 'a', 'c', 'b'] }, { tags: ['a', 'b', 'c'] }),
  no(
    { host: 'a.test', tags: ['ok', null, '', 'a,b', 5] },
    {
      tags: [
        null,
        'required field missing',
        'length must be at least 1',
        "invalid tag 'a,b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
        'expected a string',
      ],
    },
  ),
  yes({ host: 'a.test', tags: ['with space', 'ünïcödé', '!#$%&()*+-.:;<=>?@[]^_`{|}~'] }),
  // The conditional check runs on invalid fields too, and has the last word.
  no(
    { host: 'a.test', ca_certificates: ['x', someId] },
    {
      ca_certificates: 'value must be null',
      '@entity': [conditional],
    },
  ),
  no(
    { host: 'a.test', protocol: 'https', ca_certificates: ['x', someId] },
    {
      ca_certificates: ['expected a valid UUID'],
    },
  ),
  no({ host: 'a.test', protocol: 'tcp', path: '/' }, { path: 'value must be null', '@entity': [conditional] }),
  no({ host: 'a.test', protocol: 'udp', path: '/' }, { path: 'value must be null', '@entity': [conditional] }),
  no({ host: 'a.test', protocol: 'grpcs', path: '/' }, { path: 'value must be null', '@entity': [conditional] }),
  no({ host: 'a.test', tls_verify: false }, { tls_verify: 'value must be null', '@entity': [conditional] }),
  no({ host: 'a.test', tls_verify_depth: 1 }, { tls_verify_depth: 'value must be null', '@entity': [conditional] }),
  no(
    { host: 'a.test', client_certificate: { id: someId } },
    {
      client_certificate: 'value must be null',
      '@entity': [conditional],
    },
  ),
  no(
    { host: 'a.test', protocol: 'https', tls_verify_depth: 65 },
    {
      tls_verify_depth: 'value should be between 0 and 64',
    },
  ),
  yes(
    { host: 'a.test', protocol: 'tls', tls_verify: true, client_certificate: { id: someId, more: 1 } },
    { client_certificate: { id: someId } },
  ),
  no(
    { host: 'a.test', protocol: 'https', client_certificate: {} },
    {
      client_certificate: { id: 'missing primary key' },
    },
  ),
  no(
    { host: 'a.test', protocol: 'https', client_certificate: someId },
    {
      client_certificate: { id: 'missing primary key' },
    },
  ),
  no(
    { host: 'a.test', protocol: 'https', client_certificate: { id: 'x' } },
    {
      client_certificate: { id: 'expected a valid UUID' },
    },
  ),
  no(
    { host: 'a.test', protocol: 'https', client_certificate: { id: null } },
    {
      client_certificate: { id: 'required field missing' },
    },
  ),
  no(
    { host: 'a.test', protocol: 'https', client_certificate: { id: 5, nope: 1 } },
    {
      client_certificate: { id: 'expected a string', nope: 'unknown field' },
    },
  ),
  yes({ url: 'https://a.test:8443/x' }, { protocol: 'https', host: 'a.test', port: 8443, path: '/x' }),
  yes({ url: 'http://a.test' }, { protocol: 'http', host: 'a.test', port: 80, path: null }),
  yes({ url: 'https://a.test' }, { protocol: 'https', port: 443 }),
  yes({ url: 'grpc://a.test' }, { protocol: 'grpc', port: 80 }),
  yes({ url: '//a.test:443' }, { protocol: 'https', port: 443 }),
  yes({ url: '//a.test:8000' }, { protocol: 'http', port: 8000 }),
  yes({ url: 'http://user:pass@[::1]:81/' }, { host: '::1', port: 81, path: '/' }),
  yes({ url: 'http://a.test/x?y=1#z' }, { path: '/x' }),
  yes({ url: 'http://a.test', host: 'other.test', path: '/gone' }, { host: 'a.test', path: null }),
  no({ url: 'x' }, { host: 'required field missing', path: 'should start with: /' }),
  no({ url: '' }, { url: 'length must be at least 1' }),
  no({ url: 5, nope: 1 }, { url: 'expected a string' }),
  no({ url: 'http://a.test:port' }, { port: 'expected an integer' }),
  no(
    { url: 'ftp://a.test' },
    { protocol: 'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp' },
  ),
  change(storedService, { port: 81 }, { ...storedService, port: 81, updated_at: 1_700_000_000 }),
  change(storedService, { name: null, tags: null }, { name: null, tags: null }),
  change(storedService, { tags: ['b', 'b'] }, { tags: ['b'] }),
  change(storedService, { url: 'https://new.test' }, { protocol: 'https', host: 'new.test', port: 443, path: null }),
  change(storedService, { created_at: 5 }, { created_at: 5 }),
  keep(storedService, { host: null }, { host: 'required field missing' }),
  keep(storedService, { protocol: 'grpc' }, { path: 'value must be null', '@entity': [conditional] }),
  keep(storedService, { nope: 1, id: 'x' }, { nope: 'unknown field', id: 'expected a valid UUID' }),
  bad({ name: 'x' }, { host: 'required field missing' }),
];
