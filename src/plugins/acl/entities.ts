import { defineEntity, f, typedefs } from '../../schema/index.ts';

/** The groups that consumers belong to. */
export const acls = defineEntity({
  name: 'acls',
  primary_key: ['id'],
  cache_key: ['consumer', 'group'],
  nested_endpoint_key: 'group',
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    consumer: f.foreign('consumers', { required: true, on_delete: 'cascade' }),
    group: f.string({ required: true }),
    tags: typedefs.tags(),
  },
});
