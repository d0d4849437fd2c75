import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { createRoute } from '../../support/gateway.ts';
import type { RawClient } from '../../support/raw-client.ts';
import { Incomplete } from '../../support/raw-client-reader.ts';
import { type ScriptedUpstream, startUpstream, type UpstreamSide } from '../../support/scripted-upstream.ts';
import { until } from '../../support/until.ts';
import { type Bench, startBench } from './bench.ts';
import { addCensus, type CensusTaker, censusSettings } from './census.ts';

/** An exchange that is broken off at every place, or at every `step`-th where it is long. */
interface Canned {
  readonly title: string;
  readonly request: string;
  readonly answer: string;
  /** The body that a client may take for whole. */
  readonly body: string;
  readonly step: number;
}

const large = '0123456789abcdef'.repeat(16_384);
const post = 'POST /t/x HTTP/1.1\r\nHost: a\r\n';
const canned: readonly Canned[] = [
  {
    title: 'a small exchange',
    request: 'GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n',
    answer: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    body: 'hello',
    step: 1,
  },
  {
    title: 'a chunked exchange',
    request: `${post}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n`,
    answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n',
    body: 'hello!',
    step: 1,
  },
  {
    title: 'an exchange with an interim answer',
    request: `${post}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`,
    answer:
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    body: 'ok',
    step: 1,
  },
  {
    title: 'a large exchange',
    request: `${post}Content-Length: ${large.length}\r\n\r\n${large}`,
    answer: `HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n${large}`,
    body: large,
    step: 7919,
  },
  {
    title: 'a large chunked exchange',
    request: `${post}Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
    answer: `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
    body: large,
    step: 7919,
  },
  {
    title: 'an answer that ends with its connection',
    request: 'GET /t/x HTTP/1.0\r\n\r\n',
    answer: `HTTP/1.1 200 OK\r\n\r\n${'hello'.repeat(10)}`,
    body: 'hello'.repeat(10),
    step: 1,
  },
];

const asking =
  'GET /t/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n';
const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

function* positions(length: number, step: number): Iterable<number> {
  for (let at = 0; at < length; at += step) yield at;
}

