import { badRequest, type Endpoint } from '../endpoint.ts';

const onlyOnControlPlanes = badRequest(
  'this endpoint is only available when Kong is configured to run as Control Plane for the cluster',
);

/** `/clustering/...` as a node answers that is no control plane. */
export function clusteringEndpoints(): Endpoint[] {
  return ['/clustering/data-planes', '/clustering/status'].map((path) => ({
    path,
    methods: { GET: async () => onlyOnControlPlanes },
  }));
}
