import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { startUpstream } from '../../support/scripted-upstream.ts';
import { connectFrames, type Fields, frame, headers, request, say, uint32 } from './frame-client.ts';

let gateway: InProcessGateway;
let echo: Server;

/** An upstream that sends back what it gets, or `?size=n` bytes. */
function startEcho(): Promise<Server> {
  const server = createServer((asked, answer) => {
    const { searchParams, pathname } = new URL(asked.url ?? '/', 'http://x');
    const size = searchParams.get('size');
    if (size !== null) {
      asked.resume();
      const body = pattern(Number(size), Number(searchParams.get('seed') ?? 0));
      answer.setHeader('content-length', body.length);
      answer.end(body);
    } else if (pathname === '/echo/headers') answer.end(JSON.stringify(asked.rawHeaders));
    else asked.pipe(answer);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Bytes that differ from stream to stream and from place to place. */
function pattern(size: number, seed: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8) * 7 + seed * 101) & 0xff;
  return bytes;
}

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const post = (path: string, more: Fields = []): Fields => request(path, 'POST', more);

describe('HTTP/2 streams', () => {
  before(async () => {
    gateway = await startTestGateway({
      proxy_listen: '127.0.0.1:0 http2 reuseport, 127.0.0.1:0 ssl http2 reuseport, 127.0.0.1:0 reuseport',
    });
    echo = await startEcho();
    await createRoute(gateway, (echo.address() as AddressInfo).port, '/echo', {}, { strip_path: false });
  });
  after(async () => {
    await gateway.stop();
    echo.closeAllConnections();
    echo.close();
  });

  async function withUpstream(
    script: Parameters<typeof startUpstream>[0],
    path: string,
    run: (client: Awaited<ReturnType<typeof connectFrames>>) => Promise<void>,
    settings: readonly (readonly [number, number])[] = [],
  ): Promise<void> {
    const upstream = await startUpstream(script);
    await createRoute(gateway, upstream.port, path, { retries: 0 }, { strip_path: false });
    const client = await connectFrames(gateway.port);
    client.open(...settings);
    try {
      await run(client);
    } finally {
      client.close();
      for (const { socket } of upstream.connections) socket.destroy();
      await upstream.stopListening();
    }
  }

  for (const isSecure of [false, true]) {
    it(`carries bodies both ways on many streams at once ${isSecure ? 'with' : 'without'} TLS`, async () => {
      const url = isSecure ? `https://127.0.0.1:${gateway.tlsPort}` : `http://127.0.0.1:${gateway.port}`;
      const session = connectHttp2(url, { rejectUnauthorized: false });
      const sizes = Array.from({ length: 40 }, (_, at) => (at * at * 173) % 200_000);
      const got = await Promise.all(
        sizes.map(
          (size, seed) =>
            new Promise<string>((resolve, reject) => {
              const stream = session.request({ ':path': '/echo', ':method': 'POST' });
              const parts: Buffer[] = [];
              stream.on('data', (part: Buffer) => parts.push(part));
              stream.on('end', () => resolve(digest(Buffer.concat(parts))));
              stream.on('error', reject);
              stream.end(pattern(size, seed));
            }),
        ),
      );
      session.destroy();
      assert.deepEqual(
        got,
        sizes.map((size, seed) => digest(pattern(size, seed))),
      );
    });
  }

  it('tells the upstream what HTTP/1 would have told it', async () => {
    const client = await connectFrames(gateway.port);
    const more: Fields = [
      ['cookie', 'a=b'],
      ['cookie', 'c=d'],
      ['te', 'trailers'],
      ['x-own', 'y'],
    ];
    client.open().send(headers(1, request('/echo/headers', 'GET', more)));
    const { body } = await client.answer(1);
    client.close();
    const raw = JSON.parse(body.toString()) as string[];
    const seen = new Map(
      raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1]!] as const] : [])),
    );
    assert.match(seen.get('via')!, /^2 gibbon\//);
    assert.equal(seen.get('cookie'), 'a=b; c=d');
    assert.equal(seen.get('te'), 'trailers');
    assert.equal(seen.get('x-own'), 'y');
    assert.equal(seen.get('x-forwarded-for'), '127.0.0.1');
    assert.equal(seen.get('x-forwarded-host'), 'example.test');
    assert.equal(seen.get('x-forwarded-proto'), 'http');
    assert.equal(seen.get('x-forwarded-port'), String(gateway.port));
    assert.equal(seen.get('connection'), 'keep-alive');
    assert.ok([...seen.keys()].every((name) => !name.startsWith(':')));
  });

  it('shows nothing of the framing of HTTP/1, and sends names in lower case', async () => {
    await withUpstream(
      (side) =>
        side.answerAll(
          () =>
            'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n' +
            'X-Mixed-Case: Y\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
        ),
      '/framing',
      async (client) => {
        client.send(headers(1, request('/framing')));
        const { status, fields, body } = await client.answer(1);
        assert.deepEqual([status, body.toString()], [200, 'abcde']);
        const names = fields.map(([name]) => name);
        for (const name of ['transfer-encoding', 'connection', 'keep-alive', 'x-hop', 'content-length']) {
          assert.ok(!names.includes(name), name);
        }
        assert.ok(names.every((name) => name === name.toLowerCase()));
        assert.deepEqual(
          fields.filter(([name]) => name === 'set-cookie' || name === 'x-mixed-case'),
          [
            ['x-mixed-case', 'Y'],
            ['set-cookie', 'a'],
            ['set-cookie', 'b'],
          ],
        );
      },
    );
  });

  it('passes interim answers and trailers on', async () => {
    await withUpstream(
      (side) =>
        side.answerAll(
          () =>
            'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n' +
            'Trailer: Grpc-Status\r\n\r\n1\r\na\r\n0\r\nGrpc-Status: 0\r\n\r\n',
        ),
      '/trailers',
      async (client) => {
        client.send(headers(1, request('/trailers', 'GET', [['te', 'trailers']])), headers(3, request('/trailers')));
        const [first, second] = await client.answers(1, 3);
        assert.deepEqual(first!.interim, [
          [
            [':status', '103'],
            ['link', '</a>'],
          ],
        ]);
        assert.deepEqual([first!.trailers, first!.body.toString()], [[['grpc-status', '0']], 'a']);
        assert.deepEqual([second!.trailers, second!.body.toString()], [undefined, 'a']);
      },
    );
  });

  it('says 100 when the body is wanted', async () => {
    const client = await connectFrames(gateway.port);
    client.open().send(
      headers(
        1,
        post('/echo', [
          ['expect', '100-continue'],
          ['content-length', '2'],
        ]),
        false,
      ),
    );
    const first = await client.nextOf(1);
    assert.deepEqual(first.fields, [[':status', '100']]);
    client.send(frame(0, 1, 1, 'ok'));
    assert.equal((await client.answer(1)).body.toString(), 'ok');
    client.close();
  });

  it('sends no body for HEAD, 204 and 304', async () => {
    await withUpstream(
      (side) =>
        side.answerAll(({ method, target }) =>
          method === 'HEAD'
            ? 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n'
            : `HTTP/1.1 ${target.slice(-3)} X\r\n${target.endsWith('304') ? 'Content-Length: 7\r\n' : ''}\r\n`,
        ),
      '/none',
      async (client) => {
        const asked = [request('/none', 'HEAD'), request('/none/204'), request('/none/304')];
        client.send(...asked.map((fields, at) => headers(at * 2 + 1, fields)));
        const answers = await client.answers(1, 3, 5);
        const length = (fields: Fields): string | undefined => fields.find(([name]) => name === 'content-length')?.[1];
        assert.deepEqual(
          answers.map(({ status, body, fields }) => [status, body.length, length(fields)]),
          [
            [200, 0, '7'],
            [204, 0, undefined],
            [304, 0, '7'],
          ],
        );
      },
    );
  });

  it('answers errors of its own in the format that is asked for', async () => {
    const client = await connectFrames(gateway.port);
    client.open().send(headers(1, request('/nowhere', 'GET', [['accept', 'application/json']])));
    const { status, fields, body } = await client.answer(1);
    client.close();
    assert.equal(status, 404);
    assert.match(fields.find(([name]) => name === 'content-type')![1], /^application\/json/);
    assert.equal(JSON.parse(body.toString()).message, 'no Route matched with those values');
  });

  it('resets a stream whose upstream dies in the middle, and no other', async () => {
    await withUpstream(
      async (side) => {
        await side.request();
        await side.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc');
        side.reset();
      },
      '/dies',
      async (client) => {
        client.send(headers(1, request('/dies')), headers(3, request('/echo?size=5')));
        const [first, second] = await client.answers(1, 3);
        assert.deepEqual([first!.status, first!.reset], [200, 2]);
        assert.deepEqual([second!.status, second!.body.length], [200, 5]);
      },
    );
  });

  it('keeps to the windows of the client, and goes on as they open', async () => {
    const client = await connectFrames(gateway.port);
    client.open([4, 10]).send(headers(1, request('/echo?size=25&seed=3')));
    const seen: string[] = [];
    let body = '';
    for (const step of [10, 10, 5]) {
      const found = await client.nextOf(0);
      seen.push(say(found));
      body += found.payload.toString('latin1');
      await client.ping();
      client.send(frame(8, 0, 1, uint32(step)));
    }
    client.close();
    assert.deepEqual(seen, ['DATA 1 10', 'DATA 1 10', 'DATA 1 5 end']);
    assert.equal(body, pattern(25, 3).toString('latin1'));
  });

  it('follows changes of the initial window, down and up', async () => {
    const client = await connectFrames(gateway.port);
    client.open([4, 20]).send(headers(1, request('/echo?size=40')));
    assert.equal((await client.nextOf(0)).payload.length, 20);
    client.send(frame(4, 0, 0, Buffer.concat([Buffer.from([0, 4]), uint32(5)])), frame(8, 0, 1, uint32(20)));
    assert.equal((await client.nextOf(0)).payload.length, 5);
    client.send(frame(4, 0, 0, Buffer.concat([Buffer.from([0, 4]), uint32(100)])));
    assert.equal(say(await client.nextOf(0)), 'DATA 1 15 end');
    client.close();
  });

  it('serves other streams while one is not read', async () => {
    const client = await connectFrames(gateway.port);
    client.open([4, 100]).send(frame(8, 0, 0, uint32(10_000_000)), headers(1, request('/echo?size=300000')));
    assert.equal((await client.nextOf(0)).payload.length, 100);
    client.send(headers(3, request('/echo?size=60')), headers(5, request('/echo?size=100')));
    const answers = await client.answers(3, 5);
    assert.deepEqual(
      answers.map(({ body }) => body.length),
      [60, 100],
    );
    client.send(frame(8, 0, 1, uint32(1_000_000)));
    assert.equal((await client.answer(1)).body.length, 299_900);
    client.close();
  });

  it('shares the window of the connection between streams', async () => {
    const client = await connectFrames(gateway.port);
    const streams = [1, 3, 5, 7];
    client.open([4, 1_000_000]).send(...streams.map((stream) => headers(stream, request('/echo?size=100000'))));
    const got = new Map(streams.map((stream) => [stream, 0]));
    let total = 0;
    let ended = 0;
    while (ended < streams.length) {
      const found = await client.nextOf(0);
      total += found.payload.length;
      got.set(found.stream, got.get(found.stream)! + found.payload.length);
      if ((found.flags & 1) !== 0) ended += 1;
      if (found.payload.length > 0) client.send(frame(8, 0, 0, uint32(found.payload.length)));
    }
    client.close();
    assert.equal(total, 400_000);
    assert.deepEqual([...got.values()], [100_000, 100_000, 100_000, 100_000]);
  });

  it('lets the client send as much as is taken, and no more', async () => {
    const client = await connectFrames(gateway.port);
    const size = 700_000;
    client.open([4, 0x7fff_ffff]).send(frame(8, 0, 0, uint32(0x7fff_0000 - 65_535)), headers(1, post('/echo'), false));
    const body = pattern(size, 9);
    let sent = 0;
    let windows = [65_535, 65_535];
    const received: Buffer[] = [];
    for (;;) {
      while (sent < size && Math.min(...windows) > 0) {
        const length = Math.min(16_384, size - sent, ...windows);
        client.send(frame(0, sent + length === size ? 1 : 0, 1, body.subarray(sent, sent + length)));
        sent += length;
        windows = windows.map((window) => window - length);
      }
      const found = await client.next();
      assert.ok(found !== undefined && found.type !== 3 && found.type !== 7);
      if (found.type === 8) windows[found.stream === 0 ? 0 : 1]! += found.payload.readUInt32BE(0);
      if (found.type === 0) received.push(found.payload);
      if (found.type === 0 && (found.flags & 1) !== 0) break;
    }
    client.close();
    assert.equal(digest(Buffer.concat(received)), digest(body));
  });

  it('refuses DATA beyond the window of a stream', async () => {
    await withUpstream(
      async (side) => void (await side.head()),
      '/stalled',
      async (client) => {
        client.send(headers(1, post('/nowhere-yet', [['content-length', '100000']]), false));
        client.send(...Array.from({ length: 5 }, () => frame(0, 0, 1, Buffer.alloc(16_384))));
        const answer = await client.answer(1);
        // Either it was refused for its route before, which is an answer, or for its window.
        assert.ok(answer.status === 404 || answer.reset === 3);
        await client.ping();
      },
    );
  });

  it('gives up the request when the client resets the stream, at every point', async () => {
    const upstream = await startUpstream(async (side) => {
      await side.head();
      await side.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nabc');
    });
    await createRoute(gateway, upstream.port, '/resets', { retries: 0 }, { strip_path: false });
    const client = await connectFrames(gateway.port);
    client.open();
    const reset = (stream: number): Buffer => frame(3, 0, stream, uint32(8));
    // With its head, with a part of its body, once it was sent on, once its answer has begun.
    client.send(headers(1, request('/resets')), reset(1));
    client.send(headers(3, post('/resets'), false), reset(3));
    client.send(headers(5, post('/resets'), false), frame(0, 0, 5, 'abc'), reset(5));
    client.send(headers(7, post('/resets'), false), frame(0, 0, 7, 'abc'));
    await client.nextOf(1);
    client.send(reset(7));
    client.send(headers(9, request('/resets')));
    while (say(await client.nextOf(0)) !== 'DATA 9 3');
    client.send(reset(9));
    await client.ping();
    client.send(headers(11, request('/echo?size=7')));
    assert.equal((await client.answer(11)).body.length, 7);
    client.close();
    await Promise.all(upstream.connections.map((side) => side.gone()));
    for (const { socket } of upstream.connections) socket.destroy();
    await upstream.stopListening();
  });

  it('ends a request that is answered early without an error', async () => {
    await withUpstream(
      async (side) => {
        await side.head();
        await side.answer('401 Unauthorized', 'no');
      },
      '/early',
      async (client) => {
        client.send(headers(1, post('/early'), false), frame(0, 0, 1, 'abc'));
        const { status, body } = await client.answer(1);
        assert.deepEqual([status, body.toString()], [401, 'no']);
        assert.equal(say(await client.nextOf(3)), 'RST_STREAM 1 NO_ERROR');
        client.send(frame(0, 0, 1, 'more'), frame(0, 1, 1, 'more'));
        await client.ping();
        assert.ok(client.frames.every(({ type }) => type !== 7));
      },
    );
  });

  it('runs plugins as for HTTP/1', async () => {
    const path = '/echo/plugged';
    const { body: service } = await gateway.admin('GET', '/services', undefined, 200);
    const id = service.data.find(
      (row: { readonly port: number }) => row.port === (echo.address() as AddressInfo).port,
    ).id;
    const { body: route } = await gateway.admin('POST', `/services/${id}/routes`, { paths: [path], strip_path: false });
    await gateway.admin('POST', `/routes/${route.id}/plugins`, {
      name: 'correlation-id',
      config: { echo_downstream: true },
    });
    await gateway.admin('POST', `/routes/${route.id}/plugins`, {
      name: 'request-size-limiting',
      config: { allowed_payload_size: 1 },
    });
    const client = await connectFrames(gateway.port);
    client.open().send(headers(1, post(path), false), frame(0, 1, 1, 'plugged'));
    const { status, fields, body } = await client.answer(1);
    client.close();
    assert.deepEqual([status, body.toString()], [200, 'plugged']);
    assert.ok(fields.some(([name]) => name === 'kong-request-id'));
  });

  it('closes upstream connections of a client that goes away', async (t) => {
    let heads = 0;
    let told: () => void = () => {};
    const both = new Promise<void>((resolve) => {
      told = resolve;
    });
    const upstream = await startUpstream(async (side) => {
      await side.head();
      heads += 1;
      if (heads === 2) told();
    });
    t.after(() => upstream.close());
    await createRoute(gateway, upstream.port, '/gone', { retries: 0 }, { strip_path: false });
    const client = await connectFrames(gateway.port);
    client.open().send(headers(1, request('/gone')), headers(3, request('/gone')));
    await both;
    client.socket.resetAndDestroy();
    await Promise.all([0, 1].map(async (index) => (await upstream.connection(index)).gone()));
  });

  it('keeps to HTTP/1 where HTTP/2 is not offered', async () => {
    const plain = gateway.running.addresses.proxy.filter(({ ssl }) => !ssl)[1]!;
    const client = await connectFrames(plain.port);
    let text = '';
    client.socket.on('data', (data: Buffer) => {
      text += data.toString('latin1');
    });
    client.send(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    await new Promise((resolve) => client.socket.once('close', resolve));
    assert.match(text, /^HTTP\/1\.1 (?:400|505) /);
  });

  it('speaks HTTP/1 where both are offered, even if the first bytes come one by one', async () => {
    const client = await gateway.connect();
    await client.sendPieces('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi');
    assert.equal((await client.answer()).text, 'hi');
    await client.sendPieces('PUT /echo HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await client.answer()).status, 200);
    client.close();
  });

  for (const [name, args] of [
    ['prior knowledge', ['--http2-prior-knowledge']],
    ['ALPN', ['-k', '--http2']],
  ] as const) {
    it(`talks to curl by ${name}`, async (t) => {
      const url = name === 'ALPN' ? `https://127.0.0.1:${gateway.tlsPort}` : `http://127.0.0.1:${gateway.port}`;
      const run = promisify(execFile);
      const version = await run('curl', ['--version']).then(
        ({ stdout }) => stdout,
        () => '',
      );
      if (!version.includes('HTTP2')) {
        t.diagnostic('no curl with HTTP/2 here: node:http2 has to do');
        await new Promise<void>((resolve, reject) => {
          const session = connectHttp2(url, { rejectUnauthorized: false }, () => session.close(resolve));
          session.on('error', reject);
        });
        return;
      }
      const body = 'x'.repeat(100_000);
      const shown = ['-s', '-w', ' %{http_version} %{response_code}', ...args];
      const { stdout } = await run('curl', [...shown, '--data-binary', body, `${url}/echo`], { maxBuffer: 1e6 });
      assert.equal(stdout, `${body} 2 200`);
    });
  }
});

