/**
 * Snapshot: what the data plane reads: routes with their services, plugin plans, upstreams, certificates, kept ready to
 * use. It takes changes of entities, whole batches at once, between two requests; what a request was handed stays as it
 * is. It knows neither where changes come from nor how requests arrive.
 */
export type { ClientCertificates } from './client-certificates.ts';
export { CompiledRoute, CompiledService } from './compiled.ts';
export type { Instance, InstanceFactory } from './instance.ts';
export { choose, type Plan, type PlanEntry } from './plan.ts';
export { createSnapshot, type Snapshot, type SnapshotOptions } from './snapshot.ts';
