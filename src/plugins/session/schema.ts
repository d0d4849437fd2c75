import { f, type Shorthands } from '../../schema/index.ts';

const properties = [
  'id',
  'audience',
  'subject',
  'timeout',
  'idling-timeout',
  'rolling-timeout',
  'absolute-timeout',
] as const;

const headers = (who: string) =>
  f.set(f.string({ one_of: properties }), {
    description: `What ${who} is told of the session, in headers such as \`Session-Id\`.`,
  } as const);

/** Configuration of session. */
export const config = {
  secret: f.string({
    required: false,
    auto: true,
    encrypted: true,
    referenceable: true,
    description: 'What sessions are encrypted and signed with; made up unless given.',
  }),
  storage: f.string({
    one_of: ['cookie', 'kong'],
    default: 'cookie',
    description: 'Where sessions are kept: encrypted in the `cookie` itself, or in the store (`kong`).',
  }),
  audience: f.string({
    default: 'default',
    description:
      'What the session is for. Configurations with one cookie and several audiences keep one session each in it.',
  }),
  idling_timeout: f.number({
    default: 900,
    description: 'Seconds without a request after which a session ends; 0 for never.',
  }),
  rolling_timeout: f.number({
    default: 3600,
    description: 'Seconds after which a session must have been renewed, which happens by itself; 0 for never.',
  }),
  absolute_timeout: f.number({
    default: 86_400,
    description: 'Seconds after which a session ends whatever happens; 0 for never.',
  }),
  stale_ttl: f.number({
    default: 10,
    description: 'Seconds for which a session in the store is good after it was renewed, for requests on their way.',
  }),
  cookie_name: f.string({ default: 'session', description: 'Name of the cookie.' }),
  cookie_path: f.string({ default: '/', description: 'Path of the cookie.' }),
  cookie_domain: f.string({ description: 'Domain of the cookie.' }),
  cookie_same_site: f.string({
    default: 'Strict',
    one_of: ['Strict', 'Lax', 'None', 'Default'],
    description: 'Whether the cookie is sent with requests from other sites.',
  }),
  cookie_http_only: f.boolean({ default: true, description: 'True keeps the cookie from scripts.' }),
  cookie_secure: f.boolean({ default: true, description: 'True has the cookie sent over HTTPS only.' }),
  remember: f.boolean({
    default: false,
    description: 'True sets a second cookie that lasts, and begins a new session when the first one is gone.',
  }),
  remember_cookie_name: f.string({ default: 'remember', description: 'Name of the cookie that lasts.' }),
  remember_rolling_timeout: f.number({
    default: 604_800,
    description: 'Seconds after which the cookie that lasts must have been renewed.',
  }),
  remember_absolute_timeout: f.number({
    default: 2_592_000,
    description: 'Seconds after which the cookie that lasts is no longer good whatever happens.',
  }),
  response_headers: headers('the client'),
  request_headers: headers('the upstream'),
  read_body_for_logout: f.boolean({
    default: false,
    description: 'True looks for `logout_post_arg` in bodies, which are read whole for that.',
  }),
  logout_methods: f.set(f.string({ one_of: ['GET', 'POST', 'DELETE'] }), {
    default: ['POST', 'DELETE'],
    description: 'Methods of requests that may end a session.',
  }),
  logout_query_arg: f.string({
    default: 'session_logout',
    description: 'Argument of the query that ends the session.',
  }),
  logout_post_arg: f.string({
    default: 'session_logout',
    description: 'Argument of the body that ends the session.',
  }),
};

/** The names that fields had before Kong 3.2. */
export const shorthandFields: Shorthands = {
  cookie_lifetime: { field: f.number(), expand: (value: unknown) => ({ rolling_timeout: value }) },
  cookie_idletime: { field: f.number(), expand: (value: unknown) => ({ idling_timeout: value ?? 0 }) },
  // When a session is renewed follows from its rolling timeout now.
  cookie_renew: { field: f.number(), expand: () => ({}) },
  cookie_discard: { field: f.number(), expand: (value: unknown) => ({ stale_ttl: value }) },
  cookie_samesite: {
    field: f.string(),
    expand: (value: unknown) => ({ cookie_same_site: value === 'off' ? 'Lax' : value }),
  },
  cookie_httponly: { field: f.boolean(), expand: (value: unknown) => ({ cookie_http_only: value }) },
  cookie_persistent: { field: f.boolean(), expand: (value: unknown) => ({ remember: value }) },
};
