import type { RouterCase } from './router-case.ts';

/** Paths that are regular expressions. */
export const regexPathCases: readonly RouterCase[] = [
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
