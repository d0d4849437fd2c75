import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** Who calls. Credentials of authentication plugins refer to consumers. */
export const consumers = defineEntity({
  name: 'consumers',
  primary_key: ['id'],
  endpoint_key: 'username',
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    username: f.string({ unique: true }),
    custom_id: f.string({ unique: true }),
    tags: typedefs.tags(),
  },
  entity_checks: [{ at_least_one_of: ['custom_id', 'username'] }],
});

/** A row of {@link consumers}. */
export type Consumer = Stored<typeof consumers>;
