import type { Peer } from '../../balancer/index.ts';
import { GibbonError, messageOf } from '../../kernel/index.ts';
import type { Try } from '../phases/passage.ts';
import { logRefusal } from './phases.ts';
import type { StreamSession, StreamStatus } from './session.ts';

/** A try to reach a peer that was picked. */
export interface Attempt {
  readonly peer: Peer;
  readonly record: Try;
}

/** Picks a peer for the next try, and hands it to `use`; without one the stream is refused. */
export function pickPeer(
  session: StreamSession,
  use: (attempt: Attempt) => void,
  refuse: (status: StreamStatus) => void,
): void {
  const { runtime } = session;
  const since = runtime.clock.now();
  if (session.proxiedAt === 0) session.proxiedAt = since;
  const picked = (peer: Peer): void => {
    if (session.isOver) {
      peer.release();
      return;
    }
    const latency = runtime.clock.now() - since;
    const record: Try = { ip: peer.ip, port: peer.port, startedAt: since, latency, failed: false, code: undefined };
    session.tries.push(record);
    use({ peer, record });
  };
  const none = (fault: unknown): void => {
    if (session.isOver) return;
    const status = fault instanceof GibbonError && fault.status === 503 ? 503 : 500;
    logRefusal(session, status, messageOf(fault));
    refuse(status);
  };
  let found: Peer | Promise<Peer>;
  try {
    found = runtime.picker.pick(session, session.target!);
  } catch (fault) {
    none(fault);
    return;
  }
  if (found instanceof Promise) found.then(picked, none);
  else picked(found);
}

/** Notes that a try reached its peer. */
export function reached(session: StreamSession, { peer, record }: Attempt): void {
  // Health checks know statuses of HTTP; Kong reports a stream's own, which has these numbers too.
  peer.report('answered', 200, session.runtime.clock.now() - record.startedAt);
}

/**
 * Notes that a try did not reach its peer. False when it was the last one, which is logged then; else another one may
 * follow.
 */
export function missed(session: StreamSession, attempt: Attempt, isTimeout: boolean, detail: string): boolean {
  const { peer, record } = attempt;
  const { clock, logger } = session.runtime;
  record.failed = true;
  record.code = isTimeout ? 504 : 502;
  peer.report(isTimeout ? 'timeout' : 'tcp_failure', 0, clock.now() - record.startedAt);
  peer.release();
  session.tried = [...session.tried, peer];
  const mayGoOn = session.retriesLeft > 0;
  session.retriesLeft -= 1;
  if (mayGoOn) logger.info(`${detail}: another try follows, ${session.mark}`);
  else logger.error(`${detail}, ${session.mark}`);
  return mayGoOn;
}
