import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Incomplete, type RawClient, splits } from '../../support/raw-client.ts';
import type { UpstreamSide } from '../../support/scripted-upstream.ts';
import { assertOwnAnswer, type Bench, startBench } from './bench.ts';

const get = 'GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n';
const badGateway = 'An invalid response was received from the upstream server';

/** Reads one request and sends `answer`, whatever it is; then does `next`. */
function answering(answer: string | readonly string[], next: (side: UpstreamSide) => void = () => {}) {
  return async (side: UpstreamSide): Promise<void> => {
    await side.request();
    await side.sendPieces(typeof answer === 'string' ? [answer] : answer);
    next(side);
  };
}

describe('answers of upstreams', () => {
  let bench: Bench;
  let client: RawClient;
  before(async () => {
    bench = await startBench({}, { retries: 0 });
  });
  after(() => bench.close());

  /** A new client, and no connection to the upstream that could be used again. */
  async function connect(): Promise<RawClient> {
    await bench.dropConnections();
    client = await bench.gateway.connect();
    return client;
  }

  /** The client's connection is still good, and the upstream's is not used again unless it may be. */
  async function assertGoesOn(isReused: boolean): Promise<void> {
    const connections = bench.upstream.connections.length;
    const side = bench.upstream.connections.at(-1)!;
    bench.answerAll();
    if (isReused) {
      const answered = client.ask('GET /t/again HTTP/1.1\r\nHost: a\r\n\r\n');
      const request = await side.request();
      assert.equal(request.target, '/u/again');
      await side.answer('200 OK', 'again');
      assert.equal((await answered).text, 'again');
      assert.equal(bench.upstream.connections.length, connections);
      side.end();
    } else {
      await side.gone();
      assert.equal((await client.ask('GET /t/again HTTP/1.1\r\nHost: a\r\n\r\n')).text, 'GET /u/again 0');
    }
    client.close();
    await side.gone();
    await bench.assertSound();
  }

  const refused: readonly (readonly [title: string, answer: string])[] = [
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['HTTP/2', '\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff'],
    ['a page without a head', '<html><body>hello</body></html>'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'],
    ['two equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab'],
    ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['an empty length', 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n'],
    ['a length below zero', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nab'],
    ['a length with a blank inside', 'HTTP/1.1 200 OK\r\nContent-Length: 1 0\r\n\r\n0123456789'],
    ['a huge length', 'HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999\r\n\r\nab'],
    ['chunks beside a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n'],
    [
      'chunks in two lines',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['chunks twice in a line', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'],
    ['an obscured coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n'],
    ['a coding behind a blank', 'HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['identity', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nab'],
    ['lines that end in LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['a line that ends in LF', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n'],
    ['an empty line that is a bare LF', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n'],
    ['CR CR LF', 'HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n'],
    ['a control character in a value', 'HTTP/1.1 200 OK\r\nA: b\x1fc\r\n\r\n'],
    ['a name with a blank', 'HTTP/1.1 200 OK\r\nA B: c\r\n\r\n'],
    ['a line without a name', 'HTTP/1.1 200 OK\r\n: c\r\n\r\n'],
    ['a fold before the first name', 'HTTP/1.1 200 OK\r\n A: b\r\n\r\n'],
    ['a control character in the reason', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 0\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\nContent-Length: 0\r\n\r\n'],
    ['HTTP/2 in the status line', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['an empty line before the status line', '\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    [
      'an interim answer with a body',
      'HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n',
    ],
    ['interim answers without end', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2000)],
    ['a bare CR', 'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n'],
    ['NUL', 'HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nab'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nfoo\r\n\r\n'],
    ['a head that is too large', `HTTP/1.1 200 OK\r\n${`A: ${'a'.repeat(8000)}\r\n`.repeat(20)}\r\n`],
    ['a line without end', `HTTP/1.1 200 OK\r\nA: ${'a'.repeat(200_000)}`],
    ['too many lines', `HTTP/1.1 200 OK\r\n${'A:\r\n'.repeat(2000)}\r\n`],
    [
      'a switch of protocols that nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nhi',
    ],
    ['a bad head behind a good interim one', 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/9.9 200 OK\r\n\r\n'],
  ];
  for (const [title, answer] of refused) {
    it(`answers 502 to ${title}`, async () => {
      bench.upstream.script = answering(answer);
      await connect();
      client.send(get);
      let received = await client.answer();
      if (received.status === 103) received = await client.answer();
      assertOwnAnswer(received, 502, badGateway);
      assert.equal(received.header('connection'), 'keep-alive');
      await assertGoesOn(false);
    });
  }

  it('answers 502 to a connection that ends before or inside the head', async () => {
    for (const answer of ['', 'H', 'HTTP/1.1 200 OK\r\nContent-Le']) {
      for (const how of ['end', 'reset'] as const) {
        bench.upstream.script = answering(answer, (side) => side[how]());
        await connect();
        assertOwnAnswer(await client.ask(get), 502, badGateway);
        await assertGoesOn(false);
      }
    }
  });

  const taken: readonly (readonly [title: string, answer: string, body: string, framing: string, isReused: boolean])[] =
    [
      ['a sized body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello', 'sized', true],
      ['an empty body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '', 'sized', true],
      [
        'a chunked body',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
        'hello',
        'chunked',
        true,
      ],
      [
        'chunk extensions',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a="b"\r\nhello\r\n0;x\r\n\r\n',
        'hello',
        'chunked',
        true,
      ],
      [
        'Connection: close',
        'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
        'hello',
        'sized',
        false,
      ],
      ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'hello', 'sized', false],
      [
        'HTTP/1.0 kept alive',
        'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello',
        'hello',
        'sized',
        true,
      ],
      [
        'bytes behind the body',
        'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
        'hello',
        'sized',
        false,
      ],
      [
        'a line break behind the body',
        'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello\r\n',
        'hello',
        'sized',
        false,
      ],
      [
        'bytes behind chunks',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
        'hello',
        'chunked',
        false,
      ],
      [
        'chunks in HTTP/1.0, which end the connection',
        'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
        'hello',
        'chunked',
        false,
      ],
      ['no reason', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 'ok', 'sized', true],
      [
        'interim answers first',
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
        'ok',
        'sized',
        true,
      ],
    ];
  for (const [title, answer, body, framing, isReused] of taken) {
    it(`passes on ${title}`, async () => {
      bench.upstream.script = answering(answer);
      await connect();
      const received = await client.ask(get);
      assert.equal(received.status, 200);
      assert.equal(received.text, body);
      assert.equal(received.framing, framing);
      assert.equal(received.header('connection'), 'keep-alive');
      await assertGoesOn(isReused);
    });
  }

  it('passes an answer on, wherever it is cut', async () => {
    const wire =
      'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x\r\n!\r\n0\r\nT: u\r\n\r\n';
    const cuts = [...splits(wire)];
    bench.upstream.script = async (side) => {
      while (await side.reader.hasMore()) {
        await side.request();
        await side.sendPieces(cuts.shift()!);
      }
    };
    await connect();
    for (let round = cuts.length; round > 0; round -= 1) {
      assert.equal((await client.ask(get)).status, 103);
      const answer = await client.answer();
      assert.equal(answer.text, 'hello!');
      assert.equal(answer.header('a'), 'b');
    }
    client.close();
    assert.equal(cuts.length, 0);
    bench.upstream.connections.at(-1)!.reset();
    await bench.upstream.connections.at(-1)!.gone();
  });

  it('passes an answer on that arrives byte by byte', async () => {
    bench.upstream.script = async (side) => {
      await side.request();
      await side.sendPieces(
        `HTTP/1.1 200 OK\r\n${'X-Filler: 0123456789\r\n'.repeat(20)}Content-Length: 5\r\n\r\nhello`,
      );
    };
    await connect();
    assert.equal((await client.ask(get)).text, 'hello');
    await assertGoesOn(true);
  });

  const bodiless: readonly (readonly [title: string, method: string, answer: string, shown: string | undefined])[] = [
    ['HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', '5'],
    ['HEAD with chunks', 'HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', undefined],
    ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', undefined],
    ['204 with a lying length', 'GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', undefined],
    ['204 with lying chunks', 'GET', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', undefined],
    ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', '5'],
    ['304 without a length', 'GET', 'HTTP/1.1 304 Not Modified\r\n\r\n', undefined],
  ];
  for (const [title, method, answer, shown] of bodiless) {
    it(`knows that ${title} has no body`, async () => {
      bench.upstream.script = answering(answer);
      await connect();
      const received = await client.ask(`${method} /t/x HTTP/1.1\r\nHost: a\r\n\r\n`);
      assert.equal(received.framing, 'none');
      assert.equal(received.header('content-length'), shown);
      assert.equal(received.header('transfer-encoding'), undefined);
      await assertGoesOn(true);
    });

    it(`gives the connection up when ${title} has a body after all`, async () => {
      bench.upstream.script = answering(`${answer}hello`);
      await connect();
      const received = await client.ask(`${method} /t/x HTTP/1.1\r\nHost: a\r\n\r\n`);
      assert.equal(received.framing, 'none');
      await assertGoesOn(false);
    });
  }

  it('gives a connection up on which bytes come while nothing was asked', async () => {
    bench.upstream.script = answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await connect();
    assert.equal((await client.ask(get)).text, 'ok');
    await bench.upstream.connections.at(-1)!.send('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil');
    await assertGoesOn(false);
  });

  it('gives a connection back that ends while nothing was asked', async () => {
    bench.upstream.script = answering('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', (side) => side.end());
    await connect();
    assert.equal((await client.ask(get)).text, 'ok');
    await assertGoesOn(false);
  });

  it('relays interim answers, and never takes one for the answer', async () => {
    bench.upstream.script = answering([
      'HTTP/1.1 102 Processing\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\nConnection: close\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ]);
    await connect();
    client.send(get);
    assert.equal((await client.answer()).status, 102);
    const hints = await client.answer();
    assert.equal(hints.status, 103);
    assert.deepEqual(hints.values('link'), ['</a>', '</b>']);
    assert.equal(hints.header('connection'), undefined);
    assert.equal((await client.answer()).text, 'ok');
    await assertGoesOn(true);
  });

  it('relays no interim answer to HTTP/1.0', async () => {
    bench.upstream.script = answering('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await connect();
    assert.equal((await client.ask('GET /t/x HTTP/1.0\r\n\r\n')).text, 'ok');
    assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
  });

  it('sends chunks of an upstream to HTTP/1.0 as a body that ends with the connection', async () => {
    for (const connection of ['', 'Connection: keep-alive\r\n']) {
      bench.upstream.script = answering(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n',
      );
      await connect();
      const received = await client.ask(`GET /t/x HTTP/1.0\r\n${connection}\r\n`);
      assert.equal(received.framing, 'close');
      assert.equal(received.text, 'hello!');
    }
  });

  it('sends a body that ends with the connection in chunks', async () => {
    bench.upstream.script = answering(['HTTP/1.1 200 OK\r\n\r\nhel', 'lo', '!'], (side) => side.end());
    await connect();
    const received = await client.ask(get);
    assert.equal(received.framing, 'chunked');
    assert.equal(received.text, 'hello!');
    await assertGoesOn(false);
  });

  it('sends a body that ends with the connection to HTTP/1.0 as it is', async () => {
    bench.upstream.script = answering('HTTP/1.0 200 OK\r\n\r\nhello', (side) => side.end());
    await connect();
    const received = await client.ask('GET /t/x HTTP/1.0\r\n\r\n');
    assert.equal(received.framing, 'close');
    assert.equal(received.text, 'hello');
  });

  const dying: readonly (readonly [title: string, answer: string, hows: readonly ('end' | 'reset')[]])[] = [
    ['a sized body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', ['end', 'reset']],
    ['a sized body before its first byte', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n', ['end', 'reset']],
    ['a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello', ['end', 'reset']],
    [
      'a chunked body between chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
      ['end', 'reset'],
    ],
    [
      'a chunked body before its last CRLF',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n',
      ['end', 'reset'],
    ],
    ['a body that ends with the connection', 'HTTP/1.1 200 OK\r\n\r\nhello', ['reset']],
  ];
  for (const [title, answer, hows] of dying) {
    for (const how of hows) {
      for (const version of ['1.1', '1.0']) {
        it(`lets no HTTP/${version} client take ${title} for whole when its upstream dies (${how})`, async () => {
          bench.upstream.script = answering(answer);
          await connect();
          client.send(`GET /t/x HTTP/${version}\r\nHost: a\r\n\r\n`);
          // The break comes when the client has seen what there is, so that it cannot overtake the bytes.
          const shown = answer.includes('hello') ? 'hello' : '\r\n\r\n';
          await client.reader.until((text) => text.includes(shown), 'the part of the body that came');
          bench.upstream.connections.at(-1)![how]();
          await assert.rejects(client.answer(), Incomplete);
          bench.answerAll();
          await bench.assertSound();
        });
      }
    }
  }

  it('lets no client take a chunked body for whole whose framing breaks', async () => {
    const faults = [
      ...[
        'x\r\n',
        '5\r\nhelloX',
        '-1\r\n',
        '+1\r\n',
        '0x1\r\n',
        '5 5\r\n',
        '5\nhello',
        '5\r\nhello\n',
        '\r\n',
        ';a\r\n',
      ],
      ...[
        '0\r\nfoo\r\n\r\n',
        '0\r\n\rX',
        '0\r\n\n',
        '0\r\nA : b\r\n\r\n',
        '0\r\n A: b\r\n\r\n',
        '0\r\nA: b\nB: c\r\n\r\n',
      ],
      ...[
        'fffffffffffffffff\r\n',
        `5;${'a'.repeat(9000)}`,
        `0\r\n${'A: b\r\n'.repeat(3000)}\r\n`,
        '5;a\x00\r\nhello\r\n',
      ],
    ];
    for (const broken of faults) {
      bench.upstream.script = answering(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n${broken}`);
      await connect();
      client.send(get);
      await assert.rejects(client.answer(), Incomplete);
      await bench.upstream.connections.at(-1)!.gone();
    }
    bench.answerAll();
    await bench.assertSound();
  });

  it('passes trailers on to clients that ask for them, and to no others', async () => {
    const answer =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n';
    for (const asks of [true, false]) {
      bench.upstream.script = answering(answer);
      await connect();
      const received = await client.ask(
        `GET /t/x HTTP/1.1\r\nHost: a\r\n${asks ? 'TE: gzip, trailers\r\nConnection: TE\r\n' : ''}\r\n`,
      );
      assert.equal(received.text, 'hello');
      assert.deepEqual(received.trailers, asks ? ['X-Sum: 1'] : []);
      assert.equal(received.header('trailer'), asks ? 'X-Sum' : undefined);
      assert.equal(bench.upstream.connections.at(-1)!.reader.text.includes('TE: trailers\r\n'), asks);
      await assertGoesOn(true);
    }
  });

  it('keeps headers of one hop from the other side', async () => {
    bench.upstream.script = answering(
      'HTTP/1.1 200 OK\r\nConnection: X-Hop, keep-alive\r\nx-hop: 1\r\nX_HOP: 2\r\nKeep-Alive: timeout=5\r\n' +
        'Proxy-Connection: x\r\nUpgrade: h2c\r\nX-Keep: 3\r\nContent-Length: 2\r\n\r\nok',
    );
    await connect();
    const received = await client.ask(
      'GET /t/x HTTP/1.1\r\nHost: a\r\nConnection: X-Own, X-Own, keep-alive\r\nX-Own: 1\r\nx_own: 2\r\nX-Own-Not: 3\r\n' +
        'Keep-Alive: timeout=5\r\nProxy-Connection: x\r\nProxy: y\r\nTE: gzip\r\nUpgrade: h2c\r\nTrailer: z\r\nExpect: nothing\r\n\r\n',
    );
    for (const name of ['x-hop', 'x_hop', 'keep-alive', 'proxy-connection', 'upgrade']) {
      assert.equal(received.header(name), undefined, name);
    }
    assert.equal(received.header('x-keep'), '3');
    assert.equal(received.header('connection'), 'keep-alive');
    const seen = bench.upstream.connections.at(-1)!.reader.text;
    for (const gone of ['X-Own:', 'x_own', 'Keep-Alive:', 'Proxy', 'TE:', 'Upgrade', 'Trailer', 'Expect']) {
      assert.ok(!seen.includes(gone), gone);
    }
    assert.ok(seen.includes('X-Own-Not: 3\r\n'));
    assert.equal(seen.match(/Connection: /g)!.length, 1);
    await assertGoesOn(true);
  });
});
