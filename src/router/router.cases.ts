import type { FieldsFlavor, RouteMatch, RouteRequest, Router, RouteTarget } from './index.ts';

/** A request and what must come of it. */
export interface Ask {
  /** Method, scheme, host and path in one: `GET http://example.com/path`; without a host `GET http:///path`. */
  readonly ask: string;
  readonly headers?: { readonly [name: string]: string | readonly string[] };
  readonly sni?: string;
  /** The port that the client connected to; the scheme's own unless told otherwise. */
  readonly port?: number;
  /** Key of the route in the case's `routes`; undefined when none may be found. */
  readonly finds: string | undefined;
  readonly path?: string;
  readonly named?: { readonly [name: string]: string };
  readonly unnamed?: readonly string[];
}

/** Routes that a router holds, and requests to it. */
export interface RouterCase {
  readonly name: string;
  /** Flavours for which the case holds; all unless told otherwise. */
  readonly flavors?: readonly FieldsFlavor[];
  /** Fields by a short name, which becomes the id; `created_at` grows in this order unless given. */
  readonly routes: { readonly [name: string]: { readonly [field: string]: unknown } };
  readonly asks: readonly Ask[];
}

/** Makes the request that an {@link Ask} writes down. */
export function requestOf(ask: Ask): RouteRequest {
  const parts = /^(\S+) (https?):\/\/([^/]*)(.*)$/s.exec(ask.ask);
  if (parts === null) throw new Error(`Cannot read "${ask.ask}"`);
  const [, method = '', scheme, host = '', path = ''] = parts;
  const isTls = scheme === 'https';
  const headers = new Map(Object.entries(ask.headers ?? {}));
  return {
    method,
    host,
    path,
    scheme: isTls ? 'https' : 'http',
    port: ask.port ?? (isTls ? 443 : 80),
    sni: ask.sni,
    header: (name) => headers.get(name),
  };
}

/** Puts a case's routes into an empty router. */
export function fillRouter(router: Router, routes: RouterCase['routes']): void {
  Object.entries(routes).forEach(([id, fields], index) => {
    router.put(targetOf({ id, created_at: 1_700_000_000 + index, ...fields }));
  });
}

/** A target without a service. */
export function targetOf(route: RouteTarget['route']): RouteTarget {
  return Object.freeze({ route: Object.freeze(route), service: undefined });
}

/** What of an outcome an {@link Ask} tells. */
export function summaryOf(match: RouteMatch | undefined): Pick<Ask, 'finds'> & Partial<Ask> {
  if (match === undefined) return { finds: undefined };
  return {
    finds: String(match.target.route.id),
    ...(match.matchedPath === undefined ? {} : { path: match.matchedPath }),
    named: { ...match.captures.named },
    unnamed: [...match.captures.unnamed],
  };
}

const traditional: readonly FieldsFlavor[] = ['traditional'];
const compatible: readonly FieldsFlavor[] = ['traditional_compatible'];

