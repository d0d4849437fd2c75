import { compatible, type RouterCase, traditional } from './router-case.ts';

/** Which of several routes that match is taken. */
export const choosingCases: readonly RouterCase[] = [
  {
    name: 'more attributes go before fewer',
    routes: {
      path: { paths: ['/p/very/long'] },
      method: { methods: ['GET'] },
      host: { hosts: ['one.test'] },
      hostPath: { hosts: ['one.test'], paths: ['/p'] },
      hostMethod: { hosts: ['one.test'], methods: ['POST'] },
      pathMethod: { paths: ['/p'], methods: ['POST'] },
      three: { hosts: ['three.test'], paths: ['/p'], methods: ['POST'] },
    },
    asks: [
      { ask: 'GET http://one.test/p/very/long', finds: 'hostPath' },
      { ask: 'GET http://one.test/', finds: 'host' },
      { ask: 'POST http://one.test/', finds: 'hostMethod' },
      { ask: 'POST http://any.test/p', finds: 'pathMethod' },
      { ask: 'POST http://three.test/p', finds: 'three' },
      { ask: 'GET http://any.test/p/very/long', finds: 'path' },
      { ask: 'GET http://any.test/', finds: 'method' },
      { ask: 'PUT http://any.test/', finds: undefined },
    ],
  },
  {
    name: 'among as many attributes host goes first, then header, path, method, server name',
    flavors: traditional,
    routes: {
      sni: { snis: ['s.test'] },
      method: { methods: ['GET'] },
      path: { paths: ['/p'] },
      header: { headers: { v: ['1'] } },
      host: { hosts: ['one.test'] },
    },
    asks: [
      { ask: 'GET https://one.test/p', sni: 's.test', headers: { v: '1' }, finds: 'host' },
      { ask: 'GET https://any.test/p', sni: 's.test', headers: { v: '1' }, finds: 'header' },
      { ask: 'GET https://any.test/p', sni: 's.test', finds: 'path' },
      { ask: 'GET https://any.test/', sni: 's.test', finds: 'method' },
      { ask: 'POST https://any.test/', sni: 's.test', finds: 'sni' },
    ],
  },
  {
    name: 'pairs of attributes in the order of their sums',
    flavors: traditional,
    routes: {
      pathMethod: { paths: ['/p'], methods: ['GET'] },
      headerMethod: { headers: { v: ['1'] }, methods: ['GET'] },
      hostMethod: { hosts: ['one.test'], methods: ['GET'] },
      hostHeader: { hosts: ['two.test'], headers: { v: ['1'] } },
    },
    asks: [
      { ask: 'GET http://one.test/p', headers: { v: '1' }, finds: 'hostMethod' },
      { ask: 'GET http://two.test/p', headers: { v: '1' }, finds: 'hostHeader' },
      { ask: 'GET http://any.test/p', headers: { v: '1' }, finds: 'headerMethod' },
      { ask: 'GET http://any.test/p', finds: 'pathMethod' },
    ],
  },
  {
    name: 'a wildcard host goes before a path',
    flavors: traditional,
    routes: { path: { paths: ['/'] }, wild: { hosts: ['*.wild.test'] }, right: { hosts: ['right.*'] } },
    asks: [
      { ask: 'GET http://x.wild.test/', finds: 'wild' },
      { ask: 'GET http://right.test/', finds: 'right' },
      { ask: 'GET http://any.test/', finds: 'path' },
    ],
  },
  {
    name: 'a wildcard host counts no more than a path, and an older route goes first',
    flavors: compatible,
    routes: {
      older: { hosts: ['*.wild.test'], methods: ['GET'] },
      path: { paths: ['/'] },
      wild: { hosts: ['*.wild.test'] },
      plain: { hosts: ['plain.test'] },
    },
    asks: [
      { ask: 'PUT http://x.wild.test/', finds: 'path' },
      { ask: 'GET http://x.wild.test/', finds: 'older' },
      { ask: 'GET http://plain.test/', finds: 'plain' },
    ],
  },
  {
    name: 'a plain host goes before a wildcard one',
    routes: {
      left: { hosts: ['*.wild.test'] },
      right: { hosts: ['plain.*'] },
      plain: { hosts: ['plain.wild.test'] },
    },
    asks: [
      { ask: 'GET http://plain.wild.test/', finds: 'plain' },
      { ask: 'GET http://plain.wild.test:8000/', finds: 'plain' },
      { ask: 'GET http://other.wild.test/', finds: 'left' },
      { ask: 'GET http://plain.org/', finds: 'right' },
    ],
  },
  {
    name: 'a plain host does not hide a wildcard one with another path',
    routes: {
      wild: { hosts: ['*.wild.test'], paths: ['/one'] },
      plain: { hosts: ['plain.wild.test'], paths: ['/two'] },
    },
    asks: [
      { ask: 'GET http://plain.wild.test/one', finds: 'wild' },
      { ask: 'GET http://plain.wild.test/two', finds: 'plain' },
      { ask: 'GET http://x.wild.test/two', finds: undefined },
    ],
  },
  {
    name: 'a wildcard host with a port goes before one without',
    flavors: traditional,
    routes: {
      any: { hosts: ['wild.*'] },
      eighty: { hosts: ['wild.*:80', 'wild.com.*'] },
      other: { hosts: ['wild.*:123'] },
    },
    asks: [
      { ask: 'GET http://wild.org:123/', finds: 'other' },
      { ask: 'GET http://wild.org:80/', finds: 'eighty' },
      { ask: 'GET http://wild.org/', finds: 'eighty' },
      { ask: 'GET https://wild.org/', finds: 'any' },
      { ask: 'GET http://wild.org:124/', finds: 'any' },
      { ask: 'GET https://wild.com.org/', finds: 'eighty' },
    ],
  },
  {
    name: 'a host listed with the port goes before the same without',
    flavors: traditional,
    routes: {
      any: { hosts: ['one.test', 'two.test'] },
      port: { hosts: ['one.test:321'] },
      six: { hosts: ['::21'] },
      sixPort: { hosts: ['[::21]:321'] },
    },
    asks: [
      { ask: 'GET http://one.test:321/', finds: 'port' },
      { ask: 'GET http://one.test:322/', finds: 'any' },
      { ask: 'GET http://one.test/', finds: 'any' },
      { ask: 'GET http://[::21]:321/', finds: 'sixPort' },
      { ask: 'GET http://[::21]:654/', finds: 'six' },
    ],
  },
  {
    name: 'a host listed letter for letter goes before a wildcard with a port',
    flavors: traditional,
    routes: { wild: { hosts: ['*.wild.test:80'] }, plain: { hosts: ['x.wild.test'] } },
    asks: [
      { ask: 'GET http://x.wild.test/', finds: 'plain' },
      { ask: 'GET http://x.wild.test:80/', finds: 'wild' },
      { ask: 'GET http://x.wild.test:81/', finds: 'plain' },
    ],
  },
  {
    name: 'a mix of plain and wildcard hosts weighs as a wildcard',
    routes: {
      mixed: { hosts: ['one.test', '*.two.test'], paths: ['/long/path'] },
      plain: { hosts: ['one.test'], paths: ['/'] },
    },
    asks: [
      { ask: 'GET http://one.test/long/path', finds: 'plain' },
      { ask: 'GET http://x.two.test/long/path', finds: 'mixed' },
    ],
  },
  {
    name: 'a plain host goes before a regular expression under a wildcard one',
    routes: {
      regex: { hosts: ['*.wild.test'], paths: ['~/u/\\d+'] },
      plain: { hosts: ['x.wild.test'], paths: ['/u'] },
    },
    asks: [
      { ask: 'GET http://x.wild.test/u/1', finds: 'plain' },
      { ask: 'GET http://y.wild.test/u/1', finds: 'regex' },
    ],
  },
  {
    name: 'a regular expression under a wildcard host goes before a prefix under it',
    routes: {
      prefix: { hosts: ['*.wild.test'], paths: ['/u'] },
      regex: { hosts: ['*.wild.test'], paths: ['~/u/\\d+'] },
    },
    asks: [
      { ask: 'GET http://x.wild.test/u/1', finds: 'regex' },
      { ask: 'GET http://x.wild.test/u', finds: 'prefix' },
    ],
  },
  {
    name: 'several wildcards that fit are told apart by path and age',
    routes: {
      wide: { hosts: ['*.test'], paths: ['/a'] },
      narrow: { hosts: ['*.wild.test'], paths: ['/a'] },
      longer: { hosts: ['x.*'], paths: ['/a/b'] },
    },
    asks: [
      { ask: 'GET http://x.wild.test/a', finds: 'wide' },
      { ask: 'GET http://x.wild.test/a/b', finds: 'longer' },
      { ask: 'GET http://y.wild.test/a/b', finds: 'wide' },
    ],
  },
  {
    name: 'more headers go before fewer, and before a longer path',
    routes: {
      long: { headers: { version: ['v1'] }, paths: ['/my/route'] },
      two: { headers: { version: ['v1'], location: ['us'] }, paths: ['/my'] },
    },
    asks: [
      { ask: 'GET http://any.test/my/route', headers: { version: 'v1', location: 'us' }, finds: 'two' },
      { ask: 'GET http://any.test/my/route', headers: { version: 'v1' }, finds: 'long' },
      { ask: 'GET http://any.test/my', headers: { version: 'v1' }, finds: undefined },
    ],
  },
  {
    name: 'a regular expression goes before more headers',
    flavors: traditional,
    routes: {
      two: { headers: { a: ['1'], b: ['2'] }, paths: ['/my'] },
      regex: { headers: { a: ['1'] }, paths: ['~/my'] },
    },
    asks: [{ ask: 'GET http://any.test/my', headers: { a: '1', b: '2' }, finds: 'regex' }],
  },
  {
    name: 'more headers go before a regular expression',
    flavors: compatible,
    routes: {
      regex: { headers: { a: ['1'] }, paths: ['~/my'] },
      two: { headers: { a: ['1'], b: ['2'] }, paths: ['/my'] },
    },
    asks: [{ ask: 'GET http://any.test/my', headers: { a: '1', b: '2' }, finds: 'two' }],
  },
  {
    name: 'the longer path goes first',
    routes: { short: { paths: ['/my'] }, long: { paths: ['/my/hello'] } },
    asks: [
      { ask: 'GET http://any.test/my/hello/world', finds: 'long', path: '/my/hello' },
      { ask: 'GET http://any.test/my/hell', finds: 'short', path: '/my' },
    ],
  },
  {
    name: 'the longer path goes first under methods and hosts too',
    routes: {
      short: { hosts: ['one.test'], methods: ['GET'], paths: ['/my'] },
      long: { hosts: ['one.test'], methods: ['GET'], paths: ['/my/hello'] },
      elsewhere: { hosts: ['two.test'], methods: ['GET'], paths: ['/my/hello/world'] },
    },
    asks: [
      { ask: 'GET http://one.test/my/hello/world', finds: 'long' },
      { ask: 'GET http://one.test/my', finds: 'short' },
      { ask: 'GET http://two.test/my/hello/world', finds: 'elsewhere' },
      { ask: 'GET http://two.test/my/hello', finds: undefined },
    ],
  },
  {
    name: 'the older of equal routes goes first',
    routes: {
      newer: { paths: ['/p'], created_at: 200 },
      older: { paths: ['/p'], created_at: 100 },
      oldestPost: { paths: ['/p'], methods: ['POST'], created_at: 300 },
    },
    asks: [
      { ask: 'GET http://any.test/p', finds: 'older' },
      { ask: 'POST http://any.test/p', finds: 'oldestPost' },
    ],
  },
  {
    name: 'the lower id of routes as old goes first',
    routes: { b: { paths: ['/p'], created_at: 1 }, a: { paths: ['/p'], created_at: 1 } },
    asks: [{ ask: 'GET http://any.test/p', finds: 'a' }],
  },
  {
    name: 'each path of a route is ranked alone',
    routes: {
      two: { paths: ['/foo', '/foo/bar/baz', '/zzzzzzzzzz'] },
      one: { paths: ['/foo/bar'] },
      mixed: { paths: ['~/some/thing', '/foo/bar/b'] },
    },
    asks: [
      { ask: 'GET http://any.test/foo', finds: 'two', path: '/foo' },
      { ask: 'GET http://any.test/foo/bar', finds: 'one', path: '/foo/bar' },
      { ask: 'GET http://any.test/foo/bar/bar', finds: 'mixed', path: '/foo/bar/b' },
      { ask: 'GET http://any.test/foo/bar/baz', finds: 'two', path: '/foo/bar/baz' },
      { ask: 'GET http://any.test/some/thing/else', finds: 'mixed', path: '/some/thing' },
    ],
  },
  {
    name: 'half a match does not hide a whole one',
    routes: {
      one: { hosts: ['one.test'], paths: ['/v1/path'] },
      two: { hosts: ['two.test'], paths: ['/'] },
      get: { hosts: ['host.*'], methods: ['GET'] },
      post: { hosts: ['host.*'], methods: ['POST'] },
    },
    asks: [
      { ask: 'GET http://two.test/v1/path', finds: 'two' },
      { ask: 'GET http://one.test/v1/path', finds: 'one' },
      { ask: 'GET http://host.test/', finds: 'get' },
      { ask: 'POST http://host.test/', finds: 'post' },
      { ask: 'PUT http://host.test/', finds: undefined },
    ],
  },
  {
    name: 'a method does not hide a path or a host',
    routes: { method: { methods: ['GET'] }, path: { paths: ['/x'] }, wild: { hosts: ['d.*'] } },
    asks: [
      { ask: 'GET http://any.test/x/status', finds: 'path' },
      { ask: 'GET http://any.test/', finds: 'method' },
    ],
  },
  {
    name: 'many prefixes of one another',
    routes: Object.fromEntries(
      ['/', '/a', '/a/', '/a/b', '/a/bc', '/a/bcd', '/a/c', '/ab', '/b/very/long/prefix/indeed', '/b', '/b/very'].map(
        (path) => [path, { paths: [path] }],
      ),
    ),
    asks: [
      { ask: 'GET http://any.test/', finds: '/' },
      { ask: 'GET http://any.test/a', finds: '/a' },
      { ask: 'GET http://any.test/a/', finds: '/a/' },
      { ask: 'GET http://any.test/a/x', finds: '/a/' },
      { ask: 'GET http://any.test/a/bx', finds: '/a/b' },
      { ask: 'GET http://any.test/a/bcx', finds: '/a/bc' },
      { ask: 'GET http://any.test/a/bcde', finds: '/a/bcd' },
      { ask: 'GET http://any.test/abc', finds: '/ab' },
      { ask: 'GET http://any.test/b/very/long/prefix/indee', finds: '/b/very' },
      { ask: 'GET http://any.test/b/very/long/prefix/indeed!', finds: '/b/very/long/prefix/indeed' },
      { ask: 'GET http://any.test/c', finds: '/' },
    ],
  },
  {
    name: 'many routes that a header tells apart',
    routes: {
      ...Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [`tenant-${i}`, { paths: ['/'], headers: { 'x-tenant': [`T${i}`] } }]),
      ),
      pattern: { paths: ['/'], headers: { 'x-tenant': ['~*^t'] } },
    },
    asks: [
      { ask: 'GET http://any.test/', headers: { 'x-tenant': 't7' }, finds: 'tenant-7' },
      { ask: 'GET http://any.test/', headers: { 'x-tenant': ['t70', 't59'] }, finds: 'tenant-59' },
      { ask: 'GET http://any.test/', headers: { 'x-tenant': 't70' }, finds: 'pattern' },
      { ask: 'GET http://any.test/', headers: { 'x-tenant': 'x' }, finds: undefined },
      { ask: 'GET http://any.test/', finds: undefined },
    ],
  },
  {
    name: 'many routes that a server name tells apart',
    routes: {
      ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`sni-${i}`, { snis: [`s${i}.test`] }])),
      wild: { snis: ['*.test'] },
    },
    asks: [
      { ask: 'GET https://any.test/', sni: 's33.test', finds: 'sni-33' },
      { ask: 'GET https://any.test/', sni: 's70.test', finds: 'wild' },
      { ask: 'GET https://any.test/', sni: 's70.org', finds: undefined },
      { ask: 'GET http://any.test/', finds: 'sni-0' },
    ],
  },
];
