/**
 * Prints the memory of gateways with one, two and three workers, idle and after load over 256 connections: what a worker
 * adds is the difference, and the rest is the process that every gateway has. Run: `node bench/load/memory.ts [seconds]`.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureService, type ServiceName } from '../../scripts/services.ts';
import { startGateway } from './gateway.ts';
import { startUpstream } from './nginx.ts';
import { cores, freePorts, residentBytes } from './process.ts';
import { scenarios } from './scenarios.ts';
import { runWrk } from './wrk.ts';

const connections = 256;
const say = (text: string): void => console.error(text);

/** Resident memory in MB with so many workers, before any request and after the load. */
async function measure(workers: number, seconds: number, folder: string, upstream: number, wrk: string) {
  const scenario = { ...scenarios.find(({ name }) => name === 'proxy')!, name: `memory-${workers}` };
  const more = { KONG_NGINX_WORKER_PROCESSES: String(workers) };
  const gateway = await startGateway(scenario, folder, [upstream], more);
  try {
    // The start leaves garbage that goes within a while.
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const idle = residentBytes(gateway.pid);
    const url = `http://127.0.0.1:${gateway.port}/small`;
    await runWrk({ wrk, url, connections, seconds, headers: {} });
    return { workers, idle: idle / 2 ** 20, loaded: residentBytes(gateway.pid) / 2 ** 20 };
  } finally {
    await gateway.stop();
  }
}

function need(name: ServiceName): string {
  const outcome = ensureService(name, say);
  if (!outcome.ok) throw new Error(`the measurement needs ${name}: ${outcome.reason}`);
  return outcome.path;
}

const folder = mkdtempSync(join(tmpdir(), 'gibbon-memory-'));
chmodSync(folder, 0o755);
const [port = 0] = await freePorts(1);
const upstream = await startUpstream(need('nginx'), folder, [port], cores.rest);
try {
  const rows: { readonly idle: number; readonly loaded: number }[] = [];
  for (const workers of [1, 2, 3]) {
    const row = await measure(workers, Number(process.argv[2] ?? 5), folder, port, need('wrk'));
    rows.push(row);
    console.log(
      `${workers} workers: ${row.idle.toFixed(0)} MB idle, ${row.loaded.toFixed(0)} MB after ${connections} connections`,
    );
  }
  const share = (key: 'idle' | 'loaded'): string => ((rows[2]![key] - rows[0]![key]) / 2).toFixed(0);
  console.log(`a worker adds ${share('idle')} MB idle, ${share('loaded')} MB after load`);
} finally {
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
}
