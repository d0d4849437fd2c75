import { defineEntity, f, type Row, typedefs } from '../../schema/index.ts';
import { hashPassword } from './password.ts';

/** The user names and hashed passwords of consumers. */
export const basicauthCredentials = defineEntity({
  name: 'basicauth_credentials',
  primary_key: ['id'],
  cache_key: ['username'],
  endpoint_key: 'username',
  workspaceable: true,
  admin_api_name: 'basic-auths',
  admin_api_nested_name: 'basic-auth',
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    consumer: f.foreign('consumers', { required: true, on_delete: 'cascade' }),
    username: f.string({ required: true, unique: true }),
    password: f.string({ required: true, encrypted: true }),
    tags: typedefs.tags(),
  },
  transformations: [
    {
      input: ['password'],
      needs: ['consumer.id'],
      on_write: (row: Row) => ({
        password: hashPassword(row['password'] as string, (row['consumer'] as { readonly id: string }).id),
      }),
    },
  ],
});
