import { randomUUID } from 'node:crypto';
import type { AdminFigure } from './admin.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { median } from './measure.ts';
import { cpuMicros, waitForAnswer } from './process.ts';
import { otherRoute } from './routes.ts';
import { runWrk, type WrkResult } from './wrk.ts';

/** How {@link measureChurn} is to go about it. */
export interface ChurnOptions {
  readonly wrk: string;
  readonly upstreamPort: number;
  readonly routes: number;
  readonly changesPerSecond: number;
  readonly kind: 'fields' | 'expressions';
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

/**
 * Loads a gateway that has many routes, in turns with and without changes to its routes through the Admin API, and
 * compares the latencies. A change creates a route, gives it another path, or deletes it.
 */
export async function measureChurn(
  folder: string,
  options: ChurnOptions,
  say: (text: string) => void,
): Promise<readonly AdminFigure[]> {
  const { routes, kind, rounds, changesPerSecond } = options;
  say(`churn: starting with ${routes} routes`);
  const scenario = { name: `churn-${kind}`, routes: { count: routes, kind }, configure: async () => {} };
  const gateway = await startGateway(scenario, folder, [options.upstreamPort]);
  try {
    await waitForAnswer(`http://127.0.0.1:${gateway.port}/small`);
    await load(gateway, options);
    const idle: WrkResult[] = [];
    const busy: WrkResult[] = [];
    let changes = 0;
    let used = 0;
    for (let round = 1; round <= rounds; round++) {
      const start = cpuMicros(gateway.pid);
      idle.push(await load(gateway, options));
      const middle = cpuMicros(gateway.pid);
      const writer = startWriter(gateway, options);
      busy.push(await load(gateway, options));
      changes += await writer.stop();
      used += cpuMicros(gateway.pid) - middle;
      const [before, meanwhile] = [idle.at(-1)!, busy.at(-1)!];
      say(
        `churn, round ${round} of ${rounds}: p99 ${before.p99.toFixed(2)} ms, with changes ${meanwhile.p99.toFixed(2)} ms, ` +
          `CPU ${((middle - start) / 1e6).toFixed(2)} s and ${((cpuMicros(gateway.pid) - middle) / 1e6).toFixed(2)} s`,
      );
    }
    const of = (results: readonly WrkResult[], key: 'p50' | 'p99' | 'requests'): number =>
      median(results.map((result) => result[key]));
    const errors = [...idle, ...busy].reduce((sum, result) => sum + result.errors, 0);
    return [
      figure('routes', String(routes)),
      figure('changes a second, asked for', String(changesPerSecond)),
      figure('changes a second, made', (changes / (rounds * options.seconds)).toFixed(1)),
      figure('requests a second, idle', (of(idle, 'requests') / options.seconds).toFixed(0)),
      figure('requests a second, with changes', (of(busy, 'requests') / options.seconds).toFixed(0)),
      figure('p50 idle, ms', of(idle, 'p50').toFixed(2)),
      figure('p50 with changes, ms', of(busy, 'p50').toFixed(2)),
      figure('p99 idle, ms', of(idle, 'p99').toFixed(2)),
      figure('p99 with changes, ms', of(busy, 'p99').toFixed(2)),
      figure('p99 idle, best round, ms', Math.min(...idle.map(({ p99 }) => p99)).toFixed(2)),
      figure('p99 with changes, best round, ms', Math.min(...busy.map(({ p99 }) => p99)).toFixed(2)),
      figure('p99 with changes over idle', (of(busy, 'p99') / of(idle, 'p99')).toFixed(2)),
      figure('CPU of the gateway while changing, s of each', (used / 1e6 / (rounds * options.seconds)).toFixed(2)),
      figure('errors', String(errors)),
    ];
  } finally {
    await gateway.stop();
  }
}

function load(gateway: Gateway, { wrk, connections, seconds }: ChurnOptions): Promise<WrkResult> {
  return runWrk({ wrk, url: `http://127.0.0.1:${gateway.port}/small`, connections, seconds, headers: {} });
}

/** Changes routes at an even pace until it is stopped, which tells how many changes were made. */
function startWriter(
  gateway: Gateway,
  { changesPerSecond, kind }: ChurnOptions,
): { readonly stop: () => Promise<number> } {
  const routes = `http://127.0.0.1:${gateway.adminPort}/services/bench/routes`;
  let made = 0;
  let isOver = false;
  const write = async (): Promise<void> => {
    const start = performance.now();
    while (!isOver) {
      const id = randomUUID();
      // Names must be new ones too.
      const fields = { ...otherRoute(1_000_000 + made, kind), name: `churn-${id}` };
      const { name: _name, ...moved } = otherRoute(2_000_000 + made, kind);
      await change('PUT', `${routes}/${id}`, fields);
      await pace();
      await change('PATCH', `${routes}/${id}`, moved);
      await pace();
      await change('DELETE', `${routes}/${id}`);
      await pace();
    }
    async function pace(): Promise<void> {
      made += 1;
      const wait = start + (made * 1000) / changesPerSecond - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  const writing = write();
  return {
    async stop() {
      isOver = true;
      await writing;
      return made;
    },
  };
}

async function change(method: string, url: string, body?: object): Promise<void> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`);
}

const figure = (what: string, value: string): AdminFigure => ({ what, value });
