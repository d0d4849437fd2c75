import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPluginRunner, runPlugin } from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { botDetection } from './index.ts';

async function statusOf(config: Row, userAgent: string): Promise<number> {
  const runner = createPluginRunner([{ plugin: botDetection, config }]);
  return (await runner.send({ request: { headers: { 'user-agent': userAgent } } })).status;
}

test('every user agent has a verdict of its own, again and again', async () => {
  const runner = createPluginRunner([{ plugin: botDetection, config: { deny: ['^evil'] } }]);
  const agents = [
    'evil/1',
    'curl/7',
    'evil/1',
    'curl/7',
    'Googlebot/2.1',
    'curl/7',
    `${'x'.repeat(600)}`,
    `evil${'x'.repeat(600)}`,
  ];
  const seen: number[] = [];
  for (const agent of [...agents, ...agents]) {
    seen.push((await runner.send({ request: { headers: { 'user-agent': agent } } })).status);
  }
  const once = [403, 200, 403, 200, 403, 200, 200, 403];
  assert.deepEqual(seen, [...once, ...once]);
});

test('blanks around a user agent do not count', async () => {
  assert.equal(await statusOf({ deny: ['^evil$'] }, ' evil '), 403);
});

test('patterns that would take ages elsewhere take none', async () => {
  assert.equal(await statusOf({ deny: ['^(a+)+$'], allow: ['(x+x+)+y'] }, `${'a'.repeat(5000)}!`), 200);
});

test('lists that are null are empty', async () => {
  assert.equal(await statusOf({ allow: null, deny: null }, 'curl/7'), 200);
});

test('the names that the lists had in Kong 2 are taken', async () => {
  assert.equal(await statusOf({ blacklist: ['curl'] }, 'curl/7'), 403);
  assert.equal(await statusOf({ whitelist: ['Googlebot'] }, 'Googlebot/2.1'), 200);
});

test('refuses patterns that are none', async () => {
  await assert.rejects(runPlugin(botDetection, { deny: ['('] }), /not a valid regex/);
});
