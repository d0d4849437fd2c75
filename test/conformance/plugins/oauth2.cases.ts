import type { Data, PluginCase, PluginStep } from './plugin-case.ts';

const asBob = {
  'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000001',
  'x-consumer-username': 'bob',
  'x-credential-identifier': 'bobs-app',
  'x-anonymous-consumer': null,
};
const allGrants = {
  provision_key: 'provision',
  scopes: ['read', 'write'],
  enable_authorization_code: true,
  enable_implicit_grant: true,
  enable_client_credentials: true,
  enable_password_grant: true,
};
const never = { 'cache-control': 'no-store', pragma: 'no-cache' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const verifier = 'a'.repeat(43);
/** SHA-256 of the verifier in base64 for URLs. */
const challenge = 'ZtNPunH49FD35FWYhT5Tv8I7vRKQJ8uxMaL0_9eHjNA';

/** oauth2 with all grants. */
function oauth2(title: string, config: Data, ...steps: PluginStep[]): PluginCase {
  return { title, writes: true, plugins: [{ name: 'oauth2', config: { ...allGrants, ...config } }], steps };
}

/** oauth2 where nothing is stored. */
function reading(title: string, config: Data, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'oauth2', config: { ...allGrants, ...config } }], steps };
}

function post(
  path: string,
  args: { readonly [name: string]: string },
  headers = {},
): NonNullable<PluginStep['request']> {
  const body = Object.entries(args)
    .map(([name, value]) => `${name}=${/^<[a-z]+>$/.test(value) ? value : encodeURIComponent(value)}`)
    .join('&');
  return { method: 'POST', path, scheme: 'https', headers: { ...form, ...headers }, body };
}

const app = { client_id: 'bobs-app', client_secret: 'bobs-secret' };
const user = { provision_key: 'provision', authenticated_userid: 'ann' };
const ask = (args: { readonly [name: string]: string }): NonNullable<PluginStep['request']> =>
  post('/oauth2/authorize', { client_id: 'bobs-app', response_type: 'code', ...user, ...args });
const token = (args: { readonly [name: string]: string }, headers = {}): NonNullable<PluginStep['request']> =>
  post('/oauth2/token', args, headers);
const forClient = { grant_type: 'client_credentials', ...app };

function refused(request: NonNullable<PluginStep['request']>, error: string, description: string): PluginStep {
  const body = JSON.stringify({ error, error_description: description });
  return { request, status: 400, headers: { ...never, 'www-authenticate': null }, body, upstream: null };
}

/** A refusal that goes through the browser: the client's own page is told. */
function sentBack(request: NonNullable<PluginStep['request']>, uri: string): PluginStep {
  return { request, status: 400, headers: never, body: JSON.stringify({ redirect_uri: uri }), upstream: null };
}

const withToken = (text: string, more: Partial<PluginStep> = {}): PluginStep => ({
  request: { headers: { authorization: `Bearer ${text}` } },
  status: 200,
  ...more,
});

const invalidChallenge = 'Bearer error="invalid_token" error_description="The access token is invalid or has expired"';
const invalidBody = '{"error":"invalid_token","error_description":"The access token is invalid or has expired"}';
const missingBody = '{"error":"invalid_request","error_description":"The access token is missing"}';

function invalid(request: NonNullable<PluginStep['request']>): PluginStep {
  return { request, status: 401, headers: { 'www-authenticate': invalidChallenge }, body: invalidBody, upstream: null };
}

const code = /code=([A-Za-z0-9]{32})/;
const accessToken = /"access_token":"([A-Za-z0-9]{32})"/;
const refreshToken = /"refresh_token":"([A-Za-z0-9]{32})"/;
const whole = /^\{"access_token":"\w{32}","token_type":"bearer","expires_in":7200,"refresh_token":"\w{32}"\}$/;
const withoutRefresh = /^\{"access_token":"\w{32}","token_type":"bearer","expires_in":7200\}$/;

