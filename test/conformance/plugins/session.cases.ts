import type { PluginCase, PluginStep } from './plugin-case.ts';

const bob = {
  'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000001',
  'x-consumer-custom-id': 'b-1',
  'x-consumer-username': 'bob',
  'x-credential-identifier': '7f2c1d00-0000-4000-8000-00000000000a',
  'x-anonymous-consumer': null,
};
const nobody = { 'x-consumer-username': 'nobody', 'x-credential-identifier': null, 'x-anonymous-consumer': 'true' };

/** session before key-auth, which lets requests without a key through as nobody's. */
function session(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return {
    title,
    keepsCookies: true,
    plugins: [
      { name: 'session', config: { secret: 'an old secret of ours', ...config } },
      { name: 'key-auth', config: { anonymous: 'nobody' } },
    ],
    steps,
  };
}

const login: PluginStep = { request: { headers: { apikey: 'bobs-key' } }, status: 200, upstream: { headers: bob } };
const asBob: PluginStep = { status: 200, headers: { 'set-cookie': null }, upstream: { headers: bob } };
const asNobody: PluginStep = { status: 200, headers: { 'set-cookie': null }, upstream: { headers: nobody } };
const ended = '; Path=/; SameSite=Strict; Secure; HttpOnly; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0';

/** session of Kong 3.9, with sessions in cookies. */
export const sessionCases: readonly PluginCase[] = [
  session('who shows a key once comes back without one', {}, asNobody, login, asBob, asBob),
  session('nobody is given a session', {}, asNobody, asNobody),
  session(
    'a session ends with an argument in the query of a POST or DELETE',
    {},
    login,
    { ...asBob, request: { query: 'session_logout' } },
    { ...asBob, request: { method: 'DELETE', query: 'logout' } },
    {
      request: { method: 'DELETE', query: 'session_logout=1' },
      status: 200,
      headers: { 'set-cookie': `session=${ended}` },
      body: '',
      upstream: null,
    },
    asNobody,
  ),
  session(
    'a session may end with an argument in the body',
    { read_body_for_logout: true, logout_post_arg: 'bye' },
    login,
    {
      request: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"bye":true}' },
      status: 200,
      headers: { 'set-cookie': `session=${ended}` },
      upstream: null,
    },
    asNobody,
  ),
  session(
    'without a session there is nothing to end',
    {},
    { ...asNobody, request: { method: 'DELETE', query: 'session_logout' } },
  ),
  session(
    'names and attributes of cookies may be chosen',
    {
      cookie_name: 'sid',
      cookie_path: '/a',
      cookie_domain: 'a.test',
      cookie_same_site: 'Lax',
      cookie_secure: false,
      cookie_http_only: false,
    },
    login,
    asBob,
    {
      request: { method: 'DELETE', query: 'session_logout' },
      status: 200,
      headers: {
        'set-cookie': 'sid=; Domain=a.test; Path=/a; SameSite=Lax; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0',
      },
    },
  ),
  session(
    'client and upstream may be told of the session',
    { response_headers: ['absolute-timeout'], request_headers: ['audience', 'subject'], audience: 'shop' },
    { ...login, headers: { 'session-absolute-timeout': '86400' } },
    { ...asBob, upstream: { headers: { ...bob, 'session-audience': 'shop', 'session-subject': 'bob' } } },
  ),
  session(
    'a cookie that is no session is passed over',
    {},
    { ...asNobody, request: { headers: { cookie: `session=${'A'.repeat(200)}` } } },
  ),
];
