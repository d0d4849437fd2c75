import { messageOf, type TimerWheel } from '../../../kernel/index.ts';
import { isUp } from '../record.ts';
import type { WatchedAddress } from '../watched-address.ts';
import type { ProbeResult, Prober } from './probe.ts';

/** What {@link createProbeSchedule} needs. */
export interface ProbeScheduleOptions {
  readonly wheel: TimerWheel;
  /** A number from 0 to 1. */
  readonly random: () => number;
  readonly probe: Prober;
  readonly onResult: (address: WatchedAddress, result: ProbeResult) => void;
}

/** Decides when each address is asked: one timer wheel for all, the checks of all upstreams spread over their intervals. */
export interface ProbeSchedule {
  /** Begins with an address; one that was begun with goes on as it does, unless it is not to be checked any more. */
  begin(address: WatchedAddress): void;
  /** Begins anew: its upstream's policy changed. */
  restart(address: WatchedAddress): void;
  /** The address went up or down by other means than a check: the other interval counts from now on. */
  turned(address: WatchedAddress): void;
  end(address: WatchedAddress): void;
  /** To be given to each address as what to do when it is due. */
  due(address: WatchedAddress): void;
}

/** Checks are this much of their interval early or late, so that those that begin together do not stay together. */
const jitter = 0.05;

/** Creates a {@link ProbeSchedule} without addresses. */
export function createProbeSchedule(options: ProbeScheduleOptions): ProbeSchedule {
  const { wheel, random } = options;

  function plan(address: WatchedAddress, deadline: number): void {
    address.deadline = deadline;
    wheel.schedule(address);
  }

  function due(address: WatchedAddress): void {
    const { group } = address;
    // Switched off, or already waiting for its turn.
    if (address.isAsked || intervalOf(address) === 0) return;
    address.isAsked = true;
    if (group.running < group.policy.active.concurrency) ask(address);
    else group.queue.push(address);
  }

  function ask(address: WatchedAddress): void {
    const { group, id } = address;
    const startedAt = wheel.now;
    group.running += 1;
    void options
      .probe({
        ip: id.ip,
        port: id.port,
        host: group.hostHeader ?? id.host,
        certificateId: group.certificateId,
        policy: group.policy.active,
      })
      .catch((fault: unknown): ProbeResult => ({ sign: 'tcp_failure', detail: messageOf(fault) }))
      .then((result) => {
        group.running -= 1;
        address.isAsked = false;
        askNext(address);
        if (address.isGone) return;
        options.onResult(address, result);
        const interval = intervalOf(address);
        if (interval > 0)
          plan(address, Math.max(wheel.now, startedAt + interval * (1 + (random() - 0.5) * 2 * jitter)));
      });
  }

  function askNext({ group }: WatchedAddress): void {
    while (group.running < group.policy.active.concurrency) {
      const next = group.queue.shift();
      if (next === undefined) return;
      if (next.isGone || intervalOf(next) === 0) next.isAsked = false;
      else ask(next);
    }
  }

  function begin(address: WatchedAddress): void {
    const interval = intervalOf(address);
    if (interval === 0) wheel.cancel(address);
    else if (!address.isAsked && !wheel.isScheduled(address)) plan(address, wheel.now + interval * random());
  }

  return {
    begin,
    restart(address) {
      wheel.cancel(address);
      begin(address);
    },
    turned(address) {
      const interval = intervalOf(address);
      if (interval === 0) wheel.cancel(address);
      else if (!address.isAsked) plan(address, wheel.now + interval);
    },
    end(address) {
      address.isGone = true;
      wheel.cancel(address);
    },
    due,
  };
}

/** Milliseconds between the checks of an address as it stands; 0 for none. Addresses without weight are not checked. */
function intervalOf(address: WatchedAddress): number {
  if (address.peer?.weight === 0) return 0;
  const { upInterval, downInterval } = address.group.policy.active;
  return isUp(address.record.state) ? upInterval : downInterval;
}
