import { periodSeconds, periods } from '../../kits/windows/index.ts';

/** One limit of a configuration, with everything about it that stays the same from request to request. */
export interface Limit {
  /** Index into {@link periods}. */
  readonly period: number;
  /** How many requests a window lets through; a fraction counts as one more. */
  readonly limit: number;
  readonly limitHeader: string;
  readonly remainingHeader: string;
}

/** Limits by period, null where there is none. */
export type LimitsGiven = { readonly [period in (typeof periods)[number]]: number | null };

/** The limits that are set, shortest period first. */
export function limitsOf(given: LimitsGiven): readonly Limit[] {
  return periods.flatMap((name, period) => {
    const limit = given[name];
    if (limit === null) return [];
    const title = name[0]!.toUpperCase() + name.slice(1);
    return [
      {
        period,
        limit,
        limitHeader: `X-RateLimit-Limit-${title}`,
        remainingHeader: `X-RateLimit-Remaining-${title}`,
      },
    ];
  });
}

/**
 * How many requests of the window before still count in a sliding window: as many as fall into its rest if they came
 * evenly, rounded up. Times are in milliseconds.
 */
export function carriedOver(former: number, start: number, end: number, now: number): number {
  return Math.ceil(former * weightOf(start, end, now));
}

/** The part of the window before that a sliding window still covers, from 1 at `start` to 0 at `end`. */
export function weightOf(start: number, end: number, now: number): number {
  return Math.min(1, Math.max(0, (end - now) / (end - start)));
}

/** The index of a limit that lets nothing more through, the longest of them; -1 when the request may pass. */
export function exhausted(remaining: ArrayLike<number>): number {
  for (let at = remaining.length - 1; at >= 0; at--) {
    if (remaining[at]! <= 0) return at;
  }
  return -1;
}

/**
 * What a client is told to have left of a limit: this request is taken off, unless another limit than this one refused
 * it, for then it did not count here.
 */
export function shownRemaining(remaining: number, at: number, stop: number): number {
  return Math.max(0, stop === -1 || stop === at ? remaining - 1 : remaining);
}

/** The index of the limit that a client has least left of; of several the longest period. */
export function tightest(remaining: ArrayLike<number>, stop: number): number {
  let found = 0;
  for (let at = 1; at < remaining.length; at++) {
    if (shownRemaining(remaining[at]!, at, stop) <= shownRemaining(remaining[found]!, found, stop)) found = at;
  }
  return found;
}

/** Seconds until a window that began at `start` is over, 1 at least. Times are in milliseconds. */
export function secondsToReset(period: number, start: number, now: number): number {
  return Math.max(1, periodSeconds[period]! - Math.floor((now - start) / 1000));
}
