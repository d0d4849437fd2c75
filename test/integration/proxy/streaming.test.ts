import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { generateSelfSigned } from '../../../src/tls/self-signed.ts';
import { createRoute } from '../../support/gateway.ts';
import type { RawClient } from '../../support/raw-client.ts';
import { type ScriptedUpstream, startUpstream } from '../../support/scripted-upstream.ts';
import { type Bench, startBench } from './bench.ts';

const mebibyte = 1024 * 1024;
const noise = randomBytes(mebibyte);

/** `length` bytes that repeat nowhere near, and their hash. */
function* bytesOf(length: number, piece: number): Iterable<Buffer> {
  let at = 0;
  let left = length;
  while (left > 0) {
    const size = Math.min(piece, left, noise.length - at);
    yield noise.subarray(at, at + size);
    left -= size;
    // Not a power of two, so that no two buffers of a size begin alike.
    at = (at + size + 13) % (noise.length - 1);
  }
}

function hashOf(length: number, piece: number): string {
  const hash = createHash('sha1');
  for (const bytes of bytesOf(length, piece)) hash.update(bytes);
  return hash.digest('hex');
}

function asChunk(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** Resolves once a number has not changed for a while: what flows has come to rest. */
async function settled(read: () => number): Promise<number> {
  for (;;) {
    const before = read();
    await new Promise((resolve) => setTimeout(resolve, 150));
    if (read() === before) return before;
  }
}

/** Ends the connections to an upstream, so that the next request makes one that follows its script. */
async function drop(upstream: ScriptedUpstream): Promise<void> {
  for (const side of upstream.connections) {
    side.end();
    await side.gone();
  }
}

describe('streaming', () => {
  let bench: Bench;
  let secure: ScriptedUpstream;
  before(async () => {
    bench = await startBench();
    const { cert, key } = await generateSelfSigned({ commonName: 'upstream.test', days: 1, keyType: 'ec' });
    secure = await startUpstream(undefined, { cert, key });
    await createRoute(bench.gateway, secure.port, '/s', { protocol: 'https' });
  });
  beforeEach(async () => {
    bench.upstream.script = (side) => side.answerAll();
    await bench.dropConnections();
  });
  after(async () => {
    await bench.close();
    await secure.close();
  });

  const ways = [
    { title: 'plain to plain', tls: false, path: '/t/x' },
    { title: 'TLS to plain', tls: true, path: '/t/x' },
    { title: 'plain to TLS', tls: false, path: '/s/x' },
    { title: 'TLS to TLS', tls: true, path: '/s/x' },
  ];

  function connect(tls: boolean): Promise<RawClient> {
    return bench.gateway.connect({ ...(tls && { tls: {} }), highWaterMark: 65_536 });
  }

  for (const { title, tls, path } of ways) {
    const upstream = (): ScriptedUpstream => (path.startsWith('/s') ? secure : bench.upstream);

    for (const framing of ['sized', 'chunked'] as const) {
      // Pieces below, at and above the sizes at which sockets and the gateway change what they do.
      for (const piece of [700, 20_000, 65_536]) {
        it(`uploads ${title}, ${framing}, in pieces of ${piece} to an upstream that is slow to read`, async () => {
          await drop(upstream());
          const length = piece === 700 ? mebibyte : 12 * mebibyte;
          const hash = createHash('sha1');
          let received = 0;
          upstream().script = async (side) => {
            const head = await side.head();
            assert.equal(head.header('content-length'), framing === 'sized' ? String(length) : undefined);
            // Nothing is read until the client cannot send on.
            side.socket.pause();
            await settled(() => client.socket.bytesWritten - client.socket.writableLength);
            side.socket.resume();
            side.reader.forget();
            if (framing === 'chunked') {
              const { body } = await side.reader.chunked('the upload');
              received = body.length;
              hash.update(body);
            } else {
              while (received < length) {
                const bytes = await side.reader.exactly(Math.min(100_000, length - received), 'the upload');
                received += bytes.length;
                hash.update(bytes);
              }
            }
            await side.answer('200 OK', 'got it');
            await side.answerAll();
          };
          const client = await connect(tls);
          client.send(
            `POST ${path} HTTP/1.1\r\nHost: a\r\n${framing === 'sized' ? `Content-Length: ${length}` : 'Transfer-Encoding: chunked'}\r\n\r\n`,
          );
          for (const bytes of bytesOf(length, piece)) client.send(framing === 'sized' ? bytes : asChunk(bytes));
          if (framing === 'chunked') client.send('0\r\n\r\n');
          // The next request follows at once, so that its bytes could overwrite those that still wait.
          client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-Fill: ${'f'.repeat(7000)}\r\n\r\n`);
          assert.equal((await client.answer('POST')).text, 'got it');
          assert.equal(received, length);
          assert.equal(hash.digest('hex'), hashOf(length, piece));
          assert.equal((await client.answer()).text, 'ok');
          client.close();
        });

        it(`downloads ${title}, ${framing}, in pieces of ${piece} to a client that is slow to read`, async () => {
          await drop(upstream());
          const length = piece === 700 ? mebibyte : 12 * mebibyte;
          upstream().script = async (side) => {
            await side.request();
            await side.send(
              `HTTP/1.1 200 OK\r\n${framing === 'sized' ? `Content-Length: ${length}` : 'Transfer-Encoding: chunked'}\r\n\r\n`,
            );
            for (const bytes of bytesOf(length, piece)) {
              await side.send(framing === 'sized' ? bytes : asChunk(bytes));
              // So that pieces of this size arrive one by one and wait side by side.
              if (piece === 20_000) await new Promise(setImmediate);
            }
            if (framing === 'chunked') await side.send('0\r\n\r\n');
            await side.answerAll();
          };
          const client = await connect(tls);
          client.reader.forget();
          client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\nGET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
          await client.reader.hasMore();
          client.socket.pause();
          const side = await upstream().connection(upstream().connections.length - 1);
          await settled(() => side.socket.bytesWritten - side.socket.writableLength);
          client.socket.resume();
          const answer = await client.answer();
          assert.equal(answer.framing, framing);
          assert.equal(answer.body.length, length);
          assert.equal(createHash('sha1').update(answer.body).digest('hex'), hashOf(length, piece));
          assert.equal((await client.answer()).text, 'ok');
          client.close();
        });
      }
    }
  }

  it('takes no more of an answer than its client takes', async () => {
    const length = 192 * mebibyte;
    bench.upstream.script = async (side) => {
      await side.request();
      await side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      for (const bytes of bytesOf(length, 65_536)) await side.send(bytes);
    };
    const memory = process.memoryUsage().rss;
    const client = await connect(false);
    client.reader.forget();
    client.send('GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.reader.hasMore();
    client.socket.pause();
    const side = bench.upstream.connections.at(-1)!;
    const taken = await settled(() => side.socket.bytesWritten);
    // What the system itself buffers on the way is a few megabytes.
    assert.ok(taken < length / 3, `${taken} bytes were taken from the upstream`);
    assert.ok(process.memoryUsage().rss - memory < 96 * mebibyte);
    client.reset();
    // The client is gone, so the upstream's connection goes too.
    await side.gone();
  });

  it('takes no more of a request than its upstream takes', async () => {
    const length = 192 * mebibyte;
    bench.upstream.script = async (side) => {
      await side.head();
      side.socket.pause();
    };
    const client = await connect(false);
    client.send(`PUT /t/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
    const sending = (async () => {
      for (const bytes of bytesOf(length, 65_536)) {
        if (client.socket.destroyed) return;
        await new Promise<void>((resolve) => client.socket.write(bytes, () => resolve()));
      }
    })();
    const taken = await settled(() => client.socket.bytesWritten);
    assert.ok(taken < length / 3, `${taken} bytes were taken from the client`);
    client.reset();
    await sending;
    const side = bench.upstream.connections.at(-1)!;
    side.socket.resume();
    await side.gone();
  });
});
