import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { onePem, twoPem } from '../../support/admin-pems.ts';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { createClient, createUpstream, until } from './support/upstreams.ts';

describe('the client certificate of proxied requests', () => {
  let gateway: InProcessGateway;
  let server: Server;
  let client: ReturnType<typeof createClient>;
  let port = 0;
  const ids: { [name: string]: string } = {};

  before(async () => {
    gateway = await startTestGateway();
    server = createServer({ ...onePem, requestCert: true, rejectUnauthorized: false }, (request, response) => {
      response.end((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'none');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
    client = createClient(gateway);
    for (const [name, { cert, key }] of Object.entries({ one: onePem, two: twoPem })) {
      ids[name] = (await gateway.admin('POST', '/certificates', { cert, key })).body.id;
    }
  });
  after(async () => {
    client.close();
    await gateway.stop();
    server.closeAllConnections();
    server.close();
  });

  const shown = async (path: string): Promise<string> => (await client.get(path)).text;
  const set = (path: string, name: string | null) =>
    gateway.admin('PATCH', path, { client_certificate: name === null ? null : { id: ids[name] } });

  it("is the upstream's, unless the service has one of its own", async () => {
    await createUpstream(gateway, 'shown.test', [port], {}, { name: 'shown', protocol: 'https' });
    assert.equal(await shown('/shown.test'), 'none');
    await set('/upstreams/shown.test', 'two');
    assert.equal(await shown('/shown.test'), 'two.test');
    await set('/services/shown', 'one');
    assert.equal(await shown('/shown.test'), 'one.test');
    await set('/services/shown', null);
    assert.equal(await shown('/shown.test'), 'two.test');
  });

  it('follows the certificate when that is replaced', async () => {
    const { cert, key } = onePem;
    await createUpstream(
      gateway,
      'replaced.test',
      [port],
      { client_certificate: { id: ids.two } },
      { protocol: 'https' },
    );
    assert.equal(await shown('/replaced.test'), 'two.test');
    await gateway.admin('PATCH', `/certificates/${ids.two}`, { cert, key });
    await until('the new one is shown', async () => (await shown('/replaced.test')) === 'one.test');
  });

  it('stays with its upstream: a service that goes elsewhere does not show it', async () => {
    await createUpstream(gateway, 'bare.test', [port], {}, { protocol: 'https' });
    assert.equal(await shown('/bare.test'), 'none');
  });
});
