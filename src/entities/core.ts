import type { EntityDefinition } from '../schema/index.ts';
import { acmeStorage } from './acme-storage.ts';
import { caCertificates } from './ca-certificates.ts';
import { certificates } from './certificates.ts';
import { clusteringDataPlanes } from './clustering-data-planes.ts';
import { consumers } from './consumers.ts';
import { filterChains } from './filter-chains.ts';
import { keySets } from './key-sets.ts';
import { keys } from './keys.ts';
import { parameters } from './parameters.ts';
import { plugins } from './plugins.ts';
import { routes } from './routes.ts';
import { type CheckExpression, type RouterFlavor, routesFor } from './routes-for.ts';
import { services } from './services.ts';
import { snis } from './snis.ts';
import { tags } from './tags.ts';
import { targets } from './targets.ts';
import { upstreams } from './upstreams.ts';
import { vaults } from './vaults.ts';
import { workspaces } from './workspaces.ts';

/**
 * The entities of the gateway itself, each after those that it refers to; routes are those of the flavour
 * `traditional_compatible`.
 */
export const coreEntities: readonly EntityDefinition[] = Object.freeze([
  workspaces,
  consumers,
  certificates,
  caCertificates,
  services,
  routes,
  snis,
  upstreams,
  targets,
  plugins,
  tags,
  clusteringDataPlanes,
  parameters,
  vaults,
  keySets,
  keys,
  filterChains,
  acmeStorage,
]);

/** {@link coreEntities} with the routes of another flavour of the router. */
export function coreEntitiesFor(flavor: RouterFlavor, checkExpression: CheckExpression): readonly EntityDefinition[] {
  return coreEntities.map((entity) => (entity === routes ? routesFor(flavor, checkExpression) : entity));
}
