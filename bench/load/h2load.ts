import { cores, spawnPinned } from './process.ts';
import type { WrkOptions, WrkResult } from './wrk.ts';

/** Streams on each connection: as many requests are in flight as with wrk, over fewer connections. */
const streams = 8;

/**
 * Sends requests over HTTP/2 for some seconds, from one thread. h2load tells no percentiles: they are not numbers.
 * @throws when h2load is missing (Debian's package is nghttp2-client), fails, or says what {@link parseH2load} does not understand.
 */
export async function runH2load({ url, connections, seconds, headers }: Omit<WrkOptions, 'wrk'>): Promise<WrkResult> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const clients = Math.max(1, Math.round(connections / streams));
  const command = ['h2load', '-t1', `-c${clients}`, `-m${streams}`, `-D${seconds}`, ...fields, url];
  const child = spawnPinned(cores.rest, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString('latin1');
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`h2load failed with exit code ${code}: is nghttp2-client installed?`);
  return parseH2load(output);
}

/**
 * Reads the report that h2load prints.
 * @throws when it is not such a report.
 */
export function parseH2load(output: string): WrkResult {
  const time = /^finished in ([\d.]+)(ms|s),/m.exec(output);
  const counts = /^requests: .* (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/m.exec(output);
  if (time === null || counts === null) throw new Error(`Cannot read the report of h2load:\n${output}`);
  return {
    requests: Number(counts[1]),
    seconds: Number(time[1]) / (time[2] === 'ms' ? 1000 : 1),
    p50: Number.NaN,
    p99: Number.NaN,
    errors: counts.slice(2).reduce((sum, text) => sum + Number(text), 0),
  };
}
