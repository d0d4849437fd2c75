import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { type ConnectionOptions, connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { createStreamHandshakes } from '../../../src/proxy/stream/handshakes.ts';
import { createCertificateStore, createTicketKeys } from '../../../src/tls/index.ts';
import { onePem } from '../../support/admin-pems.ts';
import type { InProcessGateway } from '../../support/gateway.ts';
import { requireService } from '../../support/services.ts';
import {
  createStreamRoute,
  echo,
  greet,
  open,
  readAll,
  type StreamServer,
  startStreamGateway,
  startStreamServer,
  streamPort,
} from '../../support/stream.ts';
import { until } from '../../support/until.ts';
import { upstreamAuthority, upstreamPair } from '../../support/upstream-pems.ts';

const openssl = requireService('openssl');

/** The first flight of a client. */
function clientHello(servername: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({ read() {}, write: (bytes: Buffer) => resolve(bytes) });
    connect({ socket: wire, servername }).on('error', () => {});
  });
}

describe('TLS through the gateway', () => {
  let gateway: InProcessGateway;
  const servers: StreamServer[] = [];
  before(async () => {
    gateway = await startStreamGateway('127.0.0.1:0 ssl, 127.0.0.1:0, 127.0.0.1:0 ssl', {
      router_flavor: 'traditional_compatible',
    });
  });
  after(async () => {
    await gateway.stop();
    for (const server of servers) await server.close();
  });

  async function serve(handle: (socket: Socket) => void, tls = false): Promise<StreamServer> {
    const server = await startStreamServer(handle, { tls });
    servers.push(server);
    return server;
  }

  async function openTls(options: ConnectionOptions = {}, at = 0): Promise<TLSSocket> {
    const socket = connect({
      port: streamPort(gateway, at),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      allowHalfOpen: true,
      ...options,
    } as ConnectionOptions);
    await once(socket, 'secureConnect');
    return socket;
  }

  const logged = (pattern: RegExp): Promise<void> =>
    until(() => pattern.test(readFileSync(join(gateway.prefix, 'logs/stream.log'), 'utf8')));

  it('ends TLS with the certificate of the name, and routes by it', async () => {
    const one = await serve(greet('one'));
    const wild = await serve(greet('wild'));
    await gateway.admin('POST', '/certificates', { ...onePem, snis: ['one.test'] });
    await createStreamRoute(gateway, one.port, { protocols: ['tls'], snis: ['one.test'] });
    await createStreamRoute(gateway, wild.port, { protocols: ['tls'], snis: ['*.wild.test'] });

    const client = await openTls({ servername: 'One.test' });
    assert.equal(client.getPeerCertificate().subject.CN, 'one.test');
    client.end('abc');
    assert.equal(await readAll(client), 'one:abc');
    const other = await openTls({ servername: 'a.wild.test', maxVersion: 'TLSv1.2' });
    assert.notEqual(other.getPeerCertificate().subject.CN, 'one.test');
    other.end('abc');
    assert.equal(await readAll(other), 'wild:abc');
  });

  it('serves openssl', async () => {
    const child = spawn(openssl, [
      's_client',
      '-connect',
      `127.0.0.1:${streamPort(gateway)}`,
      '-servername',
      'one.test',
      '-quiet',
      '-no_ign_eof',
    ]);
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.stdin.write('hello\n');
    await until(() => output === 'one:hello\n');
    child.stdin.end();
    await once(child, 'exit');
  });

  it('closes a connection whose name has no route, and one without a name', async () => {
    for (const servername of ['nobody.test', '']) {
      const client = connect({ port: streamPort(gateway), host: '127.0.0.1', servername, rejectUnauthorized: false });
      client.on('error', () => {});
      await new Promise((resolve) => client.once('close', resolve));
      assert.equal(client.authorized, false);
    }
    await logged(/ TCP 500 0 0 /);
    const fallback = await serve(greet('fallback'));
    await createStreamRoute(gateway, fallback.port, {
      protocols: ['tls'],
      destinations: [{ port: streamPort(gateway, 0) }],
    });
    const client = await openTls();
    client.end();
    assert.equal(await readAll(client), 'fallback:');
  });

  it('passes TLS through by its name, without looking into it', async () => {
    const upstream = await serve(greet('inner'), true);
    await createStreamRoute(gateway, upstream.port, { protocols: ['tls_passthrough'], snis: ['localhost'] });
    const client = await openTls({ servername: 'localhost', ca: upstreamAuthority, rejectUnauthorized: true });
    client.end('abc');
    assert.equal(await readAll(client), 'inner:abc');
  });

  it('finds the name wherever the ClientHello is cut', async () => {
    const sink = await serve((socket) => {
      const parts: Buffer[] = [];
      socket.on('data', (bytes: Buffer) => parts.push(bytes));
      socket.on('end', () => socket.end(Buffer.concat(parts)));
    });
    await createStreamRoute(gateway, sink.port, { protocols: ['tls_passthrough'], snis: ['sink.test'] });
    const hello = await clientHello('sink.test');
    for (let from = 1; from < hello.length; from += 32) {
      await Promise.all(
        Array.from({ length: Math.min(32, hello.length - from) }, async (_, offset) => {
          const client = await open(streamPort(gateway));
          const at = from + offset;
          await new Promise<void>((resolve) => client.write(hello.subarray(0, at), () => setImmediate(resolve)));
          client.end(hello.subarray(at));
          assert.ok(Buffer.from(await readAll(client), 'latin1').equals(hello), `cut at ${at}`);
          client.destroy();
        }),
      );
    }
  });

  it('ends TLS with a client whose bytes come one by one', async () => {
    const raw = await open(streamPort(gateway));
    const slow = new Duplex({
      read() {},
      write(bytes: Buffer, _encoding, done) {
        const next = (at: number): void => {
          if (at === bytes.length) done();
          else raw.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
        };
        next(0);
      },
    });
    raw.on('data', (bytes: Buffer) => slow.push(bytes));
    const client = connect({ socket: slow, servername: 'one.test', rejectUnauthorized: false });
    await once(client, 'secureConnect');
    client.write('abc');
    let received = '';
    client.on('data', (bytes: Buffer) => {
      received += bytes.toString();
    });
    await until(() => received === 'one:abc');
    client.destroy();
    raw.destroy();
  });

  it('stands hostile first bytes', async () => {
    const hello = await clientHello('one.test');
    const broken = Buffer.from(hello);
    broken[43] = 0xff;
    const cutShort = Buffer.from(hello);
    cutShort[45] = cutShort[45]! ^ 0xff;
    const bad: readonly Buffer[] = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(20_000, 0x16),
      Buffer.from([22, 3, 1, 0, 0]),
      broken,
      Buffer.concat([hello.subarray(0, 60), Buffer.from('\x15\x03\x01\0\x02\x01\0', 'latin1')]),
      Buffer.from([0]),
      Buffer.alloc(0),
    ];
    for (const bytes of bad) {
      const client = await open(streamPort(gateway, 2));
      client.end(bytes);
      assert.match(await readAll(client), /^$|^reset$/);
      client.destroy();
    }
    // A handshake that its client gives up.
    const quitter = await open(streamPort(gateway, 2));
    quitter.end(cutShort);
    assert.match(await readAll(quitter), /^(?:$|reset$|\x16\x03)/);
    quitter.destroy();
    await logged(/ TCP 400 0 0 /);
    const client = await openTls({ servername: 'one.test' }, 2);
    client.end();
    assert.equal(await readAll(client), 'one:');
  });

  it('speaks TLS with an upstream: verified, by its name, with a certificate of our own', async () => {
    const names: (string | false)[] = [];
    const strict: Server = createTlsServer(
      { ...upstreamPair, requestCert: true, rejectUnauthorized: false, allowHalfOpen: true },
      (socket) => {
        names.push((socket as TLSSocket & { readonly servername: string | false }).servername);
        socket.on('error', () => {});
        socket.write(`${socket.getPeerCertificate().subject?.CN ?? 'nobody'}:`);
        socket.pipe(socket);
      },
    );
    strict.listen(0, '127.0.0.1');
    await once(strict, 'listening');
    const { port } = strict.address() as { readonly port: number };
    const authority = await gateway.admin('POST', '/ca_certificates', { cert: upstreamAuthority });
    const own = await gateway.admin('POST', '/certificates', onePem);
    const destinations = [{ port: streamPort(gateway, 1) }];
    const { service } = await createStreamRoute(
      gateway,
      port,
      { destinations },
      { host: 'localhost', protocol: 'tls', tls_verify: true, retries: 0 },
    );
    const ask = async (): Promise<string> => {
      const client = await open(streamPort(gateway, 1));
      client.end('abc');
      const answer = await readAll(client);
      client.destroy();
      return answer;
    };
    assert.match(await ask(), /^$|^reset$/);
    await gateway.waitForLog(/\[error\].*Cannot make a TLS connection to peer/);
    await gateway.admin('PATCH', `/services/${service}`, { ca_certificates: [authority.body.id] });
    assert.equal(await ask(), 'nobody:abc');
    await gateway.admin('PATCH', `/services/${service}`, { client_certificate: { id: own.body.id } });
    assert.equal(await ask(), 'one.test:abc');
    assert.deepEqual(names, ['localhost', 'localhost']);
    strict.close();
  });

  it('opens a stream of its own for each TLS client at a time', async () => {
    const echoes = await serve(echo);
    await createStreamRoute(gateway, echoes.port, { protocols: ['tls'], snis: ['many.test'] });
    const clients = await Promise.all(Array.from({ length: 40 }, () => openTls({ servername: 'many.test' })));
    await Promise.all(
      clients.map(async (client, at) => {
        const text = String(at).repeat(50_000);
        client.end(text);
        assert.equal(await readAll(client), text);
      }),
    );
  });
});

