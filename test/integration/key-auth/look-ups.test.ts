import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../../support/scripted-upstream.ts';

let upstream: ScriptedUpstream;
let gateway: InProcessGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway({ nginx_worker_processes: '2' });
  const { route } = await createRoute(gateway, upstream.port, '/keys');
  await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'key-auth' });
  for (let consumer = 0; consumer < 5; consumer++) {
    await gateway.admin('POST', '/consumers', { username: `c${consumer}` });
    for (let key = 0; key < 40; key++) {
      await gateway.admin('POST', `/consumers/c${consumer}/key-auth`, { key: `key-${consumer}-${key}` });
    }
  }
});
after(async () => {
  await gateway.stop();
  await upstream.close();
});

const lookUps = async (): Promise<number> => (await gateway.admin('GET', '/debug/cache')).body.look_ups;

/** Asks with each key so many times at once, each time on a connection of its own, so that both workers are asked. */
async function ask(keys: readonly string[], times: number): Promise<ReadonlySet<number>> {
  const statuses = new Set<number>();
  for (const apikey of keys) {
    const asked = Array.from({ length: times }, async () => {
      const headers = { apikey, connection: 'close' };
      statuses.add((await fetch(`http://127.0.0.1:${gateway.port}/keys`, { headers })).status);
    });
    await Promise.all(asked);
  }
  return statuses;
}

test('of many keys those in use are looked up, once for each worker that is asked at the same time', async () => {
  const idle = await lookUps();
  const inUse = Array.from({ length: 20 }, (_, at) => `key-${at % 5}-${at}`);
  assert.deepEqual(await ask(inUse, 8), new Set([200]));
  const first = (await lookUps()) - idle;
  // A credential and a consumer for each key and worker at the most; 200 credentials lie in the store.
  assert.ok(first >= 25 && first <= 50, `${first} look-ups`);
  assert.deepEqual(await ask(inUse, 8), new Set([200]));
  assert.equal((await lookUps()) - idle, first);
});

test('a key that nobody has costs one look-up, and is remembered', async () => {
  const idle = await lookUps();
  const guesses = Array.from({ length: 20 }, (_, at) => `guess-${at}`);
  assert.deepEqual(await ask(guesses, 1), new Set([401]));
  assert.equal((await lookUps()) - idle, 20);
  for (let again = 0; again < 5; again++) assert.deepEqual(await ask(guesses, 4), new Set([401]));
  assert.equal((await lookUps()) - idle, 20);
});

test('a remembered miss is forgotten when the key is made, and a row when it is deleted', async () => {
  assert.deepEqual(await ask(['late'], 4), new Set([401]));
  const { body } = await gateway.admin('POST', '/consumers/c0/key-auth', { key: 'late' });
  assert.deepEqual(await ask(['late'], 8), new Set([200]));
  await gateway.admin('DELETE', `/consumers/c0/key-auth/${body.id}`);
  assert.deepEqual(await ask(['late'], 8), new Set([401]));
});
