/**
 * Balancer: from an upstream or a host to one address for each try, by the upstream's algorithm, and which addresses are fit
 * for traffic. Rows of upstreams and targets come in one by one, and what they do not touch stays as it is. It carries no
 * request, and dials nobody but for active health checks; what is hashed is handed in, how a try ended is reported to it.
 * `createBalancers` is a worker's part, `createHealthLedger` the main thread's; messages between them are plain data.
 */
export { anyPeer, type Choice } from './algorithms/algorithm.ts';
export type { Balancer, TryObserver } from './balancer.ts';
export {
  type Balancers,
  type BalancersOptions,
  createBalancers,
  type TargetRow,
  type UpstreamRow,
} from './balancers.ts';
export type { ProbeResult, Prober, ProbeTarget } from './health/active/probe.ts';
export { createProber, type ProberOptions } from './health/active/prober.ts';
export { createHealthLedger, type HealthLedger, type HealthLedgerOptions } from './health/ledger.ts';
export type { Defer, EjectionPolicy, HealthReport, HealthVerdict } from './health/messages.ts';
export type { BalancerHealth, HealthWord, TargetHealth } from './health/view.ts';
export type { WatcherOptions } from './health/watcher.ts';
export type { Peer, TryResult } from './peer.ts';
