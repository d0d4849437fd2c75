import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  greet,
  open,
  openUdpClient,
  readAll,
  startStreamGateway,
  startStreamServer,
  startUdpServer,
  streamPort,
} from '../../support/stream.ts';
import { until } from '../../support/until.ts';

describe('raw streams from a declarative file', () => {
  const endings: (() => unknown)[] = [];
  after(async () => {
    for (const end of endings) await end();
  });

  it('are routed by all kinds of route, to services of all kinds', async () => {
    const server = await startStreamServer(greet('file'));
    const datagrams = await startUdpServer((text, reply) => reply(`file:${text}`));
    endings.push(
      () => server.close(),
      () => datagrams.close(),
    );
    const config = {
      _format_version: '3.0',
      services: [
        {
          name: 'plain',
          url: `tcp://127.0.0.1:${server.port}`,
          routes: [
            { name: 'named', protocols: ['tls'], snis: ['a.test'] },
            { name: 'through', protocols: ['tls_passthrough'], snis: ['b.test'] },
            { name: 'here', protocols: ['tcp'], sources: [{ ip: '127.0.0.0/8' }], destinations: [{ ip: '127.0.0.1' }] },
          ],
        },
        {
          name: 'datagrams',
          url: `udp://127.0.0.1:${datagrams.port}`,
          routes: [
            { name: 'there', protocols: ['udp'], sources: [{ ip: '127.0.0.2' }], destinations: [{ ip: '127.0.0.1' }] },
          ],
        },
      ],
      plugins: [{ name: 'ip-restriction', protocols: ['tcp'], config: { deny: ['10.0.0.1'] } }],
    };
    const gateway = await startStreamGateway('127.0.0.1:0, 127.0.0.1:0 udp', {
      database: 'off',
      declarative_config_string: JSON.stringify(config),
    });
    endings.unshift(() => gateway.stop());

    const client = await open(streamPort(gateway));
    client.end('abc');
    assert.equal(await readAll(client), 'file:abc');
    client.destroy();
    await until(() => / TCP 200 8 3 /.test(readFileSync(join(gateway.prefix, 'logs/stream.log'), 'utf8')));

    // The whole is replaced: now everything goes to the server of datagrams.
    await gateway.admin('POST', '/config', {
      _format_version: '3.0',
      services: [
        {
          name: 'datagrams',
          url: `udp://127.0.0.1:${datagrams.port}`,
          routes: [{ name: 'all', protocols: ['udp'], destinations: [{ port: streamPort(gateway, 1) }] }],
        },
      ],
    });
    const other = await openUdpClient(streamPort(gateway, 1));
    other.send('xy');
    assert.equal(await other.next(), 'file:xy');
    other.close();
    const lost = await open(streamPort(gateway));
    assert.match(await readAll(lost), /^$|^reset$/);
    await gateway.waitForLog(/no Route found with those values/);
  });
});
