import { f, typedefs } from '../../../schema/index.ts';

const seconds = (fallback: number, description: string) =>
  f.number({ required: true, default: fallback, between: [0, 31_536_000], description } as const);

/** How users sign in with a browser, and out. */
export const loginFields = {
  redirect_uri: f.array(typedefs.url(), {
    len_max: 1,
    description:
      'Where the provider sends the browser back to: a URL that leads to this plugin, and that the provider knows. The ' +
      'URL of the request, without its query, unless given.',
  }),
  scopes: f.array(f.string(), {
    required: true,
    default: ['openid'],
    description: 'Scopes that the provider is asked for; `offline_access` for tokens that can be renewed.',
  }),
  audience: f.array(f.string(), { description: 'Audiences that the provider is asked for, where it knows of them.' }),
  authorization_query_args_names: f.array(f.string(), {
    description: 'Further arguments of the request to the provider, such as `prompt`.',
  }),
  authorization_query_args_values: f.array(f.string(), { description: 'Their values, in the same order.' }),
  require_proof_key_for_code_exchange: f.boolean({
    required: true,
    default: true,
    description: 'False leaves out the proof that the code is used by who asked for it (PKCE, RFC 7636).',
  }),
  login_action: f.string({
    required: true,
    default: 'redirect',
    one_of: ['redirect', 'upstream'],
    description:
      'What follows a login: `redirect` sends the browser to where it wanted to go, `upstream` hands the request that ' +
      'came back from the provider to the upstream.',
  }),
  login_redirect_uri: f.array(typedefs.url(), {
    len_max: 1,
    description: 'Page to which the browser is sent after each login, in place of the one that it wanted.',
  }),
  refresh_tokens: f.boolean({
    required: true,
    default: true,
    description: 'True renews tokens that are about to end with the refresh token, where the provider gave one.',
  }),
  logout_path: f.string({
    starts_with: '/',
    description: 'Path of requests that sign the user out; the route must match it.',
  }),
  logout_uri_suffix: f.string({ description: 'Ending of paths of requests that sign the user out.' }),
  logout_query_arg: f.string({ description: 'Argument of the query of requests that sign the user out.' }),
  logout_methods: f.array(f.string({ one_of: ['GET', 'POST', 'DELETE'] }), {
    required: true,
    default: ['POST', 'DELETE'],
    description: 'Methods of requests that may sign the user out.',
  }),
  logout_redirect_uri: f.array(typedefs.url(), {
    len_max: 1,
    description: 'Page to which the browser is sent in the end; the provider must know it.',
  }),
  logout_revoke: f.boolean({
    required: true,
    default: false,
    description: 'True has the provider revoke the tokens of a session that is signed out (RFC 7009).',
  }),
  authorization_cookie_name: typedefs.cookieName({
    required: true,
    default: 'authorization',
    description: 'Beginning of the names of cookies that go with a login; each login has its own.',
  }),
  authorization_cookie_path: f.string({
    required: true,
    default: '/',
    starts_with: '/',
    description: 'Path of these cookies; it must hold that of `redirect_uri`.',
  }),
  authorization_cookie_domain: f.string({ description: 'Domain of these cookies.' }),
  authorization_cookie_same_site: f.string({
    required: true,
    default: 'Lax',
    one_of: ['Default', 'Lax', 'None'],
    description: 'Whether they are sent with requests from other sites; the provider is one.',
  }),
  authorization_cookie_secure: f.boolean({
    description: 'True has them sent over HTTPS only; unless given that is so when the request came over HTTPS.',
  }),
  authorization_rolling_timeout: seconds(600, 'Seconds that a login may take.'),
};

/** The session that follows a login. */
export const sessionFields = {
  session_secret: f.string({
    encrypted: true,
    referenceable: true,
    description: 'What sessions and logins are encrypted with; made from `client_secret` unless given.',
  }),
  session_storage: f.string({
    required: true,
    default: 'cookie',
    one_of: ['cookie', 'redis'],
    description: 'Where sessions are kept: encrypted in the `cookie` itself, or in a `redis` server.',
  }),
  redis: { ...typedefs.redis(), description: 'The Redis server of the storage `redis`.' },
  session_audience: f.string({
    required: true,
    default: 'default',
    description: 'What the session is for; configurations with one cookie and several audiences keep one each in it.',
  }),
  session_cookie_name: typedefs.cookieName({ required: true, default: 'session', description: 'Name of the cookie.' }),
  session_cookie_path: f.string({ required: true, default: '/', starts_with: '/', description: 'Path of the cookie.' }),
  session_cookie_domain: f.string({ description: 'Domain of the cookie.' }),
  session_cookie_same_site: f.string({
    required: true,
    default: 'Lax',
    one_of: ['Strict', 'Lax', 'None', 'Default'],
    description: 'Whether the cookie is sent with requests from other sites.',
  }),
  session_cookie_http_only: f.boolean({
    required: true,
    default: true,
    description: 'True keeps the cookie from scripts.',
  }),
  session_cookie_secure: f.boolean({
    description: 'True has the cookie sent over HTTPS only; unless given that is so when the request came over HTTPS.',
  }),
  session_idling_timeout: seconds(900, 'Seconds without a request after which a session ends; 0 for never.'),
  session_rolling_timeout: seconds(3600, 'Seconds after which a session must have been renewed; 0 for never.'),
  session_absolute_timeout: seconds(86_400, 'Seconds after which a session ends whatever happens; 0 for never.'),
};
