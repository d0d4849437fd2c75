import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSqliteStrategy } from '../../../src/db/index.ts';
import { systemClock } from '../../../src/kernel/index.ts';
import { countingCases } from '../../support/counting-cases.ts';
import { startTestGateway } from '../../support/gateway.ts';

countingCases('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-counting-'));
  const path = join(folder, 'store.sqlite');
  return {
    gateways: 1,
    strategy: () => createSqliteStrategy({ path, clock: systemClock }),
    settings: {},
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

test('without a database there is nowhere to count', async () => {
  const gateway = await startTestGateway({ database: 'off', nginx_worker_processes: '1' });
  try {
    const configured = (name: string, config: object) => ({ _format_version: '3.0', plugins: [{ name, config }] });
    const limits = { videos: { minute: 1 } };
    for (const [name, config] of [
      ['rate-limiting', { minute: 1 }],
      ['response-ratelimiting', { limits }],
    ] as const) {
      const refused = await gateway.admin('POST', '/config', configured(name, { ...config, policy: 'cluster' }), 400);
      assert.deepEqual(refused.body.fields.plugins[0].config, { policy: 'expected one of: local, redis' });
      await gateway.admin('POST', '/config', configured(name, config), 201);
      const { body } = await gateway.admin('GET', `/schemas/plugins/${name}`);
      const { fields } = body.fields.find((field: object) => 'config' in field).config;
      const { policy } = fields.find((field: object) => 'policy' in field);
      assert.deepEqual(policy.one_of, ['local', 'redis']);
    }
  } finally {
    await gateway.stop();
  }
});
