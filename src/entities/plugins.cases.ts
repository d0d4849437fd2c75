import { f, type Subschema, typedefs } from '../schema/index.ts';
import { casesOf, someId } from './case.fixtures.ts';

const { no, yes, change, keep } = casesOf('plugins');

const moved = (name: string) =>
  ({
    deprecation: { replaced_with: [{ path: ['redis', name] }], removal_in_version: '4.0' },
    expand: (value: unknown) => ({ redis: { [name]: value } }),
  }) as const;

/** Stand-ins for plugins, shaped like bundled ones. */
export const pluginSubschemas: Readonly<Record<string, Subschema>> = {
  limiter: {
    name: 'limiter',
    fields: {
      protocols: typedefs.protocolsHttp(),
      config: f.record(
        {
          minute: f.number({ gt: 0 }),
          hour: f.number({ gt: 0 }),
          policy: f.string({ default: 'local', len_min: 0, one_of: ['local', 'redis'] }),
          redis: typedefs.redis(),
          error_code: f.number({ default: 429, gt: 0 }),
        },
        {
          shorthand_fields: {
            redis_host: { field: f.string(), ...moved('host') },
            redis_port: { field: f.integer(), ...moved('port') },
          },
          custom_validator: ({ minute, hour }: { minute: number | null; hour: number | null }) =>
            minute !== null && hour !== null && minute > hour ? `The limit for hour(${hour}) is too low` : undefined,
        },
      ),
    },
    entity_checks: [
      { at_least_one_of: ['config.minute', 'config.hour'] },
      {
        conditional: {
          if_field: 'config.policy',
          if_match: { eq: 'redis' },
          then_field: 'config.redis.host',
          then_match: { required: true },
        },
      },
    ],
  },
  keys: {
    name: 'keys',
    fields: {
      consumer: typedefs.noConsumer(),
      config: f.record({
        names: f.array(typedefs.headerName(), { required: true, default: ['apikey'] }),
        secret: f.string({ referenceable: true, len_max: 5 }),
        rules: f.array(f.record({ at: f.integer({ default: 1 }), deep: f.record({ x: f.string() }) })),
      }),
    },
  },
};

const defaults = {
  minute: null,
  hour: null,
  policy: 'local',
  redis: {
    host: null,
    port: 6379,
    timeout: 2000,
    username: null,
    password: null,
    database: 0,
    ssl: false,
    ssl_verify: false,
    server_name: null,
  },
  error_code: 429,
};

/** A plugin as it is stored. */
export const storedPlugin = {
  id: someId,
  name: 'limiter',
  instance_name: null,
  created_at: 1_600_000_000,
  updated_at: 1_600_000_000,
  route: null,
  service: { id: someId },
  consumer: null,
  config: { ...defaults, minute: 5 },
  protocols: ['grpc', 'grpcs', 'http', 'https'],
  enabled: true,
  tags: null,
};

const none = "at least one of these fields must be non-empty: 'config.minute', 'config.hour'";
const onPolicy = "failed conditional validation given value of field 'config.policy'";

