/** The periods that can be limited, shortest first. */
export const periods = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const;

/** One of {@link periods}. */
export type Period = (typeof periods)[number];

/**
 * Length of each period in seconds as the time to the next window is reckoned: a month is 30 days there and a year 365,
 * although windows themselves follow the calendar (Kong 3.9).
 */
export const periodSeconds: readonly number[] = [1, 60, 3600, 86_400, 2_592_000, 31_536_000];

/** Limits by period; null or absent where there is none. */
export type PeriodLimits = { readonly [period in Period]?: number | null };

/** Kong's text when a longer period is given less than a shorter one, after `The` or `the`. */
export function orderProblem(given: PeriodLimits, article: 'The' | 'the'): string | undefined {
  for (const [at, shorter] of periods.entries()) {
    const least = given[shorter];
    if (typeof least !== 'number') continue;
    for (const longer of periods.slice(at + 1)) {
      const most = given[longer];
      if (typeof most === 'number' && most < least) {
        return (
          `${article} limit for ${longer}(${most.toFixed(1)}) cannot be lower than ` +
          `the limit for ${shorter}(${least.toFixed(1)})`
        );
      }
    }
  }
  return undefined;
}

const dayMs = 86_400_000;

/** The window of each period that one moment lies in, by the calendar of UTC; indices are those of {@link periods}. */
export interface Windows {
  /** Milliseconds since the epoch at which each window began. */
  readonly starts: readonly number[];
  /** The same of the window before each. */
  readonly formerStarts: readonly number[];
  /** Milliseconds since the epoch at which the next window begins. */
  readonly ends: readonly number[];
  /** `:<start>:<period>` of each window: the end of a counter's key. */
  readonly suffixes: readonly string[];
  /** The same of the window before each. */
  readonly formerSuffixes: readonly string[];
  /** Moves to the windows of `now` (milliseconds since the epoch); costs two comparisons within one second. */
  moveTo(now: number): void;
}

/**
 * Seconds that the count of a window must be kept: the period's length, as Kong has it, unless the window lasts longer, as
 * a month of 31 days may. `now` is in milliseconds since the epoch.
 */
export function periodLife(period: number, { ends }: Windows, now: number): number {
  return Math.max(periodSeconds[period]!, Math.ceil((ends[period]! - now) / 1000));
}

/** Creates windows that stand at the epoch. */
export function createWindows(): Windows {
  const starts = periods.map(() => 0);
  const formerStarts = periods.map(() => 0);
  const ends = periods.map(() => 0);
  const suffixes = periods.map(() => '');
  const formerSuffixes = periods.map(() => '');

  function set(period: number, former: number, start: number, end: number): void {
    starts[period] = start;
    formerStarts[period] = former;
    ends[period] = end;
    suffixes[period] = `:${start}:${periods[period]}`;
    formerSuffixes[period] = `:${former}:${periods[period]}`;
  }

  function moveDay(now: number): void {
    const day = now - mod(now, dayMs);
    set(3, day - dayMs, day, day + dayMs);
    const { year, month } = monthOf(day / dayMs);
    set(4, monthStart(year, month - 1), monthStart(year, month), monthStart(year, month + 1));
    set(5, monthStart(year - 1, 1), monthStart(year, 1), monthStart(year + 1, 1));
  }

  function move(now: number): void {
    for (let period = 0; period < 3; period++) {
      const length = periodSeconds[period]! * 1000;
      const start = now - mod(now, length);
      if (start !== starts[period] || suffixes[period] === '') set(period, start - length, start, start + length);
    }
    if (now < starts[3]! || now >= ends[3]!) moveDay(now);
  }

  return {
    starts,
    formerStarts,
    ends,
    suffixes,
    formerSuffixes,
    moveTo(now) {
      // All other windows are whole seconds, so they last at least as long as this one.
      if (now < starts[0]! || now >= ends[0]!) move(now);
    },
  };
}

function mod(value: number, length: number): number {
  return ((value % length) + length) % length;
}

/** Year and month of a day, counted from the epoch, in the Gregorian calendar; years are taken to begin in March. */
function monthOf(day: number): { readonly year: number; readonly month: number } {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month };
}

/** Milliseconds from the epoch to the first of a month; month 0 is December of the year before, 13 January of the next. */
function monthStart(year: number, month: number): number {
  if (month === 0) return daysBefore(year - 1, 12) * dayMs;
  return (month === 13 ? daysBefore(year + 1, 1) : daysBefore(year, month)) * dayMs;
}

/** Days from the epoch to the first of a month. */
function daysBefore(year: number, month: number): number {
  const fromMarch = month <= 2 ? year - 1 : year;
  const era = Math.floor(fromMarch / 400);
  const yearOfEra = fromMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
