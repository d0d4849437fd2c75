import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { ServerCredentials, status } from '@grpc/grpc-js';
import { onePem } from '../../support/admin-pems.ts';
import { freePort } from '../../support/free-port.ts';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { upstreamAuthority, upstreamPair } from '../../support/upstream-pems.ts';
import { connectFrames, type Fields, headers, request } from '../http2/frame-client.ts';
import { EchoClient, type EchoService, startEchoService } from './echo-service.ts';

const grpcRoute = { protocols: ['grpc', 'grpcs'], strip_path: false, paths: null };
const message = Buffer.from('x');

describe('gRPC through the gateway', () => {
  let gateway: InProcessGateway;
  let service: EchoService;
  const clients: EchoClient[] = [];

  before(async () => {
    gateway = await startTestGateway({
      proxy_listen: '127.0.0.1:0 http2 reuseport, 127.0.0.1:0 ssl http2 reuseport',
      plugins: 'bundled,probe',
    });
    service = await startEchoService();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
    service.calls.length = 0;
  });
  after(async () => {
    service.stop();
    await gateway.stop();
  });

  const clientOf = (host: string): EchoClient => {
    const client = new EchoClient(gateway.port, host);
    clients.push(client);
    return client;
  };
  const place = (host: string, port: number, fields: object = {}, route: object = {}) =>
    createRoute(
      gateway,
      port,
      '/',
      { protocol: 'grpc', retries: 0, ...fields },
      { ...grpcRoute, hosts: [host], ...route },
    );

  /** What a request with exactly these fields is answered with. */
  async function ask(host: string, more: Fields, path = '/test.Echo/Unary'): Promise<Map<string, string>> {
    const client = await connectFrames(gateway.port);
    const fields = request(path, 'POST', more).map((field): readonly [string, string] =>
      field[0] === ':authority' ? [':authority', host] : field,
    );
    client.open().send(headers(1, fields));
    const answer = await client.answer(1);
    client.close();
    return new Map([...answer.fields, ['body', answer.body.toString()]]);
  }

  describe('refuses by the protocols of the route', () => {
    before(async () => {
      await place('checked.test', service.port);
      await place('secure.test', service.port, {}, { protocols: ['grpcs'] });
    });

    it('what is no gRPC, with 415', async () => {
      for (const more of [[], [['content-type', 'application/json']]] as Fields[]) {
        const answer = await ask('checked.test', more);
        assert.equal(answer.get(':status'), '415');
        assert.equal(JSON.parse(answer.get('body')!).message, 'Non-gRPC request matched gRPC route');
      }
      const client = await gateway.connect();
      const answer = await client.ask('POST / HTTP/1.1\r\nHost: checked.test\r\nContent-Length: 0\r\n\r\n');
      assert.equal(answer.status, 415);
      client.close();
    });

    it('what is no HTTP/2, with 426', async () => {
      const client = await gateway.connect();
      const answer = await client.ask(
        'POST / HTTP/1.1\r\nHost: checked.test\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n',
      );
      assert.equal(answer.status, 426);
      assert.equal(JSON.parse(answer.text).message, 'Please use HTTP2 protocol');
      assert.equal(answer.header('upgrade'), 'HTTP/2');
      assert.match(answer.head, /\r\nconnection: Upgrade\r\n/i);
      client.close();
    });

    it('what is not secure, with a gRPC status', async () => {
      const answer = await ask('secure.test', [['content-type', 'application/grpc']]);
      assert.deepEqual(
        [':status', 'content-type', 'grpc-status', 'grpc-message'].map((name) => answer.get(name)),
        ['200', 'application/grpc', '1', 'gRPC request matched gRPCs route'],
      );
      const outcome = await clientOf('secure.test').unary(message);
      assert.deepEqual([outcome.code, outcome.details], [status.CANCELLED, 'gRPC request matched gRPCs route']);
    });
  });

  describe('answers in the words of gRPC', () => {
    const cases: readonly (readonly [
      name: string,
      code: number,
      text: string,
      set: (host: string) => Promise<unknown>,
    ])[] = [
      ['no route', status.NOT_FOUND, 'no Route matched with those values', async () => {}],
      [
        'no service',
        status.UNAVAILABLE,
        'no Service found with those values',
        (host) => gateway.admin('POST', '/routes', { ...grpcRoute, hosts: [host] }),
      ],
      [
        'no peer that takes connections',
        status.INTERNAL,
        'An invalid response was received from the upstream server',
        async (host) => place(host, await freePort()),
      ],
      [
        'a key that is missing',
        status.UNAUTHENTICATED,
        'Unauthenticated',
        async (host) => {
          const { route } = await place(host, service.port);
          await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'key-auth' });
        },
      ],
      [
        'a rate that is exceeded',
        status.RESOURCE_EXHAUSTED,
        'ResourceExhausted',
        async (host) => {
          const { route } = await place(host, service.port);
          await gateway.admin('POST', `/routes/${route.id}/plugins`, {
            name: 'rate-limiting',
            config: { year: 1, policy: 'local' },
          });
          assert.equal((await clientOf(host).unary(message)).code, status.OK);
        },
      ],
      [
        'a plugin that fails',
        status.INTERNAL,
        'An unexpected error occurred',
        async (host) => {
          const { route } = await place(host, service.port);
          await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'probe', config: { does: 'throw' } });
        },
      ],
    ];
    for (const [at, [name, code, text, set]] of cases.entries()) {
      it(name, async () => {
        const host = `answer-${at}.test`;
        await set(host);
        const outcome = await clientOf(host).unary(message);
        assert.deepEqual([outcome.code, outcome.details], [code, text]);
      });
    }

    it('a peer that is too slow', async () => {
      await place('slow.test', service.port, { read_timeout: 300 });
      const outcome = await clientOf('slow.test').unary(message, { mute: '1' });
      assert.deepEqual(
        [outcome.code, outcome.details],
        [status.DEADLINE_EXCEEDED, 'The upstream server is timing out'],
      );
      await service.cancelled();
      assert.equal((await clientOf('slow.test').unary(message)).code, status.OK);
    });
  });

  it('runs the filters of plugins on the head and on every message', async () => {
    const { route } = await place('filtered.test', service.port);
    await gateway.admin('POST', `/routes/${route.id}/plugins`, {
      name: 'probe',
      config: { label: 'grpc', marks: ['access', 'header_filter', 'body_filter', 'log'] },
    });
    await gateway.admin('POST', `/routes/${route.id}/plugins`, {
      name: 'correlation-id',
      config: { header_name: 'x-correlation', echo_downstream: true },
    });
    const call = clientOf('filtered.test').list(Buffer.alloc(1000, 'y'), { times: '30' });
    let head = '';
    call.on('metadata', (fields) => {
      head = String(fields.get('x-correlation')[0]);
    });
    let size = 0;
    for await (const part of call) size += (part as Buffer).length;
    assert.equal(size, 30_000);
    assert.deepEqual(service.calls[0]!.metadata.get('x-correlation'), [head]);
    await gateway.waitForLog(
      /probe grpc access[\s\S]*probe grpc header_filter[\s\S]*probe grpc body_filter[\s\S]*probe grpc log/,
    );
  });

  it('keeps the host, or tells the name of the target', async () => {
    await place('kept.test', service.port, {}, { preserve_host: true });
    await clientOf('kept.test').unary(message);
    assert.equal(service.calls.at(-1)!.host, 'kept.test');
    await place('named.test', service.port, { host: 'localhost' });
    await clientOf('named.test').unary(message);
    assert.equal(service.calls.at(-1)!.host, `localhost:${service.port}`);
  });

  it('puts the path of a service before that of the request, which gRPC has no use for', async () => {
    const { service: row } = await place('prefixed.test', service.port);
    await gateway.admin('PATCH', `/services/${row.id}`, { path: '/test.Echo' }, 400);
  });

  it('tries the next target before anything was sent', async () => {
    const dead = createServer((socket) => socket.destroy());
    dead.listen(0, '127.0.0.1');
    await once(dead, 'listening');
    const deadPort = (dead.address() as { readonly port: number }).port;
    await gateway.admin('POST', '/upstreams', { name: 'tried.test' });
    for (const port of [deadPort, await freePort(), service.port]) {
      await gateway.admin('POST', '/upstreams/tried.test/targets', { target: `127.0.0.1:${port}` });
    }
    await place('tries.test', 80, { host: 'tried.test', retries: 5 });
    const client = clientOf('tries.test');
    for (let round = 0; round < 6; round += 1) {
      const outcome = await client.unary(message);
      assert.deepEqual([outcome.code, outcome.details], [status.OK, '']);
    }
    dead.close();
  });

  it('shows its certificate to a service over TLS, and tells it the name that it asks for', async () => {
    const own = await gateway.admin('POST', '/certificates', onePem);
    const secured = await startEchoService(
      'secured',
      ServerCredentials.createSsl(Buffer.from(onePem.cert), [pairOf(upstreamPair)], true),
    );
    for (const name of ['shown.test', 'bare.test']) {
      const shown = name === 'shown.test' ? { client_certificate: { id: own.body.id } } : {};
      await gateway.admin('POST', '/upstreams', { name: `up.${name}`, host_header: 'localhost', ...shown });
      await gateway.admin('POST', `/upstreams/up.${name}/targets`, { target: `127.0.0.1:${secured.port}` });
      await place(name, 443, { protocol: 'grpcs', host: `up.${name}` });
    }
    const outcome = await clientOf('shown.test').unary(message);
    assert.deepEqual([outcome.code, outcome.details], [status.OK, '']);
    assert.equal(secured.calls[0]!.host, `localhost:${secured.port}`);
    // The service asks for a certificate, and is shown none.
    assert.equal((await clientOf('bare.test').unary(message)).code, status.INTERNAL);
    secured.stop();
  });

  it('verifies the certificate of a service over TLS where the settings say so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gibbon-grpc-'));
    const file = join(folder, 'ca.pem');
    writeFileSync(file, upstreamAuthority);
    const strict = await startTestGateway({
      proxy_listen: '127.0.0.1:0 http2 reuseport',
      nginx_proxy_proxy_ssl_verify: 'on',
      lua_ssl_trusted_certificate: file,
    });
    const secured = await startEchoService('secured', ServerCredentials.createSsl(null, [pairOf(upstreamPair)]));
    for (const host of ['localhost', '127.0.0.1']) {
      const fields = { protocol: 'grpcs', host, retries: 0 };
      await createRoute(strict, secured.port, '/', fields, { ...grpcRoute, hosts: [`${host}.test`] });
    }
    const good = new EchoClient(strict.port, 'localhost.test');
    const outcome = await good.unary(message);
    assert.deepEqual([outcome.code, outcome.details], [status.OK, '']);
    const bad = new EchoClient(strict.port, '127.0.0.1.test');
    assert.equal((await bad.unary(message)).code, status.INTERNAL);
    assert.match(strict.readLog(), /Cannot make a TLS connection to peer/);
    good.close();
    bad.close();
    secured.stop();
    await strict.stop();
    rmSync(folder, { recursive: true });
  });
});

function pairOf({ cert, key }: { readonly cert: string; readonly key: string }) {
  return { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
}
