import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type FaultName, refusedHeads } from '../../../src/http1/request-head.cases.ts';
import { splits } from '../../support/raw-client.ts';
import { assertOwnAnswer, type Bench, startBench } from './bench.ts';

const refusals: Readonly<Record<FaultName, readonly [status: number, message: string]>> = {
  malformed: [400, 'Bad request'],
  uriTooLong: [414, 'URI too long'],
  headerTooLarge: [400, 'Request header or cookie too large'],
  codingUnknown: [501, 'The upstream server responded with 501'],
  versionUnknown: [505, 'The upstream server responded with 505'],
};

/** What an attacker would like to see taken for a request of its own. */
const smuggled = 'GET /t/smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

describe('heads that are refused', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.close());

  for (const { title, bytes, fault } of refusedHeads) {
    it(`refuses ${title} and closes`, async () => {
      const [status, message] = refusals[fault];
      const client = await bench.gateway.connect();
      client.send(bytes + (bytes.endsWith('\n') ? smuggled : ''));
      const answer = await client.answer();
      assertOwnAnswer(answer, status, message);
      assert.equal(answer.header('connection'), 'close');
      assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
      await bench.assertSound();
    });

    it(`refuses ${title} behind a good request on the same connection`, async () => {
      const [status, message] = refusals[fault];
      const client = await bench.gateway.connect();
      client.send(`GET /t/good HTTP/1.1\r\nHost: a\r\n\r\n${bytes}${bytes.endsWith('\n') ? smuggled : ''}`);
      const good = await client.answer();
      assert.equal(good.text, 'GET /u/good 0');
      assert.equal(good.header('connection'), 'keep-alive');
      assertOwnAnswer(await client.answer(), status, message);
      assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
      await bench.assertSound();
    });
  }

  it('refuses a head whose empty line comes late, when it is there', async () => {
    for (const at of [1, 20, 40]) {
      const bad = 'POST /t/late HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n';
      const client = await bench.gateway.connect();
      await client.sendPieces([bad.slice(0, at), bad.slice(at, -2), '\r', '\n']);
      assertOwnAnswer(await client.answer('POST'), 400, 'Bad request');
      assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
    }
    await bench.assertSound();
  });

  it('counts the bytes of a head that dribbles in', async () => {
    const cases: readonly (readonly [bytes: string, status: number, message: string])[] = [
      [`GET /${'a'.repeat(50_000)}`, 414, 'URI too long'],
      [`GET / HTTP/1.1\r\nHost: a\r\nA: ${'a'.repeat(50_000)}`, 400, 'Request header or cookie too large'],
      [`GET / HTTP/1.1\r\nHost: a\r\n${'A: b\r\n'.repeat(10_000)}`, 400, 'Request header or cookie too large'],
    ];
    for (const [bytes, status, message] of cases) {
      const client = await bench.gateway.connect();
      const pieces = bytes.match(/.{1,500}/gs)!;
      const sending = client.sendPieces(pieces);
      assertOwnAnswer(await client.answer(), status, message);
      client.close();
      await sending;
    }
    await bench.assertSound();
  });
});

