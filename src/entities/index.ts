/**
 * Entities: what the gateway is configured with, one file of pure data for each kind of row. It knows the schema
 * language and nothing of stores, HTTP or plugins.
 */
export { type CaCertificate, caCertificates } from './ca-certificates.ts';
export type { Certificate } from './certificates.ts';
export type { ClusteringDataPlane } from './clustering-data-planes.ts';
export { type Consumer, consumers } from './consumers.ts';
export { coreEntities, coreEntitiesFor } from './core.ts';
export type { FilterChain } from './filter-chains.ts';
export type { KeySet } from './key-sets.ts';
export type { Key } from './keys.ts';
export type { Parameter } from './parameters.ts';
export { type Plugin, plugins } from './plugins.ts';
export { type Route, routes } from './routes.ts';
export type { CheckExpression, RouterFlavor } from './routes-for.ts';
export { type Service, services } from './services.ts';
export type { Sni } from './snis.ts';
export type { Tag } from './tags.ts';
export { type Target, targets } from './targets.ts';
export { type Upstream, upstreams } from './upstreams.ts';
export type { Vault } from './vaults.ts';
export { defaultWorkspaceId, type Workspace } from './workspaces.ts';
