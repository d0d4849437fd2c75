import { defineMetrics } from '../../kits/windows/index.ts';

/** Counters of the policy `cluster`; `period` is `second`, `minute` and so on. */
export const ratelimitingMetrics = defineMetrics('ratelimiting_metrics');
