import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { type ChildGateway, createRoute, startChildGateway } from '../../support/gateway.ts';
import type { RawClient } from '../../support/raw-client.ts';
import { startUpstream } from '../../support/scripted-upstream.ts';
import { until } from '../../support/until.ts';
import { assertOwnAnswer, startBench } from './bench.ts';
import { addCensus, censusSettings } from './census.ts';
import { addMeter } from './traffic.ts';

const get = 'GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n';
const mebibyte = 1024 * 1024;

/** Files and sockets that this process may have open at a time. */
function openFilesLimit(): number {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return found === null || found[1] === 'unlimited' ? Number.POSITIVE_INFINITY : Number(found[1]);
}

/** Files and sockets that a gateway has open. */
function openFilesOf({ child }: ChildGateway): number {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

function residentOf({ child }: ChildGateway): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))![1]) * 1024;
}

function activeOf(gateway: ChildGateway): Promise<number> {
  return gateway.admin('GET', '/status').then(({ body }) => body.server.connections_active as number);
}

/** Plain connections, made some at a time; those that cannot be had are left out. */
async function crowd(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(250, count - sockets.length) }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      return new Promise<Socket>((resolve) => {
        socket.once('connect', () => resolve(socket));
        socket.once('close', () => resolve(socket));
      });
    });
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

