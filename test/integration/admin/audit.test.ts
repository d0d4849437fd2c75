import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuditLog } from '../../../src/admin/index.ts';
import { startAdmin } from '../../support/admin.ts';

test('GET /audit tells of writes, refused ones too, and of no reads', async () => {
  const admin = await startAdmin({ audit: createAuditLog(10) });
  try {
    const send = (method: string, path: string, json?: unknown) =>
      admin.send({
        method,
        path,
        ...(json === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }),
      });
    const created = await send('POST', '/services?secret=1', { name: 'a', host: 'a.test' });
    await send('GET', '/services');
    await send('PATCH', '/services/a', { port: 'x' });
    await send('DELETE', '/services/a');
    const { data } = JSON.parse((await send('GET', '/audit?size=2')).body) as { data: { method: string }[] };
    const rest = JSON.parse((await send('GET', '/audit?offset=2')).body) as { data: object[]; next: null };
    assert.deepEqual(
      data.map(({ method }) => method),
      ['DELETE', 'PATCH'],
    );
    const { at, latency, ...first } = rest.data[0] as { at: number; latency: number };
    assert.deepEqual(first, {
      serial: 1,
      client_ip: '127.0.0.1',
      method: 'POST',
      path: '/services',
      status: 201,
      entity_id: (JSON.parse(created.body) as { id: string }).id,
    });
    assert.ok(at > 1_700_000_000 && latency >= 0);
    assert.equal(rest.next, null);
    assert.equal((await send('GET', '/audit?size=0')).status, 400);
    assert.equal((await send('GET', '/audit?offset=x')).status, 400);
  } finally {
    await admin.close();
  }
});
