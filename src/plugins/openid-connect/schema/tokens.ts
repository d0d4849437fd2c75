import { f } from '../../../schema/index.ts';

const claim = (what: string, fallback?: readonly string[]) =>
  f.array(f.string(), {
    ...(fallback === undefined ? {} : { required: true, default: fallback }),
    description: `Claim with ${what}; several names are the path into nested claims.`,
  } as const);

const needed = (what: string) =>
  f.array(f.string(), {
    description: `${what} that a token must have: one of the entries; of an entry with blanks all words. Else 403.`,
  });

const always = (what: string) =>
  f.boolean({ required: true, default: true, eq: true, description: `${what}; this cannot be turned off.` });

/** Which credentials count, and what their claims must say. */
export const tokenFields = {
  auth_methods: f.array(
    f.string({ one_of: ['authorization_code', 'bearer', 'client_credentials', 'introspection', 'session'] }),
    {
      required: true,
      default: ['authorization_code', 'bearer', 'client_credentials', 'introspection', 'session'],
      description:
        'What a client may show: `bearer`, a token signed by the provider; `introspection`, a token that the provider is ' +
        "asked about; `client_credentials`, id and secret of a client of the provider's, as Basic credentials; " +
        '`session`, the cookie of a user who signed in by `authorization_code`.',
    },
  ),
  bearer_token_param_type: f.array(f.string({ one_of: ['header', 'cookie', 'query'] }), {
    required: true,
    default: ['header'],
    description: 'Where tokens are looked for: in a `query` as the argument `access_token` (RFC 6750 section 2).',
  }),
  bearer_token_cookie_name: f.string({ description: 'The cookie that holds the token, for `cookie`.' }),
  hide_credentials: f.boolean({
    required: true,
    default: true,
    description: 'True keeps from the upstream what the client showed, cookies of sessions always.',
  }),
  verify_signature: always('Signatures are verified'),
  verify_claims: always('Issuer, end and beginning of tokens are verified'),
  verify_nonce: always('The nonce of a login is verified'),
  leeway: f.number({
    required: true,
    default: 0,
    between: [0, 3600],
    description: 'Seconds by which clocks may differ.',
  }),
  audience_required: needed('Audiences'),
  audience_claim: claim('the audience', ['aud']),
  scopes_required: needed('Scopes'),
  scopes_claim: claim('the scopes', ['scope']),
  groups_required: needed('Groups'),
  groups_claim: claim('the groups', ['groups']),
  roles_required: needed('Roles'),
  roles_claim: claim('the roles', ['roles']),
  claims_forbidden: f.array(f.string(), { description: 'Claims that a token must not have. Else 403.' }),
  introspect_jwt_tokens: f.boolean({
    required: true,
    default: false,
    description: 'True asks the provider about signed tokens as well, so that revoked ones are refused.',
  }),
  introspection_hint: f.string({
    default: 'access_token',
    description: 'The kind of token that the provider is asked about (`token_type_hint`).',
  }),
  search_user_info: f.boolean({
    required: true,
    default: false,
    description: "True looks for claims in the answer of the provider's endpoint for them, too.",
  }),
  cache_ttl: f.number({
    required: true,
    default: 3600,
    between: [0, 604_800],
    description: 'Seconds for which a token that was found good is remembered, its end not past.',
  }),
  cache_ttl_neg: f.number({
    required: true,
    default: 5,
    between: [0, 3600],
    description: 'Seconds for which it is remembered that the provider refused.',
  }),
  cache_introspection: f.boolean({
    required: true,
    default: true,
    description: 'False asks the provider about a token with each request.',
  }),
};
