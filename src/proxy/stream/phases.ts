import { phaseBits } from '../../pdk/support.ts';
import { promiseOf, reportFault, runHandler } from '../phases/handlers.ts';
import type { StreamSession, StreamStatus } from './session.ts';

/** Finds the route of a stream with its service and plan; false when there is none, which is logged. */
export function routeStream(session: StreamSession): boolean {
  const { snapshot, logger } = session.runtime;
  const route = snapshot.streamRouter.match(session);
  if (route === undefined) {
    logger.error(`no Route found with those values, ${session.mark}`);
    return false;
  }
  session.route = route;
  session.plan = snapshot.streamPlanOf(route);
  const service = route.compiledService;
  session.service = service;
  session.target = service;
  session.retriesLeft = service?.retries ?? 0;
  return true;
}

/** Runs the certificate handlers of global configurations for a handshake, then calls `done`. */
export function runStreamCertificate(session: StreamSession, done: () => void): void {
  const list = session.runtime.snapshot.globalStreamPlan.certificate;
  const runFrom = (from: number): void => {
    for (let at = from; at < list.length; at += 1) {
      session.phase = phaseBits.certificate;
      const outcome = runHandler(session, list[at]!, list[at]!.certificate!);
      if (typeof outcome === 'string') continue;
      void outcome.then(() => runFrom(at + 1));
      return;
    }
    session.phase = phaseBits.preread;
    done();
  };
  runFrom(0);
}

/**
 * Runs the preread handlers in order of priority, then calls `pass`, or `refuse` with what the client is to be told:
 * a handler answered or failed, or there is no service to go to.
 */
export function runPreread(
  session: StreamSession,
  pass: () => void,
  refuse: (status: StreamStatus, body?: string) => void,
): void {
  const list = session.plan.preread;
  const runFrom = (from: number): void => {
    for (let at = from; at < list.length; at += 1) {
      session.phase = phaseBits.preread;
      const outcome = runHandler(session, list[at]!, list[at]!.preread!);
      if (typeof outcome !== 'string') {
        void outcome.then((settled) => {
          if (session.isOver) return;
          if (settled === 'done') runFrom(at + 1);
          else settle(settled);
        });
        return;
      }
      if (outcome !== 'done') return settle(outcome);
    }
    if (session.target !== undefined) return pass();
    session.runtime.logger.warn(`no Service found with those values, ${session.mark}`);
    refuse(503);
  };
  const settle = (outcome: 'answered' | 'failed'): void => {
    if (outcome === 'failed' || session.answer === undefined) return refuse(500);
    const { status, body } = session.answer;
    if (status < 400) return refuse(status, body);
    if (body !== undefined) logRefusal(session, status, body);
    refuse(status);
  };
  runFrom(0);
}

/** Writes the line about a stream that could not be proxied, in Kong's words. */
export function logRefusal(session: StreamSession, status: number, detail: string): void {
  session.runtime.logger.error(`unable to proxy stream connection, status: ${status}, err: ${detail}, ${session.mark}`);
}

/** Ends a stream: the log handlers run, and the access log gets its line. The sockets are the caller's. */
export function endStream(session: StreamSession, status: StreamStatus): void {
  if (session.isOver) return;
  session.isOver = true;
  session.status = status;
  session.endedAt = session.runtime.clock.now();
  session.phase = phaseBits.log;
  for (const instance of session.plan.log) {
    session.plugin = instance;
    try {
      const returned: unknown = instance.logPhase!(session.kong);
      if (returned !== undefined) promiseOf(returned)?.catch((fault: unknown) => reportFault(session, instance, fault));
    } catch (fault) {
      reportFault(session, instance, fault);
    }
  }
  session.runtime.logAccess?.(session);
}
