import { phaseBits } from '../../pdk/support.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { promiseOf, reportFault } from './handlers.ts';

/** Runs the header_filter handlers; one that throws is logged, and the answer goes on. */
export function runHeaderFilters(x: Exchange): void {
  x.phase = phaseBits.header_filter;
  const list = x.headerFilters;
  for (let at = 0; at < list.length; at += 1) {
    const instance = list[at]!;
    x.plugin = instance;
    try {
      const returned: unknown = instance.headerFilter!(x.kong);
      if (returned !== undefined) promiseOf(returned)?.catch((fault: unknown) => reportFault(x, instance, fault));
    } catch (fault) {
      reportFault(x, instance, fault);
    }
  }
}
