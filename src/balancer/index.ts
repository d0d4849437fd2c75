/**
 * Balancer: from an upstream or a host to one address for each try, by the upstream's algorithm. Rows of upstreams and
 * targets come in one by one, and what they do not touch stays as it is. It dials nobody, and knows no HTTP: what is
 * hashed is handed in, how a try ended is reported to it.
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
export type { Peer, TryResult } from './peer.ts';
