import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { type LoadOptions, loadSettings } from './load.ts';
import type { Settings } from './settings.ts';

interface World {
  readonly file?: string;
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, string>;
  readonly files?: Record<string, string>;
}

function options(world: World): LoadOptions {
  const files: Record<string, string> = { ...world.files };
  if (world.file !== undefined) files['/etc/kong/kong.conf'] = world.file;
  return {
    env: world.env ?? {},
    ...(world.flags === undefined ? {} : { flags: world.flags }),
    readFile: (path) => files[path],
    exists: (path) => path in files || path === '/etc/hosts',
  };
}

function load(world: World): { settings: Settings; warnings: readonly string[] } {
  const result = loadSettings(options(world));
  assert.ok(result.ok, result.ok ? '' : result.errors.join('\n'));
  return result;
}

function errorsOf(world: World): readonly string[] {
  const result = loadSettings(options(world));
  return result.ok ? [] : result.errors;
}

describe('loadSettings', () => {
  it('has a value for everything without file and environment', () => {
    const { settings, warnings } = load({});
    assert.deepEqual(warnings, []);
    assert.equal(settings.prefix, resolve('.gibbon'));
    assert.equal(settings.sqlite_path, resolve('.gibbon/gibbon.db'));
    assert.equal(settings.database, 'sqlite');
    assert.equal(settings.nginx_worker_processes, 'auto');
    assert.equal(settings.nginx_daemon, false);
    assert.equal(settings.mem_cache_size, 128 * 1024 * 1024);
    assert.equal(settings.nginx_http_keepalive_timeout, 75_000);
    assert.equal(settings.pg_password, undefined);
    assert.deepEqual(settings.trusted_ips, []);
    assert.deepEqual(settings.stream_listen, []);
    assert.ok(Object.isFrozen(settings));
  });

  it('reads the default listeners as objects', () => {
    const { settings } = load({});
    const common = { proxy_protocol: false, deferred: false, bind: false, reuseport: true, udp: false, backlog: 16384 };
    assert.deepEqual(settings.proxy_listen, [
      {
        ...common,
        host: '0.0.0.0',
        port: 8000,
        ssl: false,
        http2: false,
        text: '0.0.0.0:8000 reuseport backlog=16384',
      },
      {
        ...common,
        host: '0.0.0.0',
        port: 8443,
        ssl: true,
        http2: true,
        text: '0.0.0.0:8443 http2 ssl reuseport backlog=16384',
      },
    ]);
  });

  it('lets the environment win over the file, GIBBON_ over KONG_, and flags over all', () => {
    const file = 'log_level = debug\npg_user = fromfile\ndns_error_ttl = 2\nprefix = /from/file\n';
    const env = { KONG_PG_USER: 'kong', KONG_DNS_ERROR_TTL: '3', GIBBON_DNS_ERROR_TTL: '4', KONG_PREFIX: '/from/env' };
    const { settings } = load({ file, env, flags: { prefix: '/from/flag' } });
    assert.equal(settings.log_level, 'debug');
    assert.equal(settings.pg_user, 'kong');
    assert.equal(settings.dns_error_ttl, 4);
    assert.equal(settings.prefix, '/from/flag');
  });

  it('takes an empty text as unset', () => {
    const { settings } = load({
      file: 'pg_password = x\nlog_level = debug',
      env: { KONG_PG_PASSWORD: '', KONG_LOG_LEVEL: '' },
    });
    assert.equal(settings.pg_password, undefined);
    assert.equal(settings.log_level, 'notice');
  });

  it('reports a named file that is missing', () => {
    assert.deepEqual(loadSettings({ ...options({}), file: '/nowhere.conf' }), {
      ok: false,
      errors: ['no file at: /nowhere.conf'],
      warnings: [],
    });
  });

  it('looks at the second place when the first has no file', () => {
    const { settings } = load({ files: { '/etc/kong.conf': 'log_level = crit' } });
    assert.equal(settings.log_level, 'crit');
  });

  it('reads secrets from files', () => {
    const env = { KONG_PG_PASSWORD_FILE: '/run/secrets/pg', KONG_RESOLVER_HOSTS_FILE: '/etc/hosts' };
    const { settings } = load({ env, files: { '/run/secrets/pg': 's3cret\n' } });
    assert.equal(settings.pg_password, 's3cret');
    assert.equal(settings.resolver_hosts_file, '/etc/hosts');
    assert.deepEqual(errorsOf({ env: { KONG_PG_PASSWORD_FILE: '/missing' } }), [
      "KONG_PG_PASSWORD_FILE: cannot read file '/missing'",
    ]);
    assert.deepEqual(errorsOf({ env: { KONG_PG_PASSWORD_FILE: '/missing', KONG_PG_PASSWORD: 'x' } }), [
      'KONG_PG_PASSWORD and KONG_PG_PASSWORD_FILE are both set: keep one of them',
    ]);
  });

  it('warns of unknown keys, but not of the variables that Kubernetes adds', () => {
    const env = { KONG_NO_SUCH: '1', KONG_PROXY_SERVICE_HOST: '10.0.0.1', KONG_ADMIN_PORT_8001_TCP_ADDR: '10.0.0.1' };
    const { warnings } = load({ file: 'colour = red', env });
    assert.deepEqual(warnings, [
      "unknown key 'colour' in /etc/kong/kong.conf is ignored",
      "unknown environment variable 'KONG_NO_SUCH' is ignored",
    ]);
  });

  it('names keys that are accepted without effect, and keys of old', () => {
    const { warnings } = load({
      env: { KONG_KIC: 'on', KONG_LUA_PACKAGE_PATH: '/x', KONG_CASSANDRA_PORT: '1', KONG_WASM: 'off' },
    });
    assert.deepEqual(warnings, [
      "'cassandra_port' has no meaning since Kong 3.4 and is ignored",
      'accepted without effect: kic, lua_package_path',
    ]);
  });

  it('settles other names of a key', () => {
    const { settings, warnings } = load({
      file: 'nginx_main_worker_processes = 4\nopentelemetry_tracing_sampling_rate = 0.5',
      env: {
        KONG_NGINX_MAIN_DAEMON: 'on',
        KONG_NGINX_PROXY_CLIENT_MAX_BODY_SIZE: '1m',
        KONG_CLIENT_MAX_BODY_SIZE: '2m',
      },
    });
    assert.equal(settings.nginx_worker_processes, 4);
    assert.equal(settings.nginx_daemon, true);
    assert.equal(settings.nginx_http_client_max_body_size, 1024 * 1024);
    assert.equal(settings.tracing_sampling_rate, 0.5);
    assert.deepEqual(warnings, [
      "the 'opentelemetry_tracing_sampling_rate' configuration property is deprecated, use 'tracing_sampling_rate' instead",
      'accepted without effect: tracing_sampling_rate',
    ]);
  });

  it('lets a stronger layer win whichever name it uses', () => {
    const { settings } = load({ file: 'nginx_main_worker_processes = 4', env: { KONG_NGINX_WORKER_PROCESSES: '2' } });
    assert.equal(settings.nginx_worker_processes, 2);
  });

  it('keeps directives that it does not know', () => {
    const env = {
      KONG_NGINX_HTTP_LUA_SHARED_DICT: 'mine 5m',
      KONG_VAULT_ENV_PREFIX: 'SECRET_',
      KONG_NGINX_PROXY_FOO: 'NONE',
    };
    const { settings, warnings } = load({ env });
    assert.deepEqual({ ...settings.injected }, { nginx_http_lua_shared_dict: 'mine 5m', vault_env_prefix: 'SECRET_' });
    assert.deepEqual(warnings, []);
  });

  it('resolves references to the environment', () => {
    const env = {
      KONG_PG_PASSWORD: '{vault://env/db-secret}',
      KONG_PG_USER: '{vault://env/db-json/user}',
      KONG_TRUSTED_IPS: '10.0.0.1, {vault://env/peer}',
      DB_SECRET: 's3cret',
      DB_JSON: '{"user":"ann"}',
      PEER: '10.0.0.2',
    };
    const { settings } = load({ env });
    assert.equal(settings.pg_password, 's3cret');
    assert.equal(settings.pg_user, 'ann');
    assert.deepEqual(settings.trusted_ips, ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(errorsOf({ env: { KONG_PG_USER: '{vault://env/none}', KONG_PG_HOST: '{vault://aws/x}' } }), [
      "failed to dereference '{vault://aws/x}': vault not found (aws) for config option 'pg_host'",
      "failed to dereference '{vault://env/none}': could not find a value for config option 'pg_user'",
    ]);
  });

  it('maps outer ports', () => {
    assert.deepEqual(load({ env: { KONG_PORT_MAPS: '80:8000, 443:8443' } }).settings.host_ports, {
      8000: 80,
      8443: 443,
    });
  });

  it('works out which headers are added', () => {
    const { settings } = load({
      env: { KONG_HEADERS: 'Server, X-Kong-Upstream-Status', KONG_HEADERS_UPSTREAM: 'off' },
    });
    assert.deepEqual([...settings.enabled_headers], ['server', 'x-kong-upstream-status']);
    assert.deepEqual([...settings.enabled_headers_upstream], []);
    assert.deepEqual(
      [...load({}).settings.enabled_headers],
      [
        'server',
        'via',
        'x-kong-proxy-latency',
        'x-kong-response-latency',
        'x-kong-admin-latency',
        'x-kong-upstream-latency',
        'x-kong-request-id',
      ],
    );
  });

  it('puts the preset of ciphers in place of single keys', () => {
    const modern = load({ env: { KONG_SSL_CIPHER_SUITE: 'modern', KONG_SSL_CIPHERS: 'X' } }).settings;
    assert.deepEqual(
      [modern.ssl_protocols, modern.ssl_ciphers, modern.ssl_prefer_server_ciphers, modern.ssl_dhparam],
      ['TLSv1.3', undefined, false, undefined],
    );
    const custom = load({
      env: { KONG_SSL_CIPHER_SUITE: 'custom', KONG_NGINX_HTTP_SSL_PROTOCOLS: 'TLSv1.3' },
    }).settings;
    assert.deepEqual([custom.ssl_protocols, custom.ssl_prefer_server_ciphers], ['TLSv1.3', true]);
  });

  it('reports all mistakes at once', () => {
    const errors = errorsOf({
      file: 'log_level = loud\nthis is no setting',
      env: { KONG_PG_PORT: 'abc', KONG_DEMO: 'maybe', KONG_PROXY_LISTEN: '0.0.0.0:99999', KONG_MEM_CACHE_SIZE: 'big' },
    });
    assert.deepEqual(errors, [
      '/etc/kong/kong.conf:2: expected key = value',
      "log_level has an invalid value: 'loud' (debug, info, notice, warn, error, crit, alert, emerg)",
      "demo is not a boolean: 'maybe' (on, off, true, false)",
      'proxy_listen must be of form: [off] | <ip>:<port> [ssl] [http2] [proxy_protocol] [deferred] [bind] [reuseport] ' +
        '[backlog=%d+] [ipv6only=on] [ipv6only=off] [so_keepalive=on] [so_keepalive=off] [so_keepalive=%w*:%w*:%d*], ' +
        "[... next entry ...], got '0.0.0.0:99999'",
      "pg_port is not a number: 'abc'",
      "mem_cache_size has an invalid value: 'big' (a size such as 8k, 10m or 1g)",
    ]);
  });

  it('never repeats a secret', () => {
    const text = JSON.stringify(
      loadSettings(options({ env: { KONG_SSL_CERT: '/c', KONG_SSL_CERT_KEY: 'topsecret' }, files: { '/c': '' } })),
    );
    assert.equal(text.includes('topsecret'), false);
  });
});
