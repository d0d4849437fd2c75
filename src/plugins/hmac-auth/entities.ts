import { defineEntity, f, typedefs } from '../../schema/index.ts';

/** The user names and secrets with which consumers sign. */
export const hmacauthCredentials = defineEntity({
  name: 'hmacauth_credentials',
  primary_key: ['id'],
  cache_key: ['username'],
  endpoint_key: 'username',
  workspaceable: true,
  admin_api_name: 'hmac-auths',
  admin_api_nested_name: 'hmac-auth',
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    consumer: f.foreign('consumers', { required: true, on_delete: 'cascade' }),
    username: f.string({ required: true, unique: true }),
    secret: f.string({ auto: true }),
    tags: typedefs.tags(),
  },
});
