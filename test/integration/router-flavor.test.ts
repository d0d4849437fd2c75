import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../support/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'gibbon-flavor-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function withFlavor(flavor: string, use: (gateway: InProcessGateway) => Promise<void>): Promise<void> {
  const gateway = await startTestGateway({ router_flavor: flavor, sqlite_path: join(folder, 'gibbon.db') });
  try {
    await use(gateway);
  } finally {
    await gateway.stop();
  }
}

async function statusOf(gateway: InProcessGateway, path: string): Promise<number> {
  const client = await gateway.connect();
  const { status } = await client.ask(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  client.close();
  return status;
}

it('a store goes from flavour to flavour and back, and keeps what the others do not see', async () => {
  // A route without a service is found with 503, where none is found with 404.
  await withFlavor('traditional_compatible', async (gateway) => {
    await gateway.admin('POST', '/routes', { name: 'fields', paths: ['/fields'] });
    await gateway.admin('POST', '/routes', { name: 'e', expression: 'http.path == "/e"' }, 400);
  });
  await withFlavor('expressions', async (gateway) => {
    await gateway.admin('POST', '/routes', { name: 'e', expression: 'http.path == "/e"', priority: 4 });
    assert.deepEqual([await statusOf(gateway, '/fields'), await statusOf(gateway, '/e')], [503, 503]);
    assert.equal((await gateway.admin('GET', '/routes/fields')).body.priority, 0);
  });
  for (const flavor of ['traditional', 'traditional_compatible']) {
    await withFlavor(flavor, async (gateway) => {
      assert.deepEqual([await statusOf(gateway, '/fields'), await statusOf(gateway, '/e')], [503, 404]);
      const { body } = await gateway.admin('GET', '/routes/e');
      assert.equal('expression' in body, false);
    });
  }
  await withFlavor('expressions', async (gateway) => {
    // It takes a restart: the store is open for one flavour.
    await gateway.running.reload(gateway.settings({ router_flavor: 'traditional' }));
    assert.match(gateway.readLog(), /Cannot change router_flavor to "traditional" by a reload: restart the node/);
    const { body } = await gateway.admin('GET', '/routes/e');
    assert.deepEqual([body.expression, body.priority], ['http.path == "/e"', 4]);
    assert.equal(await statusOf(gateway, '/e'), 503);
  });
});
