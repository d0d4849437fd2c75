import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FakeRequest, runPlugin } from 'gibbon-gateway/pdk/testing';
import { plugin } from './http-redirect.ts';

type Config = Parameters<typeof runPlugin<typeof plugin.config>>[1];

async function redirect(config: Config, request: FakeRequest): Promise<unknown[]> {
  const run = await runPlugin(plugin, config, { request });
  return [run.status, run.headers['location'], run.upstream === undefined];
}

test('a path that matches is redirected, its query kept', async () => {
  const config = { regex: '^/old/', replace: '/new/' };
  assert.deepEqual(await redirect(config, { path: '/old/shop' }), [302, '/new/shop', true]);
  assert.deepEqual(await redirect(config, { path: '/old/shop', query: 'a=1&b' }), [302, '/new/shop?a=1&b', true]);
});

test('a path that does not match goes to the upstream', async () => {
  assert.deepEqual(await redirect({ regex: '^/old/', replace: '/' }, { path: '/shop/old/' }), [200, undefined, false]);
});

test('a permanent redirect is told as one', async () => {
  const config = { regex: '^/old$', replace: 'https://shop.test/', flag: 'permanent' } as const;
  assert.deepEqual(await redirect(config, { path: '/old' }), [301, 'https://shop.test/', true]);
});

test('groups may be inserted', async () => {
  const config = { regex: '^/users/([0-9]+)/(?<page>[a-z]+)$', replace: '/$<page>?user=$1&$3' };
  assert.deepEqual(await redirect(config, { path: '/users/7/cart', query: 'x' }), [302, '/cart?user=7&&x', true]);
});

test('what may not stand in a URL is encoded', async () => {
  const config = { regex: '^/old', replace: '/neu für' };
  assert.deepEqual(await redirect(config, { path: '/old%0d%0aX-Evil:%201/%C3%A9' }), [
    302,
    '/neu%20f%C3%BCr%0D%0AX-Evil:%201/%C3%A9',
    true,
  ]);
});

test('a regular expression that is none is refused', async () => {
  await assert.rejects(runPlugin(plugin, { regex: '(', replace: '/' }), /config\.regex: Cannot compile regex "\("/);
  await assert.rejects(runPlugin(plugin, { replace: '/' } as Config), /config\.regex: required field missing/);
});
