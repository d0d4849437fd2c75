import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatEnvFile, multilineKeys } from './env-file.ts';
import { loadSettings } from './load.ts';
import { reportSettings } from './report.ts';
import type { Settings } from './settings.ts';

function load(env: Record<string, string>, file?: string): Settings {
  const result = loadSettings({
    env,
    ...(file === undefined ? {} : { file: '/env' }),
    readFile: (path) => (path === '/env' ? file : undefined),
    exists: (path) => path === '/etc/hosts',
  });
  assert.ok(result.ok, result.ok ? '' : result.errors.join('\n'));
  return result.settings;
}

describe('reportSettings', () => {
  it('masks secrets, and leaves out what is unset', () => {
    const report = reportSettings(
      load({ KONG_PG_PASSWORD: 'topsecret', KONG_PROXY_SERVER: 'http://user:topsecret@proxy' }),
    );
    assert.equal(report.pg_password, '******');
    assert.equal(report.proxy_server, '******');
    assert.equal('ssl_cert_key' in report, false);
    assert.equal('pg_ro_host' in report, false);
    assert.equal(JSON.stringify(report).includes('topsecret'), false);
  });

  it('shows a reference in place of what it stands for', () => {
    const report = reportSettings(load({ KONG_PG_USER: '{vault://env/who}', WHO: 'ann' }));
    assert.equal(report.pg_user, '{vault://env/who}');
  });

  it("shows listeners in Kong's form", () => {
    const report = reportSettings(
      load({ KONG_ADMIN_LISTEN: '[::1]:8444 http2 ssl backlog=5', KONG_STATUS_LISTEN: 'off' }),
    );
    assert.deepEqual(report.admin_listen, ['[::1]:8444 http2 ssl backlog=5']);
    assert.deepEqual(report.admin_listeners, [
      {
        ssl: true,
        http2: true,
        proxy_protocol: false,
        deferred: false,
        bind: false,
        reuseport: false,
        'backlog=5': true,
        'ipv6only=on': false,
        'ipv6only=off': false,
        'so_keepalive=on': false,
        'so_keepalive=off': false,
        'so_keepalive=%w*:%w*:%d*': false,
        ip: '[0000:0000:0000:0000:0000:0000:0000:0001]',
        port: 8444,
        listener: '[0000:0000:0000:0000:0000:0000:0000:0001]:8444 ssl backlog=5',
      },
    ]);
    assert.equal(report.admin_ssl_enabled, true);
    assert.deepEqual([report.status_listen, report.status_listeners], [['off'], []]);
  });

  it('names the store as old clients expect it, and truly beside it', () => {
    const report = reportSettings(load({}));
    assert.deepEqual([report.database, report.storage_engine], ['postgres', 'sqlite']);
    assert.equal(reportSettings(load({ KONG_ADMIN_REPORT_DATABASE: 'sqlite' })).database, 'sqlite');
  });

  it('writes sizes, times and switches of nginx as words, other switches as booleans', () => {
    const report = reportSettings(load({ KONG_NGINX_HTTP_LUA_SHARED_DICT: 'mine 5m' }));
    assert.deepEqual(
      [report.mem_cache_size, report.ssl_session_timeout, report.nginx_daemon, report.nginx_main_daemon, report.demo],
      ['128m', '1d', 'off', 'off', true],
    );
    assert.equal(report.nginx_http_lua_shared_dict, 'mine 5m');
  });
});

describe('formatEnvFile', () => {
  it('writes what reads back as the same settings', () => {
    const first = load({
      KONG_PREFIX: '/p',
      KONG_PG_PASSWORD: 'a#b',
      KONG_PROXY_LISTEN: 'off',
      KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE: '3k',
      KONG_NGINX_HTTP_KEEPALIVE_TIMEOUT: '1500ms',
      KONG_TRUSTED_IPS: '10.0.0.1,::1',
      KONG_NGINX_HTTP_FOO: 'bar',
    });
    assert.deepEqual(load({}, formatEnvFile(first)), first);
  });

  it('keeps references, and names what it cannot write', () => {
    const settings = load({
      KONG_PG_USER: '{vault://env/who}',
      WHO: 'ann',
      KONG_DECLARATIVE_CONFIG_STRING: 'a: 1\nb: 2',
    });
    const text = formatEnvFile(settings);
    assert.match(text, /^pg_user = \{vault:\/\/env\/who\}$/m);
    assert.doesNotMatch(text, /declarative_config_string/);
    assert.deepEqual(multilineKeys(settings), ['declarative_config_string']);
  });
});
