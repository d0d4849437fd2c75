import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { InProcessGateway } from '../../support/gateway.ts';
import {
  createStreamRoute,
  cutOff,
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

describe('TCP through the gateway', () => {
  let gateway: InProcessGateway;
  const servers: StreamServer[] = [];
  before(async () => {
    gateway = await startStreamGateway(Array(9).fill('127.0.0.1:0').join(', '));
  });
  after(async () => {
    await gateway.stop();
    for (const server of servers) await server.close();
  });

  async function serve(handle: (socket: Socket) => void): Promise<StreamServer> {
    const server = await startStreamServer(handle);
    servers.push(server);
    return server;
  }

  /** Routes one of the addresses to a server of its own. */
  async function routed(at: number, handle: (socket: Socket) => void, service: object = {}): Promise<StreamServer> {
    const server = await serve(handle);
    await createStreamRoute(gateway, server.port, { destinations: [{ port: streamPort(gateway, at) }] }, service);
    return server;
  }

  const streamLog = (): string[] => {
    const path = join(gateway.prefix, 'logs/stream.log');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  };

  it('carries bytes both ways, and the end of one side leaves the other open', async () => {
    await routed(0, (socket) => {
      let received = '';
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
      });
      socket.on('end', () => socket.end(`got ${received}`));
    });
    const client = await open(streamPort(gateway, 0));
    client.write('one ');
    client.end('two');
    assert.equal(await readAll(client), 'got one two');
    await until(() => streamLog().some((line) => / TCP 200 11 7 0\.\d{3}$/.test(line)));
    assert.match(
      streamLog().at(-1)!,
      /^127\.0\.0\.1 \[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] TCP 200 11 7 0\.\d{3}$/,
    );
  });

  it('lets the server speak first, and end first', async () => {
    await routed(1, (socket) => {
      socket.end('welcome');
    });
    const client = await open(streamPort(gateway, 1));
    assert.equal(await readAll(client), 'welcome');
    client.destroy();
  });

  it('keeps 200 connections apart', async () => {
    await routed(2, echo);
    const clients = await Promise.all(Array.from({ length: 200 }, () => open(streamPort(gateway, 2))));
    await Promise.all(
      clients.map(async (client) => {
        const bytes = randomBytes(40_000 + Math.floor(Math.random() * 40_000));
        const all = readAll(client);
        client.end(bytes);
        const returned = Buffer.from(await all, 'latin1');
        const sum = (data: Buffer): string => createHash('sha1').update(data).digest('hex');
        assert.equal(sum(returned), sum(bytes));
        client.destroy();
      }),
    );
  });

  it('passes a reset on, in both directions', async () => {
    // The greeting tells that the stream stands: what is reset before that is tried again.
    const server = await routed(3, greet('up'));
    /** Resolves with what the socket ended by. */
    const endOf = (socket: Socket): Promise<string> =>
      new Promise((resolve) => {
        socket.on('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? ''));
        socket.on('end', () => resolve('end'));
        socket.resume();
      });
    for (let round = 0; round < 100; round += 2) {
      const first = await open(streamPort(gateway, 3));
      await once(first, 'data');
      const peer = await server.connected(round + 1);
      const firstEnd = endOf(first);
      cutOff(peer);
      assert.equal(await firstEnd, 'ECONNRESET', `round ${round}`);

      const second = await open(streamPort(gateway, 3));
      await once(second, 'data');
      const other = await server.connected(round + 2);
      const otherEnd = endOf(other);
      cutOff(second);
      assert.equal(await otherEnd, 'ECONNRESET', `round ${round}`);
    }
  });

  it('waits for a slow reader instead of gathering what it does not take', async () => {
    let written = 0;
    const server = await routed(4, (socket) => {
      const block = Buffer.alloc(65_536, 7);
      const fill = (): void => {
        while (written < 64 * 1024 * 1024) {
          written += block.length;
          if (!socket.write(block)) {
            socket.once('drain', fill);
            return;
          }
        }
        socket.end();
      };
      fill();
    });
    const client = await open(streamPort(gateway, 4));
    client.pause();
    await server.connected(1);
    let before = -1;
    await until(async () => {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return before === written;
    });
    // What the system holds for four sockets, and little more.
    assert.ok(written < 24 * 1024 * 1024, `${written} bytes were taken from the server`);
    let received = 0;
    client.on('data', (bytes: Buffer) => {
      received += bytes.length;
    });
    client.resume();
    await once(client, 'end');
    assert.equal(received, 64 * 1024 * 1024);
    client.destroy();
  });

  it('closes a connection without a route, and one without a service', async () => {
    const none = await open(streamPort(gateway, 5));
    assert.match(await readAll(none), /^$|^reset$/);
    await gateway.waitForLog(
      /\[error\].*no Route found with those values, client: 127\.0\.0\.1, server: 127\.0\.0\.1:\d+/,
    );
    await until(() => streamLog().some((line) => / TCP 500 0 0 /.test(line)));
    await gateway.admin('POST', '/routes', {
      protocols: ['tcp'],
      destinations: [{ port: streamPort(gateway, 5) }],
    });
    const lost = await open(streamPort(gateway, 5));
    assert.match(await readAll(lost), /^$|^reset$/);
    await gateway.waitForLog(/\[warn\].*no Service found with those values/);
    await until(() => streamLog().some((line) => / TCP 503 0 0 /.test(line)));
  });

  it('closes a connection whose upstream cannot be reached, after all tries', async () => {
    const gone = await startStreamServer(echo);
    await gone.close();
    await createStreamRoute(gateway, gone.port, { destinations: [{ port: streamPort(gateway, 6) }] }, { retries: 2 });
    const client = await open(streamPort(gateway, 6));
    assert.match(await readAll(client), /^$|^reset$/);
    await gateway.waitForLog(
      new RegExp(`\\[error\\].*Cannot reach peer "127\\.0\\.0\\.1:${gone.port}": .*ECONNREFUSED`),
    );
    await until(() => streamLog().some((line) => / TCP 502 0 0 /.test(line)));
  });

  it('spreads connections over targets, and goes on to the next where one is gone', async () => {
    const one = await serve(greet('one'));
    const two = await serve(greet('two'));
    const gone = await startStreamServer(echo);
    await gone.close();
    await gateway.admin('POST', '/upstreams', {
      name: 'spread',
      healthchecks: { passive: { type: 'tcp', unhealthy: { tcp_failures: 1 } } },
    });
    for (const port of [one.port, two.port, gone.port]) {
      await gateway.admin('POST', '/upstreams/spread/targets', { target: `127.0.0.1:${port}` });
    }
    await createStreamRoute(
      gateway,
      1,
      { destinations: [{ port: streamPort(gateway, 7) }] },
      { host: 'spread', port: 80 },
    );
    const seen = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const client = await open(streamPort(gateway, 7));
      client.end();
      seen.add(await readAll(client));
      client.destroy();
    }
    assert.deepEqual([...seen].sort(), ['one:', 'two:']);
    await until(async () => {
      const health = await gateway.admin('GET', '/upstreams/spread/health');
      const states = (health.body.data as { target: string; health: string }[]).map(
        ({ target, health: state }) => `${target} ${state}`,
      );
      return states.includes(`127.0.0.1:${gone.port} UNHEALTHY`);
    });

    // One that dies in the middle ends its own streams alone.
    const client = await open(streamPort(gateway, 7));
    const [first] = (await once(client, 'data')) as [Buffer];
    const server = first.toString() === 'one:' ? one : two;
    const ended = readAll(client);
    for (const socket of server.sockets) cutOff(socket);
    assert.equal(await ended, 'reset');
  });

  it('ends a stream that is silent for read_timeout', async () => {
    await routed(8, echo, { read_timeout: 300 });
    const client = await open(streamPort(gateway, 8));
    client.write('x');
    assert.equal(await readAll(client), 'x');
    await until(() => streamLog().some((line) => / TCP 200 1 1 0\.[345]\d\d$/.test(line)));
  });

  it('counts streams in /status', async () => {
    const client = await open(streamPort(gateway, 2));
    client.write('x');
    await once(client, 'data');
    const during = await gateway.admin('GET', '/status');
    assert.ok(during.body.server.connections_accepted > 200);
    assert.equal(during.body.server.connections_active, 1);
    client.destroy();
    await until(async () => (await gateway.admin('GET', '/status')).body.server.connections_active === 0);
  });
});
