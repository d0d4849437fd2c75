import { defineEntity, f, type Row, typedefs } from '../../schema/index.ts';
import { hashSecret } from './secret.ts';

/** The clients (RFC 6749 section 2) of consumers. */
export const oauth2Credentials = defineEntity({
  name: 'oauth2_credentials',
  primary_key: ['id'],
  cache_key: ['client_id'],
  endpoint_key: 'client_id',
  workspaceable: true,
  admin_api_name: 'oauth2',
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    consumer: f.foreign('consumers', { required: true, on_delete: 'cascade' }),
    name: f.string({ required: true }),
    client_id: f.string({ required: false, unique: true, auto: true }),
    client_secret: f.string({ required: false, auto: true, encrypted: true }),
    hash_secret: f.boolean({ required: true, default: false }),
    redirect_uris: f.array(f.string({ custom_validator: checkRedirectUri }), { required: false }),
    tags: typedefs.tags(),
    client_type: f.string({ required: true, default: 'confidential', one_of: ['confidential', 'public'] }),
  },
  transformations: [
    {
      input: ['hash_secret'],
      needs: ['client_secret'],
      on_write: (row: Row) =>
        row['hash_secret'] === true ? { client_secret: hashSecret(row['client_secret'] as string) } : {},
    },
  ],
});

/** Codes that were given out and not yet brought back; they live for 300 seconds. */
export const oauth2AuthorizationCodes = defineEntity({
  name: 'oauth2_authorization_codes',
  primary_key: ['id'],
  ttl: true,
  workspaceable: true,
  generate_admin_api: false,
  db_export: false,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    service: f.foreign('services', { default: null, on_delete: 'cascade' }),
    credential: f.foreign('oauth2_credentials', { required: true, on_delete: 'cascade' }),
    code: f.string({ required: false, unique: true, auto: true }),
    authenticated_userid: f.string({ required: false }),
    scope: f.string(),
    challenge: f.string({ required: false }),
    challenge_method: f.string({ required: false, one_of: ['S256'] }),
    plugin: f.foreign('plugins', { default: null, on_delete: 'cascade' }),
  },
});

/** Access tokens with their refresh tokens; they stay for `refresh_token_ttl`. */
export const oauth2Tokens = defineEntity({
  name: 'oauth2_tokens',
  primary_key: ['id'],
  endpoint_key: 'access_token',
  cache_key: ['access_token'],
  ttl: true,
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    service: f.foreign('services', { default: null, on_delete: 'cascade' }),
    credential: f.foreign('oauth2_credentials', { required: true, on_delete: 'cascade' }),
    token_type: f.string({ required: true, one_of: ['bearer'], default: 'bearer' }),
    expires_in: f.integer({ required: true }),
    access_token: f.string({ required: false, unique: true, auto: true }),
    refresh_token: f.string({ required: false, unique: true }),
    authenticated_userid: f.string({ required: false }),
    scope: f.string(),
  },
});

/** Where a client may be sent back to: an absolute URI without a fragment (RFC 6749 section 3.1.2). */
function checkRedirectUri(uri: string): string | undefined {
  const hash = uri.indexOf('#');
  if (!/^[A-Za-z][\w+.-]*:\/\/[^/?#]/.test(uri)) return `cannot parse '${uri}'`;
  return hash === -1 ? undefined : `fragment not allowed in '${uri}'`;
}
