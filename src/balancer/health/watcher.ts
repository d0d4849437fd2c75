import type { BalancedPeer, TryResult } from '../peer.ts';
import { addressKey, createBatch, type Defer, type HealthReport, type HealthVerdict } from './messages.ts';
import type { HealthPolicy, HealthSign } from './policy.ts';
import { isUp } from './record.ts';

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
  /** Looks at how a try ended. */
  noticed(upstreamId: string, policy: HealthPolicy, peer: BalancedPeer, result: TryResult, status: number): void;
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
  readonly sign: HealthSign;
  status: number;
  times: number;
}

/** Creates a {@link Watcher} for which everything is healthy. */
export function createWatcher(options: WatcherOptions): Watcher {
  /** Addresses that are anything but healthy, by upstream. */
  const verdicts = new Map<string, Map<string, HealthVerdict>>();
  const batch = createBatch<Sighting>(options.defer, (sightings) => options.report(sightings.map(reportOf)));

  return {
    noticed(upstreamId, policy, peer, result, status) {
      const { limits, signs } = policy.passive;
      // Kong counts an upstream's own 504 as a time-out.
      const sign = result !== 'answered' ? result : status === 504 ? 'timeout' : signs.of(status);
      if (sign === undefined) return;
      if (sign === 'success') {
        if (!peer.heedsSuccess) return;
      } else {
        if (limits[sign] === 0 || peer.health === 'unhealthy') return;
        // From here on a failure is counted, which the next success takes back.
        peer.heedsSuccess = true;
      }
      const last = batch.items.at(-1);
      if (last?.peer === peer && last.sign === sign) {
        last.times += 1;
        last.status = status;
      } else batch.add({ upstreamId, peer, sign, status, times: 1 });
    },
    welcome(upstreamId, peer) {
      const verdict = verdicts.get(upstreamId)?.get(addressKey(peer));
      if (verdict === undefined) return;
      mark(peer, verdict);
      peer.available = isUp(verdict.state);
    },
    take(verdict) {
      let known = verdicts.get(verdict.upstreamId);
      if (verdict.state === 'healthy') {
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
export function mark(peer: BalancedPeer, { state, heedsSuccess }: HealthVerdict): void {
  peer.health = state;
  peer.heedsSuccess = heedsSuccess;
}

function reportOf({ upstreamId, peer, sign, status, times }: Sighting): HealthReport {
  const { targetId, ip, port, host } = peer;
  return { upstreamId, targetId: targetId!, ip, port, host, sign, status, times };
}
