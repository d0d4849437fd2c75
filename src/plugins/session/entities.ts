import { defineEntity, f, typedefs } from '../../schema/index.ts';

/** Sessions that are kept in the store. */
export const sessions = defineEntity({
  name: 'sessions',
  primary_key: ['id'],
  endpoint_key: 'session_id',
  cache_key: ['session_id'],
  ttl: true,
  db_export: false,
  fields: {
    id: typedefs.uuid(),
    session_id: f.string({ unique: true, required: true }),
    expires: f.integer(),
    data: f.string(),
    created_at: typedefs.autoTimestampS(),
  },
});
