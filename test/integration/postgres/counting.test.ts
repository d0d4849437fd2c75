import assert from 'node:assert/strict';
import { after as afterAll, before, describe, it } from 'node:test';
import { startServer, type TestServer } from '../../../scripts/testing/servers/index.ts';
import { countingCases } from '../../support/counting-cases.ts';
import { askLimited } from '../../support/crowd.ts';
import { createRoute, startTestGateway } from '../../support/gateway.ts';
import { migrateStore } from '../../support/migrate.ts';
import { startUpstream } from '../../support/scripted-upstream.ts';
import { requireService } from '../../support/services.ts';
import { until } from '../../support/until.ts';
import { createTestDatabase, gatewaySettings, strategyOn } from './database.ts';

requireService('postgres');

countingCases('postgres', async () => {
  const { server, drop } = await createTestDatabase();
  return { drop, gateways: 2, strategy: () => strategyOn(server), settings: gatewaySettings(server) };
});

describe('rows that Kong counts too', () => {
  it('are the same rows', async () => {
    const { server, sql, drop } = await createTestDatabase();
    const upstream = await startUpstream();
    await migrateStore(gatewaySettings(server));
    const gateway = await startTestGateway({ ...gatewaySettings(server), nginx_worker_processes: '1' });
    try {
      const { route, service } = await createRoute(gateway, upstream.port, '/kong');
      await gateway.admin('POST', `/routes/${route.id}/plugins`, {
        name: 'rate-limiting',
        config: { year: 10, policy: 'cluster' },
      });
      await gateway.admin('POST', `/services/${service.id}/plugins`, {
        name: 'response-ratelimiting',
        config: { policy: 'cluster', limits: { videos: { year: 10 } } },
      });
      const ask = () => askLimited(gateway.port, '/kong');
      assert.deepEqual(await ask(), { status: 200, remaining: '9' });
      const table = 'identifier, period, period_date, service_id, route_id, value';
      const year = `${new Date().getUTCFullYear()}-01-01 00:00:00+00`;
      const none = '00000000-0000-0000-0000-000000000000';
      assert.deepEqual(await sql(`SET TIME ZONE 'UTC'; SELECT ${table} FROM ratelimiting_metrics`), [
        ['127.0.0.1', 'year', year, none, route.id, '1'],
      ]);
      // What a Kong node writes for seven more requests.
      await sql(
        `INSERT INTO ratelimiting_metrics (${table}, ttl) VALUES ('127.0.0.1', 'year', '${year}', '${none}', ` +
          `'${route.id}', 7, now()) ON CONFLICT (identifier, period, period_date, service_id, route_id) ` +
          'DO UPDATE SET value = ratelimiting_metrics.value + EXCLUDED.value',
      );
      assert.deepEqual(await ask(), { status: 200, remaining: '1' });
      assert.deepEqual(await ask(), { status: 200, remaining: '0' });
      assert.equal((await ask()).status, 429);
      assert.deepEqual(await sql('SELECT value FROM ratelimiting_metrics'), [['10']]);
    } finally {
      await gateway.stop();
      await upstream.close();
      await drop();
    }
  });
});

describe('a Postgres server that goes away', () => {
  let server: TestServer;
  before(() => {
    server = startServer('postgres');
  });
  afterAll(() => server.stop());

  it('leaves requests to fault_tolerant, and limits are back when it is', async () => {
    const { hostname: host, port, username: user, password } = new URL(server.url);
    const upstream = await startUpstream();
    const settings = gatewaySettings({ host, port: Number(port), user, password, database: 'postgres' });
    await migrateStore(settings);
    const gateway = await startTestGateway({ ...settings, nginx_worker_processes: '2' });
    try {
      for (const [path, isTolerant] of [
        ['/tolerant', true],
        ['/strict', false],
      ] as const) {
        const { route } = await createRoute(gateway, upstream.port, path);
        const config = { year: 1000, policy: 'cluster', fault_tolerant: isTolerant };
        await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'rate-limiting', config });
      }
      const ask = (path: string) => askLimited(gateway.port, path);
      assert.deepEqual(await ask('/tolerant'), { status: 200, remaining: '999' });
      assert.deepEqual(await ask('/strict'), { status: 200, remaining: '999' });
      server.kill();
      for (let asked = 0; asked < 10; asked++) {
        assert.deepEqual(await ask('/tolerant'), { status: 200, remaining: undefined });
        assert.equal((await ask('/strict')).status, 500);
      }
      assert.match(gateway.readLog(), /failed to get usage: Cannot write ratelimiting_metrics to the store/);
      assert.doesNotMatch(gateway.readLog(), /INSERT INTO/);
      server.restart();
      await until(async () => (await ask('/tolerant')).remaining !== undefined);
      assert.equal((await ask('/strict')).status, 200);
    } finally {
      await gateway.stop();
      await upstream.close();
    }
  });
});
