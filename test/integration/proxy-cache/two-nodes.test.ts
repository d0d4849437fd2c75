import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { migrateStore } from '../../support/migrate.ts';
import { requireService } from '../../support/services.ts';
import { until } from '../../support/until.ts';
import { createTestDatabase, gatewaySettings } from '../postgres/database.ts';

requireService('postgres');

test('a purge on one node is heard by the others on its store', async () => {
  const { server, drop } = await createTestDatabase();
  const upstream = createServer((_, answer) => answer.setHeader('Content-Type', 'text/plain').end('hello'));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const gateways: InProcessGateway[] = [];
  try {
    const settings = gatewaySettings(server);
    await migrateStore(settings);
    for (let node = 0; node < 2; node++) gateways.push(await startTestGateway(settings));
    const [one, other] = gateways as [InProcessGateway, InProcessGateway];
    const { route } = await createRoute(one, (upstream.address() as AddressInfo).port, '/cached');
    await one.admin('POST', `/routes/${route.id}/plugins`, { name: 'proxy-cache', config: { strategy: 'memory' } });
    const ask = async ({ port }: InProcessGateway) => {
      const answer = await fetch(`http://127.0.0.1:${port}/cached`);
      await answer.text();
      return answer.headers;
    };
    await until(async () => (await ask(other)).get('x-cache-status') === 'Hit');
    await until(async () => (await ask(one)).get('x-cache-status') === 'Hit');
    const key = (await ask(one)).get('x-cache-key')!;
    for (const path of [`/proxy-cache/${key}`, '/proxy-cache']) {
      assert.equal((await ask(other)).get('x-cache-status'), 'Hit');
      await one.admin('DELETE', path, undefined, 204);
      await until(async () => (await ask(other)).get('x-cache-status') === 'Miss');
      await until(async () => (await ask(one)).get('x-cache-status') === 'Hit');
    }
  } finally {
    for (const gateway of gateways) await gateway.stop();
    upstream.closeAllConnections();
    await new Promise((resolve) => upstream.close(resolve));
    await drop();
  }
});
