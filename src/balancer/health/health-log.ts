import type { Logger } from '../../kernel/index.ts';
import type { WatchedAddress } from './watched-address.ts';
import type { WatchedUpstream } from './watched-upstream.ts';
import { shownAddress } from './words.ts';

/** The lines of the error log that tell what became of targets and of upstreams as a whole. */
export interface HealthLog {
  /** An address gets traffic from now on, or none. */
  turned(address: WatchedAddress, isServing: boolean): void;
  /** Enough of an upstream's weight is available from now on, or too little. */
  turnedWhole(upstream: WatchedUpstream, isServed: boolean): void;
  /** An address that was ejected has shown that it can answer. */
  passedTrial(address: WatchedAddress): void;
}

/** Creates a {@link HealthLog}. */
export function createHealthLog(logger: Logger): HealthLog {
  function placeOf({ id, group }: WatchedAddress): { readonly where: string; readonly upstream: string } {
    const { row, targets } = group as WatchedUpstream;
    return { where: `target "${targets.get(id.targetId)?.row.target}" at ${shownAddress(id)}`, upstream: row.name };
  }

  return {
    turned(address, isServing) {
      const { where, upstream } = placeOf(address);
      if (isServing) logger.notice(`Put ${where} back into upstream "${upstream}": ${address.reason}`);
      else logger.warn(`Take ${where} out of upstream "${upstream}": ${address.reason}`);
    },
    turnedWhole({ row, weight, policy }, isServed) {
      const state = `${weight.available} of ${weight.total} weight is available, more than ${policy.threshold} % must be`;
      if (isServed) logger.notice(`Serve upstream "${row.name}" again: ${state}`);
      else logger.error(`Cannot serve upstream "${row.name}": ${state}`);
    },
    passedTrial(address) {
      const { where, upstream } = placeOf(address);
      logger.notice(`Keep ${where} in upstream "${upstream}": it passed its trial`);
    },
  };
}
