import type { TimerWheel } from '../../kernel/index.ts';
import type { HealthLog } from './health-log.ts';
import type { OutlierSign } from './messages.ts';
import type { WatchedAddress } from './watched-address.ts';
import type { WatchedUpstream } from './watched-upstream.ts';

/** What {@link createEjections} needs. */
export interface EjectionsOptions {
  readonly wheel: TimerWheel;
  readonly log: HealthLog;
  /** Makes a change to an address and does whatever follows from it; `reason` is asked when it goes up or down by that. */
  readonly change: (address: WatchedAddress, reason: () => string, make: () => void) => void;
}

/** Ejects addresses that fail several times in a row, and has them tried out later. */
export interface Ejections {
  /** Takes in what a try said, `times` times in a row; `detail` says it in words. */
  note(address: WatchedAddress, sign: OutlierSign, times: number, detail: string): void;
  /** To be called when the time of an ejection is over. */
  tryOut(address: WatchedAddress): void;
  /** Forgets that an address was ejected, inside of a change. */
  clear(address: WatchedAddress): void;
  /** The address is no longer there. */
  end(address: WatchedAddress): void;
}

/** Creates {@link Ejections}. */
export function createEjections({ wheel, log, change }: EjectionsOptions): Ejections {
  /** One that is on trial is ejected already; all others need room. */
  function mayEject({ ejection, group, peer }: WatchedAddress): boolean {
    if (ejection.state === 'trial') return true;
    const { total, ejected } = (group as WatchedUpstream).weight;
    return total > 0 && ((ejected + (peer?.weight ?? 0)) / total) * 100 <= ejection.maxShare;
  }

  return {
    note(address, sign, times, detail) {
      const { ejection } = address;
      let reason = '';
      change(
        address,
        () => reason,
        () => {
          const due = ejection.note(sign, times);
          if (due === 'readmit') {
            ejection.readmit(wheel.now);
            address.reason = 'passed its trial';
            log.passedTrial(address);
          } else if (due === 'eject' && mayEject(address)) {
            const { failures, state } = ejection;
            const why =
              state === 'trial' ? 'failed its trial' : failures === 1 ? '1 failure' : `${failures} failures in a row`;
            reason = `${why}, ejected for ${ejection.eject(wheel.now) / 1000} s: ${detail}`;
            wheel.schedule(ejection);
          }
        },
      );
    },
    tryOut(address) {
      let time = 0;
      change(
        address,
        () => `on trial after ${time / 1000} s`,
        () => {
          time = address.ejection.tryOut();
        },
      );
    },
    clear({ ejection }) {
      wheel.cancel(ejection);
      ejection.clear();
    },
    end({ ejection }) {
      wheel.cancel(ejection);
    },
  };
}
