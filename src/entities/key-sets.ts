import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** A group of keys that go by one name (Kong 3.1). */
export const keySets = defineEntity({
  name: 'key_sets',
  primary_key: ['id'],
  endpoint_key: 'name',
  admin_api_name: 'key-sets',
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    name: f.string({ required: false, unique: true }),
    tags: typedefs.tags(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
  },
});

/** A row of {@link keySets}. */
export type KeySet = Stored<typeof keySets>;
