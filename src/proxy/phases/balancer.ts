import type { Peer } from '../../balancer/index.ts';
import { phaseBits } from '../../pdk/support.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { answerWithFault } from './answer.ts';
import { Passage } from './passage.ts';

/** Where a request is to go: a host name, an address, or the name of an Upstream. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Where the picker keeps what finds addresses for the host. */
  attached: unknown;
}

/** Finds an address for each try. */
export interface TargetPicker {
  /**
   * The peer for the next try, leaving out those that were tried while another is left. At once when its name is known.
   * The passage is told of the Upstream that it belongs to.
   * @throws GibbonError of status 503 when there is none, or 500 when its name cannot be resolved for another reason.
   */
  pick(x: Exchange, target: Target, tried: readonly Peer[]): Peer | Promise<Peer>;
  /** True when an Upstream has that name. */
  hasUpstream(name: string): boolean;
}

/** Sends the request on to its upstream. */
export function proxy(x: Exchange): void {
  x.phase = phaseBits.balancer;
  x.proxiedAt = x.runtime.clock.now();
  x.passage = new Passage(x);
  tryNext(x);
}

/** Picks a peer and begins a try with it. */
export function tryNext(x: Exchange): void {
  const passage = x.passage!;
  let picked: Peer | Promise<Peer>;
  try {
    picked = x.runtime.picker.pick(x, x.target!, passage.tried);
  } catch (fault) {
    answerWithFault(x, fault);
    return;
  }
  if (!(picked instanceof Promise)) {
    passage.start(picked);
    return;
  }
  const since = x.runtime.clock.now();
  picked.then(
    (peer) => {
      if (x.isOver) peer.release();
      else passage.start(peer, since);
    },
    (fault: unknown) => {
      if (!x.isOver) answerWithFault(x, fault);
    },
  );
}
