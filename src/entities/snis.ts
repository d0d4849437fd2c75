import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** A server name that is answered with a certificate. */
export const snis = defineEntity({
  name: 'snis',
  primary_key: ['id'],
  endpoint_key: 'name',
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    name: typedefs.wildcardHost({ required: true, unique: true, unique_across_ws: true }),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    tags: typedefs.tags(),
    certificate: f.foreign('certificates', { required: true }),
  },
});

/** A row of {@link snis}. */
export type Sni = Stored<typeof snis>;
