import { flat } from '../../http1/index.ts';
import type { ProxySettings } from '../settings.ts';

/** Latencies below this many milliseconds have their lines ready. */
const ready = 64;

/**
 * Makes the lines of X-Kong-Upstream-Latency and X-Kong-Proxy-Latency, as far as the settings ask for them, from whole
 * milliseconds. Small numbers are by far the most, and their lines are made once.
 */
export function createLatencyLines(settings: ProxySettings): (upstream: number, proxy: number) => string {
  const made: (string | undefined)[] = new Array(ready * ready).fill(undefined);
  const make = (upstream: number, proxy: number): string =>
    (settings.sends.upstreamLatency ? `X-Kong-Upstream-Latency: ${upstream}\r\n` : '') +
    (settings.sends.proxyLatency ? `X-Kong-Proxy-Latency: ${proxy}\r\n` : '');
  return (upstream, proxy) => {
    if (upstream >= ready || proxy >= ready) return make(upstream, proxy);
    const at = upstream * ready + proxy;
    return (made[at] ??= flat(make(upstream, proxy)));
  };
}
