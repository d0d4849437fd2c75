import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** A plugin at work: on everything, or on a route, a service or a consumer. Its name picks the rules for `config`. */
export const plugins = defineEntity({
  name: 'plugins',
  primary_key: ['id'],
  endpoint_key: 'instance_name',
  cache_key: ['name', 'route', 'service', 'consumer'],
  workspaceable: true,
  subschema_key: 'name',
  subschema_error: "plugin '%s' not enabled; add it to the 'plugins' configuration property",
  fields: {
    id: typedefs.uuid(),
    name: f.string({ required: true }),
    instance_name: typedefs.utf8Name(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    route: f.foreign('routes', { default: null, on_delete: 'cascade' }),
    service: f.foreign('services', { default: null, on_delete: 'cascade' }),
    consumer: f.foreign('consumers', { default: null, on_delete: 'cascade' }),
    config: f.record({}, { abstract: true }),
    protocols: typedefs.protocols(),
    enabled: f.boolean({ required: true, default: true }),
    tags: typedefs.tags(),
  },
});

/** A row of {@link plugins}. */
export type Plugin = Stored<typeof plugins>;
