import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Gate, startGate } from '../../support/gate.ts';
import { assertOwnAnswer, type Bench, startBench } from './bench.ts';

const get = 'GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n';
const plugins = { plugins: 'bundled,probe,probe-early,probe-late' };
const allPhases = ['certificate', 'rewrite', 'access', 'header_filter', 'body_filter', 'log'];

let bench: Bench;
const made: string[] = [];

/** Configures a plugin until the end of the test. */
async function configure(name: string, config: object, scope: object = {}): Promise<string> {
  const { body } = await bench.gateway.admin('POST', '/plugins', { name, config, ...scope });
  made.push(body.id);
  return body.id;
}

async function clear(): Promise<void> {
  for (const id of made.splice(0)) await bench.gateway.admin('DELETE', `/plugins/${id}`);
}

/** Lines that a probe left in the log since `from`. */
function marks(from: number): string[] {
  return [
    ...bench.gateway
      .readLog()
      .slice(from)
      .matchAll(/probe (\S+ \S+), request_id/g),
  ].map(([, mark]) => mark!);
}

async function markedBy(from: number, count: number): Promise<string[]> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const found = marks(from);
    if (found.length >= count || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('plugins in a request', () => {
  before(async () => {
    bench = await startBench(plugins, { retries: 0 });
  });
  beforeEach(() => {
    bench.answerAll();
    return bench.dropConnections();
  });
  afterEach(clear);
  after(() => bench.close());

  it('are called in the order that docs/lifecycle.md tells', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/lifecycle.md'), 'utf8');
    const list = /<!-- lifecycle:begin -->([\s\S]*?)<!-- lifecycle:end -->/.exec(page)![1]!;
    const documented = list.split('\n').filter((line) => /^[a-z_]+$/.test(line));
    await configure('probe', { label: 'life', marks: allPhases });
    const from = bench.gateway.readLog().length;
    const client = await bench.gateway.connect({ tls: { servername: 'life.test' } });
    assert.equal((await client.ask(get)).text, 'GET /u/x 0');
    client.close();
    const called = await markedBy(from, documented.length);
    assert.deepEqual(
      called,
      documented.map((phase) => `life ${phase}`),
    );
  });

  it('run by priority in every phase, whatever the order in which they were made', async () => {
    const phases = allPhases.slice(1);
    for (const name of ['probe', 'probe-late', 'probe-early']) await configure(name, { label: name, marks: phases });
    const from = bench.gateway.readLog().length;
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(get)).status, 200);
    client.close();
    const expected = phases.flatMap((phase) =>
      ['probe-early', 'probe', 'probe-late'].map((name) => `${name} ${phase}`),
    );
    assert.deepEqual(await markedBy(from, expected.length), expected);
  });

  it('run their later phases though an earlier plugin answered', async () => {
    await configure('probe-early', { does: 'exit', status: 418, text: 'teapot' }, { service: { id: bench.serviceId } });
    await configure(
      'probe-late',
      { label: 'late', marks: ['access', 'header_filter', 'body_filter', 'log'] },
      { route: { id: bench.routeId } },
    );
    const from = bench.gateway.readLog().length;
    const client = await bench.gateway.connect();
    const answer = await client.ask(get);
    assert.equal(answer.status, 418);
    assert.equal(answer.text, 'teapot');
    client.close();
    assert.deepEqual(await markedBy(from, 3), ['late header_filter', 'late body_filter', 'late log']);
  });

  it('run globally where there is no route, and not for a route', async () => {
    await configure('probe-early', { label: 'global', marks: allPhases });
    await configure('probe-late', { label: 'route', marks: allPhases }, { route: { id: bench.routeId } });
    const from = bench.gateway.readLog().length;
    const client = await bench.gateway.connect();
    assertOwnAnswer(
      await client.ask('GET /none HTTP/1.1\r\nHost: a\r\n\r\n'),
      404,
      'no Route matched with those values',
    );
    client.close();
    assert.deepEqual(await markedBy(from, 4), [
      'global rewrite',
      'global header_filter',
      'global body_filter',
      'global log',
    ]);
  });

  it('run in the configuration of the consumer that an earlier plugin found', async () => {
    const consumer = await bench.gateway.admin('POST', '/consumers', { username: `c-${Date.now()}` });
    await configure('probe-early', { does: 'authenticate', text: consumer.body.id }, { route: { id: bench.routeId } });
    await configure('probe', { label: 'everybody', marks: ['access', 'log'] });
    await configure('probe', { label: 'consumer', marks: ['access', 'log'] }, { consumer: { id: consumer.body.id } });
    const from = bench.gateway.readLog().length;
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(get)).status, 200);
    client.close();
    assert.deepEqual(await markedBy(from, 2), ['consumer access', 'consumer log']);
  });

  for (const does of ['throw', 'reject'] as const) {
    for (const phase of ['rewrite', 'access', 'response'] as const) {
      it(`are answered for with 500 when they ${does} in ${phase}`, async () => {
        await configure('probe', { does, phase, label: 'bad' });
        await configure('probe-late', { label: 'late', marks: ['log'] });
        const from = bench.gateway.readLog().length;
        const client = await bench.gateway.connect();
        const answer = await client.ask(get);
        assert.equal(answer.status, 500);
        assert.equal(answer.text, '{"message":"An unexpected error occurred"}');
        assert.match(answer.header('content-type')!, /^application\/json/);
        assert.deepEqual(await markedBy(from, 1), ['late log']);
        const lines = bench.gateway
          .readLog()
          .slice(from)
          .match(/.*probe bad (?:throws|rejects).*/g);
        assert.equal(lines?.length, 1, bench.gateway.readLog().slice(from));
        assert.match(lines[0]!, new RegExp(`request_id: "${answer.header('x-kong-request-id')}"`));
        await clear();
        assert.equal((await client.ask(get)).text, 'GET /u/x 0');
        client.close();
      });
    }

    for (const phase of ['certificate', 'header_filter', 'body_filter', 'log'] as const) {
      it(`change nothing but the log when they ${does} in ${phase}`, async () => {
        await configure('probe', { does, phase, label: 'bad' });
        const from = bench.gateway.readLog().length;
        const client = await bench.gateway.connect({ tls: { servername: 'bad.test' } });
        assert.equal((await client.ask(get)).text, 'GET /u/x 0');
        await bench.gateway.waitForLog(/probe bad (?:throws|rejects)/);
        assert.ok(!bench.gateway.readLog().slice(from).includes('Unhandled'), bench.gateway.readLog().slice(from));
        assert.equal((await client.ask(get)).text, 'GET /u/x 0');
        client.close();
      });
    }
  }

  it('may return anything', async () => {
    for (const phase of ['rewrite', 'access', 'response', 'header_filter', 'log'] as const) {
      await configure('probe', { does: 'value', phase });
      const client = await bench.gateway.connect();
      assert.equal((await client.ask(get)).text, 'GET /u/x 0', phase);
      client.close();
      await clear();
    }
  });

  it('change no chunk when their body filter returns no bytes', async () => {
    await configure('probe', { does: 'strings', phase: 'body_filter' });
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(get)).text, 'GET /u/x 0');
    await bench.gateway.waitForLog(/a body filter must return bytes or nothing/);
    client.close();
  });

  it('replace bodies, sized and chunked, whatever the method', async () => {
    await configure('probe', { does: 'replace', phase: 'body_filter', text: 'replaced' });
    bench.upstream.script = async (side) => {
      const framings = [
        'Content-Length: 5\r\n\r\nhello',
        'Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
      ];
      for (const framing of framings) {
        await side.request();
        await side.send(`HTTP/1.1 200 OK\r\n${framing}`);
      }
      await side.request();
      await side.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
      await side.answerAll();
    };
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(get)).text, 'replaced');
    assert.equal((await client.ask(get)).text, 'replaced');
    const head = await client.ask(get.replace('GET', 'HEAD'));
    assert.equal(head.status, 200);
    assert.equal((await client.ask(get)).text, 'replaced');
    client.close();
  });

  it('cannot make an answer with a body of one without', async () => {
    for (const status of [204, 304]) {
      await configure('probe', { does: 'status', phase: 'header_filter', status });
      const client = await bench.gateway.connect();
      for (let round = 0; round < 3; round += 1) {
        const answer = await client.ask(get);
        assert.equal(answer.status, status);
        assert.equal(answer.framing, 'none');
      }
      client.close();
      await clear();
    }
    await configure('probe', { does: 'method', phase: 'access', text: 'GET' });
    const client = await bench.gateway.connect();
    const head = await client.ask(get.replace('GET', 'HEAD'));
    assert.equal(head.header('content-length'), '10');
    assert.equal((await client.ask(get)).text, 'GET /u/x 0');
    client.close();
  });

  it('may ask for HEAD where the client asked for GET', async () => {
    await configure('probe', { does: 'method', phase: 'access', text: 'HEAD' });
    const client = await bench.gateway.connect();
    for (let round = 0; round < 2; round += 1) {
      const answer = await client.ask(get);
      assert.equal(answer.framing, 'sized');
      assert.equal(answer.text, '');
    }
    client.close();
  });

  it('cannot end the request line with a query of theirs', async () => {
    await configure('probe', { does: 'query', phase: 'access', text: 'a=b HTTP/1.1\r\nHost: x\r\n\r\nGET /evil' });
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(get)).text, 'GET /u/x?a=b%20HTTP/1.1%0D%0AHost:%20x%0D%0A%0D%0AGET%20/evil 0');
    client.close();
  });

  it('cannot start a header line with a value of theirs', async () => {
    await configure('probe', { does: 'header', phase: 'header_filter', text: 'a\r\nX-Evil: b' });
    const client = await bench.gateway.connect();
    const answer = await client.ask(get);
    assert.equal(answer.header('x-evil'), undefined);
    assert.equal(answer.header('x-probe'), 'a%0D%0AX-Evil: b');
    client.close();
  });

  it('may have the whole answer first', async () => {
    await configure('probe', { does: 'buffer', phase: 'access' });
    bench.upstream.script = async (side) => {
      await side.request();
      await side.sendPieces([
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
        '2\r\nhe\r\n',
        '3\r\nllo\r\n',
        '0\r\n\r\n',
      ]);
      await side.request();
      await side.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
      side.end();
    };
    const client = await bench.gateway.connect();
    const answer = await client.ask(get);
    assert.equal(answer.framing, 'sized');
    assert.equal(answer.text, 'hello');
    // Nothing of it has gone out when the upstream dies, so the client can be told.
    assertOwnAnswer(await client.ask(get), 502, 'An invalid response was received from the upstream server');
    client.close();
  });

  it('read the body, however it comes, and it still goes upstream', async () => {
    await configure('probe', { does: 'read', phase: 'access' });
    const body = 'x'.repeat(100_000);
    const client = await bench.gateway.connect();
    const sized = `POST /t/r HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
    const chunked = 'POST /t/r HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    for (const wire of [sized + body, `${chunked}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`]) {
      client.send(wire + get);
      const answer = await client.answer('POST');
      assert.equal(answer.text, `POST /u/r ${body.length}`);
      assert.equal(answer.header('x-body-length'), String(body.length));
      assert.equal((await client.answer()).text, 'GET /u/x 0');
    }
    client.close();
  });
});

describe('a body that waits for 100 Continue', () => {
  const head = 'POST /t/c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n';
  before(async () => {
    bench = await startBench(plugins, { retries: 0 });
  });
  beforeEach(() => {
    bench.answerAll();
    return bench.dropConnections();
  });
  afterEach(clear);
  after(() => bench.close());

  it('is asked for', async () => {
    const client = await bench.gateway.connect();
    client.send(head);
    const interim = await client.answer();
    assert.equal(interim.status, 100);
    client.send('hello');
    assert.equal((await client.answer('POST')).text, 'POST /u/c 5');
    assert.equal((await client.ask(get)).text, 'GET /u/x 0');
    client.close();
    assert.ok(!bench.upstream.connections.at(-1)!.reader.text.includes('Expect'));
  });

  it('is asked for by a plugin that wants to read it', async () => {
    await configure('probe', { does: 'read', phase: 'access' });
    const client = await bench.gateway.connect();
    client.send(head);
    assert.equal((await client.answer()).status, 100);
    client.send('hello');
    assert.equal((await client.answer('POST')).header('x-body-length'), '5');
    client.close();
  });

  it('is not asked for when it is there already', async () => {
    const client = await bench.gateway.connect();
    client.send(`${head}hello${get}`);
    assert.equal((await client.answer('POST')).text, 'POST /u/c 5');
    assert.equal((await client.answer()).text, 'GET /u/x 0');
    client.close();
  });

  it('is not asked for when the request is refused, and is never taken for the next request', async () => {
    await configure('probe', { does: 'exit', phase: 'access', status: 403, text: 'no' });
    const client = await bench.gateway.connect();
    client.send(head);
    const answer = await client.answer('POST');
    assert.equal(answer.status, 403);
    assert.equal(answer.header('connection'), 'close');
    // A client that sends its body all the same must not have it answered.
    client.send('GET /t/smuggled HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await client.closed()).rest, '');
    await clear();
    await bench.assertSound();
  });
});

describe('clients that go', () => {
  let gate: Gate;
  before(async () => {
    bench = await startBench(plugins, { retries: 0 });
    gate = await startGate();
  });
  beforeEach(() => {
    bench.answerAll();
    return bench.dropConnections();
  });
  afterEach(clear);
  after(async () => {
    await bench.close();
    await gate.close();
  });

  let count = 0;
  for (const how of ['end', 'reset'] as const) {
    for (const phase of ['rewrite', 'access', 'response'] as const) {
      it(`are not waited for while a handler waits in ${phase} (${how})`, async () => {
        gate.shut();
        await configure('probe', { does: 'wait', phase, gate: gate.port });
        await configure('probe-late', { label: `gone-${phase}-${how}`, marks: ['log', 'header_filter'] });
        const from = bench.gateway.readLog().length;
        const asked = bench.requests.length;
        const client = await bench.gateway.connect();
        client.send(get);
        count += 1;
        await gate.arrived(count);
        client[how]();
        // The log phase runs while the handler still waits.
        assert.deepEqual(await markedBy(from, 1), [`gone-${phase}-${how} log`]);
        gate.open();
        await clear();
        await bench.assertSound();
        assert.equal(bench.requests.length - asked, phase === 'response' ? 3 : 2);
        assert.ok(!/Unhandled|Uncaught/.test(bench.gateway.readLog().slice(from)));
      });
    }

    it(`take their upstream connection with them while the answer is awaited (${how})`, async () => {
      bench.upstream.script = async (side) => {
        await side.request();
        await side.reader.rest();
      };
      const client = await bench.gateway.connect();
      client.send(get);
      const side = await bench.upstream.connection(bench.upstream.connections.length);
      await side.reader.until((text) => text.endsWith('\r\n\r\n'), 'the request');
      client[how]();
      await side.gone();
    });

    it(`take their upstream connection with them inside an upload (${how})`, async () => {
      bench.upstream.script = (side) => side.reader.rest().then(() => {});
      const client = await bench.gateway.connect();
      client.send('POST /t/up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\npart');
      const side = await bench.upstream.connection(bench.upstream.connections.length);
      await side.reader.until((text) => text.endsWith('part'), 'the part');
      client[how]();
      await side.gone();
    });

    it(`take their upstream connection with them inside a download (${how})`, async () => {
      bench.upstream.script = async (side) => {
        await side.request();
        await side.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhello');
        await side.reader.rest();
      };
      const client = await bench.gateway.connect();
      client.send(get);
      await client.reader.until((text) => text.includes('hello'), 'the part');
      client[how]();
      await bench.upstream.connections.at(-1)!.gone();
    });
  }

  it('free the peer that least-connections counts', async () => {
    await bench.gateway.admin('POST', '/upstreams', { name: 'least.test', algorithm: 'least-connections' });
    const other = bench.upstream;
    await bench.gateway.admin('POST', '/upstreams/least.test/targets', { target: `127.0.0.1:${other.port}` });
    await bench.gateway.admin('POST', '/upstreams/least.test/targets', { target: `127.0.0.2:${other.port}` });
    const service = await bench.gateway.admin('POST', '/services', { host: 'least.test', port: 80 });
    await bench.gateway.admin('POST', `/services/${service.body.id}/routes`, { paths: ['/least'] });
    // Clients leave whenever they were sent to the first peer: if it was not freed, it would be left out from then on.
    let visits = 0;
    other.script = async (side) => {
      await side.request();
      if (side.socket.localAddress === '127.0.0.1') {
        visits += 1;
        client.reset();
        await side.reader.rest();
      } else await side.answer();
    };
    let client = await bench.gateway.connect();
    for (let round = 0; round < 20; round += 1) {
      const index = other.connections.length;
      client = await bench.gateway.connect();
      client.send('GET /least HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      await client.closed();
      for (const side of other.connections.slice(index)) side.end();
      for (const side of other.connections.slice(index)) await side.gone();
    }
    assert.ok(visits > 3, `${visits} visits`);
  });
});
