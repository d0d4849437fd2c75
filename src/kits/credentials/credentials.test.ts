import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AnyPlugin, definePlugin, type Kong } from '../../pdk/index.ts';
import { createPluginRunner, type FakeExchangeOptions, type PluginRun } from '../../pdk/testing.ts';
import { createAuthenticator, type Refusal, setIdentity, unauthorized } from './index.ts';

const consumers = [
  { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: 'b-1' },
  { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f02', username: 'carol', custom_id: null },
  { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f03', username: 'nobody', custom_id: null },
];

/** A plugin that knows one consumer by a word in a header. */
function wordAuth(name: string, priority: number, consumer: number, anonymous: string | null = null): AnyPlugin {
  const refusal: Refusal = unauthorized(`${name} says no`, name);
  const authenticate = (kong: Kong): Refusal | undefined => {
    if (kong.request.getHeader(name) !== 'open') return refusal;
    setIdentity(kong, consumers[consumer]!, { id: `${name}-credential` });
    return undefined;
  };
  return definePlugin({
    name,
    version: '1.0.0',
    priority,
    config: {},
    setup: () => () => ({ access: createAuthenticator({ anonymous, runOnPreflight: true, authenticate }) }),
  });
}

function send(plugins: readonly AnyPlugin[], headers: { [name: string]: string }): Promise<PluginRun> {
  const options: FakeExchangeOptions = { request: { headers } };
  return createPluginRunner(
    plugins.map((plugin) => ({ plugin })),
    { entities: { consumers } },
  ).send(options);
}

function outcome(run: PluginRun): unknown[] {
  const headers = run.upstream?.headers ?? {};
  return [
    run.status,
    headers['x-consumer-username'],
    headers['x-credential-identifier'],
    headers['x-anonymous-consumer'],
  ];
}

test('without an anonymous consumer all plugins must succeed, the last one names the consumer', async () => {
  const both = [wordAuth('first', 2, 0), wordAuth('second', 1, 1)];
  assert.deepEqual(outcome(await send(both, { first: 'open', second: 'open' })), [
    200,
    'carol',
    'second-credential',
    undefined,
  ]);
  const refused = await send(both, { first: 'open' });
  assert.deepEqual(
    [refused.status, JSON.parse(refused.body).message, refused.headers['www-authenticate']],
    [401, 'second says no', 'second'],
  );
});

test('with an anonymous consumer one plugin is enough, the first one names the consumer', async () => {
  const either = [wordAuth('first', 2, 0, 'nobody'), wordAuth('second', 1, 1, 'nobody')];
  const open = { first: 'open', second: 'open' };
  assert.deepEqual(outcome(await send(either, open)), [200, 'bob', 'first-credential', undefined]);
  assert.deepEqual(outcome(await send(either, { first: 'open' })), [200, 'bob', 'first-credential', undefined]);
  assert.deepEqual(outcome(await send(either, { second: 'open' })), [200, 'carol', 'second-credential', undefined]);
  assert.deepEqual(outcome(await send(either, {})), [200, 'nobody', undefined, 'true']);
});

test('headers that a client made up are replaced or taken away', async () => {
  const forged = { 'X-Consumer-Custom-ID': 'root', 'X-Anonymous-Consumer': 'true', first: 'open' };
  const run = await send([wordAuth('first', 1, 1)], forged);
  assert.deepEqual(
    ['x-consumer-id', 'x-consumer-custom-id', 'x-anonymous-consumer'].map((name) => run.upstream?.headers[name]),
    [consumers[1]!.id, undefined, undefined],
  );
});

test('an unknown anonymous consumer is a fault of the gateway', async () => {
  const run = await send([wordAuth('first', 1, 0, 'ghost')], {});
  assert.deepEqual([run.status, run.body], [500, '{"message":"An unexpected error occurred"}']);
  assert.deepEqual(run.logs, [{ level: 'error', message: '[first] Cannot find anonymous consumer "ghost"' }]);
});
