import { f, typedefs } from '../../../schema/index.ts';

const endpoint = (what: string) =>
  typedefs.url({ description: `URL of the provider's ${what}, in place of the one that it tells of itself.` });

/** The members of a JSON Web Key (RFC 7517, RFC 7518 section 6) with which tokens of ours are signed. */
const jwkFields = {
  kty: f.string({ required: true, one_of: ['RSA', 'EC', 'OKP'] }),
  kid: f.string(),
  alg: f.string(),
  use: f.string(),
  crv: f.string(),
  n: f.string(),
  e: f.string(),
  x: f.string(),
  y: f.string(),
  d: f.string({ encrypted: true, referenceable: true }),
  p: f.string({ encrypted: true, referenceable: true }),
  q: f.string({ encrypted: true, referenceable: true }),
  dp: f.string({ encrypted: true, referenceable: true }),
  dq: f.string({ encrypted: true, referenceable: true }),
  qi: f.string({ encrypted: true, referenceable: true }),
};

/** The provider, and who the gateway is to it. */
export const providerFields = {
  issuer: typedefs.url({
    required: true,
    description:
      'The provider: its issuer identifier, or the URL of its `/.well-known/openid-configuration`. What it tells there ' +
      'of itself must name the same issuer.',
  }),
  client_id: f.array(f.string({ encrypted: true, referenceable: true }), {
    len_max: 1,
    description: 'Id of the gateway as a client of the provider. Without one nothing but bearer tokens is understood.',
  }),
  client_secret: f.array(f.string({ encrypted: true, referenceable: true }), {
    len_max: 1,
    description: "The client's secret.",
  }),
  client_auth: f.array(
    f.string({
      one_of: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
    }),
    {
      len_max: 1,
      description:
        'How the client shows who it is: `client_secret_basic` unless given, `none` for a client without a secret.',
    },
  ),
  client_jwk: f.array(f.record(jwkFields), {
    len_max: 1,
    description: 'Private key with which the client signs, for `private_key_jwt`.',
  }),
  issuers_allowed: f.array(f.string(), {
    description: 'Issuers whose tokens are taken beside that of `issuer`; their keys must be among its keys.',
  }),
  rediscovery_lifetime: f.number({
    required: true,
    default: 30,
    between: [1, 86_400],
    description:
      'Least seconds between two looks for a key that is not known, and until a provider that failed is asked again.',
  }),
  jwks_ttl: f.number({
    required: true,
    default: 3600,
    between: [1, 604_800],
    description: 'Seconds after which keys and description of the provider are fetched anew, in the background.',
  }),
  offline_grace: f.number({
    required: true,
    default: 86_400,
    between: [0, 31_536_000],
    description: 'Seconds, beyond `jwks_ttl`, for which the last keys serve while the provider cannot be reached.',
  }),
  timeout: f.number({
    required: true,
    default: 10_000,
    between: [1, 600_000],
    description: 'Milliseconds that an answer of the provider may take.',
  }),
  ssl_verify: f.boolean({
    required: true,
    default: true,
    description: 'False takes any certificate of the provider, which gives up all that TLS is for.',
  }),
  authorization_endpoint: endpoint('authorization endpoint'),
  token_endpoint: endpoint('token endpoint'),
  introspection_endpoint: endpoint('introspection endpoint'),
  userinfo_endpoint: endpoint('endpoint for claims of a user'),
  revocation_endpoint: endpoint('revocation endpoint'),
  end_session_endpoint: endpoint('endpoint for the end of a session'),
};
