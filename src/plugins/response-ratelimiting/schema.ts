import { orderProblem, type PeriodLimits, periods } from '../../kits/windows/index.ts';
import { type EntityCheck, f, typedefs } from '../../schema/index.ts';

const period = (name: string) => f.number({ gt: 0, description: `How much may be used up in one ${name}.` } as const);

const limit = f.record(
  {
    second: period('second'),
    minute: period('minute'),
    hour: period('hour'),
    day: period('day'),
    month: period('month'),
    year: period('year'),
  },
  {
    required: true,
    custom_validator: (given: PeriodLimits) => orderProblem(given, 'the'),
    entity_checks: [{ at_least_one_of: periods }],
  },
);

const policyDescription =
  'Where counts are kept. `local`: in the memory of the node. `cluster`: in the database, for all nodes together. `redis`: in ' +
  'a Redis server, for all nodes that use it.';

/** Configuration of response-ratelimiting. */
export const config = {
  header_name: f.string({
    default: 'x-kong-limit',
    description: 'The header in which the upstream says how much a request has used up.',
  }),
  limit_by: f.string({
    default: 'consumer',
    one_of: ['consumer', 'credential', 'ip'],
    description: 'What has counts of its own. Where a request has none of it, the address of the client counts.',
  }),
  policy: policyField(['local', 'cluster', 'redis']),
  fault_tolerant: f.boolean({
    required: true,
    default: true,
    description: 'True lets requests through unlimited while counts cannot be read; false answers them with 500.',
  }),
  redis: { ...typedefs.redis(), description: 'The Redis server of the policy `redis`.' },
  block_on_first_violation: f.boolean({
    required: true,
    default: false,
    description: 'True refuses every request as soon as one of the limits is used up, before the upstream is asked.',
  }),
  hide_client_headers: f.boolean({
    required: true,
    default: false,
    description: 'True tells clients neither limits nor what is left of them in each window.',
  }),
  limits: f.map(f.string(), limit, {
    required: true,
    len_min: 1,
    description: 'Limits by the names that the upstream knows them by.',
  }),
};

/** The field `policy` where there are these ones. */
export function policyField(policies: readonly string[]) {
  return f.string({ default: 'local', one_of: policies, description: policyDescription });
}

/** What must be there together. */
export const entityChecks: readonly EntityCheck[] = ['host', 'port', 'timeout'].map((name) => ({
  conditional: {
    if_field: 'config.policy',
    if_match: { eq: 'redis' },
    then_field: `config.redis.${name}`,
    then_match: { required: true },
  },
}));
