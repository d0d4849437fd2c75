/**
 * What active health checks cost: upstreams with one target each, every target asked over HTTP every five seconds, no
 * traffic. Prints the CPU time of the whole gateway as a share of one core, before the checks and with them. Run:
 * `node bench/load/health-checks.ts [upstreams] [seconds]`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from './gateway.ts';
import { cpuMicros } from './process.ts';
import type { Create } from './scenarios.ts';

const interval = 5;
/** Upstreams that are created at a time. */
const batch = 50;
const upstreams = Number(process.argv[2] ?? 1000);
const seconds = Number(process.argv[3] ?? 20);

let asked = 0;
const server = createServer((_request, response) => {
  asked += 1;
  response.end();
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;

const folder = mkdtempSync(join(tmpdir(), 'gibbon-bench-'));
let create: Create = () => Promise.resolve();
const gateway = await startGateway(
  {
    name: 'health-checks',
    async configure(given) {
      create = given;
    },
  },
  folder,
  [port],
);
try {
  const idle = await measure();
  const check = { healthy: { interval, successes: 1 }, unhealthy: { interval, tcp_failures: 1, http_failures: 1 } };
  for (let first = 0; first < upstreams; first += batch) {
    const names = Array.from({ length: Math.min(batch, upstreams - first) }, (_, at) => `checked-${first + at}`);
    await Promise.all(
      names.map(async (name) => {
        await create('/upstreams', { name, healthchecks: { active: check } });
        await create(`/upstreams/${name}/targets`, { target: `127.0.0.1:${port}` });
      }),
    );
  }
  // The first checks come within the first interval.
  await pause(interval);
  asked = 0;
  const busy = await measure();
  console.log(
    `${upstreams} upstreams, a check each ${interval} s: ${(asked / seconds).toFixed(0)} checks/s, ` +
      `${busy.toFixed(1)} % of a core, ${idle.toFixed(1)} % without upstreams`,
  );
} finally {
  await gateway.stop();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Per cent of a core that the gateway uses over the time. */
async function measure(): Promise<number> {
  const before = cpuMicros(gateway.pid);
  await pause(seconds);
  return (cpuMicros(gateway.pid) - before) / (seconds * 10_000);
}

function pause(length: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, length * 1000));
}
