import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultWorkspaceId } from '../../../src/entities/index.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { until } from '../../support/until.ts';

describe('what the Admin API does to its node', () => {
  it('PUT /debug/node/log-level/{level} changes the level for a while', async () => {
    const gateway = await startTestGateway({ log_level: 'notice' });
    const level = async (): Promise<string> => (await gateway.admin('GET', '/debug/node/log-level')).body.message;
    const change = async (path: string, status = 200): Promise<string> =>
      (await gateway.admin('PUT', `/debug/node/log-level/${path}`, undefined, status)).body.message;
    try {
      assert.equal(await level(), 'log level: notice');
      assert.equal(await change('notice'), 'log level is already notice');
      assert.equal(await change('debug'), 'log level changed');
      assert.equal(await level(), 'log level: debug');
      assert.equal(await change('info?timeout=0'), 'log level changed');
      await until(async () => (await level()) === 'log level: notice');
      assert.equal(await change('loud', 400), 'unknown log level: loud');
      assert.equal(await change('info?timeout=-1', 400), 'timeout must be greater than or equal to 0');
    } finally {
      await gateway.stop();
    }
  });

  it('/cache/{key} shows and forgets rows that workers have read; the level stays without a database', async () => {
    const gateway = await startTestGateway({ database: 'off' });
    const key = `keyauth_credentials:k:::::${defaultWorkspaceId}`;
    const call = async (): Promise<number> =>
      (await fetch(`http://127.0.0.1:${gateway.port}/`, { headers: { apikey: 'k' } })).status;
    try {
      await gateway.admin('POST', '/config', {
        _format_version: '3.0',
        consumers: [{ username: 'bob', keyauth_credentials: [{ key: 'k' }] }],
        routes: [{ paths: ['/'] }],
        plugins: [{ name: 'key-auth' }, { name: 'request-termination', config: { status_code: 200 } }],
      });
      await gateway.admin('GET', `/cache/${key}`, undefined, 404);
      assert.equal(await call(), 200);
      assert.equal((await gateway.admin('GET', `/cache/${key}`)).body.key, 'k');
      await gateway.admin('DELETE', `/cache/${key}`, undefined, 204);
      await gateway.admin('GET', `/cache/${key}`, undefined, 404);
      await until(async () => {
        assert.equal(await call(), 200);
        return (await gateway.admin('GET', `/cache/${key}`)).status === 200;
      });
      await gateway.admin('DELETE', '/cache', undefined, 204);
      await gateway.admin('GET', `/cache/${key}`, undefined, 404);
      const refused = await gateway.admin('PUT', '/debug/node/log-level/debug', undefined, 405);
      assert.deepEqual(refused.body, { message: 'cannot change log level when not using a database' });
    } finally {
      await gateway.stop();
    }
  });
});