const single: readonly RouterCase[] = [
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

const expressions: readonly RouterCase[] = [
  {
    name: 'a regular expression begins with a tilde',
    routes: { a: { paths: ['~/users/\\d+/profile'] }, b: { paths: ['/.*'] } },
    asks: [
      { ask: 'GET http://any.test/users/123/profile', finds: 'a', path: '/users/123/profile', unnamed: [] },
      { ask: 'GET http://any.test/users/123/profile/more', finds: 'a', path: '/users/123/profile' },
      { ask: 'GET http://any.test/users/x/profile', finds: undefined },
      { ask: 'GET http://any.test/.*/x', finds: 'b', path: '/.*' },
    ],
  },
  {
    name: 'a regular expression is held to the start, not to the end',
    routes: { a: { paths: ['~/prefix/[0-9]+'] }, b: { paths: ['~/whole/[0-9]+$'] }, c: { paths: ['~/x|/y'] } },
    asks: [
      { ask: 'GET http://any.test/prefix/12x', finds: 'a', path: '/prefix/12' },
      { ask: 'GET http://any.test/extra/prefix/12', finds: undefined },
      { ask: 'GET http://any.test/whole/12', finds: 'b' },
      { ask: 'GET http://any.test/whole/12x', finds: undefined },
      { ask: 'GET http://any.test/y/z', finds: 'c', path: '/y' },
      { ask: 'GET http://any.test/z/y', finds: undefined },
    ],
  },
  {
    name: 'captures by number and by name',
    routes: { a: { paths: ['~/users/(?P<user_id>\\d+)/profile/?(?<scope>[a-z]*)'] } },
    asks: [
      {
        ask: 'GET http://any.test/users/1984/profile',
        finds: 'a',
        path: '/users/1984/profile',
        named: { user_id: '1984', scope: '' },
        unnamed: ['1984', ''],
      },
      {
        ask: 'GET http://any.test/users/1984/profile/email',
        finds: 'a',
        named: { user_id: '1984', scope: 'email' },
        unnamed: ['1984', 'email'],
      },
    ],
  },
  {
    name: 'groups that take no part',
    routes: { a: { paths: ['~/(?<kind>users/)?1984/(?<sub>profile)$'] } },
    asks: [
      { ask: 'GET http://any.test/1984/profile', finds: 'a', named: { sub: 'profile' }, unnamed: ['', 'profile'] },
      {
        ask: 'GET http://any.test/users/1984/profile',
        finds: 'a',
        named: { kind: 'users/', sub: 'profile' },
        unnamed: ['users/', 'profile'],
      },
    ],
  },
  {
    name: 'group names of the language itself',
    routes: { a: { paths: ['~/(?<__proto__>a)(?<constructor>b)'] } },
    asks: [{ ask: 'GET http://any.test/ab', finds: 'a', unnamed: ['a', 'b'] }],
  },
  {
    name: 'a regular expression sees the normalised path, and is itself not normalised',
    routes: { a: { paths: ['~/users/(?<name>[a-z ]+)$'] }, b: { paths: ['~/res%2Fx'] } },
    asks: [
      { ask: 'GET http://any.test/users/john doe', finds: 'a', named: { name: 'john doe' } },
      { ask: 'GET http://any.test/res%2Fx', finds: 'b' },
      { ask: 'GET http://any.test/res/x', finds: undefined },
    ],
  },
  {
    name: 'text beyond ASCII is compared byte by byte',
    routes: { a: { paths: ['~/caf\u00e9/(.)'] }, b: { paths: ['/stra\u00dfe'] } },
    asks: [
      { ask: 'GET http://any.test/caf\u00c3\u00a9/x', finds: 'a', unnamed: ['x'] },
      { ask: 'GET http://any.test/stra\u00c3\u009fe', finds: 'b', path: '/stra\u00c3\u009fe' },
    ],
  },
  {
    name: 'a case that does not matter',
    routes: { a: { paths: ['~(?i)/Users/me'] } },
    asks: [
      { ask: 'GET http://any.test/uSERS/ME', finds: 'a' },
      { ask: 'GET http://any.test/user', finds: undefined },
    ],
  },
  {
    name: 'a bounded look-ahead',
    routes: { a: { paths: ['~/(?!internal/)[^/]+$'] } },
    asks: [
      { ask: 'GET http://any.test/public', finds: 'a' },
      { ask: 'GET http://any.test/internal/', finds: undefined },
    ],
  },
  {
    name: 'a regular expression that V8 would take years for',
    routes: { a: { paths: ['~/(a+)+$'] } },
    asks: [
      { ask: `GET http://any.test/${'a'.repeat(40)}`, finds: 'a' },
      { ask: `GET http://any.test/${'a'.repeat(40)}!`, finds: undefined },
    ],
  },
  {
    name: 'a regular expression goes before a plain path, also a longer or an equal one',
    routes: { plain: { paths: ['/route/persons/1'] }, regex: { paths: ['~/route/\\w+'] } },
    asks: [
      { ask: 'GET http://any.test/route/persons/1', finds: 'regex', path: '/route/persons' },
      { ask: 'GET http://any.test/route/!', finds: undefined },
    ],
  },
  {
    name: 'regex_priority orders regular expressions',
    routes: {
      low: { paths: ['~/a/.*'], regex_priority: 1 },
      high: { paths: ['~/a/b.*'], regex_priority: 5 },
      negative: { paths: ['~/.*'], regex_priority: -1 },
    },
    asks: [
      { ask: 'GET http://any.test/a/bc', finds: 'high' },
      { ask: 'GET http://any.test/a/c', finds: 'low' },
      { ask: 'GET http://any.test/z', finds: 'negative' },
    ],
  },
  {
    name: 'the older of equal regular expressions goes first, however long they are',
    routes: { short: { paths: ['~/a\\d'] }, long: { paths: ['~/a\\d\\d\\d'] } },
    asks: [{ ask: 'GET http://any.test/a123', finds: 'short', path: '/a1' }],
  },
  {
    name: 'regex_priority means nothing to plain paths',
    routes: { root: { paths: ['/'], regex_priority: 5 }, v1: { paths: ['/v1'] } },
    asks: [{ ask: 'GET http://any.test/v1', finds: 'v1' }],
  },
  {
    name: 'a regular expression whose other attributes fail gives way',
    routes: {
      get: { paths: ['~/u/\\d+'], methods: ['GET'] },
      post: { paths: ['~/u/\\d*'], methods: ['POST'] },
      plain: { paths: ['/u'] },
    },
    asks: [
      { ask: 'GET http://any.test/u/1', finds: 'get' },
      { ask: 'POST http://any.test/u/1', finds: 'post' },
      { ask: 'PUT http://any.test/u/1', finds: 'plain' },
    ],
  },
  {
    name: 'regular expressions under a host',
    routes: {
      prefix: { hosts: ['r.test'], paths: ['/pat'] },
      more: { hosts: ['r.test'], paths: ['/path'], methods: ['POST'] },
      regex: { hosts: ['r.test'], paths: ['~/(path)'] },
    },
    asks: [
      { ask: 'GET http://r.test/path', finds: 'regex', unnamed: ['path'] },
      { ask: 'POST http://r.test/path', finds: 'more' },
      { ask: 'GET http://r.test/patty', finds: 'prefix' },
    ],
  },
];

const choosing: readonly RouterCase[] = [
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

/** What every flavour of the router must do, unless a case names the flavours that it is about. */
export const routerCases: readonly RouterCase[] = [...single, ...expressions, ...choosing];
