import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeHost, createPluginRunner } from '../../pdk/testing.ts';
import { createAdmin } from './admin.ts';
import { proxyCache } from './index.ts';

const id = '00000000-0000-4000-8000-0000000000aa';

async function open() {
  const host = createFakeHost();
  const runner = createPluginRunner([{ plugin: proxyCache, config: { strategy: 'memory' } }], {
    store: host.store,
    clock: host.clock,
    upstreamResponse: { headers: { 'Content-Type': 'text/plain' }, body: 'héllo' },
  });
  const key = (await runner.send()).headers['x-cache-key'] as string;
  const told: unknown[] = [];
  const { endpoints, heard } = createAdmin({
    log: host.log,
    clock: host.clock,
    store: host.store,
    tellOthers: async (data) => {
      told.push(data);
    },
    configurations: async () => [{ id, config: { strategy: 'memory' } }],
  });
  return {
    key,
    host,
    told,
    heard: heard!,
    status: async () => (await runner.send()).headers['x-cache-status'],
    ask: (method: 'GET' | 'DELETE', path: string, params = {}) =>
      endpoints.find((one) => one.path === path)!.methods[method]!({ params }),
  };
}

test('an answer is shown as Kong shows it', async () => {
  const { ask, key, host } = await open();
  const shown = {
    status: 200,
    body: {
      status: 200,
      headers: { 'Content-Type': 'text/plain' },
      body: 'héllo',
      body_len: 6,
      timestamp: Math.floor(host.clock.now() / 1000),
      ttl: 300,
      version: 1,
    },
  };
  assert.deepEqual(await ask('GET', '/proxy-cache/:cache_key', { cache_key: key }), shown);
  const path = '/proxy-cache/:plugin_id/caches/:cache_key';
  assert.deepEqual(await ask('GET', path, { plugin_id: id, cache_key: key }), shown);
});

test('an answer is purged, and the next request goes upstream', async () => {
  const { ask, key, status } = await open();
  assert.equal(await status(), 'Hit');
  assert.deepEqual(await ask('DELETE', '/proxy-cache/:cache_key', { cache_key: key }), { status: 204 });
  assert.deepEqual([await status(), await status()], ['Miss', 'Hit']);
  const path = '/proxy-cache/:plugin_id/caches/:cache_key';
  assert.deepEqual(await ask('DELETE', path, { plugin_id: id, cache_key: key }), { status: 204 });
  assert.deepEqual([await status(), await status()], ['Miss', 'Hit']);
  assert.deepEqual(await ask('DELETE', '/proxy-cache'), { status: 204 });
  assert.equal(await status(), 'Miss');
});

test('what is not there is not found', async () => {
  const { ask, key } = await open();
  const path = '/proxy-cache/:plugin_id/caches/:cache_key';
  for (const method of ['GET', 'DELETE'] as const) {
    assert.deepEqual(await ask(method, '/proxy-cache/:cache_key', { cache_key: 'none' }), { status: 404 });
    assert.deepEqual(await ask(method, path, { plugin_id: id, cache_key: 'none' }), { status: 404 });
    assert.deepEqual(await ask(method, path, { plugin_id: 'other', cache_key: key }), { status: 404 });
  }
});

test('a purge is told to other nodes, and heard from them', async () => {
  const { ask, key, status, told, heard } = await open();
  await ask('DELETE', '/proxy-cache/:cache_key', { cache_key: 'nothing' });
  assert.deepEqual(told, []);
  await ask('DELETE', '/proxy-cache/:cache_key', { cache_key: key });
  await ask('DELETE', '/proxy-cache');
  assert.deepEqual(told, [{ key }, {}]);
  assert.equal(await status(), 'Miss');
  assert.equal(await status(), 'Hit');
  await heard({ key: 'another' });
  assert.equal(await status(), 'Hit');
  await heard({ key });
  assert.equal(await status(), 'Miss');
  await heard({});
  assert.equal(await status(), 'Miss');
});
