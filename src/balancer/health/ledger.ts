import type { Resolver } from '../../dns/index.ts';
import type { Clock, Logger, TimerWheel } from '../../kernel/index.ts';
import { hasEnough } from '../balancer.ts';
import type { TargetRow, UpstreamRow } from '../balancers.ts';
import type { ProbeResult, Prober } from './active/probe.ts';
import { createProbeSchedule } from './active/schedule.ts';
import { createEjections } from './ejections.ts';
import { createHealthLog } from './health-log.ts';
import { type AddressId, type Defer, type HealthReport, type HealthVerdict, innocent, mayServe } from './messages.ts';
import type { HealthSign } from './policy.ts';
import { isUp, type SignSource } from './record.ts';
import { type BalancerHealth, balancerHealth, type TargetHealth, targetHealths } from './view.ts';
import type { WatchedAddress } from './watched-address.ts';
import { createWatchedUpstream, type WatchedUpstream } from './watched-upstream.ts';
import { answerOf, countOf, detailOf, plainIp } from './words.ts';

/** What {@link createHealthLedger} needs. */
export interface HealthLedgerOptions {
  readonly resolver: Resolver;
  readonly wheel: TimerWheel;
  readonly probe: Prober;
  /** Tells all workers; verdicts leave together at the end of a turn of the event loop. */
  readonly announce: (verdicts: readonly HealthVerdict[]) => void;
  readonly defer: Defer;
  readonly logger: Logger;
  readonly clock: Clock;
  /** A number from 0 to 1; Math.random unless told. */
  readonly random?: () => number;
}

/**
 * The one place of a node that knows the health of all addresses: it counts what workers report, asks by itself where
 * active checks are on, takes orders from operators, and tells the workers what follows.
 */
export interface HealthLedger {
  putUpstream(row: UpstreamRow): void;
  deleteUpstream(id: string): void;
  putTarget(row: TargetRow): void;
  deleteTarget(row: Pick<TargetRow, 'id' | 'upstream'>): void;
  /** Follows the changes of names; to be called about once a second. */
  refresh(): void;
  /** Takes in what a worker saw, in the order in which it saw it. */
  take(reports: readonly HealthReport[]): void;
  /** All verdicts that stand, for a worker that knows none; an address without one is healthy. */
  verdicts(): HealthVerdict[];
  /** The health of each target by id, once all their names were looked up; undefined for an unknown upstream. */
  targets(upstreamId: string): Promise<ReadonlyMap<string, TargetHealth> | undefined>;
  /** The health of an upstream as a whole; undefined for an unknown one. */
  balancer(upstreamId: string): BalancerHealth | undefined;
  /**
   * Sets the state of a target, or of one of its addresses; workers are told at once. Healthy ends an ejection as well.
   * `off` when the upstream has no health checks (and nothing is ejected that could come back), `unknown` when there is no
   * such upstream, target or address.
   */
  set(
    upstreamId: string,
    targetId: string,
    address: { readonly ip: string; readonly port: number } | undefined,
    state: 'healthy' | 'unhealthy',
  ): 'set' | 'off' | 'unknown';
  close(): void;
}

