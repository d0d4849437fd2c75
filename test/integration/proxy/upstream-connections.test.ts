import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createRoute } from '../../support/gateway.ts';
import { type ScriptedUpstream, startUpstream, type UpstreamSide } from '../../support/scripted-upstream.ts';
import { assertOwnAnswer, type Bench, startBench } from './bench.ts';

const badGateway = 'An invalid response was received from the upstream server';

function request(method: string, target = '/t/x', body = ''): string {
  const length = body === '' ? '' : `Content-Length: ${body.length}\r\n`;
  return `${method} ${target} HTTP/1.1\r\nHost: a\r\n${length}\r\n${body}`;
}

/** A listener that accepts nothing and whose queue is full: a connection to it is neither made nor refused. */
async function startDeafListener(): Promise<{ readonly port: number; close(): Promise<void> }> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`,
    { eval: true },
  );
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1'));
  for (const filler of fillers) filler.on('error', () => {});
  await new Promise((resolve) => fillers[0]!.once('connect', resolve));
  return {
    port,
    async close() {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}

describe('connections to upstreams', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({}, { retries: 0 });
  });
  beforeEach(() => {
    bench.answerAll();
    return bench.dropConnections();
  });
  after(() => bench.close());

  it('are used again by other clients, one request at a time', async () => {
    bench.answerAll();
    const from = bench.upstream.connections.length;
    for (let round = 0; round < 5; round += 1) {
      const client = await bench.gateway.connect();
      for (let at = 0; at < 3; at += 1) assert.equal((await client.ask(request('GET'))).text, 'GET /u/x 0');
      client.close();
    }
    assert.equal(bench.upstream.connections.length, from + 1);
    const clients = await Promise.all(Array.from({ length: 5 }, () => bench.gateway.connect()));
    await Promise.all(clients.map((client) => client.ask(request('GET'))));
    for (const client of clients) client.close();
    assert.ok(bench.upstream.connections.length <= from + 5);
  });

  /** A connection that served one request, and breaks with the second one on it. */
  function breakingOnReuse(how: 'end' | 'reset', broken: string[]) {
    const first = bench.upstream.connections.length;
    bench.upstream.script = async (side: UpstreamSide) => {
      while (await side.reader.hasMore()) {
        const seen = await side.request();
        if (side.index === first && side.reader.text.split(' HTTP/1.1\r\n').length > 2) {
          broken.push(seen.method);
          side[how]();
          return;
        }
        await side.answer('200 OK', `${seen.method} ${side.index - first}`);
      }
    };
  }

  for (const how of ['end', 'reset'] as const) {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']) {
      it(`sends ${method} once more when its old connection breaks (${how})`, async () => {
        const broken: string[] = [];
        breakingOnReuse(how, broken);
        const client = await bench.gateway.connect();
        assert.equal((await client.ask(request('GET'))).text, 'GET 0');
        const answer = await client.ask(request(method, '/t/x', method === 'PUT' ? 'hello' : ''));
        assert.equal(answer.status, 200);
        assert.equal(answer.text, method === 'HEAD' ? '' : `${method} 1`);
        assert.deepEqual(broken, [method]);
        client.close();
      });
    }

    for (const method of ['POST', 'PATCH']) {
      it(`sends ${method} only once though its old connection breaks (${how})`, async () => {
        const broken: string[] = [];
        breakingOnReuse(how, broken);
        const client = await bench.gateway.connect();
        const from = bench.upstream.connections.length;
        assert.equal((await client.ask(request('GET'))).text, 'GET 0');
        assertOwnAnswer(await client.ask(request(method, '/t/x', 'hello')), 502, badGateway);
        assert.deepEqual(broken, [method]);
        assert.equal(bench.upstream.connections.length, from + 1);
        assert.equal((await client.ask(request('GET'))).text, 'GET 1');
        client.close();
      });
    }
  }

  it('sends a request no third time', async () => {
    bench.upstream.script = async (side) => {
      await side.request();
      if (side.reader.text.includes('/u/first')) {
        await side.answer();
        await side.request();
      }
      side.reset();
    };
    const from = bench.upstream.connections.length;
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(request('GET', '/t/first'))).text, 'ok');
    assertOwnAnswer(await client.ask(request('GET')), 502, badGateway);
    assert.equal(bench.upstream.connections.length, from + 2);
    client.close();
  });

  it('does not repeat a request once a byte of its answer was seen', async () => {
    bench.upstream.script = async (side) => {
      await side.request();
      await side.answer();
      await side.request();
      await side.send('HTTP/1.1 200');
      side.reset();
    };
    const from = bench.upstream.connections.length;
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(request('GET', '/t/first'))).text, 'ok');
    assertOwnAnswer(await client.ask(request('GET')), 502, badGateway);
    assert.equal(bench.upstream.connections.length, from + 1);
    client.close();
  });

  it('are not used again while a request on them is not whole', async () => {
    // The answer comes early, and the upstream would take what follows for the body that it still waits for.
    bench.upstream.script = async (side) => {
      await side.head();
      await side.answer('403 Forbidden', 'no');
      await side.reader.rest();
    };
    const client = await bench.gateway.connect();
    client.send('POST /t/early HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\npart');
    const answer = await client.answer('POST');
    assert.equal(answer.status, 403);
    assert.equal(answer.text, 'no');
    assert.equal(answer.header('connection'), 'close');
    await bench.upstream.connections.at(-1)!.gone();
    client.close();
    bench.answerAll();
    await bench.assertSound();
  });

  it('let a client go on behind an early answer when little of its body is left', async () => {
    bench.upstream.script = async (side) => {
      await side.head();
      await side.answer('403 Forbidden', 'no');
      await side.reader.rest();
    };
    const client = await bench.gateway.connect();
    client.send('POST /t/early HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\npart');
    const answer = await client.answer('POST');
    assert.equal(answer.text, 'no');
    if (answer.header('connection') === 'keep-alive') {
      client.send('123456');
      bench.answerAll();
      assert.equal((await client.ask(request('GET', '/t/next'))).text, 'GET /u/next 0');
      client.close();
    } else assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
  });

  for (const framing of ['sized', 'chunked']) {
    it(`carry an answer while a ${framing} request is still on its way`, async () => {
      // An upstream that answers each part as it comes: neither side may wait for the other to be done.
      bench.upstream.script = async (side) => {
        const head = await side.head();
        assert.equal(head.header('transfer-encoding'), framing === 'chunked' ? 'chunked' : undefined);
        await side.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        for (let part = 0; part < 5; part += 1) {
          await side.reader.until((text) => text.includes(`part-${part}`), `part ${part}`);
          await side.send(`7\r\necho-${part}.\r\n`);
        }
        // The end of the request must come through too.
        if (framing === 'chunked') await side.reader.until((text) => text.endsWith('0\r\n\r\n'), 'the last chunk');
        await side.send('0\r\n\r\n');
        await side.reader.rest();
      };
      const client = await bench.gateway.connect();
      const length = framing === 'sized' ? 'Content-Length: 35' : 'Transfer-Encoding: chunked';
      client.send(`POST /t/both HTTP/1.1\r\nHost: a\r\n${length}\r\n\r\n`);
      await bench.upstream.connection(bench.upstream.connections.length);
      for (let part = 0; part < 5; part += 1) {
        client.send(framing === 'sized' ? `part-${part}.` : `7\r\npart-${part}.\r\n`);
        await client.reader.until((text) => text.includes(`echo-${part}.`), `echo ${part}`);
      }
      if (framing === 'chunked') client.send('0\r\n\r\n');
      assert.equal((await client.answer('POST')).text, 'echo-0.echo-1.echo-2.echo-3.echo-4.');
      client.close();
      bench.answerAll();
      await bench.dropConnections();
      await bench.assertSound();
    });
  }

  it('answer 502 when they break while a body is under way', async () => {
    for (const how of ['end', 'reset'] as const) {
      bench.upstream.script = async (side) => {
        await side.head();
        await side.reader.until((text) => text.includes('part'), 'the first part');
        side[how]();
      };
      const client = await bench.gateway.connect();
      client.send('PUT /t/broken HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n');
      await bench.upstream.connection(bench.upstream.connections.length);
      client.send('part');
      const answer = await client.answer('PUT');
      assertOwnAnswer(answer, 502, badGateway);
      assert.equal(answer.header('connection'), 'close');
      client.close();
    }
    bench.answerAll();
    await bench.assertSound();
  });
});

describe('tries', () => {
  let bench: Bench;
  let upstream: ScriptedUpstream;
  before(async () => {
    bench = await startBench({}, { retries: 2, connect_timeout: 500, read_timeout: 500 });
    upstream = bench.upstream;
  });
  beforeEach(() => {
    bench.answerAll();
    return bench.dropConnections();
  });
  after(() => bench.close());

  /** A port of loopback on which nobody listens. */
  async function closedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  it('repeat an idempotent request that broke, and no other', async () => {
    for (const [method, expected] of [
      ['GET', 3],
      ['PUT', 3],
      ['POST', 1],
      ['PATCH', 1],
    ] as const) {
      const bodies: string[] = [];
      upstream.script = async (side) => {
        bodies.push((await side.request()).body.toString());
        side.reset();
      };
      const client = await bench.gateway.connect();
      const body = method === 'GET' ? '' : 'hello';
      assertOwnAnswer(await client.ask(request(method, '/t/x', body)), 502, badGateway);
      assert.deepEqual(bodies, Array(expected).fill(body));
      client.close();
    }
  });

  it('stop at an answer, whatever its status', async () => {
    let count = 0;
    upstream.script = async (side) => {
      await side.request();
      count += 1;
      await side.answer('503 Service Unavailable', 'mine');
    };
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(request('GET'))).text, 'mine');
    assert.equal(count, 1);
    client.close();
  });

  it('succeed at a later connection, even for POST when nothing was sent', async () => {
    // A refused connection first: the target that nobody listens on is left out at the next try.
    const dead = await closedPort();
    await bench.gateway.admin('POST', '/upstreams', { name: 'two.test' });
    await bench.gateway.admin('POST', '/upstreams/two.test/targets', { target: `127.0.0.1:${dead}`, weight: 1000 });
    await bench.gateway.admin('POST', '/upstreams/two.test/targets', {
      target: `127.0.0.1:${upstream.port}`,
      weight: 1,
    });
    await createRoute(bench.gateway, 80, '/two', { host: 'two.test', retries: 1 });
    bench.answerAll();
    const client = await bench.gateway.connect();
    for (let round = 0; round < 20; round += 1) {
      assert.equal((await client.ask(request('POST', '/two/a', 'hello'))).text, 'POST /a 5');
    }
    client.close();
  });

  it('answer 502 when every connection is refused', async () => {
    await createRoute(bench.gateway, await closedPort(), '/dead', { retries: 3 });
    const client = await bench.gateway.connect();
    assertOwnAnswer(await client.ask(request('GET', '/dead')), 502, badGateway);
    assertOwnAnswer(await client.ask(request('POST', '/dead', 'hello')), 502, badGateway);
    assert.equal((await client.ask(request('GET', '/t/next'))).text, 'GET /u/next 0');
    client.close();
  });

  it('keep a body that is still coming for the next try', async () => {
    const dead = await closedPort();
    await bench.gateway.admin('POST', '/upstreams', { name: 'late.test' });
    await bench.gateway.admin('POST', '/upstreams/late.test/targets', { target: `127.0.0.1:${dead}`, weight: 1000 });
    await bench.gateway.admin('POST', '/upstreams/late.test/targets', {
      target: `127.0.0.1:${upstream.port}`,
      weight: 1,
    });
    await createRoute(bench.gateway, 80, '/late', { host: 'late.test', retries: 5 });
    bench.answerAll();
    const body = '0123456789'.repeat(20_000);
    for (let round = 0; round < 10; round += 1) {
      const client = await bench.gateway.connect();
      client.send(`PUT /late/${round} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
      client.send(body);
      assert.equal((await client.answer('PUT')).text, `PUT /${round} ${body.length}`);
      assert.equal(bench.requests.at(-1)!.body.toString(), body);
      client.close();
    }
  });

  it('answer 504 to an upstream that does not answer in time', async () => {
    let count = 0;
    upstream.script = async (side) => {
      await side.request();
      count += 1;
      await side.reader.rest();
    };
    const client = await bench.gateway.connect();
    assertOwnAnswer(await client.ask(request('POST', '/t/x', 'hello')), 504, 'The upstream server is timing out');
    assert.equal(count, 1);
    assertOwnAnswer(await client.ask(request('GET')), 504, 'The upstream server is timing out');
    assert.equal(count, 1 + 3);
    bench.answerAll();
    assert.equal((await client.ask(request('GET'))).text, 'GET /u/x 0');
    client.close();
  });

  it('cut a client off whose answer stalls in its middle', async () => {
    upstream.script = async (side) => {
      await side.request();
      await side.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
      await side.reader.rest();
    };
    const client = await bench.gateway.connect();
    client.send(request('GET'));
    await assert.rejects(client.answer(), /inside the body/);
  });

  it('answer 504 to a connection that cannot be made in time', async () => {
    const { port, close } = await startDeafListener();
    await createRoute(bench.gateway, port, '/deaf', { retries: 0, connect_timeout: 300 });
    const client = await bench.gateway.connect();
    assertOwnAnswer(await client.ask(request('GET', '/deaf')), 504, 'The upstream server is timing out');
    await bench.gateway.waitForLog(/Cannot reach peer "127\.0\.0\.1:\d+": time-out while connecting/);
    client.close();
    await close();
  });

  it('answer as Kong does when a name cannot be resolved', async () => {
    await createRoute(bench.gateway, 80, '/nowhere', { host: 'nowhere.invalid' });
    const client = await bench.gateway.connect();
    const answer = await client.ask(request('GET', '/nowhere'));
    assertOwnAnswer(answer, 503, 'name resolution failed');
    client.close();
  });

  it('use a new connection for another service on the same address', async () => {
    const other = await startUpstream();
    await createRoute(bench.gateway, other.port, '/other');
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(request('GET', '/other'))).text, 'ok');
    assert.equal((await client.ask(request('GET'))).text, 'GET /u/x 0');
    client.close();
    await other.close();
  });
});
