import { defineEntity, f, typedefs } from '../../schema/index.ts';

/** Names in certificates that stand for consumers; with an authority they count for what that has issued alone. */
export const mtlsAuthCredentials = defineEntity({
  name: 'mtls_auth_credentials',
  primary_key: ['id'],
  cache_key: ['subject_name', 'ca_certificate'],
  workspaceable: true,
  admin_api_name: 'mtls-auths',
  admin_api_nested_name: 'mtls-auth',
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    consumer: f.foreign('consumers', { required: true, on_delete: 'cascade' }),
    subject_name: f.string({ required: true }),
    ca_certificate: f.foreign('ca_certificates', { default: null, on_delete: 'cascade' }),
    tags: typedefs.tags(),
  },
});
