import { casesOf, someId } from './case.fixtures.ts';

const { no, yes, change, keep } = casesOf('routes');

const overStream = (name: string) =>
  `cannot set '${name}' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'`;
const sniText = "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'";
const wildcardPlace = 'invalid wildcard: must be placed at leftmost or rightmost label';

/** A route as it is stored. */
export const storedRoute = {
  id: someId,
  created_at: 1_600_000_000,
  updated_at: 1_600_000_000,
  name: 'stored',
  protocols: ['http', 'https'],
  https_redirect_status_code: 426,
  strip_path: true,
  preserve_host: false,
  request_buffering: true,
  response_buffering: true,
  tags: null,
  service: { id: someId },
  snis: null,
  sources: null,
  destinations: null,
  methods: null,
  hosts: null,
  paths: ['/'],
  headers: null,
  regex_priority: 0,
  path_handling: 'v0',
};

/** Facts about routes. */
export const routeCases = [
  yes(
    { paths: ['/'] },
    {
      id: '11111111-1111-4111-8111-111111111111',
      created_at: 1_700_000_000,
      updated_at: 1_700_000_000,
      name: null,
      protocols: ['http', 'https'],
      https_redirect_status_code: 426,
      strip_path: true,
      preserve_host: false,
      request_buffering: true,
      response_buffering: true,
      tags: null,
      service: null,
      snis: null,
      sources: null,
      destinations: null,
      methods: null,
      hosts: null,
      paths: ['/'],
      headers: null,
      regex_priority: 0,
      path_handling: 'v0',
    },
  ),
  no({}, { '@entity': ["must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'"] }),
  no(
    { protocols: ['http'] },
    {
      '@entity': ["must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'"],
    },
  ),
  no(
    { protocols: ['grpc'] },
    {
      '@entity': ["must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'"],
    },
  ),
  no(
    { protocols: ['grpcs'] },
    {
      '@entity': ["must set one of 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'grpcs'"],
    },
  ),
  no(
    { protocols: ['udp'] },
    {
      '@entity': ["must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'"],
    },
  ),
  no({ protocols: ['tls_passthrough'] }, { '@entity': ["must set snis when 'protocols' is 'tls_passthrough'"] }),
  yes({ protocols: ['https'], snis: ['a.test'] }),
  no({ protocols: ['http'], paths: ['/'], snis: ['a.test'] }, { snis: 'length must be 0', '@entity': [sniText] }),
  no({ protocols: ['tcp', 'udp'], snis: ['a.test'] }, { snis: 'length must be 0', '@entity': [sniText] }),
  yes({ protocols: ['http'], paths: ['/'], snis: [] }, { snis: [] }),
  no({ protocols: [] }, { protocols: 'unknown type: nil' }),
  no({ protocols: null }, { protocols: 'required field missing' }),
  no({ protocols: ['foo'], nope: 1 }, { protocols: 'unknown type: foo' }),
  no({ protocols: 'http', paths: ['/'] }, { protocols: 'expected a set' }),
  no(
    { protocols: ['http', 'foo'], paths: ['/'] },
    {
      protocols: [null, 'expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp'],
    },
  ),
  no(
    { protocols: ['http', 'tcp'], paths: ['/'] },
    {
      protocols: "these sets are mutually exclusive: ('http', 'https'), ('tcp', 'tls', 'udp')",
    },
  ),
  no(
    { protocols: ['grpc', 'https'], paths: ['/'], strip_path: false },
    {
      protocols: "these sets are mutually exclusive: ('grpc', 'grpcs'), ('http', 'https')",
    },
  ),
  yes({ protocols: ['https', 'https', 'http'], paths: ['/'] }, { protocols: ['https', 'http'] }),
  no(
    { paths: ['/'], sources: [{ ip: '1.2.3.4' }] },
    {
      sources: "cannot set 'sources' when 'protocols' is 'http' or 'https'",
    },
  ),
  no(
    { paths: ['/'], destinations: [] },
    {
      destinations: "cannot set 'destinations' when 'protocols' is 'http' or 'https'",
    },
  ),
  no({ protocols: ['tcp'], sources: [{ port: 1 }], paths: ['/'] }, { paths: overStream('paths') }),
  no({ protocols: ['tls'], sources: [{ port: 1 }], hosts: ['a.test'] }, { hosts: overStream('hosts') }),
  no({ protocols: ['udp'], sources: [{ port: 1 }], methods: ['GET'] }, { methods: overStream('methods') }),
  no({ protocols: ['tls_passthrough'], snis: ['a.test'], headers: { x: ['y'] } }, { headers: overStream('headers') }),
  yes({ protocols: ['grpc'], paths: ['/'] }, { strip_path: false }),
  no(
    { protocols: ['grpc'], paths: ['/'], strip_path: true },
    {
      strip_path: "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
    },
  ),
  no(
    { protocols: ['grpcs'], paths: ['/'], methods: ['POST'], sources: [{ port: 1 }] },
    {
      methods: "cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'",
      sources: "cannot set 'sources' when 'protocols' is 'grpc' or 'grpcs'",
    },
  ),
  yes(
    { protocols: ['tcp'], sources: [{ ip: '10.0.0.0/8' }, { port: 80 }] },
    {
      sources: [
        { ip: '10.0.0.0/8', port: null },
        { ip: null, port: 80 },
      ],
    },
  ),
  no(
    { protocols: ['tcp'], sources: [{ ip: '1.2.3.4' }, {}] },
    {
      sources: [null, { '@entity': ["at least one of these fields must be non-empty: 'ip', 'port'"] }],
    },
  ),
  no(
    { protocols: ['tcp'], destinations: [{ ip: ':::1' }, { ip: '0.0.0.0/33' }, { ip: '::/129' }, 5, null, {}] },
    {
      destinations: [
        { ip: "invalid ip or cidr range: ':::1'" },
        { ip: "invalid ip or cidr range: '0.0.0.0/33'" },
        { ip: "invalid ip or cidr range: '::/129'" },
        'expected a record',
        'required field missing',
        { '@entity': ["at least one of these fields must be non-empty: 'ip', 'port'"] },
      ],
    },
  ),
  no(
    { protocols: ['tcp'], sources: [{ port: 65_536, nope: 1 }] },
    {
      sources: [{ port: 'value should be between 0 and 65535', nope: 'unknown field' }],
    },
  ),
  yes({ protocols: ['tcp'], sources: [{ ip: '::/0' }, { ip: '0.0.0.0/0' }, { ip: '1.2.3.4' }, { ip: 'fe80::1' }] }),
  no(
    { paths: ['x', '/a//b', 5, '', '/ok'] },
    {
      paths: [
        'should start with: / (fixed path) or ~/ (regex path)',
        'must not have empty segments',
        'expected a string',
        'length must be at least 1',
      ],
    },
  ),
  no(
    { paths: ['/a/./b', '/a/../b', '/%41', '/%7e', '/%2f', '/a/..'] },
    {
      paths: [
        "non-normalized path, consider use '/a/b' instead",
        "non-normalized path, consider use '/b' instead",
        "non-normalized path, consider use '/A' instead",
        "non-normalized path, consider use '/~' instead",
        "non-normalized path, consider use '/%2F' instead",
        "non-normalized path, consider use '/' instead",
      ],
    },
  ),
  no({ paths: ['/%zz'] }, { paths: ["invalid url-encoded value: '%zz'"] }),
  no(
    { paths: ['~/users/(foo'] },
    {
      paths: [
        `invalid regex: '/users/(foo' (PCRE returned: pcre2_compile() failed: missing closing parenthesis in "/users/(foo")`,
      ],
    },
  ),
  yes({ paths: ['/', '~/a/(?<id>\\d+)$', '~/(?i)x', '~/(?P<n>[[:alpha:]]+)', '/%2F', '/ä'] }),
  no({ paths: '/' }, { paths: 'expected an array' }),
  no(
    { hosts: ['a..test', 'a.test:1000000', '/x', 'a.test-'] },
    {
      hosts: ['invalid hostname: a..test', 'invalid port number', 'invalid hostname: /x', 'invalid hostname: a.test-'],
    },
  ),
  no(
    { hosts: ['*a.test', 'www.a*', 'a*b.test', '*.a.*', '**.a.test'] },
    {
      hosts: [
        wildcardPlace,
        wildcardPlace,
        wildcardPlace,
        'invalid wildcard: must have at most one wildcard',
        'invalid wildcard: must have at most one wildcard',
      ],
    },
  ),
  yes({ hosts: ['*.a.test', 'a.*', 'a.test:8080', '127.0.0.1', '[::1]:80', 'a.test.'] }),
  no({ methods: ['get', 'GET', ''] }, { methods: ['invalid value: get', null, 'length must be at least 1'] }),
  yes({ methods: ['GET', 'PROPFIND', 'GET'] }, { methods: ['GET', 'PROPFIND'] }),
  no(
    { headers: { host: ['a'] } },
    {
      headers: "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
    },
  ),
  no(
    { headers: { hOsT: ['a'] } },
    {
      headers: "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
    },
  ),
  no(
    { headers: { 'a b': ['a'] } },
    {
      headers: "bad header name 'a b', allowed characters are A-Z, a-z, 0-9, '_', and '-'",
    },
  ),
  no({ headers: { a: 'b' } }, { headers: 'expected an array' }),
  no({ headers: { a: ['b', ''] } }, { headers: [null, 'length must be at least 1'] }),
  no({ headers: { a: null } }, { headers: 'required field missing' }),
  no({ headers: 'x' }, { headers: 'expected a map' }),
  no({ headers: ['x'] }, { headers: 'expected a string' }),
  yes({ paths: ['/'], headers: [] }, { headers: {} }),
  no(
    { headers: { a: ['~*('] } },
    {
      '@entity': ['Router Expression failed validation: pcre2_compile() failed: missing closing parenthesis in "("'],
    },
  ),
  yes({ headers: JSON.parse('{"__proto__":["x"]}') }, { headers: JSON.parse('{"__proto__":["x"]}') }),
  no(
    { paths: ['/'], snis: ['a.*.test', '*.*', '1.2.3.4', 'a.test:1'] },
    {
      snis: [
        'wildcard must be leftmost or rightmost character',
        'only one wildcard must be specified',
        'must not be an IP',
        'must not have a port',
      ],
    },
  ),
  yes({ snis: ['*.test', 'a.*', 'a.test'] }),
  no(
    { paths: ['/'], https_redirect_status_code: 303 },
    {
      https_redirect_status_code: 'expected one of: 426, 301, 302, 307, 308',
    },
  ),
  no({ paths: ['/'], path_handling: 'v2' }, { path_handling: 'expected one of: v0, v1' }),
  yes({ paths: ['/'], path_handling: 'v1' }),
  no({ paths: ['/'], regex_priority: 1.5 }, { regex_priority: 'expected an integer' }),
  no({ paths: ['/'], strip_path: null }, { strip_path: 'required field missing' }),
  yes({ paths: ['/'], service: { name: 'by-name' } }, { service: { name: 'by-name' } }),
  no(
    { paths: ['/'], service: { name: 'not good' } },
    {
      service: {
        name: "invalid value 'not good': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
      },
    },
  ),
  no({ paths: ['/'], service: { host: 'a.test' } }, { service: { id: 'missing primary key' } }),
  change(storedRoute, { hosts: ['a.test'] }, { ...storedRoute, hosts: ['a.test'], updated_at: 1_700_000_000 }),
  change(storedRoute, { service: null }, { service: null }),
  change(storedRoute, { protocols: ['grpc'], strip_path: false }, { protocols: ['grpc'] }),
  keep(
    storedRoute,
    { protocols: ['grpc'] },
    {
      strip_path: "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
    },
  ),
  keep(
    storedRoute,
    { paths: null },
    {
      '@entity': ["must set one of 'methods', 'hosts', 'headers', 'paths', 'snis' when 'protocols' is 'https'"],
    },
  ),
  keep(storedRoute, { protocols: null }, { protocols: 'required field missing' }),
  keep(
    { ...storedRoute, protocols: ['tcp'], paths: null, sources: [{ ip: null, port: 1 }] },
    { sources: [{}] },
    {
      sources: [{ '@entity': ["when updating, at least one of these fields must be non-empty: 'ip', 'port'"] }],
    },
  ),
];
