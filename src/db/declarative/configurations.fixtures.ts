import fc from 'fast-check';

const name = fc.stringMatching(/^[a-zA-Z][\w.~-]{0,20}$/);
const tags = fc.option(fc.uniqueArray(fc.stringMatching(/^[a-z: -]{1,12}$/), { maxLength: 3 }));
const path = fc.stringMatching(/^\/[a-z0-9_]{1,10}$/);
const plugin = fc.oneof(
  fc.record({
    name: fc.constant('key-auth'),
    config: fc.record({ key_names: fc.array(name, { maxLength: 3 }) }),
    tags,
  }),
  fc.record({ name: fc.constant('limit'), config: fc.record({ minute: fc.integer({ min: 1, max: 1e6 }) }), tags }),
);
const route = fc.record(
  {
    paths: fc.array(path, { minLength: 1, maxLength: 3 }),
    methods: fc.option(fc.uniqueArray(fc.constantFrom('GET', 'POST'), { maxLength: 2 })),
    strip_path: fc.boolean(),
    headers: fc.option(
      fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.array(name, { minLength: 1, maxLength: 2 })),
    ),
    tags,
    plugins: fc.array(plugin, { maxLength: 1 }),
  },
  { requiredKeys: ['paths'] },
);
const service = fc.record(
  {
    host: fc.constantFrom('a.test', '10.0.0.1', '[::1]'),
    port: fc.integer({ min: 0, max: 65535 }),
    retries: fc.option(fc.integer({ min: 0, max: 10 })),
    path: fc.option(path),
    tags,
    routes: fc.array(route, { maxLength: 3 }),
    plugins: fc.array(plugin, { maxLength: 1 }),
  },
  { requiredKeys: ['host'] },
);

/** Configurations that can be loaded. Names are given by position, so that they are unique. */
export const someConfiguration = fc
  .record({
    services: fc.array(service, { maxLength: 4 }),
    consumers: fc.array(
      fc.record({
        keyauth_credentials: fc.array(fc.record({ tags, ttl: fc.option(fc.integer({ min: 1e6, max: 1e8 })) }), {
          maxLength: 2,
        }),
      }),
      { maxLength: 3 },
    ),
    upstreams: fc.array(fc.record({ targets: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 }) }), {
      maxLength: 2,
    }),
  })
  .map(({ services, consumers, upstreams }) => ({
    _format_version: '3.0',
    services: services.map((given, at) => ({ ...given, name: `s${at}` })),
    consumers: consumers.map(({ keyauth_credentials: keys }, at) => ({
      username: `c${at}`,
      keyauth_credentials: keys.map((given, index) => ({ ...given, key: `k${at}-${index}` })),
    })),
    upstreams: upstreams.map(({ targets }, at) => ({
      name: `u${at}`,
      targets: targets.map((port) => ({ target: `10.0.0.1:${port}` })),
    })),
  }));
