import { defineEntity, f, type Stored, typedefs } from '../schema/index.ts';

/** What a control plane knows of a data plane; rows expire when it was not heard of for long (Kong 2.2). */
export const clusteringDataPlanes = defineEntity({
  name: 'clustering_data_planes',
  primary_key: ['id'],
  db_export: false,
  generate_admin_api: false,
  admin_api_name: 'clustering/data-planes',
  ttl: true,
  fields: {
    id: typedefs.uuid({ required: true }),
    last_seen: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    ip: typedefs.ip({ required: true }),
    config_hash: f.string({ len_eq: 32 }),
    hostname: typedefs.host({ required: true }),
    version: typedefs.semanticVersion(),
    sync_status: f.string({
      required: true,
      one_of: [
        'unknown',
        'normal',
        'kong_version_incompatible',
        'plugin_set_incompatible',
        'plugin_version_incompatible',
        'filter_set_incompatible',
      ],
      default: 'unknown',
    }),
    labels: f.map(f.string(), f.string()),
    cert_details: f.record({ expiry_timestamp: f.number({ timestamp: true, required: false }) }),
    rpc_capabilities: f.set(f.string()),
  },
});

/** A row of {@link clusteringDataPlanes}. */
export type ClusteringDataPlane = Stored<typeof clusteringDataPlanes>;
