import type { After, MysqlServer, PostgresServer } from '../db/index.ts';
import type { Settings } from '../settings/index.ts';
import { readPem } from './pem.ts';

/** Connections that a node keeps to Postgres unless `pg_pool_size` says otherwise. */
const usualPoolSize = 10;
/** How long an idle one is kept unless `pg_keepalive_timeout` says otherwise, in milliseconds. */
const usualKeepAlive = 60_000;

/** Calls work later; waiting for it does not keep the process alive. */
export const after: After = (ms, work) => {
  const timer = setTimeout(work, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/** The Postgres server of the `pg_*` settings. */
export function postgresServer(settings: Settings): PostgresServer {
  const { pg_schema: schema, pg_password: password, pg_backlog: backlog } = settings;
  return {
    host: settings.pg_host,
    port: settings.pg_port,
    database: settings.pg_database,
    user: settings.pg_user,
    timeoutMs: settings.pg_timeout,
    maxConcurrentQueries: settings.pg_max_concurrent_queries,
    semaphoreTimeoutMs: settings.pg_semaphore_timeout,
    keepAliveMs: settings.pg_keepalive_timeout ?? usualKeepAlive,
    poolSize: settings.pg_pool_size ?? usualPoolSize,
    ...(schema === undefined ? {} : { schema }),
    ...(password === undefined ? {} : { password }),
    ...(backlog === undefined ? {} : { backlog }),
    ...(settings.pg_ssl ? { tls: tlsOf(settings, settings.pg_ssl_verify) } : {}),
  };
}

/** The read replica of the `pg_ro_*` settings, where `pg_ro_host` names one; keys that are unset are the primary's. */
export function postgresReplica(settings: Settings): PostgresServer | undefined {
  const host = settings.pg_ro_host;
  if (host === undefined) return undefined;
  return postgresServer({
    ...settings,
    pg_host: host,
    pg_port: settings.pg_ro_port ?? settings.pg_port,
    pg_database: settings.pg_ro_database ?? settings.pg_database,
    pg_schema: settings.pg_ro_schema ?? settings.pg_schema,
    pg_timeout: settings.pg_ro_timeout ?? settings.pg_timeout,
    pg_user: settings.pg_ro_user ?? settings.pg_user,
    pg_password: settings.pg_ro_password ?? settings.pg_password,
    pg_ssl: settings.pg_ro_ssl ?? settings.pg_ssl,
    pg_ssl_verify: settings.pg_ro_ssl_verify ?? settings.pg_ssl_verify,
    pg_max_concurrent_queries: settings.pg_ro_max_concurrent_queries ?? settings.pg_max_concurrent_queries,
    pg_semaphore_timeout: settings.pg_ro_semaphore_timeout ?? settings.pg_semaphore_timeout,
    pg_keepalive_timeout: settings.pg_ro_keepalive_timeout ?? settings.pg_keepalive_timeout,
    pg_pool_size: settings.pg_ro_pool_size ?? settings.pg_pool_size,
    pg_backlog: settings.pg_ro_backlog ?? settings.pg_backlog,
  });
}

/** The MySQL or MariaDB server of the `mysql_*` settings. */
export function mysqlServer(settings: Settings): MysqlServer {
  const { mysql_password: password } = settings;
  return {
    host: settings.mysql_host,
    port: settings.mysql_port,
    database: settings.mysql_database,
    user: settings.mysql_user,
    timeoutMs: settings.mysql_timeout,
    poolSize: settings.mysql_pool_size,
    ...(password === undefined ? {} : { password }),
    ...(settings.mysql_ssl ? { tls: tlsOf(settings, settings.mysql_ssl_verify) } : {}),
  };
}

/** TLS to a store; the trusted certificates take the place of the system's when some are named. */
function tlsOf(settings: Settings, verify: boolean): NonNullable<PostgresServer['tls']> {
  const named = settings.lua_ssl_trusted_certificate.filter((value) => value !== 'system');
  if (named.length === 0) return { verify };
  return { verify, ca: named.map((value) => readPem('lua_ssl_trusted_certificate', value)) };
}
