import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPluginRunner, type FakeRequest, type PluginRun, runPlugin } from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { ipRestriction } from './index.ts';

async function send(config: Row, request: FakeRequest): Promise<PluginRun> {
  return await createPluginRunner([{ plugin: ipRestriction, config }]).send({ request });
}

async function statusOf(config: Row, clientIp: string): Promise<number> {
  return (await send(config, { clientIp })).status;
}

test('a list of allowed addresses lets nobody else through', async () => {
  const config = { allow: ['10.0.0.0/8', '2001:db8::1'] };
  assert.equal(await statusOf(config, '10.1.2.3'), 200);
  assert.equal(await statusOf(config, '2001:db8::1'), 200);
  assert.equal(await statusOf(config, '11.0.0.1'), 403);
  assert.equal(await statusOf(config, '2001:db8::2'), 403);
});

test('a list of denied addresses lets everybody else through, and comes first', async () => {
  assert.equal(await statusOf({ deny: ['10.0.0.1'] }, '10.0.0.2'), 200);
  assert.equal(await statusOf({ deny: ['10.0.0.1'] }, '10.0.0.1'), 403);
  const both = { allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16'] };
  assert.equal(await statusOf(both, '10.2.0.1'), 200);
  assert.equal(await statusOf(both, '10.1.0.1'), 403);
  assert.equal(await statusOf(both, '11.0.0.1'), 403);
});

test('every client is judged by its own address, again and again', async () => {
  const runner = createPluginRunner([{ plugin: ipRestriction, config: { deny: ['10.0.0.0/9'] } }]);
  for (const [clientIp, status] of [
    ['10.0.0.1', 403],
    ['10.0.0.1', 403],
    ['10.128.0.1', 200],
    ['10.128.0.1', 200],
    ['10.0.0.1', 403],
  ] as const) {
    assert.equal((await runner.send({ request: { clientIp } })).status, status);
  }
});

test('the address is that of the client behind trusted proxies', async () => {
  const run = await send({ allow: ['10.0.0.1'] }, { clientIp: '192.168.0.1', forwardedIp: '10.0.0.1' });
  assert.equal(run.status, 200);
});

test('a refusal names the address, to the log too', async () => {
  const run = await send({ deny: ['2001:db8::/32'] }, { clientIp: '2001:db8::7' });
  assert.equal(JSON.parse(run.body).message, 'IP address not allowed: 2001:db8::7');
  assert.deepEqual(run.logs, [{ level: 'warn', message: '[ip-restriction] IP address not allowed: 2001:db8::7' }]);
});

test('status and message may be chosen', async () => {
  const run = await send({ deny: ['127.0.0.1'], status: 404, message: 'nobody here' }, {});
  assert.deepEqual([run.status, JSON.parse(run.body).message], [404, 'nobody here']);
});

test('a client without an address is refused with 403 whatever the configuration says', async () => {
  const run = await send({ deny: ['10.0.0.1'], status: 404, message: 'x' }, { clientIp: 'unix:' });
  assert.equal(run.status, 403);
  assert.equal(
    JSON.parse(run.body).message,
    'Cannot identify the client IP address, unix domain sockets are not supported.',
  );
});

test('a status that is no error lets nobody through either', async () => {
  assert.equal((await send({ deny: ['127.0.0.1'], status: 200 }, {})).status, 500);
});

test('the names that the lists had in Kong 2 are taken', async () => {
  assert.equal(await statusOf({ whitelist: ['10.0.0.1'] }, '10.0.0.2'), 403);
  assert.equal(await statusOf({ blacklist: ['10.0.0.1'] }, '10.0.0.1'), 403);
  assert.equal(await statusOf({ blacklist: ['10.0.0.1'] }, '10.0.0.2'), 200);
});

test('refuses to be without a list, and lists of what is no address', async () => {
  await assert.rejects(runPlugin(ipRestriction, {}), /at least one of these fields must be non-empty/);
  await assert.rejects(runPlugin(ipRestriction, { allow: [] }), /at least one of these fields must be non-empty/);
  for (const entry of ['x', '10.0.0.300', '10.0.0.0/33', '10.0.0.0/', '2001:db8::/129']) {
    await assert.rejects(runPlugin(ipRestriction, { deny: [entry] }), /invalid ip or cidr range/, entry);
  }
});
