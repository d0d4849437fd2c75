import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** A place where secrets are kept, under a prefix that references name. Its name picks the rules for `config`. */
export const vaults = defineEntity({
  name: 'vaults',
  primary_key: ['id'],
  cache_key: ['prefix'],
  endpoint_key: 'prefix',
  workspaceable: true,
  subschema_key: 'name',
  subschema_error: "vault '%s' is not installed",
  admin_api_name: 'vaults',
  fields: {
    id: typedefs.uuid(),
    prefix: f.string({
      required: true,
      unique: true,
      unique_across_ws: true,
      match: { pattern: /^[a-z][a-z\d-]*[a-z\d]+$/, lua: '^[a-z][a-z%d-]-[a-z%d]+$' },
      // A bundled vault can be named without an entity.
      not_one_of: ['env'],
    }),
    name: f.string({ required: true }),
    description: f.string(),
    config: f.record({}, { abstract: true }),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    tags: typedefs.tags(),
  },
});

/** A row of {@link vaults}. */
export type Vault = Stored<typeof vaults>;
