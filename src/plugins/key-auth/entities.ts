import { defineEntity, f, typedefs } from '../../schema/index.ts';

/** The keys of consumers. */
export const keyauthCredentials = defineEntity({
  name: 'keyauth_credentials',
  primary_key: ['id'],
  endpoint_key: 'key',
  cache_key: ['key'],
  workspaceable: true,
  ttl: true,
  admin_api_name: 'key-auths',
  admin_api_nested_name: 'key-auth',
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    consumer: f.foreign('consumers', { required: true, on_delete: 'cascade' }),
    key: f.string({ required: false, unique: true, auto: true }),
    tags: typedefs.tags(),
  },
});
