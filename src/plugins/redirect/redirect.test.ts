import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runPlugin } from '../../pdk/testing.ts';
import { redirect } from './index.ts';

test('the answer says where to go, and nothing of the upstream', async () => {
  const run = await runPlugin(redirect, { location: 'https://new.test/x' });
  assert.deepEqual(
    [run.status, { ...run.headers }, run.body, run.source, run.upstream],
    [301, { location: 'https://new.test/x', 'content-length': '11' }, 'redirecting', 'exit', undefined],
  );
});

test('a path that is kept is the normalised one', async () => {
  const config = { location: 'https://new.test', keep_incoming_path: true };
  const run = await runPlugin(redirect, config, { request: { path: '/a/../b//%63', query: 'x=1' } });
  assert.equal(run.headers['location'], 'https://new.test/b/c?x=1');
});

test('refuses what is no URL and no status', async () => {
  await assert.rejects(runPlugin(redirect, {} as never), /location: required field missing/);
  await assert.rejects(runPlugin(redirect, { location: 'new.test' }), /location: /);
  for (const status_code of [99, 600]) {
    await assert.rejects(runPlugin(redirect, { location: 'https://new.test', status_code }), /between 100 and 599/);
  }
});
