import type { BalancedPeer, TryResult } from '../peer.ts';
import {
  addressKey,
  createBatch,
  type Defer,
  type EjectionPolicy,
  type HealthReport,
  type HealthVerdict,
  mayServe,
  type OutlierSign,
} from './messages.ts';
import type { HealthPolicy, HealthSign } from './policy.ts';

/** What {@link createWatcher} needs. */
export interface WatcherOptions {
  /** Tells the node's ledger what was seen. */
  readonly report: (reports: readonly HealthReport[]) => void;
  readonly defer: Defer;
}

/**
 * A worker's part of the health checks: it tells the ledger what the traffic shows, and remembers the verdicts that come
 * back. Traffic through healthy addresses is not worth a word, so it costs nothing but a look at the status.
 */
export interface Watcher {
  /** Looks at how a try ended. Returns true for a failure that may eject the peer. */
  noticed(
    upstreamId: string,
    policy: HealthPolicy,
    peer: BalancedPeer,
    result: TryResult,
    status: number,
    ejection: EjectionPolicy | undefined,
  ): boolean;
  /** Gives a new peer the verdict that stands on its address. */
  welcome(upstreamId: string, peer: BalancedPeer): void;
  /** Remembers a verdict. */
  take(verdict: HealthVerdict): void;
  /** Forgets an upstream. */
  forget(upstreamId: string): void;
}

interface Sighting {
  readonly upstreamId: string;
  readonly peer: BalancedPeer;
  readonly sign: HealthSign | undefined;
  readonly outlier: OutlierSign | undefined;
  status: number;
  times: number;
}

/** Creates a {@link Watcher} for which everything is healthy. */
export function createWatcher(options: WatcherOptions): Watcher {
  /** Addresses that are anything but healthy, by upstream. */
  const verdicts = new Map<string, Map<string, HealthVerdict>>();
  const batch = createBatch<Sighting>(options.defer, (sightings) => options.report(sightings.map(reportOf)));

  return {
    noticed(upstreamId, policy, peer, result, status, ejection) {
      const sign = passiveSign(policy, peer, result, status);
      const outlier = outlierSign(peer, result, status, ejection);
      if (sign === undefined && outlier === undefined) return false;
      const last = batch.items.at(-1);
      if (last?.peer === peer && last.sign === sign && isSame(last.outlier, outlier)) {
        last.times += 1;
        last.status = status;
      } else batch.add({ upstreamId, peer, sign, outlier, status, times: 1 });
      return outlier?.isFailure === true;
    },
    welcome(upstreamId, peer) {
      const verdict = verdicts.get(upstreamId)?.get(addressKey(peer));
      if (verdict === undefined) return;
      mark(peer, verdict);
      peer.available = mayServe(verdict);
    },
    take(verdict) {
      let known = verdicts.get(verdict.upstreamId);
      if (verdict.state === 'healthy' && verdict.ejection === 'in' && !verdict.isSuspect) {
        if (known?.delete(addressKey(verdict)) === true && known.size === 0) verdicts.delete(verdict.upstreamId);
        return;
      }
      if (known === undefined) {
        known = new Map();
        verdicts.set(verdict.upstreamId, known);
      }
      known.set(addressKey(verdict), verdict);
    },
    forget(upstreamId) {
      verdicts.delete(upstreamId);
    },
  };
}

/** Notes on a peer what is thought of it; whether it is available is its pool's to set. */
export function mark(peer: BalancedPeer, { state, heedsSuccess, ejection, isSuspect }: HealthVerdict): void {
  peer.health = state;
  peer.heedsSuccess = heedsSuccess;
  peer.isSuspect = isSuspect;
  peer.trials = ejection === 'trial' ? 1 : -1;
}

/** What a try is to passive checks; undefined when it changes nothing. */
function passiveSign(
  policy: HealthPolicy,
  peer: BalancedPeer,
  result: TryResult,
  status: number,
): HealthSign | undefined {
  if (!policy.isOn) return undefined;
  const { limits, signs } = policy.passive;
  // Kong counts an upstream's own 504 as a time-out.
  const sign = result !== 'answered' ? result : status === 504 ? 'timeout' : signs.of(status);
  if (sign === undefined) return undefined;
  if (sign === 'success') return peer.heedsSuccess ? sign : undefined;
  if (limits[sign] === 0 || peer.health === 'unhealthy') return undefined;
  // From here on a failure is counted, which the next success takes back.
  peer.heedsSuccess = true;
  return sign;
}

/** What a try is to ejection; undefined when it changes nothing. */
function outlierSign(
  peer: BalancedPeer,
  result: TryResult,
  status: number,
  policy: EjectionPolicy | undefined,
): OutlierSign | undefined {
  if (policy === undefined && !peer.isSuspect) return undefined;
  const isFailure = result !== 'answered' || (policy === undefined ? status >= 500 : policy.statuses.has(status));
  if (!isFailure) return peer.isSuspect ? { isFailure, limits: undefined } : undefined;
  peer.isSuspect = true;
  if (policy === undefined) return { isFailure, limits: undefined };
  const { failures, time, maxTime, maxShare } = policy;
  return { isFailure, limits: { failures, time, maxTime, maxShare } };
}

function isSame(one: OutlierSign | undefined, other: OutlierSign | undefined): boolean {
  return one === other || (one !== undefined && other !== undefined && one.isFailure === other.isFailure);
}

function reportOf({ upstreamId, peer, sign, outlier, status, times }: Sighting): HealthReport {
  const { targetId, ip, port, host } = peer;
  return { upstreamId, targetId: targetId!, ip, port, host, sign, outlier, status, times };
}
