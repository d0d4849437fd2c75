import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { InProcessGateway } from '../../support/gateway.ts';
import {
  createStreamRoute,
  openUdpClient,
  startStreamGateway,
  startUdpServer,
  streamPort,
} from '../../support/stream.ts';
import { until } from '../../support/until.ts';

describe('UDP through the gateway', () => {
  let gateway: InProcessGateway;
  before(async () => {
    gateway = await startStreamGateway('127.0.0.1:0 udp, 127.0.0.1:0 udp, 127.0.0.1:0 udp, 127.0.0.1:0 udp', {
      nginx_worker_processes: '2',
    });
  });
  after(() => gateway.stop());

  const streamLog = (): string => readFileSync(join(gateway.prefix, 'logs/stream.log'), 'utf8');
  const routeTo = (port: number, at: number, service: object = {}): Promise<unknown> =>
    createStreamRoute(
      gateway,
      port,
      { protocols: ['udp'], destinations: [{ port: streamPort(gateway, at) }] },
      { protocol: 'udp', ...service },
    );

  it('serves several clients, each with its own upstream address, several datagrams and answers', async () => {
    const peers = new Set<number>();
    const server = await startUdpServer((text, reply) => {
      reply(`1 ${text}`);
      reply(`2 ${text}`);
    });
    server.socket.on('message', (_, from) => peers.add(from.port));
    await routeTo(server.port, 0);
    const clients = await Promise.all(Array.from({ length: 20 }, () => openUdpClient(streamPort(gateway, 0))));
    await Promise.all(
      clients.map(async (client, at) => {
        for (const round of [1, 2, 3]) {
          client.send(`${at}.${round}`);
          const answers = [await client.next(), await client.next()];
          assert.deepEqual(answers.sort(), [`1 ${at}.${round}`, `2 ${at}.${round}`]);
        }
        client.close();
      }),
    );
    assert.equal(peers.size, 20);
    server.close();
  });

  it('ends a session once its client and its upstream are silent', async () => {
    const server = await startUdpServer((text, reply) => reply(text));
    await routeTo(server.port, 1, { read_timeout: 200 });
    const client = await openUdpClient(streamPort(gateway, 1));
    client.send('abc');
    assert.equal(await client.next(), 'abc');
    await until(() => / UDP 200 3 3 0\.[2345]\d\d\n/.test(streamLog()));
    // The next datagram begins another one.
    client.send('de');
    assert.equal(await client.next(), 'de');
    await until(() => / UDP 200 2 2 /.test(streamLog()));
    client.close();
    server.close();
  });

  it('goes on to another target where nobody listens, with the datagram that was lost', async () => {
    const server = await startUdpServer((text, reply) => reply(`got ${text}`));
    const gone = await startUdpServer(() => {});
    gone.close();
    await gateway.admin('POST', '/upstreams', { name: 'datagrams' });
    for (const port of [server.port, gone.port]) {
      await gateway.admin('POST', '/upstreams/datagrams/targets', { target: `127.0.0.1:${port}` });
    }
    await routeTo(1, 2, { host: 'datagrams' });
    for (let round = 0; round < 4; round += 1) {
      const client = await openUdpClient(streamPort(gateway, 2));
      client.send(`try ${round}`);
      assert.equal(await client.next(), `got try ${round}`);
      client.close();
    }
    server.close();
  });

  it('drops what no route is for', async () => {
    const client = await openUdpClient(streamPort(gateway, 3));
    client.send('abcd');
    await gateway.waitForLog(/no Route found with those values/);
    await until(() => / UDP 500 0 4 /.test(streamLog()));
    client.close();
  });

  it('serves on while settings are taken over', async () => {
    const client = await openUdpClient(streamPort(gateway, 0));
    const server = await startUdpServer((text, reply) => reply(text));
    await routeTo(server.port, 3);
    const other = await openUdpClient(streamPort(gateway, 3));
    other.send('before');
    assert.equal(await other.next(), 'before');
    await gateway.running.reload(gateway.settings());
    other.send('after');
    assert.equal(await other.next(), 'after');
    client.close();
    other.close();
    server.close();
  });
});
