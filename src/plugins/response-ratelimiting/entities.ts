import { defineMetrics } from '../../kits/windows/index.ts';

/** Counters of the policy `cluster`; `period` is the name of the limit and `second`, `minute` and so on, with `_` between. */
export const responseRatelimitingMetrics = defineMetrics('response_ratelimiting_metrics');