describe('connections that break off', () => {
  let bench: Bench;
  let other: ScriptedUpstream;
  let census: CensusTaker;
  before(async () => {
    bench = await startBench({ ...censusSettings, log_level: 'crit' }, { retries: 0 });
    other = await startUpstream();
    await createRoute(bench.gateway, other.port, '/other', { retries: 0 });
    census = await addCensus(bench.gateway);
  });
  after(async () => {
    await bench.close();
    await other.close();
  });

  /** Runs `work` while another client goes on with its requests, then shows that nothing is left of it. */
  async function beside(work: () => Promise<void>): Promise<void> {
    const client = await bench.gateway.connect();
    let isOver = false;
    let count = 0;
    const going = (async () => {
      while (!isOver) {
        assert.equal((await client.ask('GET /other/x HTTP/1.1\r\nHost: a\r\n\r\n')).text, 'ok');
        count += 1;
      }
    })();
    try {
      await work();
    } finally {
      isOver = true;
      await going;
      client.close();
    }
    assert.ok(count > 0);
    bench.answerAll();
    await bench.assertSound();
    for (const side of [...bench.upstream.connections, ...other.connections]) side.socket.destroy();
    await census.assertSettled();
    await until(async () => (await bench.gateway.admin('GET', '/status')).body.server.connections_active === 0);
    bench.upstream.connections.length = 0;
    other.connections.length = 0;
  }

  /** Lets the upstream read whatever comes and answer with `answer` once the request is whole. */
  function answerWith(answer: string): void {
    bench.upstream.script = async (side) => {
      side.reader.forget();
      if ((await side.request().catch(() => undefined)) !== undefined) await side.send(answer);
    };
  }

  for (const { title, request, step, answer } of canned) {
    for (const tls of [false, true]) {
      const every = tls && step === 1 ? 5 : step;
      it(`by a client inside the request of ${title}${tls ? ', over TLS' : ''}`, async () => {
        answerWith(answer);
        await beside(async () => {
          for (const at of positions(request.length, every)) {
            const client = await bench.gateway.connect(tls ? { tls: {} } : {});
            await client.sendPieces([request.slice(0, at)]);
            // A socket of TLS cannot send a reset by itself: it ends without a word of TLS.
            if (tls) client.close();
            else client.reset();
          }
        });
      });
    }

    it(`by a client inside the answer of ${title}`, async () => {
      await beside(async () => {
        for (const at of positions(answer.length, step)) {
          const client = await bench.gateway.connect();
          const gone = new Promise<void>((resolve, reject) => {
            bench.upstream.script = async (side) => {
              side.reader.forget();
              await side.request();
              await side.sendPieces([answer.slice(0, at)]);
              client.reset();
              // The gateway must not go on with an answer that nobody waits for.
              await side.gone();
              resolve();
            };
            setTimeout(() => reject(new Error(`The upstream's connection stays, at ${at}`)), 10_000).unref();
          });
          client.send(request);
          await gone;
        }
      });
    });
  }

  async function outcome(client: RawClient, method: string): Promise<string | number> {
    try {
      for (;;) {
        const answer = await client.answer(method);
        if (answer.status === 200) return answer.text;
        if (answer.status >= 200) return answer.status;
      }
    } catch (fault) {
      if (fault instanceof Incomplete) return 'incomplete';
      throw fault;
    }
  }

  for (const { title, request, answer, body, step } of canned) {
    it(`by the upstream inside the answer of ${title}`, async () => {
      const seen = new Set<string | number>();
      await beside(async () => {
        const behind = answer.lastIndexOf(
          '\r\n\r\n',
          answer.includes('\r\n0\r\n') ? answer.indexOf('chunked') + 12 : undefined,
        );
        for (const at of positions(answer.length, step)) {
          bench.upstream.script = async (side) => {
            side.reader.forget();
            await side.request();
            await side.sendPieces([answer.slice(0, at)]);
            side.reset();
          };
          const client = await bench.gateway.connect();
          client.send(request);
          const what = await outcome(client, request.slice(0, request.indexOf(' ')));
          // The system may drop what it had received when a reset comes, so that of a head that was sent nothing is seen.
          assert.ok(what === 502 || (what === 'incomplete' && at >= behind + 4), `${what} at ${at}`);
          assert.notEqual(what, body);
          seen.add(what);
          client.close();
        }
      });
      assert.ok(seen.has(502));
    });

    it(`by the upstream inside the request of ${title}`, async () => {
      await beside(async () => {
        for (const at of positions(request.length, step)) {
          bench.upstream.script = async (side) => {
            side.reader.forget();
            while (side.reader.received <= at && (await side.reader.hasMore())) {
              await side.reader.exactly(side.reader.waiting, 'a request').catch(() => {});
            }
            side.reset();
          };
          const client = await bench.gateway.connect();
          client.send(request);
          const what = await outcome(client, request.slice(0, request.indexOf(' ')));
          assert.ok(what === 502 || what === 'incomplete', `${what} at ${at}`);
          client.close();
          // The request on the wire is another than the client's; where it is shorter, its connection is still open.
          for (const side of bench.upstream.connections) side.socket.destroy();
        }
      });
    });
  }

  async function echo(side: UpstreamSide): Promise<void> {
    // A client that is gone at once takes the connection to us along, whatever of the request was sent by then.
    if ((await side.head().catch(() => undefined)) === undefined) return;
    await side.send(switching);
    while (await side.reader.hasMore()) await side.send(await side.reader.exactly(side.reader.waiting, 'bytes'));
    side.end();
  }

  it('by a client anywhere in a tunnel', async () => {
    bench.upstream.script = echo;
    await beside(async () => {
      const all = `${asking}hello`;
      for (const at of [...positions(all.length, 1), all.length]) {
        const client = await bench.gateway.connect();
        client.send(all.slice(0, at));
        if (at > asking.length) {
          assert.equal((await client.answer()).status, 101);
          await client.reader.exactly(at - asking.length, 'an echo');
        }
        client.reset();
      }
    });
  });

  it('by the upstream anywhere in a tunnel', async () => {
    await beside(async () => {
      const all = `${switching}hello`;
      for (const at of positions(all.length, 1)) {
        bench.upstream.script = async (side) => {
          await side.head();
          await side.sendPieces([all.slice(0, at)]);
          side.reset();
        };
        const client = await bench.gateway.connect();
        client.send(asking);
        const answer = await client.answer().catch((fault: unknown) => {
          if (!(fault instanceof Incomplete)) throw fault;
        });
        if (answer?.status === 101) {
          assert.ok(at >= switching.length, `switched at ${at}`);
          const { rest } = await client.closed();
          assert.ok('hello'.slice(0, at - switching.length).startsWith(rest), rest);
        } else assert.ok(answer === undefined || answer.status === 502);
        client.close();
      }
    });
  });

  it('inside a TLS handshake', async () => {
    const hello = await clientHello();
    await beside(async () => {
      for (const at of positions(hello.length + 1, 3)) {
        const socket = connect(bench.gateway.tlsPort, '127.0.0.1');
        socket.on('error', () => {});
        await new Promise<void>((resolve) => socket.once('connect', resolve));
        await new Promise<void>((resolve) => socket.write(hello.subarray(0, at), () => resolve()));
        socket.resetAndDestroy();
      }
    });
  });

  it('and leave nothing behind', () => census.assertEmpty());
});

/** The first bytes that a TLS client sends. */
async function clientHello(): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  const bytes = new Promise<Buffer>((resolve) => {
    server.once('connection', (socket) => socket.on('error', () => {}).once('data', resolve));
  });
  const client = connectTls({ port, host: '127.0.0.1', servername: 'a.test' }).on('error', () => {});
  const hello = await bytes;
  client.destroy();
  server.close();
  return hello;
}
