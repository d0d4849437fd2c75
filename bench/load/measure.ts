import { runH2load } from './h2load.ts';
import { cpuMicros, residentBytes } from './process.ts';
import type { Subject } from './subject.ts';
import { runWrk, type WrkOptions, type WrkResult } from './wrk.ts';

/** One round of load on one program. */
export interface Round extends WrkResult {
  readonly requestsPerSecond: number;
  /** CPU time of the program for each request, in microseconds. */
  readonly cpuPerRequest: number;
}

/** The rounds of one program taken together: medians, but for errors (their sum) and memory (the most). */
export interface Figures {
  readonly subject: string;
  readonly requestsPerSecond: number;
  readonly cpuPerRequest: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
  readonly residentBytes: number;
  readonly rounds: readonly Round[];
}

/** The figures of nginx and of what is measured against it. */
export interface Comparison {
  readonly scenario: string;
  readonly reference: Figures;
  readonly subject: Figures;
  /** How many requests the subject answers with the CPU time in which nginx answers one. */
  readonly ratio: number;
}

/** What a round sends, and how. */
export interface LoadOptions extends WrkOptions {
  readonly isHttp2: boolean;
}

function runLoad(options: LoadOptions): Promise<WrkResult> {
  return options.isHttp2 ? runH2load(options) : runWrk(options);
}

/** Loads both programs in turns, so that whatever else the machine does falls on both alike. */
export async function compare(
  scenario: string,
  reference: Subject,
  subject: Subject,
  rounds: number,
  load: (target: Subject) => LoadOptions,
  say: (text: string) => void,
): Promise<Comparison> {
  const sides = [reference, subject].map((target) => ({ target, rounds: [] as Round[], memory: 0 }));
  for (const { target } of sides) await runLoad({ ...load(target), seconds: 2 });
  for (let round = 1; round <= rounds; round++) {
    for (const side of sides) {
      const measured = await measure(side.target, load(side.target));
      side.rounds.push(measured);
      side.memory = Math.max(side.memory, residentBytes(side.target.pid));
      const figures = `${Math.round(measured.requestsPerSecond)} requests/s, ${measured.cpuPerRequest.toFixed(1)} us`;
      say(`${scenario}, round ${round} of ${rounds}: ${side.target.name.padEnd(6)} ${figures}`);
    }
  }
  const [first, second] = sides.map((side) => summarize(side.target.name, side.rounds, side.memory));
  return { scenario, reference: first!, subject: second!, ratio: first!.cpuPerRequest / second!.cpuPerRequest };
}

function cpuOf({ pid, otherPids = [] }: Subject): number {
  return [pid, ...otherPids].reduce((sum, id) => sum + cpuMicros(id), 0);
}

async function measure(target: Subject, options: LoadOptions): Promise<Round> {
  const before = cpuOf(target);
  const result = await runLoad(options);
  const used = cpuOf(target) - before;
  return {
    ...result,
    requestsPerSecond: result.requests / result.seconds,
    cpuPerRequest: used / Math.max(result.requests, 1),
  };
}

/** Takes the rounds of one program together. */
export function summarize(subject: string, rounds: readonly Round[], memory: number): Figures {
  return {
    subject,
    requestsPerSecond: median(rounds.map((round) => round.requestsPerSecond)),
    cpuPerRequest: median(rounds.map((round) => round.cpuPerRequest)),
    p50: median(rounds.map((round) => round.p50)),
    p99: median(rounds.map((round) => round.p99)),
    errors: rounds.reduce((sum, round) => sum + round.errors, 0),
    residentBytes: memory,
    rounds,
  };
}

/** The middle value; the mean of the two middle ones where there is no single one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  return Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!;
}
