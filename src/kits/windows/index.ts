/**
 * Windows: the seconds, minutes, hours, days, months and years in which plugins count, by the calendar of UTC as Kong has
 * it, and what counters are called. It knows neither what is counted nor where.
 */
export { defineMetrics, metricsKeys, nobody } from './metrics.ts';
export {
  createWindows,
  orderProblem,
  type Period,
  type PeriodLimits,
  periodLife,
  periodSeconds,
  periods,
  type Windows,
} from './windows.ts';