describe('heads that are taken', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench();
  });
  after(() => bench.close());

  it('takes a request cut at any place, and the next one on the same connection', async () => {
    const text = 'POST /t/cut HTTP/1.1\r\nHost: a\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello';
    const before = bench.requests.length;
    let count = 0;
    const client = await bench.gateway.connect();
    for (const pieces of splits(text)) {
      await client.sendPieces(pieces);
      assert.equal((await client.answer('POST')).text, 'POST /u/cut 5');
      count += 1;
    }
    client.close();
    const seen = bench.requests.slice(before);
    assert.equal(seen.length, count);
    for (const request of seen) {
      assert.equal(request.body.toString(), 'hello');
      assert.equal(request.header('x-a'), 'b');
    }
  });

  it('takes a chunked request cut at any place', async () => {
    const text =
      'POST /t/cut HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n';
    const client = await bench.gateway.connect();
    const before = bench.requests.length;
    for (const pieces of splits(text)) {
      await client.sendPieces(pieces);
      assert.equal((await client.answer('POST')).text, 'POST /u/cut 6');
    }
    client.close();
    for (const request of bench.requests.slice(before)) assert.equal(request.body.toString(), 'hello!');
  });

  it('takes requests that arrive byte by byte', async () => {
    const text = `GET /t/dribble HTTP/1.1\r\nHost: a\r\n${'X-Filler: 0123456789\r\n'.repeat(20)}\r\n`;
    const client = await bench.gateway.connect();
    for (let round = 0; round < 3; round += 1) {
      await client.sendPieces(text);
      assert.equal((await client.answer()).text, 'GET /u/dribble 0');
    }
    client.close();
  });

  it('answers many pipelined requests in order, bodies and all', async () => {
    const client = await bench.gateway.connect();
    let wire = '';
    const expected: string[] = [];
    for (let at = 0; at < 120; at += 1) {
      const body = 'x'.repeat((at * 37) % 300);
      switch (at % 4) {
        case 0:
          wire += `GET /t/${at} HTTP/1.1\r\nHost: a\r\n\r\n`;
          expected.push(`GET /u/${at} 0`);
          break;
        case 1:
          wire += `POST /t/${at} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
          expected.push(`POST /u/${at} ${body.length}`);
          break;
        case 2:
          wire += `PUT /t/${at} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`;
          wire += `${body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`;
          expected.push(`PUT /u/${at} ${body.length}`);
          break;
        default:
          // No route: the gateway answers by itself, at once, and must keep its turn.
          wire += `GET /none HTTP/1.1\r\nHost: a\r\n\r\n`;
          expected.push('404');
      }
    }
    wire += 'GET /t/last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /t/beyond HTTP/1.1\r\nHost: a\r\n\r\n';
    expected.push('GET /u/last 0');
    client.send(wire);
    for (const text of expected) {
      const answer = await client.answer();
      assert.equal(answer.status === 404 ? '404' : answer.text, text);
      assert.equal(answer.header('connection'), text === 'GET /u/last 0' ? 'close' : 'keep-alive');
    }
    assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
    assert.ok(!bench.requests.some(({ target }) => target === '/u/beyond'));
    await bench.assertSound();
  });

  it('answers pipelined requests that arrive in odd pieces', async () => {
    const one = (at: number): string =>
      `POST /t/p${at} HTTP/1.1\r\nHost: a\r\nContent-Length: ${at}\r\n\r\n${'y'.repeat(at)}`;
    const wire = Array.from({ length: 40 }, (_, at) => one(at)).join('');
    for (const size of [7, 61, 997]) {
      const client = await bench.gateway.connect();
      const pieces = wire.match(new RegExp(`.{1,${size}}`, 'gs'))!;
      const sending = client.sendPieces(pieces);
      for (let at = 0; at < 40; at += 1) assert.equal((await client.answer('POST')).text, `POST /u/p${at} ${at}`);
      await sending;
      client.close();
    }
    await bench.assertSound();
  });

  const kept: readonly (readonly [title: string, bytes: string, answered: string])[] = [
    ['an empty line before the request', '\r\nGET /t/k HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /u/k 0'],
    ['a target in absolute form', 'GET http://b/t/k?q=1 HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /u/k?q=1 0'],
    ['OPTIONS', 'OPTIONS /t/k HTTP/1.1\r\nHost: a\r\n\r\n', 'OPTIONS /u/k 0'],
    ['a method that nobody knows', 'BREW /t/k HTTP/1.1\r\nHost: a\r\n\r\n', 'BREW /u/k 0'],
    ['Content-Length: 0', 'POST /t/k HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', 'POST /u/k 0'],
    ['a POST without any length', 'POST /t/k HTTP/1.1\r\nHost: a\r\n\r\n', 'POST /u/k 0'],
    ['GET with a body', 'GET /t/k HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi', 'GET /u/k 2'],
    ['HTTP/1.0 kept alive', 'GET /t/k HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', 'GET /u/k 0'],
    ['an encoded line break in the path', 'GET /t/k%0d%0aX:%20y HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /u/k%0D%0AX:%20y 0'],
    ['an encoded line break in the query', 'GET /t/k?a=%0d%0aX HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /u/k?a=%0d%0aX 0'],
  ];
  for (const [title, bytes, answered] of kept) {
    it(`takes ${title}, and the next request on the same connection`, async () => {
      const client = await bench.gateway.connect();
      const method = /^\s*(\S+)/.exec(bytes)![1]!;
      const answer = await client.ask(bytes, method);
      assert.equal(answer.text, answered);
      assert.equal(answer.header('connection'), 'keep-alive');
      assert.equal((await client.ask('GET /t/next HTTP/1.1\r\nHost: a\r\n\r\n')).text, 'GET /u/next 0');
      client.close();
      await bench.assertSound();
    });
  }

  const answeredHere: readonly (readonly [title: string, bytes: string, status: number, message: string])[] = [
    ['TRACE', 'TRACE /t/k HTTP/1.1\r\nHost: a\r\n\r\n', 405, 'Method not allowed'],
    ['CONNECT', 'CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n', 405, 'Method not allowed'],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'Bad request'],
    ['a target that is no path', 'GET t/k HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'Bad request'],
    ['a target of another scheme', 'GET ftp://b/t HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'Bad request'],
  ];
  for (const [title, bytes, status, message] of answeredHere) {
    it(`answers ${title} by itself, and the next request on the same connection`, async () => {
      const client = await bench.gateway.connect();
      assertOwnAnswer(await client.ask(bytes), status, message);
      assert.equal((await client.ask('GET /t/next HTTP/1.1\r\nHost: a\r\n\r\n')).text, 'GET /u/next 0');
      client.close();
      await bench.assertSound();
    });
  }

  it('says that it waits for a body, once, to a client that asks first', async () => {
    const client = await bench.gateway.connect();
    for (const framing of ['Content-Length: 5', 'Transfer-Encoding: chunked']) {
      client.send(`POST /t/expect HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n${framing}\r\n\r\n`);
      assert.equal((await client.answer()).head, 'HTTP/1.1 100 Continue\r\n\r\n');
      client.send(framing.startsWith('T') ? '5\r\nhello\r\n0\r\n\r\n' : 'hello');
      assert.equal((await client.answer('POST')).text, 'POST /u/expect 5');
      assert.equal(bench.requests.at(-1)!.header('expect'), undefined);
    }
    client.close();
    await bench.assertSound();
  });

  it('does not ask for a body that it answers without', async () => {
    const client = await bench.gateway.connect();
    client.send('POST /none HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
    const answer = await client.answer('POST');
    assert.equal(answer.status, 404);
    // Nobody knows whether the body will come, so whatever does come is not taken for a request.
    assert.equal(answer.header('connection'), 'close');
    client.send(smuggled);
    assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
    await bench.assertSound();
  });

  it('ends the connection behind an answer to HTTP/1.0', async () => {
    const client = await bench.gateway.connect();
    client.send('GET /t/old HTTP/1.0\r\n\r\nGET /t/beyond HTTP/1.0\r\n\r\n');
    const answer = await client.answer();
    assert.equal(answer.text, 'GET /u/old 0');
    assert.equal(answer.header('connection'), 'close');
    assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
    await bench.assertSound();
  });
});

describe('bodies that are refused', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({ nginx_http_client_max_body_size: '1000' });
  });
  after(() => bench.close());

  const head = 'POST /t/body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunks: readonly (readonly [title: string, body: string])[] = [
    ['a size that is no number', 'x\r\nhello\r\n0\r\n\r\n'],
    ['a negative size', '-1\r\nhello\r\n0\r\n\r\n'],
    ['a size with 0x', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a huge size', 'fffffffffffffff\r\nhello\r\n0\r\n\r\n'],
    ['a size line that ends in LF', '5\nhello\r\n0\r\n\r\n'],
    ['a chunk longer than its size', '4\r\nhello\r\n0\r\n\r\n'],
    ['a second chunk that is broken', '5\r\nhello\r\n5\r\nhello0\r\n\r\n'],
    ['an extension without end', `5;${'a'.repeat(9000)}`],
    ['oversize trailers', `5\r\nhello\r\n0\r\n${'A: b\r\n'.repeat(3000)}\r\n`],
    ['a trailer that is no header', '5\r\nhello\r\n0\r\nfoo\r\n\r\n'],
  ];
  for (const [title, body] of chunks) {
    for (const how of ['with the head', 'behind the head']) {
      it(`refuses ${title} that comes ${how}`, async () => {
        const client = await bench.gateway.connect();
        const connections = bench.upstream.connections.length;
        if (how === 'with the head') client.send(head + body + smuggled);
        else await client.sendPieces([head, body + smuggled]);
        const answer = await client.answer('POST');
        assertOwnAnswer(answer, 400, 'Bad request');
        assert.equal(answer.header('connection'), 'close');
        assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
        await bench.assertSound();
        // Whatever of it reached the upstream is no whole request, and that connection is gone.
        for (const side of bench.upstream.connections.slice(connections)) {
          if (side.reader.text.includes('POST /u/body')) await side.gone();
        }
      });
    }
  }

  it('refuses a body that is too large by its head', async () => {
    const client = await bench.gateway.connect();
    client.send(`POST /t/body HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n${'z'.repeat(1001)}`);
    assertOwnAnswer(await client.answer('POST'), 413, 'Payload too large');
    // The rest is short and sure to come, so the connection goes on.
    assert.equal((await client.ask('GET /t/next HTTP/1.1\r\nHost: a\r\n\r\n')).text, 'GET /u/next 0');
    client.close();
    await bench.assertSound();
  });

  it('refuses a body that turns out too large', async () => {
    for (const pieces of [
      [head, '3e8\r\n', 'z'.repeat(1000), '\r\n1\r\nz\r\n0\r\n\r\n'],
      [`${head}3e9\r\n${'z'.repeat(1001)}`],
    ]) {
      const client = await bench.gateway.connect();
      await client.sendPieces(pieces);
      assertOwnAnswer(await client.answer('POST'), 413, 'Payload too large');
      assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
    }
    await bench.assertSound();
  });

  it('takes a body of exactly the limit', async () => {
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(`${head}3e8\r\n${'z'.repeat(1000)}\r\n0\r\n\r\n`)).text, 'POST /u/body 1000');
    client.close();
  });
});