/** Facts about plugins, with stand-ins for the plugins themselves. */
export const pluginCases = [
  yes(
    { name: 'limiter', config: { minute: 5 } },
    {
      id: '11111111-1111-4111-8111-111111111111',
      name: 'limiter',
      instance_name: null,
      route: null,
      service: null,
      consumer: null,
      config: { ...defaults, minute: 5 },
      protocols: ['grpc', 'grpcs', 'http', 'https'],
      enabled: true,
      tags: null,
    },
  ),
  no({}, { name: 'required field missing' }),
  no({ name: null, nope: 1 }, { name: 'required field missing' }),
  no({ name: 'nope' }, { name: "plugin 'nope' not enabled; add it to the 'plugins' configuration property" }),
  no(
    { name: 'constructor' },
    {
      name: "plugin 'constructor' not enabled; add it to the 'plugins' configuration property",
    },
  ),
  no({ name: 5 }, { name: "plugin '5' not enabled; add it to the 'plugins' configuration property" }),
  no({ name: 'limiter' }, { '@entity': [none] }),
  no({ name: 'limiter', config: {} }, { '@entity': [none] }),
  no({ name: 'limiter', config: { minute: 0 } }, { config: { minute: 'value must be greater than 0' } }),
  no(
    { name: 'limiter', config: { minute: '5', nope: 1 } },
    {
      config: { minute: 'expected a number', nope: 'unknown field' },
    },
  ),
  no({ name: 'limiter', config: null }, { config: 'required field missing', '@entity': [none] }),
  no({ name: 'limiter', config: 'x' }, { config: 'expected a record', '@entity': [none] }),
  no({ name: 'limiter', config: { minute: 5, hour: 1 } }, { config: 'The limit for hour(1) is too low' }),
  no(
    { name: 'limiter', config: { minute: 5, policy: 'redis' } },
    {
      config: { redis: { host: 'required field missing' } },
      '@entity': [onPolicy],
    },
  ),
  no(
    { name: 'limiter', config: { minute: 5, policy: 'redis', redis: null } },
    {
      config: { redis: 'required field missing' },
      '@entity': [onPolicy],
    },
  ),
  no(
    { name: 'limiter', config: { minute: 5, redis: { port: 70_000 } } },
    {
      config: { redis: { port: 'value should be between 0 and 65535' } },
    },
  ),
  yes(
    { name: 'limiter', config: { minute: 5, redis_host: 'a.test', redis_port: 1 } },
    { config: { ...defaults, minute: 5, redis: { ...defaults.redis, host: 'a.test', port: 1 } } },
  ),
  yes(
    { name: 'limiter', config: { minute: 5, redis_host: 'a.test', redis: { host: 'a.test', port: 2 } } },
    { config: { ...defaults, minute: 5, redis: { ...defaults.redis, host: 'a.test', port: 2 } } },
  ),
  yes(
    { name: 'limiter', config: { minute: 5, redis_host: 'a.test', redis: { host: null } } },
    { config: { ...defaults, minute: 5, redis: { ...defaults.redis, host: 'a.test' } } },
  ),
  yes(
    { name: 'limiter', config: { minute: 5, redis_host: null, redis: { host: 'a.test' } } },
    { config: { ...defaults, minute: 5, redis: { ...defaults.redis, host: 'a.test' } } },
  ),
  no(
    { name: 'limiter', config: { redis_host: 'a.test', redis: { host: 'b.test' }, nope: 1 } },
    {
      redis_host:
        'both deprecated and new field are used but their values mismatch: redis_host = a.test vs redis.host = b.test',
    },
  ),
  no(
    { name: 'limiter', config: { redis_host: 5, redis_port: 'x' } },
    {
      redis_host: 'expected a string',
      redis_port: 'expected an integer',
    },
  ),
  no(
    { name: 'limiter', config: { minute: 1 }, protocols: ['tcp'] },
    {
      protocols: ['expected one of: grpc, grpcs, http, https'],
    },
  ),
  no(
    { name: 'limiter', config: { minute: 1 }, instance_name: 'a b' },
    {
      instance_name: "invalid value 'a b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
    },
  ),
  yes({ name: 'limiter', config: { minute: 1 }, consumer: { username: 'u' } }, { consumer: { username: 'u' } }),
  no(
    { name: 'limiter', config: { minute: 1 }, route: { id: 'x' } },
    { route: { protocols: 'required field missing' } },
  ),
  no({ name: 'keys', consumer: { id: someId } }, { consumer: 'value must be null' }),
  yes({ name: 'keys', consumer: null }, { config: { names: ['apikey'], secret: null, rules: null } }),
  no(
    { name: 'keys', config: { names: null, secret: 'secret' } },
    {
      config: { names: 'required field missing', secret: 'length must be at most 5' },
    },
  ),
  no({ name: 'keys', config: { secret: 'ééé' } }, { config: { secret: 'length must be at most 5' } }),
  yes({ name: 'keys', config: { secret: '{vault://env/some-secret}' } }),
  yes(
    { name: 'keys', config: { names: {}, rules: [{}, { at: 2, deep: {} }] } },
    {
      config: {
        names: [],
        secret: null,
        rules: [
          { at: 1, deep: null },
          { at: 2, deep: { x: null } },
        ],
      },
    },
  ),
  change(storedPlugin, { config: { hour: 9 } }, { config: { ...defaults, minute: 5, hour: 9 } }),
  change(
    storedPlugin,
    { config: { redis: { database: 3 } } },
    {
      config: { ...defaults, minute: 5, redis: { ...defaults.redis, database: 3 } },
    },
  ),
  change(
    storedPlugin,
    { config: { redis_host: 'a.test' } },
    {
      config: { ...defaults, minute: 5, redis: { ...defaults.redis, host: 'a.test' } },
    },
  ),
  change(storedPlugin, { service: null, enabled: false }, { service: null, enabled: false }),
  change({ ...storedPlugin, config: { minute: 5 } }, { tags: [] }, { config: { ...defaults, minute: 5 }, tags: [] }),
  keep(storedPlugin, { config: { minute: null } }, { '@entity': [`when updating, ${none}`] }),
  keep(
    storedPlugin,
    { name: 'nope' },
    {
      name: "plugin 'nope' not enabled; add it to the 'plugins' configuration property",
    },
  ),
  change(storedPlugin, { name: 'keys', config: {} }, { config: { names: ['apikey'], secret: null, rules: null } }),
];
