/** The `healthchecks` of an `upstreams` row, as far as they are read; what is missing or null is Kong's default. */
export interface HealthcheckFields {
  readonly threshold?: number | null;
  readonly active?: {
    readonly type?: ProbeType | null;
    readonly timeout?: number | null;
    readonly concurrency?: number | null;
    readonly http_path?: string | null;
    readonly https_sni?: string | null;
    readonly https_verify_certificate?: boolean | null;
    readonly headers?: { readonly [name: string]: readonly string[] } | null;
    readonly healthy?: (HealthyFields & { readonly interval?: number | null }) | null;
    readonly unhealthy?: (UnhealthyFields & { readonly interval?: number | null }) | null;
  } | null;
  readonly passive?: {
    readonly healthy?: HealthyFields | null;
    readonly unhealthy?: UnhealthyFields | null;
  } | null;
}

interface HealthyFields {
  readonly successes?: number | null;
  readonly http_statuses?: readonly number[] | null;
}

interface UnhealthyFields {
  readonly http_failures?: number | null;
  readonly tcp_failures?: number | null;
  readonly timeouts?: number | null;
  readonly http_statuses?: readonly number[] | null;
}

/** How an active check asks. */
export type ProbeType = 'tcp' | 'http' | 'https' | 'grpc' | 'grpcs';

/** What one observation says of an address. */
export type HealthSign = 'success' | 'http_failure' | 'tcp_failure' | 'timeout';

/** How many signs of a kind change the verdict on an address; 0 for never. */
export type HealthLimits = { readonly [Sign in HealthSign]: number };

/** The signs that answers give, by status. */
export interface StatusSigns {
  /** The sign of a status; undefined for one that is on neither list. */
  readonly of: (status: number) => 'success' | 'http_failure' | undefined;
}

/** How addresses are asked for their health. Times are milliseconds. */
export interface ProbePolicy {
  readonly type: ProbeType;
  readonly timeout: number;
  /** How many addresses of an upstream are asked at the same time. */
  readonly concurrency: number;
  readonly path: string;
  readonly sni: string | undefined;
  readonly verify: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Between two checks of an address that is up, and of one that is down; 0 for none. */
  readonly upInterval: number;
  readonly downInterval: number;
  readonly limits: HealthLimits;
  readonly signs: StatusSigns;
}

/** The `healthchecks` of an upstream, made ready for use. */
export interface HealthPolicy {
  /** False when nothing could ever take an address out: such targets are shown as HEALTHCHECKS_OFF (Kong 3.9). */
  readonly isOn: boolean;
  /** Percentage of the weight that must be more than reached by available addresses. */
  readonly threshold: number;
  readonly passive: { readonly limits: HealthLimits; readonly signs: StatusSigns };
  readonly active: ProbePolicy;
}

const activeHealthy = [200, 302];
const activeUnhealthy = [429, 404, 500, 501, 502, 503, 504, 505];
const passiveHealthy = [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308];
const passiveUnhealthy = [429, 500, 503];

/** Reads the `healthchecks` of an upstream. */
export function healthPolicy(fields: HealthcheckFields | null | undefined): HealthPolicy {
  const { active, passive } = fields ?? {};
  const activeLimits = limitsOf(active?.healthy, active?.unhealthy);
  const passiveLimits = limitsOf(passive?.healthy, passive?.unhealthy);
  const upInterval = (active?.healthy?.interval ?? 0) * 1000;
  const downInterval = (active?.unhealthy?.interval ?? 0) * 1000;
  return {
    isOn:
      upInterval > 0 ||
      downInterval > 0 ||
      passiveLimits.tcp_failure > 0 ||
      passiveLimits.timeout > 0 ||
      passiveLimits.http_failure > 0,
    threshold: fields?.threshold ?? 0,
    passive: {
      limits: passiveLimits,
      signs: signsOf(
        passive?.healthy?.http_statuses ?? passiveHealthy,
        passive?.unhealthy?.http_statuses ?? passiveUnhealthy,
      ),
    },
    active: {
      type: active?.type ?? 'http',
      // No time at all would let nobody pass.
      timeout: (active?.timeout || 1) * 1000,
      concurrency: active?.concurrency ?? 10,
      path: active?.http_path ?? '/',
      sni: active?.https_sni ?? undefined,
      verify: active?.https_verify_certificate ?? true,
      headers: Object.entries(active?.headers ?? {}).flatMap(([name, values]) =>
        values.map((value) => [name, value] as const),
      ),
      upInterval,
      downInterval,
      limits: activeLimits,
      signs: signsOf(
        active?.healthy?.http_statuses ?? activeHealthy,
        active?.unhealthy?.http_statuses ?? activeUnhealthy,
      ),
    },
  };
}

function limitsOf(
  healthy: HealthyFields | null | undefined,
  unhealthy: UnhealthyFields | null | undefined,
): HealthLimits {
  return {
    success: healthy?.successes ?? 0,
    http_failure: unhealthy?.http_failures ?? 0,
    tcp_failure: unhealthy?.tcp_failures ?? 0,
    timeout: unhealthy?.timeouts ?? 0,
  };
}

/** A status on both lists is healthy, as in Kong. */
function signsOf(healthy: readonly number[], unhealthy: readonly number[]): StatusSigns {
  const table = new Uint8Array(1000);
  for (const status of unhealthy) table[status] = 2;
  for (const status of healthy) table[status] = 1;
  return {
    of(status) {
      const sign = table[status];
      return sign === 1 ? 'success' : sign === 2 ? 'http_failure' : undefined;
    },
  };
}
