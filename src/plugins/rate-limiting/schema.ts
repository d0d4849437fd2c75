import { type EntityCheck, f, type Shorthands, typedefs } from '../../schema/index.ts';

const period = (name: string) =>
  f.number({ gt: 0, description: `How many requests are let through in one ${name}.` } as const);

const policyDescription =
  'Where counts are kept. `local`: in the memory of the node. `cluster`: in the database, for all nodes together. `redis`: in ' +
  'a Redis server, for all nodes that use it.';

/** Configuration of rate-limiting. */
export const config = {
  second: period('second'),
  minute: period('minute'),
  hour: period('hour'),
  day: period('day'),
  month: period('month'),
  year: period('year'),
  limit_by: f.string({
    default: 'consumer',
    one_of: ['consumer', 'credential', 'ip', 'service', 'header', 'path'],
    description: 'What has a count of its own. Where a request has none of it, the address of the client counts.',
  }),
  header_name: typedefs.headerName({ description: 'The header whose value is counted, for `limit_by` `header`.' }),
  path: typedefs.path({ description: 'The path that has a count of its own, for `limit_by` `path`.' }),
  policy: policyField(['local', 'cluster', 'redis']),
  fault_tolerant: f.boolean({
    required: true,
    default: true,
    description: 'True lets requests through unlimited while counts cannot be read; false answers them with 500.',
  }),
  redis: { ...typedefs.redis(), description: 'The Redis server of the policy `redis`.' },
  hide_client_headers: f.boolean({
    required: true,
    default: false,
    description: 'True sends no headers about limits to clients.',
  }),
  error_code: f.number({ default: 429, gt: 0, description: 'Status of a refusal.' }),
  error_message: f.string({ default: 'API rate limit exceeded', description: 'Message of a refusal.' }),
  sync_rate: f.number({
    required: true,
    default: -1,
    description:
      'For the policy `redis`: seconds between two exchanges of counts with the server; -1 asks it each time.',
  }),
  window_type: f.string({
    required: true,
    default: 'fixed',
    one_of: ['fixed', 'sliding'],
    description:
      'Not in Kong. `fixed`: windows follow the calendar and begin empty. `sliding`: the last period counts, whenever it is.',
  }),
};

/** The field `policy` where there are these ones. */
export function policyField(policies: readonly string[]) {
  return f.string({ default: 'local', len_min: 0, one_of: policies, description: policyDescription });
}

/** The older, flat names of what is in `redis` since Kong 3.6. */
export const shorthandFields: Shorthands = {
  redis_host: redisField('host', f.string()),
  redis_port: redisField('port', f.integer()),
  redis_password: redisField('password', f.string({ len_min: 0 })),
  redis_username: redisField('username', f.string()),
  redis_ssl: redisField('ssl', f.boolean()),
  redis_ssl_verify: redisField('ssl_verify', f.boolean()),
  redis_server_name: redisField('server_name', f.string()),
  redis_timeout: redisField('timeout', f.integer()),
  redis_database: redisField('database', f.integer()),
};

function redisField(name: string, field: Shorthands[string]['field']): Shorthands[string] {
  return {
    field,
    deprecation: {
      replaced_with: [{ path: ['redis', name] }],
      message: `rate-limiting: config.redis_${name} is deprecated, please use config.redis.${name} instead`,
      removal_in_version: '4.0',
    },
    expand: (value: unknown) => ({ redis: { [name]: value } }),
  };
}

/** What must be there together. */
export const entityChecks: readonly EntityCheck[] = [
  {
    at_least_one_of: ['config.second', 'config.minute', 'config.hour', 'config.day', 'config.month', 'config.year'],
  },
  needs('config.policy', 'redis', 'config.redis.host'),
  needs('config.policy', 'redis', 'config.redis.port'),
  needs('config.policy', 'redis', 'config.redis.timeout'),
  needs('config.limit_by', 'header', 'config.header_name'),
  needs('config.limit_by', 'path', 'config.path'),
];

function needs(field: string, value: string, needed: string): EntityCheck {
  return {
    conditional: { if_field: field, if_match: { eq: value }, then_field: needed, then_match: { required: true } },
  };
}
