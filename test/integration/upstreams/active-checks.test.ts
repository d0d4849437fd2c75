import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { onePem, twoPem } from '../../support/admin-pems.ts';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { healthOf, startServer, until } from './support/upstreams.ts';

const often = {
  healthy: { interval: 0.1, successes: 1 },
  unhealthy: { interval: 0.1, http_failures: 1, tcp_failures: 1, timeouts: 1 },
};

describe('active checks', () => {
  let gateway: InProcessGateway;
  let folder: string;
  let secure: Server;
  let securePort: number;
  let shown: (string | undefined)[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gibbon-trust-'));
    writeFileSync(join(folder, 'one.pem'), onePem.cert);
    gateway = await startTestGateway({ lua_ssl_trusted_certificate: join(folder, 'one.pem') });
    shown = [];
    secure = createHttpsServer(
      { ...onePem, ca: twoPem.cert, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        const socket = request.socket as import('node:tls').TLSSocket;
        const name = socket.getPeerCertificate().subject?.CN;
        shown.push(name === undefined ? undefined : String(name));
        response.end();
      },
    );
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    securePort = (secure.address() as AddressInfo).port;
  });
  after(async () => {
    await gateway.stop();
    secure.closeAllConnections();
    secure.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const becomes = (name: string, port: number, health: string): Promise<void> =>
    until(`${name} is ${health}`, async () => (await healthOf(gateway, name))[port] === health);

  async function make(name: string, port: number, active: object, fields: object = {}): Promise<void> {
    await gateway.admin('POST', '/upstreams', { name, healthchecks: { active: { ...often, ...active } }, ...fields });
    await gateway.admin('POST', `/upstreams/${name}/targets`, { target: `127.0.0.1:${port}` });
  }

  it('follow a target down and up, with path, headers and host as configured', async () => {
    let status = 200;
    const upstream = await startServer((_request, response) => {
      response.statusCode = status;
      response.end();
    });
    await make(
      'http.test',
      upstream.port,
      { http_path: '/up', headers: { 'x-check': ['yes'] } },
      { host_header: 'h.test' },
    );
    await until('it was asked', () => upstream.seen.length > 0);
    const { url, headers, method } = upstream.seen[0]!;
    assert.deepEqual([method, url, headers.host, headers['x-check']], ['GET', '/up', 'h.test', 'yes']);
    status = 503;
    await becomes('http.test', upstream.port, 'UNHEALTHY');
    const { body } = await gateway.admin('GET', '/upstreams/http.test/health');
    assert.equal(body.data[0].reason, '1 HTTP failure in active checks: status 503');
    status = 302;
    await becomes('http.test', upstream.port, 'HEALTHY');
    await gateway.admin('PATCH', '/upstreams/http.test', { healthchecks: { active: { http_path: '/other' } } });
    await until('the new path is asked for', () => upstream.seen.at(-1)!.url === '/other');
    await gateway.admin('DELETE', '/upstreams/http.test');
    const asked = upstream.seen.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.ok(upstream.seen.length <= asked + 1, 'nobody asks any more');
    await upstream.close();
  });

  it('trust what the settings say, and show the certificate of the upstream', async () => {
    const certificate = await gateway.admin('POST', '/certificates', { cert: twoPem.cert, key: twoPem.key });
    await make('plain.test', securePort, { type: 'https', https_sni: 'one.test' });
    await until('it was asked', () => shown.length > 0);
    assert.equal(shown[0], undefined);
    assert.equal((await healthOf(gateway, 'plain.test'))[securePort], 'HEALTHY');
    shown.length = 0;
    await gateway.admin('PATCH', '/upstreams/plain.test', { client_certificate: { id: certificate.body.id } });
    await until('the certificate is shown', () => shown.includes('two.test'));
    await make('untrusted.test', securePort, { type: 'https', https_sni: 'two.test' });
    await becomes('untrusted.test', securePort, 'UNHEALTHY');
    await gateway.admin('PATCH', '/upstreams/untrusted.test', {
      healthchecks: { active: { https_verify_certificate: false } },
    });
    await becomes('untrusted.test', securePort, 'HEALTHY');
  });

  it('of kind tcp are content with a connection', async () => {
    await make('tcp.test', securePort, { type: 'tcp' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal((await healthOf(gateway, 'tcp.test'))[securePort], 'HEALTHY');
  });

  it('take a target out that does not answer in time', async () => {
    const upstream = await startServer(() => {});
    await make('slow.test', upstream.port, { timeout: 0.2 });
    await becomes('slow.test', upstream.port, 'UNHEALTHY');
    const { body } = await gateway.admin('GET', '/upstreams/slow.test/health');
    assert.equal(body.data[0].reason, '1 timeout in active checks: no answer in 0.2 s');
    await upstream.close();
  });
});
