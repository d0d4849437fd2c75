import { compatible, type RouterCase, traditional } from './router-case.ts';

/** What each attribute of a route asks of a request. */
export const attributeCases: readonly RouterCase[] = [
  {
    name: 'a plain host',
    routes: { a: { hosts: ['one.test', 'two.test'] } },
    asks: [
      { ask: 'GET http://one.test/', finds: 'a' },
      { ask: 'POST https://two.test/any/path', finds: 'a' },
      { ask: 'GET http://one.test:80/', finds: 'a' },
      { ask: 'GET http://one.test:8000/', finds: 'a' },
      { ask: 'GET http://three.test/', finds: undefined },
      { ask: 'GET http://sub.one.test/', finds: undefined },
      { ask: 'GET http://one.test.evil/', finds: undefined },
      { ask: 'GET http:///', finds: undefined },
    ],
  },
  {
    name: 'a host is compared without regard to case',
    routes: { a: { hosts: ['One.Test'] }, b: { hosts: ['*.WILD.test'] } },
    asks: [
      { ask: 'GET http://one.test/', finds: 'a' },
      { ask: 'GET http://x.wild.test/', finds: 'b' },
    ],
  },
  {
    name: 'a host with a port',
    routes: { a: { hosts: ['one.test:321'] } },
    asks: [
      { ask: 'GET http://one.test:321/', finds: 'a' },
      { ask: 'GET http://one.test:322/', finds: undefined },
      { ask: 'GET http://one.test/', finds: undefined },
    ],
  },
  {
    name: 'a host with the default port',
    routes: { http: { hosts: ['one.test:80'] }, https: { hosts: ['one.test:443'] } },
    asks: [
      { ask: 'GET http://one.test/', finds: 'http' },
      { ask: 'GET https://one.test/', finds: 'https' },
      { ask: 'GET https://one.test:80/', finds: 'http' },
      { ask: 'GET http://one.test:81/', finds: undefined },
    ],
  },
  {
    name: 'the port of a Host header without one is that of the scheme',
    flavors: traditional,
    routes: { a: { hosts: ['one.test:8000'] }, b: { hosts: ['*.wild.test:80'] } },
    asks: [
      { ask: 'GET http://one.test/', port: 8000, finds: undefined },
      { ask: 'GET http://x.wild.test/', port: 8000, finds: 'b' },
    ],
  },
  {
    name: 'the port of a Host header without one is that of the connection',
    flavors: compatible,
    routes: { a: { hosts: ['one.test:8000'] }, b: { hosts: ['*.wild.test:80'] } },
    asks: [
      { ask: 'GET http://one.test/', port: 8000, finds: 'a' },
      { ask: 'GET http://x.wild.test/', port: 8000, finds: undefined },
    ],
  },
  {
    name: 'a host that starts with a wildcard',
    routes: { a: { hosts: ['*.wild.test'] } },
    asks: [
      { ask: 'GET http://x.wild.test/', finds: 'a' },
      { ask: 'GET http://x.y.wild.test/', finds: 'a' },
      { ask: 'GET http://x.wild.test:8000/', finds: 'a' },
      { ask: 'GET http://wild.test/', finds: undefined },
      { ask: 'GET http://xwild.test/', finds: undefined },
      { ask: 'GET http://x.wild.test.evil/', finds: undefined },
    ],
  },
  {
    name: 'a host that ends with a wildcard',
    routes: { a: { hosts: ['wild.*'] } },
    asks: [
      { ask: 'GET http://wild.test/', finds: 'a' },
      { ask: 'GET http://wild.co.test/', finds: 'a' },
      { ask: 'GET http://wild.test:8000/', finds: 'a' },
      { ask: 'GET http://wild/', finds: undefined },
      { ask: 'GET http://x.wild.test/', finds: undefined },
      { ask: 'GET http://wilder.test/', finds: undefined },
    ],
  },
  {
    name: 'a wildcard host with a port',
    routes: { left: { hosts: ['*.wild.test:123'] }, right: { hosts: ['wild.*:123'] } },
    asks: [
      { ask: 'GET http://x.wild.test:123/', finds: 'left' },
      { ask: 'GET http://wild.org:123/', finds: 'right' },
      { ask: 'GET http://x.wild.test:124/', finds: undefined },
      { ask: 'GET http://wild.org/', finds: undefined },
    ],
  },
  {
    name: 'IPv6 hosts',
    routes: { bare: { hosts: ['::11', '[::12]'] }, port: { hosts: ['[::31]:321'] } },
    asks: [
      { ask: 'GET http://::11/', finds: 'bare' },
      { ask: 'GET http://[::11]/', finds: 'bare' },
      { ask: 'GET http://[::11]:654/', finds: 'bare' },
      { ask: 'GET http://[::12]/', finds: 'bare' },
      { ask: 'GET http://[::12]:654/', finds: 'bare' },
      { ask: 'GET http://[::31]:321/', finds: 'port' },
      { ask: 'GET http://[::31]:322/', finds: undefined },
      { ask: 'GET http://[::31]/', finds: undefined },
    ],
  },
  {
    name: 'a path is a prefix that ends at any character',
    routes: { a: { paths: ['/route'] } },
    asks: [
      { ask: 'GET http://any.test/route', finds: 'a', path: '/route' },
      { ask: 'GET http:///route/deeper', finds: 'a', path: '/route' },
      { ask: 'GET http://any.test/router', finds: 'a', path: '/route' },
      { ask: 'GET http://any.test/rout', finds: undefined },
      { ask: 'GET http://any.test/x/route', finds: undefined },
      { ask: 'GET http://any.test/ROUTE', finds: undefined },
      { ask: 'GET http://any.test', finds: undefined },
    ],
  },
  {
    name: 'the root path takes all',
    routes: { a: { paths: ['/'] } },
    asks: [
      { ask: 'GET http://any.test/', finds: 'a', path: '/' },
      { ask: 'DELETE http://any.test/x/y', finds: 'a', path: '/' },
    ],
  },
  {
    name: 'a path holds encoded reserved characters as they are',
    routes: { a: { paths: ['/end%2Fst'] } },
    asks: [
      { ask: 'GET http://any.test/end%2Fst/x', finds: 'a', path: '/end%2Fst' },
      { ask: 'GET http://any.test/end/st', finds: undefined },
    ],
  },
  {
    name: 'methods',
    routes: { a: { methods: ['TRACE', 'GET'] } },
    asks: [
      { ask: 'TRACE http://any.test/', finds: 'a' },
      { ask: 'GET http:///x', finds: 'a' },
      { ask: 'POST http://any.test/', finds: undefined },
      { ask: 'get http://any.test/', finds: undefined },
    ],
  },
  {
    name: 'a header with one of its values',
    routes: { a: { headers: { location: ['East', 'west'] } } },
    asks: [
      { ask: 'GET http://any.test/', headers: { location: 'west' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { location: 'EAST' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { location: ['north', 'West'] }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { location: 'north' }, finds: undefined },
      { ask: 'GET http://any.test/', headers: { location: 'west, east' }, finds: undefined },
      { ask: 'GET http://any.test/', finds: undefined },
    ],
  },
  {
    name: 'all headers of a route are needed',
    routes: { a: { headers: { 'x-one': ['1'], 'x-two': ['2'] } } },
    asks: [
      { ask: 'GET http://any.test/', headers: { 'x-one': '1', 'x-two': '2' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { 'x-one': '1' }, finds: undefined },
      { ask: 'GET http://any.test/', headers: { 'x-one': '1', 'x-two': '3' }, finds: undefined },
    ],
  },
  {
    name: 'a header name has no case, and underscores are dashes',
    routes: { a: { headers: { X_Api_Version: ['2'] } }, b: { headers: { 'USER-AGENT': ['baz'] } } },
    asks: [
      { ask: 'GET http://any.test/', headers: { 'x-api-version': '2' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { 'user-agent': 'baz' }, finds: 'b' },
    ],
  },
  {
    name: 'a header pattern',
    routes: { a: { headers: { 'user-agent': ['~*windows|os\\s+x\\s*[\\d._]+'] } } },
    asks: [
      { ask: 'GET http://any.test/', headers: { 'user-agent': 'curl (Windows 11)' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { 'user-agent': 'Mozilla (Mac OS X 10.15)' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { 'user-agent': ['x', 'os x 9'] }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { 'user-agent': 'beos' }, finds: undefined },
    ],
  },
  {
    name: 'a header pattern beside other values is plain text',
    flavors: traditional,
    routes: { a: { headers: { version: ['~*v\\d', 'beta'] } } },
    asks: [
      { ask: 'GET http://any.test/', headers: { version: 'v2' }, finds: undefined },
      { ask: 'GET http://any.test/', headers: { version: '~*v\\d' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { version: 'beta' }, finds: 'a' },
    ],
  },
  {
    name: 'any value of a header may be a pattern',
    flavors: compatible,
    routes: { a: { headers: { version: ['~*v\\d', 'beta'] } } },
    asks: [
      { ask: 'GET http://any.test/', headers: { version: 'V2' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { version: 'beta' }, finds: 'a' },
      { ask: 'GET http://any.test/', headers: { version: 'gamma' }, finds: undefined },
    ],
  },
  {
    name: 'header names of the language itself are headers like others',
    routes: { a: { headers: { constructor: ['x'] } } },
    asks: [
      { ask: 'GET http://any.test/', finds: undefined },
      { ask: 'GET http://any.test/', headers: { constructor: 'x' }, finds: 'a' },
    ],
  },
  {
    name: 'server names hold for TLS only',
    routes: { a: { snis: ['one.test', 'dot.test.'], protocols: ['https'] } },
    asks: [
      { ask: 'GET https://any.test/', sni: 'one.test', finds: 'a' },
      { ask: 'GET https://any.test/', sni: 'dot.test', finds: 'a' },
      { ask: 'GET https://any.test/', sni: 'two.test', finds: undefined },
      { ask: 'GET https://any.test/', finds: undefined },
      { ask: 'GET http://any.test/', finds: 'a' },
    ],
  },
  {
    name: 'wildcard server names',
    routes: { left: { snis: ['*.sni.test'] }, right: { snis: ['sni.*'] } },
    asks: [
      { ask: 'GET https://any.test/', sni: 'x.sni.test', finds: 'left' },
      { ask: 'GET https://any.test/', sni: 'x.y.sni.test', finds: 'left' },
      { ask: 'GET https://any.test/', sni: 'sni.org', finds: 'right' },
      { ask: 'GET https://any.test/', sni: 'bar.sni.org', finds: undefined },
      { ask: 'GET https://any.test/', sni: 'x.sni.test.bar', finds: undefined },
    ],
  },
  {
    name: 'each attribute of a route must match',
    routes: { a: { hosts: ['one.test'], paths: ['/p'], methods: ['PUT'], headers: { v: ['1'] } } },
    asks: [
      { ask: 'PUT http://one.test/p/x', headers: { v: '1' }, finds: 'a', path: '/p' },
      { ask: 'GET http://one.test/p', headers: { v: '1' }, finds: undefined },
      { ask: 'PUT http://two.test/p', headers: { v: '1' }, finds: undefined },
      { ask: 'PUT http://one.test/q', headers: { v: '1' }, finds: undefined },
      { ask: 'PUT http://one.test/p', finds: undefined },
    ],
  },
  {
    name: 'empty attributes do not count',
    routes: { a: { hosts: [], paths: ['/p'], methods: [], snis: null, headers: {} }, b: { hosts: null, methods: [] } },
    asks: [
      { ask: 'GET https://any.test/p', finds: 'a' },
      { ask: 'GET http://any.test/', finds: undefined },
    ],
  },
  {
    name: 'routes of raw streams are not for requests',
    routes: { a: { snis: ['one.test'], protocols: ['tls'] }, b: { snis: ['two.test'], protocols: ['grpcs'] } },
    asks: [
      { ask: 'GET https://any.test/', sni: 'one.test', finds: undefined },
      { ask: 'POST https://any.test/', sni: 'two.test', finds: 'b' },
    ],
  },
];
