import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** Filters that run on the requests of one route or one service (Kong 3.4). No filters are installed here. */
export const filterChains = defineEntity({
  name: 'filter_chains',
  primary_key: ['id'],
  endpoint_key: 'name',
  admin_api_name: 'filter-chains',
  generate_admin_api: true,
  workspaceable: true,
  cache_key: ['route', 'service'],
  fields: {
    id: typedefs.uuid(),
    name: typedefs.utf8Name(),
    enabled: f.boolean({ required: true, default: true }),
    route: f.foreign('routes', { on_delete: 'cascade', default: null, unique: true }),
    service: f.foreign('services', { on_delete: 'cascade', default: null, unique: true }),
    filters: f.array(
      f.record({
        name: f.string({ required: true, one_of: [], err: 'no such filter' }),
        enabled: f.boolean({ default: true, required: true }),
        config: f.json({ required: false, json_schema: { inline: { type: ['string', 'null'] } } }),
      }),
      { required: true, len_min: 1 },
    ),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    tags: typedefs.tags(),
  },
  entity_checks: [
    { mutually_exclusive: ['service', 'route'] },
    { at_least_one_of: ['service', 'route'] },
    {
      custom_entity_check: {
        field_sources: ['filters'],
        run_with_invalid_fields: true,
        fn: () => 'wasm support is not enabled',
      },
    },
  ],
});

/** A row of {@link filterChains}. */
export type FilterChain = Stored<typeof filterChains>;