describe('an HTTP/2 request in the access log', () => {
  it('has its version', async () => {
    const own = await startTestGateway({ proxy_listen: '127.0.0.1:0 http2 reuseport' });
    const client = await connectFrames(own.port);
    client.open().send(headers(1, request('/none')));
    assert.equal((await client.answer(1)).status, 404);
    client.close();
    await own.running.stop({ graceful: true, timeoutMs: 5000 });
    assert.match(readFileSync(join(own.prefix, 'logs/access.log'), 'utf8'), /"GET \/none HTTP\/2\.0" 404 /);
    await own.stop();
  });
});

describe('the end of an HTTP/2 connection', () => {
  it('answers what is under way, refuses nothing that is, and says where it stopped', async () => {
    const own = await startTestGateway({ proxy_listen: '127.0.0.1:0 http2 reuseport' });
    let release: (() => void) | undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const upstream = await startUpstream(async (side) => {
      await side.request();
      await released;
      await side.answer();
    });
    await createRoute(own, upstream.port, '/');
    const client = await connectFrames(own.port);
    client.open().send(headers(1));
    await upstream.connection(0);
    const stopped = own.stop(true);
    assert.equal(say(await client.nextOf(7)), 'GOAWAY 2147483647 NO_ERROR');
    const ping = await client.nextOf(6);
    client.send(headers(3), frame(6, 1, 0, ping.payload));
    assert.equal(say(await client.nextOf(7)), 'GOAWAY 3 NO_ERROR');
    client.send(headers(5));
    release!();
    const answers = await client.answers(1, 3);
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.toString()]),
      [
        [200, 'ok'],
        [200, 'ok'],
      ],
    );
    assert.equal(await client.next(), undefined);
    assert.ok(client.frames.every(({ stream }) => stream !== 5));
    await stopped;
    await upstream.close();
  });

  for (const [name, given, act, expected] of [
    ['an idle connection', { nginx_http_keepalive_timeout: '1s' }, (): Buffer => Buffer.alloc(0), 'GOAWAY 0 NO_ERROR'],
    [
      'a body that does not come',
      { nginx_http_client_body_timeout: '1s' },
      (): Buffer => headers(1, post('/'), false),
      '408',
    ],
  ] as const) {
    it(`does not wait for ever for ${name}`, async () => {
      const own = await startTestGateway({ proxy_listen: '127.0.0.1:0 http2 reuseport', ...given });
      const upstream = await startUpstream(async (side) => void (await side.head()));
      await createRoute(own, upstream.port, '/');
      const client = await connectFrames(own.port);
      client.open().send(act());
      if (expected === '408') assert.equal((await client.answer(1)).status, 408);
      else assert.equal(say(await client.nextOf(7)), expected);
      client.close();
      await own.stop();
      for (const { socket } of upstream.connections) socket.destroy();
      await upstream.stopListening();
    });
  }
});
