import { type EntityCheck, f, type RecordField, typedefs } from '../../schema/index.ts';

/** Configuration of oauth2. */
export const config = {
  scopes: f.array(f.string(), { description: 'Scopes that clients may ask for.' }),
  mandatory_scope: f.boolean({
    required: true,
    default: false,
    description: 'True refuses requests for a token that name no scope; needs `scopes`.',
  }),
  provision_key: f.string({
    required: true,
    auto: true,
    unique: true,
    encrypted: true,
    description:
      'What the page that asks the user shows, as proof that it is yours, when it asks for codes and tokens; made up ' +
      'unless given.',
  }),
  token_expiration: f.number({
    required: true,
    default: 7200,
    description: 'Seconds for which an access token is good; 0 for ever, and then without a refresh token.',
  }),
  enable_authorization_code: f.boolean({
    required: true,
    default: false,
    description: 'True allows authorization codes (RFC 6749 section 4.1).',
  }),
  enable_implicit_grant: f.boolean({
    required: true,
    default: false,
    description: 'True allows the implicit grant (RFC 6749 section 4.2).',
  }),
  enable_client_credentials: f.boolean({
    required: true,
    default: false,
    description: 'True allows client credentials (RFC 6749 section 4.4).',
  }),
  enable_password_grant: f.boolean({
    required: true,
    default: false,
    description: 'True allows the password grant (RFC 6749 section 4.3).',
  }),
  hide_credentials: f.boolean({
    required: true,
    default: false,
    description: 'Takes the access token out of the request before it goes to the upstream.',
  }),
  accept_http_if_already_terminated: f.boolean({
    required: true,
    default: false,
    description:
      'True takes requests without TLS for codes and tokens where `X-Forwarded-Proto` of a trusted proxy says `https`.',
  }),
  anonymous: f.string({
    description:
      'Id or username of the consumer that a request belongs to when its token is missing or wrong. Without one such a ' +
      'request is refused with 401.',
  }),
  global_credentials: f.boolean({
    required: true,
    default: false,
    description: 'True makes tokens that are good for all services whose oauth2 has this set too, not for one alone.',
  }),
  auth_header_name: f.string({ default: 'authorization', description: 'Header that carries the access token.' }),
  refresh_token_ttl: typedefs.ttl({
    required: true,
    default: 1_209_600,
    description: 'Seconds for which tokens stay in the store, and can be refreshed; 0 for ever.',
  }),
  reuse_refresh_token: f.boolean({
    required: true,
    default: false,
    description: 'True keeps the refresh token when an access token is refreshed; false makes a new one.',
  }),
  pkce: f.string({
    required: false,
    default: 'lax',
    one_of: ['none', 'lax', 'strict'],
    description:
      'Who must prove to be the one that asked for a code (RFC 7636): nobody has to (`none`), public clients (`lax`), ' +
      'or all (`strict`). Who began with a proof must end with it in any case.',
  }),
  realm: f.string({ required: false, description: 'Realm named in the `WWW-Authenticate` header of a refusal.' }),
  enable_introspection: f.boolean({
    required: true,
    default: false,
    description:
      'True answers `POST /oauth2/introspect` below the route (RFC 7662) to confidential clients. Kong has no such field.',
  }),
};

/** Rules over several fields. */
export const configChecks: readonly EntityCheck[] = [
  {
    conditional: {
      if_field: 'mandatory_scope',
      if_match: { eq: true },
      then_field: 'scopes',
      then_match: { required: true },
    },
  },
];

const grants = [
  'enable_authorization_code',
  'enable_implicit_grant',
  'enable_client_credentials',
  'enable_password_grant',
] as const;

/** Without any grant there would be no way to a token. */
export const checkConfig: RecordField['custom_validator'] = (given: { readonly [name: string]: unknown }) =>
  grants.some((name) => given[name] === true)
    ? undefined
    : `at least one of these fields must be true: ${grants.join(', ')}`;