it('sessions are resumed until the keys of their tickets are replaced', async () => {
  const certificates = createCertificateStore({
    defaultCertificate: { cert: [onePem.cert], key: [onePem.key] },
    ticketKeys: createTicketKeys(),
  });
  const begin = createStreamHandshakes({ certificates, options: certificates.serverOptions });
  const server = createServer((raw) => {
    const secured = begin(raw, (choose) => choose());
    secured.on('error', () => {}).once('secure', () => secured.resume().end('done'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  async function visit(
    session?: Buffer,
  ): Promise<{ readonly session: Buffer | undefined; readonly isReused: boolean }> {
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, servername: 'one.test' };
    const socket = connect({ ...options, ...(session === undefined ? {} : { session }) });
    let isReused = false;
    let ticket: Buffer | undefined;
    socket.once('secureConnect', () => {
      isReused = socket.isSessionReused();
    });
    socket.on('session', (fresh: Buffer) => {
      ticket = fresh;
    });
    await once(socket.resume(), 'close');
    return { session: ticket, isReused };
  }
  const first = await visit();
  assert.equal((await visit(first.session)).isReused, true);
  certificates.setTicketKeys(createTicketKeys());
  const second = await visit(first.session);
  assert.deepEqual([first.isReused, second.isReused], [false, false]);
  assert.equal((await visit(second.session)).isReused, true);
  server.close();
});

it('streams are routed by expressions where the router takes them', async () => {
  const gateway = await startStreamGateway('127.0.0.1:0 ssl', { router_flavor: 'expressions' });
  const [fields, expression] = [await startStreamServer(greet('fields')), await startStreamServer(greet('expression'))];
  try {
    await createStreamRoute(gateway, fields.port, { protocols: ['tls'], snis: ['*.test'] });
    await createStreamRoute(gateway, expression.port, { protocols: ['tls'], expression: 'tls.sni =^ ".e.test"' });
    for (const [servername, greeting] of [
      ['one.test', 'fields:x'],
      ['some.e.test', 'expression:x'],
    ] as const) {
      const client = connect({ port: streamPort(gateway), host: '127.0.0.1', rejectUnauthorized: false, servername });
      client.end('x');
      assert.equal(await readAll(client), greeting);
    }
  } finally {
    await gateway.stop();
    await fields.close();
    await expression.close();
  }
});
