import { defineEntity, type EntityCheck, f, parseAddress, type Stored, typedefs } from '../schema/index.ts';

const hashInputs = ['none', 'consumer', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture'] as const;
const hashInput = f.string({ default: 'none', one_of: hashInputs });
const someText = f.string({ len_min: 1 });

const activeHealthy = { successes: 0, interval: 0, http_statuses: [200, 302] } as const;
const activeUnhealthy = {
  tcp_failures: 0,
  timeouts: 0,
  http_failures: 0,
  http_statuses: [429, 404, 500, 501, 502, 503, 504, 505],
  interval: 0,
} as const;
const active = {
  timeout: 1,
  concurrency: 10,
  http_path: '/',
  https_verify_certificate: true,
  healthy: activeHealthy,
  unhealthy: activeUnhealthy,
  type: 'http',
} as const;
const passiveHealthy = {
  successes: 0,
  http_statuses: [200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308],
} as const;
const passiveUnhealthy = { http_failures: 0, timeouts: 0, tcp_failures: 0, http_statuses: [429, 500, 503] } as const;
const passive = { unhealthy: passiveUnhealthy, type: 'http', healthy: passiveHealthy } as const;

const count = f.integer({ between: [0, 255], default: 0 });
const interval = f.number({ between: [0, 65535], default: 0 });
const checkType = f.string({ one_of: ['tcp', 'http', 'https', 'grpc', 'grpcs'], default: 'http' });

function statuses(list: readonly number[]) {
  return f.array(f.integer({ between: [100, 999] }), { default: list });
}

/** A virtual host name that stands for several targets, with the ways to choose among them and to watch over them. */
export const upstreams = defineEntity({
  name: 'upstreams',
  primary_key: ['id'],
  endpoint_key: 'name',
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    name: f.string({ required: true, unique: true, custom_validator: checkName }),
    updated_at: typedefs.autoTimestampS(),
    algorithm: f.string({
      default: 'round-robin',
      one_of: ['consistent-hashing', 'least-connections', 'round-robin', 'latency'],
    }),
    hash_on: hashInput,
    hash_fallback: hashInput,
    hash_on_header: typedefs.headerName(),
    hash_fallback_header: typedefs.headerName(),
    hash_on_cookie: typedefs.cookieName(),
    hash_on_cookie_path: typedefs.path({ default: '/' }),
    hash_on_query_arg: someText,
    hash_fallback_query_arg: someText,
    hash_on_uri_capture: someText,
    hash_fallback_uri_capture: someText,
    slots: f.integer({ default: 10_000, between: [10, 2 ** 16] }),
    healthchecks: f.record(
      {
        passive: f.record(
          {
            unhealthy: f.record(
              {
                http_failures: count,
                timeouts: count,
                tcp_failures: count,
                http_statuses: statuses(passiveUnhealthy.http_statuses),
              },
              { default: passiveUnhealthy },
            ),
            type: checkType,
            healthy: f.record(
              { successes: count, http_statuses: statuses(passiveHealthy.http_statuses) },
              { default: passiveHealthy },
            ),
          },
          { default: passive },
        ),
        active: f.record(
          {
            timeout: f.number({ between: [0, 65535], default: 1 }),
            concurrency: f.integer({ between: [1, 2 ** 31], default: 10 }),
            http_path: typedefs.path({ default: '/' }),
            https_sni: typedefs.sni({ required: false }),
            https_verify_certificate: f.boolean({ required: true, default: true }),
            healthy: f.record(
              { successes: count, interval, http_statuses: statuses(activeHealthy.http_statuses) },
              { default: activeHealthy },
            ),
            unhealthy: f.record(
              {
                tcp_failures: count,
                timeouts: count,
                http_failures: count,
                http_statuses: statuses(activeUnhealthy.http_statuses),
                interval,
              },
              { default: activeUnhealthy },
            ),
            headers: typedefs.headers({ required: false }),
            type: checkType,
          },
          { default: active },
        ),
        threshold: f.number({ default: 0, between: [0, 100] }),
      },
      { default: { active, passive } },
    ),
    tags: typedefs.tags(),
    host_header: typedefs.hostWithOptionalPort(),
    client_certificate: f.foreign('certificates'),
    use_srv_name: f.boolean({ default: false }),
  },
  entity_checks: [
    needs('hash_on', 'header', 'hash_on_header'),
    needs('hash_fallback', 'header', 'hash_fallback_header'),
    needs('hash_on', 'cookie', 'hash_on_cookie'),
    needs('hash_fallback', 'cookie', 'hash_on_cookie'),
    allows('none', ['none']),
    // The cookie is made when absent, so the fallback would never be used.
    allows('cookie', ['none']),
    allows('consumer', ['none', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture']),
    allows('ip', ['none', 'consumer', 'header', 'cookie', 'path', 'query_arg', 'uri_capture']),
    allows('path', ['none', 'consumer', 'header', 'cookie', 'query_arg', 'ip', 'uri_capture']),
    { distinct: ['hash_on_header', 'hash_fallback_header'] },
    needs('hash_on', 'query_arg', 'hash_on_query_arg'),
    needs('hash_fallback', 'query_arg', 'hash_fallback_query_arg'),
    { distinct: ['hash_on_query_arg', 'hash_fallback_query_arg'] },
    needs('hash_on', 'uri_capture', 'hash_on_uri_capture'),
    needs('hash_fallback', 'uri_capture', 'hash_fallback_uri_capture'),
    { distinct: ['hash_on_uri_capture', 'hash_fallback_uri_capture'] },
  ],
  // Fields that adjust one another whenever one of them is given; the algorithm goes first.
  shorthand_fields: {
    algorithm: {
      field: f.string(),
      expand: (algorithm: string | null) =>
        algorithm === 'least-connections' || algorithm === 'latency' ? { algorithm, hash_on: null } : { algorithm },
    },
    hash_on: {
      field: f.string(),
      expand: (hash_on: string | null) => {
        if (hash_on === null) return { hash_on: 'none' };
        return { hash_on, algorithm: hash_on === 'none' ? 'round-robin' : 'consistent-hashing' };
      },
    },
  },
});

/** A row of {@link upstreams}. */
export type Upstream = Stored<typeof upstreams>;

function equals(value: string) {
  return { match: { pattern: new RegExp(`^${value}$`), lua: `^${value}$` } };
}

/** A hash of this input needs to be told where to find it. */
function needs(if_field: string, value: string, then_field: string): EntityCheck {
  return { conditional: { if_field, if_match: equals(value), then_field, then_match: { required: true } } };
}

/** What may be hashed when the first input is not there. */
function allows(value: string, one_of: readonly string[]): EntityCheck {
  return {
    conditional: { if_field: 'hash_on', if_match: equals(value), then_field: 'hash_fallback', then_match: { one_of } },
  };
}

function checkName(name: string): string | undefined {
  const shown = name.isWellFormed() ? `Invalid name ('${name}')` : 'Invalid name';
  const address = parseAddress(name);
  if ('error' in address) return `${shown}; must be a valid hostname`;
  if (address.type !== 'name') return `${shown}; no ip addresses allowed`;
  return address.port === undefined ? undefined : `${shown}; no port allowed`;
}