/** Creates a {@link HealthLedger} without upstreams. */
export function createHealthLedger(options: HealthLedgerOptions): HealthLedger {
  const { clock } = options;
  const log = createHealthLog(options.logger);
  const upstreams = new Map<string, WatchedUpstream>();
  /** What workers are to be told at the end of the turn: once for each address, however often it changed. */
  const changed = new Set<WatchedAddress>();
  const forgotten: AddressId[] = [];
  const schedule = createProbeSchedule({
    wheel: options.wheel,
    random: options.random ?? Math.random,
    probe: options.probe,
    onResult: (address, result) => probed(address, result),
  });
  const ejections = createEjections({ wheel: options.wheel, log, change });

  function upstreamOf(address: WatchedAddress): WatchedUpstream {
    return address.group as WatchedUpstream;
  }

  function verdictOf({ id, record, ejection, group }: WatchedAddress): HealthVerdict {
    return {
      ...id,
      state: record.state,
      heedsSuccess: record.heedsSuccess(group.policy.passive.limits),
      ejection: ejection.state,
      isSuspect: ejection.isSuspect,
    };
  }

  function announce(address: WatchedAddress): void {
    if (changed.size + forgotten.length === 0) options.defer(flush);
    changed.add(address);
  }

  function forget(id: AddressId): void {
    if (changed.size + forgotten.length === 0) options.defer(flush);
    forgotten.push(id);
  }

  function flush(): void {
    if (changed.size + forgotten.length === 0) return;
    // An address that was forgotten may have come back since.
    const verdicts = [...forgotten.map(innocent), ...Array.from(changed, verdictOf)];
    forgotten.length = 0;
    changed.clear();
    options.announce(verdicts);
  }

  function ended(address: WatchedAddress): void {
    schedule.end(address);
    ejections.end(address);
    // Workers that still know the address are not to hold against it what they heard.
    if (changed.delete(address) || !address.isInnocent) forget(address.id);
  }

  /** Makes a change to what is known of an address, and does whatever follows from it. */
  function change(address: WatchedAddress, reason: () => string, make: () => void): void {
    const before = verdictOf(address);
    make();
    const after = verdictOf(address);
    if (isChanged(before, after)) announce(address);
    const up = mayServe(after);
    if (isUp(after.state) !== isUp(before.state)) schedule.turned(address);
    if (up === mayServe(before)) return;
    address.since = clock.now() / 1000;
    address.reason = reason();
    log.turned(address, up);
    const upstream = upstreamOf(address);
    const { weight, policy } = upstream;
    const moved = up ? (address.peer?.weight ?? 0) : -(address.peer?.weight ?? 0);
    const isServed = hasEnough(weight.available, weight.total, policy.threshold);
    const wasServed = hasEnough(weight.available - moved, weight.total, policy.threshold);
    if (isServed !== wasServed) log.turnedWhole(upstream, isServed);
  }

  function note(address: WatchedAddress, source: SignSource, sign: HealthSign, times: number, detail: string): void {
    const { limits } = address.group.policy[source];
    const reason = (): string => `${countOf(sign, limits)} in ${source} checks: ${detail}`;
    change(address, reason, () => address.record.note(sign, source, limits, times));
  }

  function force(address: WatchedAddress, state: 'healthy' | 'unhealthy', reason: string): void {
    change(
      address,
      () => reason,
      () => address.record.force(state),
    );
  }

  /** An operator's word ends an ejection, too. */
  function absolve(address: WatchedAddress, reason: string): void {
    change(
      address,
      () => reason,
      () => {
        address.record.force('healthy');
        ejections.clear(address);
      },
    );
  }

  function probed(address: WatchedAddress, { sign, detail }: ProbeResult): void {
    if (sign !== undefined) note(address, 'active', sign, 1, detail);
  }

  return {
    putUpstream(row) {
      const known = upstreams.get(row.id);
      if (known === undefined) {
        const now = (): number => clock.now() / 1000;
        upstreams.set(
          row.id,
          createWatchedUpstream(row, {
            resolver: options.resolver,
            now,
            due: (address) => schedule.due(address),
            tryOut: (address) => ejections.tryOut(address),
            began: (address) => schedule.begin(address),
            changed: (address) => schedule.restart(address),
            ended,
          }),
        );
        return;
      }
      known.putUpstream(row);
      for (const address of known.all()) {
        if (address.record.state === 'healthy') continue;
        if (known.policy.isOn) announce(address);
        else force(address, 'healthy', 'health checks were switched off');
      }
    },
    deleteUpstream(id) {
      upstreams.get(id)?.close();
      upstreams.delete(id);
    },
    putTarget: (row) => upstreams.get(row.upstream.id)?.putTarget(row),
    deleteTarget: (row) => upstreams.get(row.upstream.id)?.deleteTarget(row.id),
    refresh() {
      for (const upstream of upstreams.values()) upstream.refresh();
    },
    take(reports) {
      for (const report of reports) {
        const { upstreamId, targetId, ip, port, host, sign, outlier, status, times } = report;
        const upstream = upstreams.get(upstreamId);
        const address = upstream?.find({ upstreamId, targetId, ip, port, host });
        if (upstream === undefined || address === undefined) {
          forget(report);
          continue;
        }
        // Where nothing is counted after all: the worker believes so, and would report every success from now on.
        if (sign !== undefined) {
          note(address, 'passive', sign, times, detailOf(sign, status));
          if (!address.record.heedsSuccess(upstream.policy.passive.limits)) announce(address);
        }
        if (outlier !== undefined) {
          ejections.note(address, outlier, times, answerOf(status));
          if (!address.ejection.isSuspect) announce(address);
        }
      }
    },
    verdicts() {
      const all: HealthVerdict[] = [];
      for (const upstream of upstreams.values()) {
        for (const address of upstream.all()) {
          if (!address.isInnocent) all.push(verdictOf(address));
        }
      }
      return all;
    },
    async targets(upstreamId) {
      const upstream = upstreams.get(upstreamId);
      if (upstream === undefined) return undefined;
      for (const { host } of [...upstream.targets.values()]) if (host.peers.length === 0) await host.pending;
      return targetHealths(upstream);
    },
    balancer(upstreamId) {
      const upstream = upstreams.get(upstreamId);
      return upstream === undefined ? undefined : balancerHealth(upstream);
    },
    set(upstreamId, targetId, wanted, state) {
      const upstream = upstreams.get(upstreamId);
      const target = upstream?.targets.get(targetId);
      if (upstream === undefined || target === undefined) return 'unknown';
      const chosen = [...target.addresses.values()].filter(
        ({ id }) => wanted === undefined || (id.port === wanted.port && plainIp(id.ip) === plainIp(wanted.ip)),
      );
      const isEjected = state === 'healthy' && chosen.some(({ ejection }) => ejection.state !== 'in');
      if (!upstream.policy.isOn && !isEjected) return 'off';
      if (chosen.length === 0 && wanted !== undefined) return 'unknown';
      const reason = 'set through the Admin API';
      for (const address of chosen) {
        if (state === 'healthy') absolve(address, reason);
        else force(address, state, reason);
      }
      flush();
      return 'set';
    },
    close() {
      for (const upstream of upstreams.values()) upstream.close();
      upstreams.clear();
    },
  };
}

function isChanged(before: HealthVerdict, after: HealthVerdict): boolean {
  return (
    after.state !== before.state ||
    after.heedsSuccess !== before.heedsSuccess ||
    after.ejection !== before.ejection ||
    after.isSuspect !== before.isSuspect
  );
}