describe('crowds of clients', () => {
  it('that dribble their heads are turned away in time, and others are served meanwhile', async (t) => {
    const bench = await startBench({ ...censusSettings, nginx_http_client_header_timeout: '800ms' });
    t.after(() => bench.close());
    const census = await addCensus(bench.gateway);
    const clients = await Promise.all(Array.from({ length: 300 }, () => bench.gateway.connect()));
    for (const client of clients) client.send('GET /t/slow HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    const dribble = setInterval(() => {
      for (const client of clients) if (client.socket.writable) client.send('x');
    }, 40);
    try {
      await bench.assertSound();
      for (const client of clients) {
        assertOwnAnswer(await client.answer(), 408, 'Request timeout');
        await bench.gateway.admin('GET', '/status');
      }
      await bench.assertSound();
    } finally {
      clearInterval(dribble);
      for (const client of clients) client.close();
    }
    assert.ok(bench.requests.every(({ target }) => target !== '/u/slow'));
    await bench.dropConnections();
    await census.assertEmpty();
  });

  it('that send a body byte by byte hold up nobody', async (t) => {
    const bench = await startBench(censusSettings);
    t.after(() => bench.close());
    const census = await addCensus(bench.gateway);
    const body = '0123456789'.repeat(6);
    const clients = await Promise.all(Array.from({ length: 100 }, () => bench.gateway.connect()));
    const answers = clients.map(async (client, at) => {
      const head = `POST /t/slow-${at} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
      await client.sendPieces([head, ...body.split('')]);
      return (await client.answer('POST')).text;
    });
    const other = await bench.gateway.connect();
    for (let round = 0; round < 5; round += 1) await asks(other);
    other.close();
    assert.deepEqual(
      await Promise.all(answers),
      clients.map((_, at) => `POST /u/slow-${at} ${body.length}`),
    );
    for (const client of clients) client.close();
    await bench.dropConnections();
    await census.assertEmpty();
  });

  it('that read nothing of large answers cost little memory', async (t) => {
    const bench = await startBench({ plugins: 'bundled,meter,census' }, { retries: 0 });
    t.after(() => bench.close());
    const meter = await addMeter(bench.gateway);
    const census = await addCensus(bench.gateway);
    const block = Buffer.alloc(mebibyte, 'x');
    const sent: number[] = [];
    bench.upstream.script = async (side) => {
      await side.request();
      await side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${1024 * block.length}\r\n\r\n`);
      sent[side.index] = 0;
      side.socket.on('error', () => {});
      while (!side.socket.destroyed) {
        await Promise.race([side.send(block), side.gone()]);
        sent[side.index]! += block.length;
      }
    };
    const before = await meter();
    const clients = await Promise.all(
      Array.from({ length: 64 }, () => bench.gateway.connect({ highWaterMark: 16_384 })),
    );
    for (const client of clients) {
      client.socket.pause();
      client.send(get);
    }
    // Everything stands still once buffers on all sides are full.
    let last = -1;
    await until(() => {
      const sum = sent.reduce((total, bytes) => total + bytes, 0);
      const stands = sum === last && sent.filter((bytes) => bytes !== undefined).length === clients.length;
      last = sum;
      return stands;
    });
    const during = await meter();
    t.diagnostic(
      `${clients.length} clients, held ${((during.held - before.held) / clients.length / 1024).toFixed(0)} KiB each`,
    );
    // The buffers of a connection to the upstream and of what waits for the client.
    assert.ok(during.held - before.held < clients.length * 400 * 1024, `held ${during.held - before.held} bytes more`);
    for (const client of clients) client.reset();
    for (const side of bench.upstream.connections) await side.gone();
    bench.answerAll();
    await bench.assertSound();
    await bench.dropConnections();
    await census.assertEmpty();
  });

  it('that keep 10,000 connections idle are borne, and let go of', async (t) => {
    const limit = openFilesLimit();
    const count = Math.min(10_000, limit - 500);
    t.diagnostic(
      `${count} connections${count < 10_000 ? `: this process may have ${limit} files open, 10,000 need 10,500` : ''}`,
    );
    const gateway = await startChildGateway({
      nginx_http_keepalive_timeout: '600s',
      nginx_http_client_header_timeout: '600s',
    });
    const upstream = await startUpstream();
    t.after(async () => {
      gateway.child.kill('SIGKILL');
      await upstream.close();
    });
    await createRoute(gateway, upstream.port, '/t');
    const first = await gateway.connect();
    await asks(first);
    first.close();
    await until(async () => (await activeOf(gateway)) === 0);
    const before = { files: openFilesOf(gateway), resident: residentOf(gateway) };

    const sockets = await crowd(gateway.port, count);
    // Half of them have asked before, and a few are inside a head.
    const asked = sockets.filter((_, at) => at % 2 === 0);
    for (let at = 0; at < asked.length; at += 250) {
      await Promise.all(
        asked.slice(at, at + 250).map((socket) => {
          socket.write('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
          return new Promise((resolve) => socket.once('data', resolve));
        }),
      );
    }
    for (const socket of sockets.filter((_, at) => at % 10 === 1)) socket.write('GET /t/x HTTP/1.1\r\nHo');
    await until(async () => (await activeOf(gateway)) === count);
    const client = await gateway.connect();
    for (let round = 0; round < 20; round += 1) await asks(client);
    const held = residentOf(gateway) - before.resident;
    t.diagnostic(`${(held / count / 1024).toFixed(1)} KiB of resident memory for each connection`);
    assert.ok(held < count * 32 * 1024, `${held} bytes for ${count} connections`);

    for (const socket of sockets) socket.destroy();
    client.close();
    await until(async () => (await activeOf(gateway)) === 0);
    await until(() => openFilesOf(gateway) <= before.files + 2);
    const again = await gateway.connect();
    await asks(again);
    again.close();
    assert.equal(await gateway.kill('SIGTERM'), 0);
  });

  it('that take all file descriptors keep out newcomers only, and only while they stay', async (t) => {
    const gateway = await startChildGateway({}, undefined, 200);
    const upstream = await startUpstream();
    t.after(async () => {
      gateway.child.kill('SIGKILL');
      await upstream.close();
    });
    await createRoute(gateway, upstream.port, '/t', { retries: 0 });
    const early = await gateway.connect();
    await asks(early);
    const before = openFilesOf(gateway);
    // No file is left for the Admin API either, so it is asked for nothing meanwhile.
    const sockets = await crowd(gateway.port, 400);
    await until(() => openFilesOf(gateway) >= 198);
    t.diagnostic(`${before} files open before, ${openFilesOf(gateway)} of 200 with the crowd`);
    // Who was there is served on, over the connection to the upstream that is there too.
    for (let round = 0; round < 20; round += 1) await asks(early);
    // Those who got in are answered, though nothing is left to reach the upstream with while the one connection is busy.
    const inside = sockets.filter((socket) => !socket.destroyed)[0]!;
    inside.write('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
    const answer = await new Promise<Buffer>((resolve) => inside.once('data', resolve));
    assert.match(answer.toString('latin1'), /^HTTP\/1\.1 404 /);

    for (const socket of sockets) socket.destroy();
    await until(() => openFilesOf(gateway) <= before + 2);
    for (let round = 0; round < 5; round += 1) {
      const client = await gateway.connect();
      await asks(client);
      client.close();
    }
    await asks(early);
    early.close();
    await until(async () => (await activeOf(gateway)) === 0);
    assert.equal(await gateway.kill('SIGTERM'), 0);
  });
});

async function asks(client: RawClient): Promise<void> {
  assert.equal((await client.ask(get)).status, 200);
}
