import { type PeriodLimits, periods } from '../../kits/windows/index.ts';

/** One window of one limit, with everything about it that stays the same from request to request. */
export interface Cell {
  /** Index into the names of {@link Limits}. */
  readonly name: number;
  readonly limitName: string;
  /** Index into {@link periods}. */
  readonly period: number;
  readonly limit: number;
  /** The end of a counter's key, after the start of its window. */
  readonly keyEnd: string;
  readonly limitHeader: string;
  readonly remainingHeader: string;
}

/** The limits of a configuration. */
export interface Limits {
  readonly names: readonly string[];
  /** The header that tells what is left of each limit, by its index among the names. */
  readonly headers: readonly string[];
  /** All windows, those of one limit together, shortest first. */
  readonly cells: readonly Cell[];
}

/** Puts the limits of a configuration in order. */
export function limitsOf(given: { readonly [name: string]: PeriodLimits }): Limits {
  const names = Object.keys(given);
  const cells = names.flatMap((name, at) =>
    periods.flatMap((periodName, period) => {
      const limit = given[name]![periodName];
      if (typeof limit !== 'number') return [];
      return [
        {
          name: at,
          limitName: name,
          period,
          limit,
          keyEnd: `:${name}:${periodName}`,
          limitHeader: `X-RateLimit-Limit-${name}-${periodName}`,
          remainingHeader: `X-RateLimit-Remaining-${name}-${periodName}`,
        },
      ];
    }),
  );
  return { names, headers: names.map((name) => `X-RateLimit-Remaining-${name}`), cells };
}

/** The index of a name of which some window has nothing left; -1 when there is none. */
export function exhausted(cells: readonly Cell[], remaining: ArrayLike<number>): number {
  for (let at = 0; at < cells.length; at++) {
    if (remaining[at]! <= 0) return cells[at]!.name;
  }
  return -1;
}
