import { type EntityCheck, f, typedefs } from '../../schema/index.ts';

/** Configuration of jwt. */
export const config = {
  uri_param_names: f.set(f.string(), {
    default: ['jwt'],
    description: 'Arguments of the query in which tokens are looked for.',
  }),
  cookie_names: f.set(f.string(), { default: [], description: 'Cookies in which tokens are looked for.' }),
  key_claim_name: f.string({
    default: 'iss',
    description: "The claim that holds the key of the consumer's credentials; it may stand in the token's header too.",
  }),
  secret_is_base64: f.boolean({
    required: true,
    default: false,
    description: 'True takes the secrets of the credentials for base64 and signs with what they decode to.',
  }),
  claims_to_verify: f.set(f.string({ one_of: ['exp', 'nbf'] }), {
    description: 'Claims that must be there and good: `exp`, when the token ends, and `nbf`, when it begins.',
  }),
  anonymous: f.string({
    description:
      'Id or username of the consumer that a request belongs to when its token is missing or wrong. Without one such a ' +
      'request is refused with 401.',
  }),
  run_on_preflight: f.boolean({
    required: true,
    default: true,
    description: 'False lets `OPTIONS` requests pass without a token.',
  }),
  maximum_expiration: f.number({
    default: 0,
    between: [0, 31_536_000],
    description: 'Seconds that a token may still be good for; 0 for any. Needs `exp` among `claims_to_verify`.',
  }),
  header_names: f.set(f.string(), {
    default: ['authorization'],
    description: 'Headers in which tokens are looked for, after the word `Bearer`.',
  }),
  jwks_uri: typedefs.url({
    description:
      'Not in Kong. URL of the public keys (JWKS) with which tokens are signed, in place of those of credentials, which ' +
      'only say then whose a token is.',
  }),
  realm: f.string({ required: false, description: 'Realm named in the `WWW-Authenticate` header of a refusal.' }),
};

/** How long a token lasts can be limited only where its end is looked at. */
export const entityChecks: readonly EntityCheck[] = [
  {
    conditional: {
      if_field: 'config.maximum_expiration',
      if_match: { gt: 0 },
      then_field: 'config.claims_to_verify',
      then_match: { contains: 'exp' },
    },
  },
];
