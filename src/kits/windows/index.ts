/**
 * Windows: the seconds, minutes, hours, days, months and years in which plugins count, by the calendar of UTC as Kong has
 * it. It knows neither what is counted nor where.
 */
export {
  createWindows,
  orderProblem,
  type Period,
  type PeriodLimits,
  periodSeconds,
  periods,
  type Windows,
} from './windows.ts';
