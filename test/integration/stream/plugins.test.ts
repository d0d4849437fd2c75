import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { binaryHeader } from '../../../src/proxy/listeners/proxy-protocol/header.cases.ts';
import type { InProcessGateway } from '../../support/gateway.ts';
import {
  createStreamRoute,
  greet,
  open,
  openUdpClient,
  readAll,
  type StreamServer,
  startStreamGateway,
  startStreamServer,
  startUdpServer,
  streamPort,
} from '../../support/stream.ts';
import { until } from '../../support/until.ts';

const fromFar = Buffer.from([203, 0, 113, 9, 198, 51, 100, 7, 0x30, 0x39, 0x01, 0xbb]);

describe('plugins, the PROXY protocol and port_maps on raw streams', () => {
  let gateway: InProcessGateway;
  let server: StreamServer;
  let service = '';
  let route = '';
  const mapped = 65_001;
  before(async () => {
    server = await startStreamServer(greet('up'));
    gateway = await startStreamGateway('127.0.0.1:0, 127.0.0.1:0 ssl, 127.0.0.1:0 proxy_protocol, 127.0.0.1:0 udp', {
      plugins: 'bundled,stream-probe',
      trusted_ips: '127.0.0.1',
      log_level: 'info',
    });
    const destinations = [0, 1, 2, 3].map((at) => ({ port: streamPort(gateway, at) }));
    ({ service, route } = await createStreamRoute(gateway, server.port, {
      protocols: ['tcp', 'tls', 'udp'],
      destinations,
    }));
  });
  after(async () => {
    await gateway.stop();
    await server.close();
  });
  afterEach(async () => {
    const { body } = await gateway.admin('GET', '/plugins');
    for (const { id } of body.data as { id: string }[]) await gateway.admin('DELETE', `/plugins/${id}`);
  });

  const enable = (name: string, config: object, on: object = {}, protocols = ['tcp', 'tls']): Promise<unknown> =>
    gateway.admin('POST', '/plugins', { name, config, protocols, ...on });
  const streamLog = (): string => readFileSync(join(gateway.prefix, 'logs/stream.log'), 'utf8');

  async function ask(at = 0, opening: string | Uint8Array = ''): Promise<string> {
    const client = await open(streamPort(gateway, at));
    if (opening.length > 0) client.write(opening);
    client.end('abc');
    const answer = await readAll(client);
    client.destroy();
    return answer;
  }

  const closed = /^$|^reset$/;

  /** The entry that the probe wrote last. */
  async function entry(): Promise<Record<string, unknown>> {
    await gateway.waitForLog(/probe log \{.*\} end/);
    const all = [...gateway.readLog().matchAll(/probe log (\{.*\}) end/g)];
    return JSON.parse(all.at(-1)![1]!) as Record<string, unknown>;
  }

  it('runs preread and log, and serializes the stream as Kong does', async () => {
    await enable('stream-probe', {});
    assert.equal(await ask(), 'up:abc');
    const found = await entry();
    await gateway.waitForLog(/\[stream-probe\] probe preread tcp 127\.0\.0\.1, client: 127\.0\.0\.1/);
    assert.deepEqual(found['session'], {
      received: 3,
      sent: 6,
      status: 200,
      server_port: streamPort(gateway, 0),
    });
    assert.deepEqual(found['upstream'], { received: 6, sent: 3 });
    assert.deepEqual(found['probe'], { seen: true });
    assert.equal((found['service'] as { id: string }).id, service);
    assert.equal((found['route'] as { id: string }).id, route);
    assert.equal(found['client_ip'], '127.0.0.1');
    const [attempt] = found['tries'] as { ip: string; port: number }[];
    assert.deepEqual([attempt!.ip, attempt!.port], ['127.0.0.1', server.port]);
    const latencies = found['latencies'] as { kong: number; session: number };
    assert.ok(latencies.kong >= 0 && latencies.session >= latencies.kong);
    assert.ok(Math.abs((found['started_at'] as number) - Date.now()) < 60_000);
    assert.equal('request' in found || 'response' in found, false);
  });

  it('runs certificate handlers where TLS ends here, and logs what was agreed upon', async () => {
    await enable('stream-probe', {});
    const client = connectTls({
      port: streamPort(gateway, 1),
      host: '127.0.0.1',
      servername: 'a.test',
      rejectUnauthorized: false,
    });
    await once(client, 'secureConnect');
    client.end('abc');
    assert.equal(await readAll(client), 'up:abc');
    await gateway.waitForLog(/probe certificate/);
    await until(async () => 'tls' in ((await entry())['session'] as object));
    const { tls } = (await entry())['session'] as { tls: { version: string; cipher: string; client_verify: string } };
    assert.equal(tls.version, 'TLSv1.3');
    assert.match(tls.cipher, /^TLS_/);
    assert.equal(tls.client_verify, 'NONE');
    const order = [...gateway.readLog().matchAll(/probe (certificate|preread|log) ?/g)].map(([, phase]) => phase);
    assert.deepEqual(order.slice(-3), ['certificate', 'preread', 'log']);
  });

  it('lets handlers answer: with an error the stream is closed, with 200 it gets a text', async () => {
    await enable('stream-probe', { does: 'error', status: 403, text: 'not you' }, { route: { id: route } });
    assert.match(await ask(), closed);
    await gateway.waitForLog(/\[error\].*unable to proxy stream connection, status: 403, err: not you/);
    await until(() => / TCP 403 0 0 /.test(streamLog()));
    await gateway.admin('DELETE', `/plugins/${(await gateway.admin('GET', '/plugins')).body.data[0].id}`);
    await enable('stream-probe', { does: 'exit', status: 200, text: 'closed today' });
    const client = await open(streamPort(gateway));
    assert.equal(await readAll(client), 'closed today');
  });

  it('closes a stream with 500 where a handler fails or answers with a status that streams do not have', async () => {
    for (const config of [
      { does: 'throw', text: 'broken probe' },
      { does: 'error', status: 404, text: 'x' },
      { does: 'request' },
    ]) {
      await enable('stream-probe', config, { service: { id: service } });
      assert.match(await ask(), closed);
      await gateway.admin('DELETE', `/plugins/${(await gateway.admin('GET', '/plugins')).body.data[0].id}`);
    }
    await gateway.waitForLog(/\[stream-probe\].*broken probe/);
    await gateway.waitForLog(/unacceptable code, only 200, 400, 403, 500, 502 and 503 are accepted/);
    await gateway.waitForLog(/kong\.request\.getMethod is not there on a stream/);
  });

  it('waits for handlers, and goes where they say', async () => {
    const other = await startStreamServer(greet('other'));
    await enable('stream-probe', { does: 'wait' });
    assert.equal(await ask(), 'up:abc');
    await gateway.admin('DELETE', `/plugins/${(await gateway.admin('GET', '/plugins')).body.data[0].id}`);
    await enable('stream-probe', { does: 'target', port: other.port });
    assert.equal(await ask(), 'other:abc');
    await gateway.admin('DELETE', `/plugins/${(await gateway.admin('GET', '/plugins')).body.data[0].id}`);
    await gateway.admin('POST', '/upstreams', { name: 'elsewhere', algorithm: 'consistent-hashing', hash_on: 'ip' });
    await gateway.admin('POST', '/upstreams/elsewhere/targets', { target: `127.0.0.1:${other.port}` });
    await enable('stream-probe', { does: 'upstream', text: 'elsewhere' });
    assert.equal(await ask(), 'other:abc');
    await other.close();
  });

  it('leaves configurations for requests alone', async () => {
    await enable('stream-probe', { does: 'exit', status: 200, text: 'x' }, {}, ['http']);
    assert.equal(await ask(), 'up:abc');
  });

  it('restricts addresses (ip-restriction), by those of the PROXY protocol too', async () => {
    await enable('ip-restriction', { deny: ['127.0.0.1'] });
    assert.match(await ask(), closed);
    await gateway.waitForLog(/\[warn\].*\[ip-restriction\] IP address not allowed: 127\.0\.0\.1/);
    await until(() => /127\.0\.0\.1 \[[^\]]+\] TCP 403 0 0 /.test(streamLog()));
    assert.equal(await ask(2, 'PROXY TCP4 203.0.113.9 198.51.100.7 12345 443\r\n'), 'up:abc');
    await until(() => /^203\.0\.113\.9 \[[^\]]+\] TCP 200 6 3 /m.test(streamLog()));
    assert.equal(await ask(2, binaryHeader(0x21, 0x11, fromFar)), 'up:abc');
    assert.match(await ask(2, 'PROXY UNKNOWN\r\n'), closed);
  });

  it('takes headers of the PROXY protocol however they are cut, and nothing else', async () => {
    const whole = Buffer.concat([binaryHeader(0x21, 0x11, fromFar), Buffer.from('abc')]);
    for (let at = 1; at < whole.length; at += 1) {
      const client = await open(streamPort(gateway, 2));
      await new Promise<void>((resolve) => client.write(whole.subarray(0, at), () => setImmediate(resolve)));
      client.end(whole.subarray(at));
      assert.equal(await readAll(client), 'up:abc', `cut at ${at}`);
      client.destroy();
    }
    // What follows the header comes in parts while the upstream is being reached.
    for (let round = 0; round < 300; round += 1) {
      const client = await open(streamPort(gateway, 2));
      await new Promise<void>((resolve) => client.write('PROXY UNKNOWN\r\na', () => setImmediate(resolve)));
      client.end('bc');
      assert.equal(await readAll(client), 'up:abc', `round ${round}`);
      client.destroy();
    }
    // Nothing follows the header.
    const quiet = await open(streamPort(gateway, 2));
    quiet.end('PROXY UNKNOWN\r\n');
    assert.equal(await readAll(quiet), 'up:');
    assert.match(await ask(2), closed);
    await until(() => / TCP 400 0 0 /.test(streamLog()));
  });

  it('runs on datagrams', async () => {
    const datagrams = await startUdpServer((text, reply) => reply(`got ${text}`));
    await gateway.admin('PATCH', `/services/${service}`, { port: datagrams.port, protocol: 'udp' });
    await enable('stream-probe', { does: 'wait' }, {}, ['udp']);
    const client = await openUdpClient(streamPort(gateway, 3));
    client.send('a');
    assert.equal(await client.next(), 'got a');
    client.close();
    await gateway.admin('PATCH', `/services/${service}`, { port: server.port, protocol: 'tcp' });
    datagrams.close();
  });

  it('takes settings over while streams go on, and routes by port_maps', async () => {
    const client = await open(streamPort(gateway));
    client.write('before ');
    await once(client, 'data');
    const reloading = gateway.running.reload(
      gateway.settings({ port_maps: `${mapped}:${streamPort(gateway)}`, log_level: 'notice' }),
    );
    // New workers serve before the old ones are through.
    await gateway.admin('PATCH', `/routes/${route}`, { destinations: [{ port: mapped }] });
    await until(async () => (await ask()) === 'up:abc');
    const rest = readAll(client);
    client.end('after');
    assert.equal((await rest).endsWith('after'), true);
    await reloading;
    assert.equal(await ask(), 'up:abc');
  });
});

describe('the end of a gateway with raw streams', () => {
  it('comes within its limit whatever streams there are', async () => {
    const server = await startStreamServer(greet('up'));
    const gateway = await startStreamGateway('127.0.0.1:0');
    await createStreamRoute(gateway, server.port, { destinations: [{ port: streamPort(gateway) }] });
    const client = await open(streamPort(gateway));
    client.resume();
    await once(client, 'data');
    const gone = new Promise((resolve) => {
      client.once('end', resolve);
      client.once('close', resolve);
    });
    const since = performance.now();
    await gateway.running.stop({ graceful: true, timeoutMs: 300 });
    await gone;
    assert.ok(performance.now() - since < 5000);
    client.destroy();
    await gateway.stop();
    await server.close();
  });
});
