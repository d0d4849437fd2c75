import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** Values that all nodes of a cluster share, such as the id of the cluster (Kong 2.3). */
export const parameters = defineEntity({
  name: 'parameters',
  primary_key: ['key'],
  workspaceable: false,
  generate_admin_api: false,
  cache_key: ['key'],
  fields: {
    created_at: typedefs.autoTimestampS(),
    key: f.string({ required: true, unique: true }),
    value: f.string({ required: true }),
  },
});

/** A row of {@link parameters}. */
export type Parameter = Stored<typeof parameters>;
