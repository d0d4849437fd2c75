import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';
import { type Comparison, type Figures, median } from './measure.ts';
import type { BenchOptions } from './options.ts';

const head = ['scenario', 'subject', 'requests/s', 'CPU us/request', 'p50 ms', 'p99 ms', 'errors', 'MB', 'first = 1'];

/** Draws the results as an aligned table; the last column is the first line's CPU time per request over the subject's. */
export function formatResults(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap(({ scenario, reference, subject, ratio }) => [
    [scenario, ...cells(reference), '1.00'],
    ['', ...cells(subject), ratio.toFixed(2)],
  ]);
  return table(head, rows, 2);
}

const costHead = ['plugin', 'bare us', 'with it us', 'cost us', 'from', 'to', 'bare = 1', 'errors'];

/**
 * Draws what plugins cost: CPU time of a request to the bare route, of one to the route with the plugin, and the difference:
 * the median of the rounds, each against the one beside it, and the quarter of them on either side. Then capacity.
 */
export function formatCosts(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ scenario, reference, subject, ratio }) => {
    const costs = subject.rounds
      .map(({ cpuPerRequest }, at) => cpuPerRequest - reference.rounds[at]!.cpuPerRequest)
      .sort((one, other) => one - other);
    const quarter = Math.floor(costs.length / 4);
    return [
      scenario,
      reference.cpuPerRequest.toFixed(1),
      subject.cpuPerRequest.toFixed(1),
      median(costs).toFixed(2),
      costs[quarter]!.toFixed(2),
      costs[costs.length - 1 - quarter]!.toFixed(2),
      ratio.toFixed(2),
      String(reference.errors + subject.errors),
    ];
  });
  return table(costHead, rows, 1);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[], texts: number): string {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  return [titles, ...rows]
    .map((row) =>
      row.map((cell, column) => (column < texts ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))),
    )
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

function cells(figures: Figures): string[] {
  return [
    figures.subject,
    String(Math.round(figures.requestsPerSecond)),
    figures.cpuPerRequest.toFixed(1),
    milliseconds(figures.p50),
    milliseconds(figures.p99),
    String(figures.errors),
    (figures.residentBytes / 1024 ** 2).toFixed(0),
  ];
}

/** Everything that is needed to understand the figures later. */
export function describeRun(options: BenchOptions, comparisons: readonly Comparison[], nginx: string): unknown {
  return {
    date: new Date().toISOString(),
    commit: output('git', ['rev-parse', '--short', 'HEAD']),
    machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
    node: process.version,
    nginx,
    options,
    comparisons,
  };
}

/** Writes the results below `bench/results/` and returns the path, from the working directory. */
export function writeResults(results: unknown): string {
  const folder = join(import.meta.dirname, '../results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `load-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return relative(process.cwd(), path);
}

function output(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

/** h2load tells no percentiles of its latencies. */
function milliseconds(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(2);
}
