import { f, typedefs } from '../../../schema/index.ts';

const claims = (who: string) =>
  f.array(f.string(), { description: `Claims that ${who} is told of; names with dots lead into nested claims.` });
const names = (who: string) =>
  f.array(typedefs.headerName(), { description: `The headers for them, in the same order, towards ${who}.` });
const header = (what: string, who: string) =>
  f.string({
    description: `Header with ${what} for ${who}; \`name:bearer\` puts the word before it.`,
    match: { pattern: /^[\w-]+(:bearer)?$/ },
  });

/** Who the client is then, and who is told. */
export const identityFields = {
  anonymous: f.string({
    description:
      'Id or username of the consumer that a request without good credentials belongs to. Without one it is refused.',
  }),
  run_on_preflight: f.boolean({
    required: true,
    default: true,
    description: 'False lets `OPTIONS` requests pass without a look at them.',
  }),
  consumer_claim: f.array(f.string(), {
    description:
      'Claim that names the consumer; several names are the path into nested claims. Without one requests belong to no ' +
      'consumer, and are let through all the same.',
  }),
  consumer_by: f.array(f.string({ one_of: ['id', 'username', 'custom_id'] }), {
    required: true,
    default: ['username', 'custom_id'],
    description: 'What of a consumer the claim is compared with, in this order.',
  }),
  consumer_optional: f.boolean({
    required: true,
    default: false,
    description: 'True lets through who is no consumer. Else 403.',
  }),
  credential_claim: f.array(f.string(), {
    required: true,
    default: ['sub'],
    description: 'Claim that stands for the credential: `X-Credential-Identifier`, rate limits by credential.',
  }),
  authenticated_groups_claim: f.array(f.string(), {
    description: 'Claim with the groups that acl goes by; several names are the path into nested claims.',
  }),
  upstream_headers_claims: claims('the upstream'),
  upstream_headers_names: names('the upstream'),
  downstream_headers_claims: claims('the client'),
  downstream_headers_names: names('the client'),
  upstream_access_token_header: f.string({
    default: 'authorization:bearer',
    description: 'Header with the access token for the upstream; `name:bearer` puts the word before it.',
    match: { pattern: /^[\w-]+(:bearer)?$/ },
  }),
  upstream_id_token_header: header('the ID token', 'the upstream'),
  upstream_user_info_header: header("the provider's claims of the user, as JSON in base64", 'the upstream'),
  downstream_access_token_header: header('the access token', 'the client'),
  downstream_id_token_header: header('the ID token', 'the client'),
  unauthorized_error_message: f.string({
    required: true,
    default: 'Unauthorized',
    description: 'Message of refusals with 401.',
  }),
  forbidden_error_message: f.string({
    required: true,
    default: 'Forbidden',
    description: 'Message of refusals with 403.',
  }),
  unauthorized_redirect_uri: f.array(typedefs.url(), {
    len_max: 1,
    description: 'Page to which a browser is sent instead of 401, where it is not sent to the provider.',
  }),
  forbidden_redirect_uri: f.array(typedefs.url(), {
    len_max: 1,
    description: 'Page to which a browser is sent instead of 403.',
  }),
};
