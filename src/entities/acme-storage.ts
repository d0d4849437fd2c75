import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** Accounts, challenges and certificates that Kong's plugin acme keeps in the store (Kong 2.1): key and value, for a time. */
export const acmeStorage = defineEntity({
  name: 'acme_storage',
  primary_key: ['id'],
  cache_key: ['key'],
  ttl: true,
  fields: {
    id: typedefs.uuid(),
    key: f.string({ required: true, unique: true, auto: true }),
    value: f.string({ required: true, auto: true }),
    created_at: typedefs.autoTimestampS(),
  },
});

/** A row of {@link acmeStorage}. */
export type AcmeStorage = Stored<typeof acmeStorage>;
