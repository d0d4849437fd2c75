import type { HealthLimits, HealthSign } from './policy.ts';

/** What is thought of an address; only an `unhealthy` or `mostly_unhealthy` one gets no traffic. */
export type HealthState = 'healthy' | 'mostly_healthy' | 'mostly_unhealthy' | 'unhealthy';

/** Where a sign comes from: the traffic, or a question of ours. */
export type SignSource = 'passive' | 'active';

type Failures = { [Sign in Exclude<HealthSign, 'success'>]: number };

/** True for the states in which an address gets traffic. */
export function isUp(state: HealthState): boolean {
  return state === 'healthy' || state === 'mostly_healthy';
}

/**
 * The counters of one address and the state that follows from them: a failure forgets the successes, a success forgets
 * the failures, and a counter that reaches its limit decides. Counters are shared by passive and active checks, as in
 * lua-resty-healthcheck 3.1, but for one thing: where successes are not counted (limit 0), Kong adds failures up over any
 * time, while here a success forgets those that were seen in the same way. Those of the other way stay, lest well-answered
 * traffic hides what active checks find.
 */
export class HealthRecord {
  state: HealthState = 'healthy';
  #successes = 0;
  readonly #failures: { readonly [Source in SignSource]: Failures } = {
    passive: { http_failure: 0, tcp_failure: 0, timeout: 0 },
    active: { http_failure: 0, tcp_failure: 0, timeout: 0 },
  };

  /** Takes in a sign, seen `times` times in a row. */
  note(sign: HealthSign, source: SignSource, limits: HealthLimits, times = 1): void {
    const limit = limits[sign];
    if (sign === 'success') this.#noteSuccess(source, limit, times);
    else if (limit > 0 && this.state !== 'unhealthy') {
      const { passive, active } = this.#failures;
      this.#successes = 0;
      this.#failures[source][sign] += times;
      if (passive[sign] + active[sign] >= limit) this.force('unhealthy');
      else if (this.state === 'healthy') this.state = 'mostly_healthy';
    }
  }

  #noteSuccess(source: SignSource, limit: number, times: number): void {
    if (this.state === 'healthy') return;
    clear(this.#failures[source]);
    if (limit === 0) {
      if (this.state === 'mostly_healthy' && !isAny(this.#failures.passive) && !isAny(this.#failures.active)) {
        this.force('healthy');
      }
      return;
    }
    clear(this.#failures.passive);
    clear(this.#failures.active);
    this.#successes += times;
    if (this.#successes >= limit) this.force('healthy');
    else if (this.state === 'unhealthy') this.state = 'mostly_unhealthy';
  }

  /** True while the next success in the traffic would change something. */
  heedsSuccess(passive: HealthLimits): boolean {
    return this.state !== 'healthy' && (passive.success > 0 || isAny(this.#failures.passive));
  }

  /** Sets the state whatever was counted. */
  force(state: 'healthy' | 'unhealthy'): void {
    this.state = state;
    this.#successes = 0;
    clear(this.#failures.passive);
    clear(this.#failures.active);
  }
}

function clear(failures: Failures): void {
  failures.http_failure = 0;
  failures.tcp_failure = 0;
  failures.timeout = 0;
}

function isAny(failures: Failures): boolean {
  return failures.http_failure > 0 || failures.tcp_failure > 0 || failures.timeout > 0;
}
