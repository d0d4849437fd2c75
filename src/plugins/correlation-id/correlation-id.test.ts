import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createManualClock,
  createPluginRunner,
  type FakeExchangeOptions,
  type PluginRun,
  runPlugin,
} from '../../pdk/testing.ts';
import { correlationId } from './index.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function sentId(run: PluginRun, header = 'kong-request-id'): string {
  return String(run.upstream?.headers[header]);
}

test('uuid#counter joins a UUID of the worker with a number', async () => {
  const runner = createPluginRunner([{ plugin: correlationId }]);
  const ids = [sentId(await runner.send()), sentId(await runner.send())];
  const [first, second] = ids.map((id) => id.split('#'));
  assert.match(first![0]!, uuid);
  assert.deepEqual([first![1], second], ['1', [first![0], '2']]);
});

test('uuid is another one for each request', async () => {
  const runner = createPluginRunner([{ plugin: correlationId, config: { generator: 'uuid' } }]);
  const ids = [sentId(await runner.send()), sentId(await runner.send())];
  for (const id of ids) assert.match(id, uuid);
  assert.notEqual(ids[0], ids[1]);
});

test('tracker tells listener, process, connection, request and time', async () => {
  const clock = createManualClock(1_700_000_000_042);
  const run = await runPlugin(correlationId, { generator: 'tracker' }, { clock, request: { port: 8001 } });
  assert.equal(sentId(run), '127.0.0.1-8001-4711-7-1-1700000000.042');
});

test('an id that the client sends is kept, an empty one is not', async () => {
  const request = { headers: { 'X-Trace': 'mine' } };
  const config = { header_name: 'X-Trace', echo_downstream: true };
  const kept = await runPlugin(correlationId, config, { request });
  assert.deepEqual([sentId(kept, 'x-trace'), kept.headers['x-trace']], ['mine', 'mine']);
  const made = await runPlugin(correlationId, config, { request: { headers: { 'X-Trace': '' } } });
  assert.match(sentId(made, 'x-trace'), /#1$/);
  assert.equal(made.headers['x-trace'], sentId(made, 'x-trace'));
});

test('the client gets no id unless told so', async () => {
  const run = await runPlugin(correlationId, {});
  assert.equal(run.headers['kong-request-id'], undefined);
});

test('the log entry has the id', async () => {
  const run = await runPlugin(correlationId, {});
  assert.equal(run.entry['correlation_id'], sentId(run));
});

test('an answer that was made before access has an id too', async () => {
  const lost: FakeExchangeOptions = { route: null };
  const made = await runPlugin(correlationId, { echo_downstream: true }, lost);
  assert.match(String(made.headers['kong-request-id']), /#1$/);
  const request = { headers: { 'Kong-Request-ID': 'mine' } };
  const kept = await runPlugin(correlationId, { echo_downstream: true }, { ...lost, request });
  assert.equal(kept.headers['kong-request-id'], 'mine');
});
