import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** The id of the workspace `default`, in which everything lives unless a configuration names another (Kong 3.9). */
export const defaultWorkspaceId = '0dc6f45b-8f8d-40d2-a504-473544ee190b';

/** A room of its own for entities: names are unique within it. */
export const workspaces = defineEntity({
  name: 'workspaces',
  primary_key: ['id'],
  endpoint_key: 'name',
  cache_key: ['name'],
  generate_admin_api: false,
  fields: {
    id: typedefs.uuid(),
    name: typedefs.utf8Name({
      required: true,
      // They stand in the same place of a path as a workspace's name does.
      not_one_of: [
        'workspaces',
        'consumers',
        'certificates',
        'services',
        'routes',
        'snis',
        'upstreams',
        'targets',
        'plugins',
        'tags',
        'ca_certificates',
        'clustering_data_planes',
        'parameters',
        'vaults',
        'key_sets',
        'keys',
        'filter_chains',
      ],
    }),
    comment: f.string(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    meta: f.record({}),
    config: f.record({}),
  },
});

/** A row of {@link workspaces}. */
export type Workspace = Stored<typeof workspaces>;
