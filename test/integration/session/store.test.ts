import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';

let upstream: Server;
let gateway: InProcessGateway;
before(async () => {
  upstream = createServer((incoming, outgoing) => {
    outgoing.end(String(incoming.headers['x-consumer-username']));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  gateway = await startTestGateway({ nginx_worker_processes: '2' });
  const { route } = await createRoute(gateway, (upstream.address() as AddressInfo).port, '/');
  await gateway.admin('POST', '/consumers', { username: 'ann' });
  await gateway.admin('POST', '/consumers', { username: 'nobody' });
  await gateway.admin('POST', '/consumers/ann/key-auth', { key: 'anns-key' });
  await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'key-auth', config: { anonymous: 'nobody' } });
  await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'session', config: { storage: 'kong' } });
});
after(async () => {
  await gateway.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

/** Each request on a connection of its own, so that both workers get some. */
function send(path: string, headers: { readonly [name: string]: string }, method = 'GET'): Promise<[string, string]> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: gateway.port, path, headers, method, agent: false });
    sent.on('error', reject);
    sent.on('response', (incoming: IncomingMessage) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      incoming.on('end', () => resolve([body, incoming.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '']));
    });
    sent.end();
  });
}

/** Asks again until the store has so many sessions. */
async function waitForSessions(count: number): Promise<{ readonly id: string }[]> {
  for (;;) {
    const { body } = await gateway.admin('GET', '/sessions');
    if (body.data.length === count) return body.data;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('sessions in the store are those of all workers, until they are deleted', async () => {
  const [who, cookie] = await send('/', { apikey: 'anns-key' });
  assert.equal(who, 'ann');
  const [row] = await waitForSessions(1);
  const names = new Set<string>();
  for (let at = 0; at < 10; at++) names.add((await send('/', { cookie }))[0]);
  assert.deepEqual([...names], ['ann']);

  await gateway.admin('DELETE', `/sessions/${row!.id}`);
  names.clear();
  for (let at = 0; at < 10; at++) names.add((await send('/', { cookie }))[0]);
  assert.deepEqual([...names], ['nobody']);
});

test('a logout takes the session out of the store', async () => {
  const [, cookie] = await send('/', { apikey: 'anns-key' });
  await waitForSessions(1);
  assert.deepEqual(await send('/?session_logout', { cookie }, 'DELETE'), ['', 'session=']);
  await waitForSessions(0);
  assert.equal((await send('/', { cookie }))[0], 'nobody');
});