/** oauth2 of Kong 3.9, and the endpoint for introspection that it has not. */
export const oauth2Cases: readonly PluginCase[] = [
  reading(
    'a token lets its client through, and tells the upstream who it is for',
    {},
    withToken('bobs-token', {
      upstream: { headers: { ...asBob, 'x-authenticated-scope': 'read write', 'x-authenticated-userid': 'ann' } },
    }),
    { request: { headers: { authorization: 'token bobs-token' } }, status: 200, upstream: { headers: asBob } },
    { request: { headers: { authorization: 'BEARER   bobs-token' } }, status: 200 },
    { request: { headers: { authorization: 'bobs-token' } }, status: 200 },
    { request: { query: 'access_token=bobs-token' }, status: 200, upstream: { query: 'access_token=bobs-token' } },
    { request: { method: 'POST', headers: form, body: 'access_token=bobs-token' }, status: 200 },
    {
      request: {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"access_token":"bobs-token"}',
      },
      status: 200,
    },
  ),
  reading(
    'what a client says of scope and user is not passed on',
    {},
    {
      request: { headers: { authorization: 'Bearer global-token', 'x-authenticated-scope': 'admin' } },
      status: 401,
    },
  ),
  reading(
    'what a client says of scope and user is taken away',
    { global_credentials: true },
    {
      request: {
        headers: {
          authorization: 'Bearer global-token',
          'x-authenticated-scope': 'admin',
          'x-authenticated-userid': 'root',
        },
      },
      status: 200,
      upstream: { headers: { ...asBob, 'x-authenticated-scope': null, 'x-authenticated-userid': null } },
    },
  ),
  reading(
    'a request without a token is refused',
    {},
    { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: missingBody, upstream: null },
    { request: { query: 'access_token' }, status: 401, body: missingBody },
    { request: { query: 'access_token=' }, status: 401, body: missingBody },
    { request: { query: 'access_token=bobs-token&access_token=x' }, status: 401, body: missingBody },
    { request: { headers: { authorization: '' } }, status: 401, body: missingBody },
  ),
  reading(
    'the realm is told with every refusal',
    { realm: 'shop' },
    { status: 401, headers: { 'www-authenticate': 'Bearer realm="shop"' } },
    withToken('wrong', {
      status: 401,
      headers: { 'www-authenticate': invalidChallenge.replace('Bearer', 'Bearer realm="shop"') },
    }),
  ),
  reading(
    'a token that is unknown, malformed, too old or of another service is refused',
    {},
    invalid({ headers: { authorization: 'Bearer wrong' } }),
    invalid({ headers: { authorization: 'Bearer' } }),
    invalid({ headers: { authorization: 'Bearer bobs-token bobs-token' } }),
    invalid({ headers: { authorization: 'Basic Ym9iOmJvYg==' } }),
    invalid({ headers: { authorization: 'Bearer constructor' } }),
    invalid({ headers: { authorization: `Bearer ${'A'.repeat(6000)}` } }),
    invalid({ headers: { authorization: 'Bearer %00\u00e4' } }),
    invalid({ headers: { authorization: 'Bearer old-token' } }),
    invalid({ headers: { authorization: 'Bearer other-token' } }),
    invalid({ query: 'access_token=__proto__' }),
  ),
  reading(
    'a token without a service is for those that share credentials',
    {},
    withToken('global-token', {
      status: 401,
      headers: { 'www-authenticate': invalidChallenge },
      body:
        '{"error":"invalid_token","error_description":"The access token is global, but the current plugin is ' +
        "configured without 'global_credentials'\"}",
      upstream: null,
    }),
  ),
  reading(
    'those that share credentials take their own service\u2019s tokens too',
    { global_credentials: true },
    withToken('global-token', { upstream: { headers: asBob } }),
    withToken('bobs-token', { upstream: { headers: asBob } }),
    invalid({ headers: { authorization: 'Bearer other-token' } }),
  ),
  reading(
    'another header may carry the token',
    { auth_header_name: 'x-token' },
    { request: { headers: { 'x-token': 'bearer bobs-token' } }, status: 200 },
    { request: { headers: { authorization: 'Bearer bobs-token' } }, status: 401, body: missingBody },
  ),
  reading(
    'the token may be hidden from the upstream',
    { hide_credentials: true },
    withToken('bobs-token', { upstream: { headers: { authorization: null } } }),
    { request: { query: 'a=1&access_token=bobs-token' }, status: 200, upstream: { query: 'a=1' } },
    {
      request: { method: 'POST', headers: form, body: 'access_token=bobs-token&a=1' },
      status: 200,
      upstream: { body: 'a=1' },
    },
  ),
  reading(
    'with an anonymous consumer a request without a good token goes on as that',
    { anonymous: 'nobody' },
    { status: 200, upstream: { headers: { 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true' } } },
    {
      request: { headers: { authorization: 'Bearer wrong', 'x-authenticated-userid': 'root' } },
      status: 200,
      upstream: { headers: { 'x-consumer-username': 'nobody', 'x-authenticated-userid': null } },
    },
    withToken('bobs-token', { upstream: { headers: { ...asBob, 'x-authenticated-userid': 'ann' } } }),
    withToken('global-token', { status: 401, upstream: null }),
  ),
  {
    title: 'oauth2 is passed over where another plugin knows the client',
    plugins: [
      { name: 'jwt', config: { anonymous: 'nobody' } },
      { name: 'key-auth', config: { anonymous: 'nobody' } },
      { name: 'oauth2', config: { ...allGrants, anonymous: 'nobody' } },
    ],
    steps: [
      {
        request: { headers: { apikey: 'carols-key', authorization: 'Bearer bobs-token' } },
        status: 200,
        upstream: { headers: asBob },
      },
      {
        request: { headers: { apikey: 'carols-key', 'x-authenticated-scope': 'admin' } },
        status: 200,
        upstream: { headers: { 'x-consumer-custom-id': 'c-3', 'x-authenticated-scope': null } },
      },
    ],
  },
  reading(
    'the endpoints are for POST alone, below any path',
    {},
    {
      request: { path: '/a/oauth2/token', scheme: 'https' },
      status: 405,
      headers: {
        'www-authenticate':
          'Bearer error="invalid_method" error_description="The HTTP method GET is invalid for the token endpoint"',
      },
      body: '{"error":"invalid_method","error_description":"The HTTP method GET is invalid for the token endpoint"}',
      upstream: null,
    },
    {
      request: { method: 'DELETE', path: '/oauth2/authorize/', scheme: 'https' },
      status: 405,
      body: '{"error":"invalid_method","error_description":"The HTTP method DELETE is invalid for the authorization endpoint"}',
    },
    { request: { method: 'POST', path: '/oauth2/tokens' }, status: 401 },
    { request: { method: 'POST', path: '/xoauth2/token' }, status: 401 },
    { request: { method: 'POST', path: '/oauth2/introspect', scheme: 'https' }, status: 401, body: missingBody },
  ),
  reading(
    'codes and tokens are given out over TLS only',
    {},
    refused({ ...token(forClient), scheme: undefined as never }, 'access_denied', 'You must use HTTPS'),
    refused(
      { ...token(forClient, { 'x-forwarded-proto': 'https' }), scheme: undefined as never },
      'access_denied',
      'You must use HTTPS',
    ),
    refused({ ...ask({ state: '' }), scheme: undefined as never, body: '' }, 'access_denied', 'You must use HTTPS'),
  ),
  reading(
    'who asks for a code has to show the key, and name a user',
    {},
    refused(ask({ provision_key: 'wrong' }), 'invalid_provision_key', 'Invalid provision_key'),
    refused(ask({ provision_key: '' }), 'invalid_provision_key', 'Invalid provision_key'),
    refused(
      ask({ authenticated_userid: ' ' }),
      'invalid_authenticated_userid',
      'Missing authenticated_userid parameter',
    ),
    refused(
      post('/oauth2/authorize', { provision_key: 'provision' }),
      'invalid_authenticated_userid',
      'Missing authenticated_userid parameter',
    ),
    refused(
      {
        ...ask({}),
        headers: { 'content-type': 'application/json' },
        body: '{"provision_key":"provision","authenticated_userid":{"a":[1]}}',
      },
      'invalid_authenticated_userid',
      'Missing authenticated_userid parameter',
    ),
    refused(
      { ...ask({}), headers: { 'content-type': 'application/json' }, body: '{"provision_key":' },
      'invalid_provision_key',
      'Invalid provision_key',
    ),
  ),
  reading(
    'an unknown client is told so itself',
    {},
    refused(ask({ client_id: 'nobody' }), 'invalid_client', 'Invalid client authentication'),
    refused(ask({ client_id: '' }), 'invalid_client', 'Invalid client authentication'),
    refused(ask({ client_id: 'bobs-robot' }), 'invalid_client', 'Invalid client authentication'),
    refused(
      { ...ask({}), body: 'client_id=bobs-app&client_id=x&provision_key=provision&authenticated_userid=ann' },
      'invalid_client',
      'Invalid client authentication',
    ),
  ),
  reading(
    'what a known client does wrong is told through the browser',
    {},
    sentBack(
      ask({ response_type: 'cat', state: 'a b' }),
      'https://app.test/back?error=unsupported_response_type&error_description=Invalid%20response_type&state=a%20b',
    ),
    sentBack(
      ask({ scope: 'read delete' }),
      'https://app.test/back?error=invalid_scope&error_description=%22delete%22%20is%20an%20invalid%20scope',
    ),
    sentBack(
      ask({ redirect_uri: 'https://evil.test/' }),
      'https://app.test/back?error=invalid_request&error_description=Invalid%20redirect_uri%20that%20does%20not%20' +
        'match%20with%20any%20redirect_uri%20created%20with%20the%20application',
    ),
    sentBack(
      ask({ redirect_uri: 'https://app.test/?a=1&b=x y', scope: 'x' }),
      'https://app.test/?a=1&b=x%20y&error=invalid_scope&error_description=%22x%22%20is%20an%20invalid%20scope',
    ),
    sentBack(
      ask({ code_challenge_method: 'S256' }),
      'https://app.test/back?error=invalid_request&error_description=code_challenge%20is%20required%20when%20code_' +
        'method%20is%20present',
    ),
    sentBack(
      ask({ code_challenge: challenge, code_challenge_method: 'plain' }),
      'https://app.test/back?error=invalid_request&error_description=code_challenge_method%20is%20not%20supported%2C' +
        '%20must%20be%20S256',
    ),
  ),
  reading(
    'a grant that is not enabled is refused',
    { enable_authorization_code: false, enable_client_credentials: false, enable_password_grant: false },
    sentBack(
      ask({}),
      'https://app.test/back?error=unsupported_response_type&error_description=Invalid%20response_type',
    ),
    refused(token(forClient), 'unsupported_grant_type', 'Invalid grant_type'),
    refused(token({ ...app, ...user, grant_type: 'password' }), 'unsupported_grant_type', 'Invalid grant_type'),
    refused(token({ ...app, grant_type: 'cat' }), 'unsupported_grant_type', 'Invalid grant_type'),
    refused(token(app), 'unsupported_grant_type', 'Invalid grant_type'),
  ),
  oauth2(
    'a code is good for one token',
    {},
    {
      request: ask({ scope: 'read', state: 'x' }),
      status: 200,
      headers: never,
      bodyMatches: /^\{"redirect_uri":"https:\/\/app\.test\/back\?code=\w{32}&state=x"\}$/,
      keep: { code },
      upstream: null,
    },
    refused(token({ ...app, grant_type: 'authorization_code', code: 'wrong' }), 'invalid_request', 'Invalid code'),
    refused(token({ ...app, grant_type: 'authorization_code' }), 'invalid_request', 'Invalid code'),
    refused(
      token({ grant_type: 'authorization_code', code: '<code>', client_id: 'bobs-safe', client_secret: 'bobs-secret' }),
      'invalid_request',
      'Invalid code',
    ),
    {
      request: token({ ...app, grant_type: 'authorization_code', code: '<code>' }),
      status: 200,
      headers: never,
      bodyMatches: whole,
      keep: { token: accessToken },
      upstream: null,
    },
    refused(token({ ...app, grant_type: 'authorization_code', code: '<code>' }), 'invalid_request', 'Invalid code'),
    withToken('<token>', {
      upstream: { headers: { ...asBob, 'x-authenticated-scope': 'read', 'x-authenticated-userid': 'ann' } },
    }),
  ),
  oauth2(
    'the implicit grant brings a token in the fragment, and none to refresh it',
    {},
    {
      request: ask({ response_type: 'token', state: 'x' }),
      status: 200,
      bodyMatches:
        /^\{"redirect_uri":"https:\/\/app\.test\/back#access_token=\w{32}&expires_in=7200&state=x&token_type=bearer"\}$/,
      keep: { token: /access_token=(\w{32})/ },
    },
    withToken('<token>', { upstream: { headers: { 'x-authenticated-userid': 'ann' } } }),
  ),
  oauth2(
    'a public client proves that a code is its own',
    {},
    sentBack(
      ask({ client_id: 'bobs-page' }),
      'https://page.test/?error=invalid_request&error_description=code_challenge%20is%20required%20for%20public%20clients',
    ),
    { request: ask({ client_id: 'bobs-page', code_challenge: challenge }), status: 200, keep: { code } },
    refused(
      token({ client_id: 'bobs-page', grant_type: 'authorization_code', code: '<code>' }),
      'invalid_request',
      'code_verifier is required for PKCE authorization requests',
    ),
    refused(
      token({ client_id: 'bobs-page', grant_type: 'authorization_code', code: '<code>', code_verifier: 'a' }),
      'invalid_request',
      'code_verifier must be between 43 and 128 characters',
    ),
    refused(
      {
        ...token({}),
        headers: { 'content-type': 'application/json' },
        body: '{"client_id":"bobs-page","grant_type":"authorization_code","code":"<code>","code_verifier":["a"]}',
      },
      'invalid_request',
      'code_verifier is not a string',
    ),
    refused(
      token({
        client_id: 'bobs-page',
        grant_type: 'authorization_code',
        code: '<code>',
        code_verifier: 'b'.repeat(43),
      }),
      'invalid_grant',
      'Invalid code',
    ),
    refused(
      token({ client_id: 'bobs-page', client_secret: 'x', grant_type: 'authorization_code', code: '<code>' }),
      'invalid_request',
      'client_secret is disallowed for public clients',
    ),
    {
      request: token({
        client_id: 'bobs-page',
        grant_type: 'authorization_code',
        code: '<code>',
        code_verifier: verifier,
      }),
      status: 200,
      bodyMatches: whole,
    },
  ),
  oauth2(
    'who begins with a proof ends with it, whatever is wanted',
    { pkce: 'none' },
    { request: ask({ client_id: 'bobs-page' }), status: 200 },
    { request: ask({ code_challenge: `${challenge}=`, code_challenge_method: 's256' }), status: 200, keep: { code } },
    refused(
      token({ ...app, grant_type: 'authorization_code', code: '<code>' }),
      'invalid_request',
      'code_verifier is required for PKCE authorization requests',
    ),
    {
      request: token({ ...app, grant_type: 'authorization_code', code: '<code>', code_verifier: verifier }),
      status: 200,
    },
  ),
  reading(
    'all clients may be asked for a proof',
    { pkce: 'strict' },
    sentBack(
      ask({}),
      'https://app.test/back?error=invalid_request&error_description=code_challenge%20is%20required%20for%20' +
        'confidential%20clients',
    ),
  ),
  oauth2(
    'a client gets a token for itself',
    {},
    {
      request: token({ ...forClient, state: 'x' }),
      status: 200,
      bodyMatches: /"state":"x"\}$/,
      keep: { token: accessToken },
    },
    withToken('<token>', { upstream: { headers: { ...asBob, 'x-authenticated-userid': null } } }),
    { request: token(forClient), status: 200, bodyMatches: withoutRefresh },
    {
      request: token({ grant_type: 'client_credentials' }, { authorization: basic('bobs-app:bobs-secret') }),
      status: 200,
      bodyMatches: withoutRefresh,
    },
    {
      request: token({ grant_type: 'client_credentials', client_id: 'bobs-robot', client_secret: 'bobs-secret' }),
      status: 200,
    },
    refused(token({ ...forClient, authenticated_userid: 'ann' }), 'invalid_provision_key', 'Invalid provision_key'),
    { request: token({ ...forClient, ...user, scope: 'write' }), status: 200, keep: { token: accessToken } },
    withToken('<token>', {
      upstream: { headers: { 'x-authenticated-scope': 'write', 'x-authenticated-userid': 'ann' } },
    }),
    {
      request: {
        ...token({}),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...forClient, state: 7 }),
      },
      status: 200,
      bodyMatches: /"state":7\}$/,
    },
  ),
  oauth2(
    'a secret may be stored as a hash',
    {},
    {
      request: token({ grant_type: 'client_credentials', client_id: 'bobs-safe', client_secret: 'bobs-secret' }),
      status: 200,
      bodyMatches: withoutRefresh,
    },
    refused(
      token({ grant_type: 'client_credentials', client_id: 'bobs-safe', client_secret: 'wrong' }),
      'invalid_client',
      'Invalid client authentication',
    ),
  ),
  reading(
    'a wrong secret is refused, with 401 where it came in a header',
    {},
    ...[
      { ...forClient, client_secret: 'wrong' },
      { ...forClient, client_secret: '' },
      { grant_type: 'client_credentials', client_id: 'bobs-app' },
      { grant_type: 'client_credentials', client_id: 'nobody', client_secret: 'x' },
      { grant_type: 'password', client_id: 'nobody', client_secret: 'x' },
    ].map((args) => refused(token(args as typeof forClient), 'invalid_client', 'Invalid client authentication')),
    ...['bobs-app:wrong', 'bobs-app', 'bobs-app:bobs-secret:x', 'bobs-app:'].map(
      (text): PluginStep => ({
        request: token({ grant_type: 'client_credentials' }, { authorization: basic(text) }),
        status: 401,
        headers: { ...never, 'www-authenticate': 'Basic realm="OAuth2.0"' },
        body: '{"error":"invalid_client","error_description":"Invalid client authentication"}',
      }),
    ),
    ...['nobody:x', ':', ''].map(
      (text): PluginStep => ({
        request: token({ grant_type: 'password', ...user }, { authorization: basic(text) }),
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="OAuth2.0"' },
      }),
    ),
    ...['Basic', 'Basic !!!', 'Basic gIA6gIA=', 'Bearer bobs-token'].map(
      (authorization): PluginStep => ({
        request: token({ grant_type: 'password', ...user }, { authorization }),
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="OAuth2.0"' },
      }),
    ),
  ),
  oauth2(
    'the password grant is for those who know the key',
    {},
    refused(token({ ...app, grant_type: 'password' }), 'invalid_provision_key', 'Invalid provision_key'),
    refused(
      token({ ...app, grant_type: 'password', provision_key: 'provision' }),
      'invalid_authenticated_userid',
      'Missing authenticated_userid parameter',
    ),
    refused(token({ ...app, ...user, grant_type: 'password', scope: 'x' }), 'invalid_scope', '"x" is an invalid scope'),
    { request: token({ ...app, ...user, grant_type: 'password' }), status: 200, bodyMatches: whole },
  ),
  oauth2(
    'a refresh takes the old tokens away',
    {},
    {
      request: token({ ...app, ...user, grant_type: 'password', scope: 'read' }),
      status: 200,
      keep: { token: accessToken, refresh: refreshToken },
    },
    refused(token({ ...app, grant_type: 'refresh_token' }), 'invalid_request', 'Invalid refresh_token'),
    refused(
      token({ ...app, grant_type: 'refresh_token', refresh_token: 'x' }),
      'invalid_request',
      'Invalid refresh_token',
    ),
    refused(
      token({
        client_id: 'bobs-safe',
        client_secret: 'bobs-secret',
        grant_type: 'refresh_token',
        refresh_token: '<refresh>',
      }),
      'invalid_client',
      'Invalid client authentication',
    ),
    withToken('<token>'),
    {
      request: token({ ...app, grant_type: 'refresh_token', refresh_token: '<refresh>' }),
      status: 200,
      bodyMatches: whole,
      keep: { other: accessToken },
    },
    invalid({ headers: { authorization: 'Bearer <token>' } }),
    withToken('<other>', {
      upstream: { headers: { 'x-authenticated-scope': 'read', 'x-authenticated-userid': 'ann' } },
    }),
    refused(
      token({ ...app, grant_type: 'refresh_token', refresh_token: '<refresh>' }),
      'invalid_request',
      'Invalid refresh_token',
    ),
  ),
  oauth2(
    'a refresh token may be used again and again',
    { reuse_refresh_token: true },
    {
      request: token({ ...app, ...user, grant_type: 'password' }),
      status: 200,
      keep: { token: accessToken, refresh: refreshToken },
    },
    {
      request: token({ ...app, grant_type: 'refresh_token', refresh_token: '<refresh>' }),
      status: 200,
      keep: { other: accessToken },
    },
    {
      request: token({ ...app, grant_type: 'refresh_token', refresh_token: '<refresh>' }),
      status: 200,
      bodyMatches: /"refresh_token":"\w{32}"\}$/,
      keep: { third: accessToken, same: refreshToken },
    },
    invalid({ headers: { authorization: 'Bearer <token>' } }),
    invalid({ headers: { authorization: 'Bearer <other>' } }),
    withToken('<third>'),
    { request: token({ ...app, grant_type: 'refresh_token', refresh_token: '<same>' }), status: 200 },
  ),
  oauth2(
    'a token without an end cannot be refreshed',
    { token_expiration: 0 },
    {
      request: token({ ...app, ...user, grant_type: 'password' }),
      status: 200,
      bodyMatches: /^\{"access_token":"\w{32}","token_type":"bearer"\}$/,
      keep: { token: accessToken },
    },
    withToken('<token>'),
  ),
  oauth2(
    'a scope may have to be named',
    { mandatory_scope: true },
    sentBack(ask({}), 'https://app.test/back?error=invalid_scope&error_description=You%20must%20specify%20a%20scope'),
    refused(token(forClient), 'invalid_scope', 'You must specify a scope'),
    refused(token({ ...forClient, scope: ' ' }), 'invalid_scope', 'You must specify a scope'),
    refused(
      { ...token(forClient), query: 'x=1', body: `${token(forClient).body}&scope=a&scope=b` },
      'invalid_scope',
      'scope must be a string',
    ),
    { request: token({ ...forClient, scope: ' write  read ' }), status: 200, keep: { token: accessToken } },
    withToken('<token>', { upstream: { headers: { 'x-authenticated-scope': 'write read' } } }),
  ),
  oauth2(
    'codes and tokens of those that share credentials are for all of them',
    { global_credentials: true },
    { request: ask({}), status: 200, keep: { code } },
    {
      request: token({ ...app, grant_type: 'authorization_code', code: '<code>' }),
      status: 200,
      keep: { token: accessToken },
    },
    withToken('<token>', { upstream: { headers: asBob } }),
  ),
  reading(
    'a client may ask what a token stands for',
    { enable_introspection: true },
    {
      request: post('/oauth2/introspect', { ...app, token: 'bobs-token' }),
      status: 200,
      headers: never,
      body:
        '{"active":true,"token_type":"bearer","client_id":"bobs-app","scope":"read write","sub":"ann",' +
        '"iat":1500000000}',
      upstream: null,
    },
    ...['wrong', 'old-token', 'other-token', 'global-token', ''].map(
      (text): PluginStep => ({
        request: post('/oauth2/introspect', { ...app, token: text }),
        status: 200,
        body: '{"active":false}',
      }),
    ),
    ...[
      { ...app, client_secret: 'wrong' },
      { client_id: 'bobs-page', token: 'bobs-token' },
      { token: 'bobs-token' },
    ].map(
      (args): PluginStep => ({
        request: post('/oauth2/introspect', args as typeof app),
        status: 401,
        headers: { ...never, 'www-authenticate': 'Basic realm="OAuth2.0"' },
        body: '{"error":"invalid_client","error_description":"Invalid client authentication"}',
        upstream: null,
      }),
    ),
    { request: { path: '/oauth2/introspect' }, status: 405 },
    {
      request: { ...post('/oauth2/introspect', { ...app, token: 'bobs-token' }), scheme: undefined as never },
      status: 400,
      body: '{"error":"access_denied","error_description":"You must use HTTPS"}',
    },
  ),
];
