import type { Clock } from '../../kernel/index.ts';
import { definePlugin, type EjectionPolicy, type Handlers, type RetryPolicy } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { createRetryBudget, type RetryBudget } from './retry-budget.ts';
import { config } from './schema.ts';

type Config = StoredOf<typeof config>;

/** resilience: further tries by status, method, time and budget, and a circuit breaker for each target. Not in Kong. */
export const resilience = definePlugin({
  name: 'resilience',
  version: '1.0.0',
  priority: 1,
  config,
  custom_validator: checkConfig,
  setup: (host) => (stored) => createHandlers(stored, host.clock),
});

function checkConfig({ ejection }: Config): string | undefined {
  return ejection.max_time < ejection.time ? 'ejection.max_time must not be below ejection.time' : undefined;
}

function createHandlers({ retry, ejection }: Config, clock: Clock): Handlers {
  const { budget_percent: percent, budget_min_per_second: least } = retry;
  const budget = percent === null ? undefined : createRetryBudget(percent, least, clock);
  const retryPolicy = retryPolicyOf(retry, budget);
  const ejectionPolicy = ejection.failures > 0 ? ejectionPolicyOf(ejection) : undefined;
  return {
    access({ service }) {
      budget?.request();
      service.setRetryPolicy(retryPolicy);
      if (ejectionPolicy !== undefined) service.setEjectionPolicy(ejectionPolicy);
    },
  };
}

function retryPolicyOf(retry: Config['retry'], budget: RetryBudget | undefined): RetryPolicy {
  return {
    statuses: new Set(retry.statuses),
    methods: retry.methods === null ? undefined : new Set(retry.methods),
    tryTimeout: retry.try_timeout,
    mayRetry: budget === undefined ? () => true : () => budget.spend(),
  };
}

function ejectionPolicyOf(ejection: Config['ejection']): EjectionPolicy {
  return {
    statuses: new Set(ejection.statuses),
    failures: ejection.failures,
    time: ejection.time * 1000,
    maxTime: ejection.max_time * 1000,
    maxShare: ejection.max_share,
  };
}
