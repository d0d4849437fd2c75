import { f, type Shorthands } from '../../schema/index.ts';

/** The flat names (`redis_host` ...) that a plugin's Redis settings had before Kong 3.6 put them into a record `redis`. */
export function redisShorthands(plugin: string): Shorthands {
  const field = (name: string, type: Shorthands[string]['field']): Shorthands[string] => ({
    field: type,
    deprecation: {
      replaced_with: [{ path: ['redis', name] }],
      message: `${plugin}: config.redis_${name} is deprecated, please use config.redis.${name} instead`,
      removal_in_version: '4.0',
    },
    expand: (value: unknown) => ({ redis: { [name]: value } }),
  });
  return {
    redis_host: field('host', f.string()),
    redis_port: field('port', f.integer()),
    redis_password: field('password', f.string({ len_min: 0 })),
    redis_username: field('username', f.string()),
    redis_ssl: field('ssl', f.boolean()),
    redis_ssl_verify: field('ssl_verify', f.boolean()),
    redis_server_name: field('server_name', f.string()),
    redis_timeout: field('timeout', f.integer()),
    redis_database: field('database', f.integer()),
  };
}
