import assert from 'node:assert/strict';
import { after as afterAll, before, describe, it } from 'node:test';
import { startServer, type TestServer } from '../../../scripts/testing/servers/index.ts';
import { createDatabase, type Database } from '../../../src/db/index.ts';
import { coreEntities } from '../../../src/entities/index.ts';
import type { EntityEvent } from '../../../src/events/index.ts';
import { silentLogger, systemClock } from '../../../src/kernel/index.ts';
import { keyauthCredentials } from '../../../src/plugins/key-auth/entities.ts';
import { createTestEnvironment } from '../../support/admin.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { requireService } from '../../support/services.ts';
import { until } from '../../support/until.ts';
import { closeAll, serverOf, strategyOn } from './database.ts';

requireService('postgres');

describe('a Postgres server that dies and comes back', () => {
  let server: TestServer;
  before(() => {
    server = startServer('postgres');
  });
  afterAll(async () => {
    await closeAll(serverOf(new URL(server.url)));
    server.stop();
  });

  function open(events: EntityEvent[] = []): Promise<Database> {
    return createDatabase({
      strategy: strategyOn(serverOf(new URL(server.url)), { updateEveryMs: 200 }),
      entities: [...coreEntities, keyauthCredentials],
      environment: createTestEnvironment(systemClock),
      onEvent: (event) => events.push(event),
      clock: systemClock,
      logger: silentLogger,
    });
  }

  it('costs the writes of that time, and nothing else', async () => {
    const heard: EntityEvent[] = [];
    const [one, other] = [await open(), await open(heard)];
    const consumers = one.dao('consumers');
    const made = await consumers.insert({ username: 'before' });
    assert.ok(made.ok);
    server.kill();
    assert.equal(await one.reachable(), false);
    for (const attempt of [
      () => consumers.insert({ username: 'during' }),
      () => consumers.select(String(made.value.id)),
      () => consumers.page(),
      () => one.removeExpired(),
    ]) {
      await assert.rejects(attempt, (fault: Error & { code: string }) => {
        assert.equal(fault.code, 'ERR_STORE');
        assert.match(fault.message, /^Cannot (?:read from|write to|delete from) the store: /);
        assert.doesNotMatch(fault.message, /SELECT|INSERT|during/);
        return true;
      });
    }
    server.restart();
    await until(() => one.reachable());
    const after = await consumers.insert({ username: 'after' });
    assert.ok(after.ok);
    const names = (await Array.fromAsync(consumers.each())).map((row) => String(row.username)).sort();
    assert.deepEqual(names, ['after', 'before']);
    // The other node's connection for notifications came back as well.
    await until(() => heard.some(({ changes }) => changes[0]?.row.id === after.value.id));
    await one.close();
    await other.close();
  });

  it('leaves the proxy at work, and the Admin API answers 500 without a word of SQL', async () => {
    await (await open()).close();
    const url = new URL(server.url);
    const gateway = await startTestGateway({
      database: 'postgres',
      pg_host: url.hostname,
      pg_port: url.port,
      pg_user: url.username,
      pg_password: url.password,
      pg_database: 'postgres',
      nginx_worker_processes: '1',
    });
    try {
      await gateway.admin('POST', '/services', { name: 'gone', url: 'http://127.0.0.1:1' });
      await gateway.admin('POST', '/services/gone/routes', { paths: ['/stop'] });
      await gateway.admin('POST', '/services/gone/plugins', {
        name: 'request-termination',
        config: { status_code: 299, message: 'still here' },
      });
      const ask = async (): Promise<number> => (await fetch(`http://127.0.0.1:${gateway.port}/stop`)).status;
      assert.equal(await ask(), 299);
      server.kill();
      assert.equal(await ask(), 299);
      const refused = await gateway.admin('POST', '/services', { name: 'x', url: 'http://x' }, 500);
      assert.deepEqual(refused.body, { message: 'An unexpected error occurred' });
      const failed = await gateway.admin('GET', '/services', undefined, 500);
      assert.deepEqual(failed.body, { message: 'An unexpected error occurred' });
      server.restart();
      await until(async () => (await gateway.admin('GET', '/status')).body.database.reachable === true);
      await gateway.admin('POST', '/services', { name: 'x', url: 'http://x' });
      assert.equal(await ask(), 299);
    } finally {
      await gateway.stop();
    }
  });
});
