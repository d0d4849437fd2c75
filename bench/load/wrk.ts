import { join } from 'node:path';
import { cores, spawnPinned } from './process.ts';

/** What one run of wrk came to. */
export interface WrkResult {
  readonly requests: number;
  /** Length of the run. */
  readonly seconds: number;
  /** Latencies of the median and of the slowest hundredth, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx and 3xx, and connections that failed. */
  readonly errors: number;
}

/** What wrk is to do. */
export interface WrkOptions {
  readonly wrk: string;
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body of each request, which is a POST then. */
  readonly upload?: number | undefined;
}

/**
 * Sends requests for some seconds, from one thread over connections that stay open.
 * @throws when wrk fails or says what {@link parseWrk} does not understand.
 */
export async function runWrk({ wrk, url, connections, seconds, headers, upload }: WrkOptions): Promise<WrkResult> {
  const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const script = upload === undefined ? [] : ['-s', join(import.meta.dirname, 'upload.lua')];
  const behind = upload === undefined ? [] : ['--', String(upload)];
  const load = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency'];
  const command = [wrk, ...load, ...script, ...fields, url, ...behind];
  const child = spawnPinned(cores.rest, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString('latin1');
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`wrk failed with exit code ${code}`);
  return parseWrk(output);
}

/**
 * Reads the report that wrk prints with `--latency`.
 * @throws when it is not such a report.
 */
export function parseWrk(output: string): WrkResult {
  const total = /(\d+) requests in ([\d.]+\w+),/.exec(output);
  const p50 = /^\s*50%\s+([\d.]+\w+)/m.exec(output);
  const p99 = /^\s*99%\s+([\d.]+\w+)/m.exec(output);
  if (total === null || p50 === null || p99 === null) throw new Error(`Cannot read the report of wrk:\n${output}`);
  const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)?.slice(1) ?? [];
  const status = /Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? '0';
  return {
    requests: Number(total[1]),
    seconds: milliseconds(total[2]!) / 1000,
    p50: milliseconds(p50[1]!),
    p99: milliseconds(p99[1]!),
    errors: [...socket, status].reduce((sum, text) => sum + Number(text), 0),
  };
}

const units: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function milliseconds(text: string): number {
  const match = /^([\d.]+)(us|ms|s|m|h)$/.exec(text);
  if (match === null) throw new Error(`Cannot read the time "${text}"`);
  return Number(match[1]) * units[match[2]!]!;
}
