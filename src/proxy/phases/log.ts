import { phaseBits } from '../../pdk/support.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { promiseOf, reportFault } from './handlers.ts';

/** Ends an exchange: the connection may carry the next request, then the log handlers run. */
export function finishExchange(x: Exchange): void {
  if (x.isOver) return;
  x.isOver = true;
  x.passage?.abandon();
  const list = x.loggers;
  if (list.length === 0) {
    x.down.finish();
    x.runtime.logAccess?.(x);
    return;
  }
  x.endedAt = x.runtime.clock.now();
  x.down.finish();
  x.runtime.logAccess?.(x);
  runLoggers(x);
}

function runLoggers(x: Exchange): void {
  x.phase = phaseBits.log;
  for (const instance of x.loggers) {
    x.plugin = instance;
    try {
      const returned: unknown = instance.logPhase!(x.kong);
      if (returned !== undefined) promiseOf(returned)?.catch((fault: unknown) => reportFault(x, instance, fault));
    } catch (fault) {
      reportFault(x, instance, fault);
    }
  }
}

/** The client went away before its answer was whole: nothing more is sent, nobody is waited for (nginx's 499). */
export function clientGone(x: Exchange): void {
  if (x.isOver) return;
  if (x.status === 0) x.status = 499;
  finishExchange(x);
}
