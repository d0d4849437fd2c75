import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../../src/kits/remote/index.ts';
import { upstreamAuthority, upstreamPair } from '../../support/upstream-pems.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Starts a server; resolves with its port and the sockets that it accepted. */
async function serve(
  listener: RequestListener,
  tls = false,
): Promise<{ readonly port: number; readonly sockets: Socket[] }> {
  const server: Server = tls ? createHttpsServer(upstreamPair, listener) : createServer(listener);
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

function open(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({ timeout: 5000, verify: true, trusted: [], ...options });
  ends.push(async () => client.close());
  return client;
}

/** The fault of an answer that must not come. */
async function faultOf(answer: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await answer;
  } catch (fault) {
    return fault as { readonly code: string; readonly message: string };
  }
  throw new Error('There was an answer');
}

test('questions and answers, on connections that are used again', async () => {
  const { port, sockets } = await serve((request, response) => {
    request
      .setEncoding('utf8')
      .toArray()
      .then(
        (parts) =>
          response.setHeader('content-type', 'Text/Plain; charset=utf-8').end(`${request.method} ${parts.join('')} ü`),
        () => response.destroy(),
      );
  });
  const client = open();
  const url = `http://127.0.0.1:${port}/a?b`;
  assert.deepEqual(await client.ask({ url, body: 'ö=1' }), {
    status: 200,
    mediaType: 'text/plain',
    body: 'POST ö=1 ü',
  });
  assert.deepEqual(await client.ask({ url }), { status: 200, mediaType: 'text/plain', body: 'GET  ü' });
  assert.equal(sockets.length, 1);
});

test('a connection that the server closed meanwhile is made anew', async () => {
  const { port, sockets } = await serve((request, response) => {
    if (sockets.length === 1 && request.url === '/second') request.socket.resetAndDestroy();
    else response.end('here');
  });
  const client = open();
  await client.ask({ url: `http://127.0.0.1:${port}/first` });
  assert.equal((await client.ask({ url: `http://127.0.0.1:${port}/second` })).body, 'here');
  assert.equal(sockets.length, 2);
});

test('an answer must come in time, its last byte too', async () => {
  const { port } = await serve((request, response) => {
    if (request.url === '/slow') response.write('begin');
  });
  const client = open({ timeout: 50 });
  for (const path of ['/never', '/slow']) {
    const { code, message } = await faultOf(client.ask({ url: `http://127.0.0.1:${port}${path}?secret=1` }));
    assert.deepEqual(
      [code, message],
      ['ERR_REMOTE', `Cannot ask "http://127.0.0.1:${port}${path}": no answer within 50 ms`],
    );
  }
});

test('an answer may have so many bytes', async () => {
  const { port } = await serve((request, response) => {
    const send = (): void => {
      while (response.write('x'.repeat(10_000)));
      response.once('drain', send);
    };
    if (request.url === '/endless') send();
    else response.end('x'.repeat(100));
  });
  const client = open({ maxBytes: 100 });
  assert.equal((await client.ask({ url: `http://127.0.0.1:${port}/` })).body.length, 100);
  const { message } = await faultOf(client.ask({ url: `http://127.0.0.1:${port}/endless` }));
  assert.match(message, /the answer has more than 100 bytes$/);
});

test('redirects are not followed, and other schemes not asked', async () => {
  const { port } = await serve((_, response) => response.writeHead(302, { location: '/elsewhere' }).end());
  const client = open();
  assert.equal((await client.ask({ url: `http://127.0.0.1:${port}/` })).status, 302);
  for (const url of ['file:///etc/passwd', 'ftp://a.test/', 'x', '']) {
    assert.equal((await faultOf(client.ask({ url }))).message, 'Cannot ask a server: its URL is none of HTTP');
  }
});

test('certificates are verified, by authorities that are named as well', async () => {
  const { port } = await serve((_, response) => response.end('here'), true);
  const url = `https://localhost:${port}/`;
  assert.match((await faultOf(open().ask({ url }))).message, /certificate/);
  assert.equal((await open({ trusted: [upstreamAuthority] }).ask({ url })).body, 'here');
  assert.equal((await open({ verify: false }).ask({ url })).body, 'here');
  const byAddress = await faultOf(open({ trusted: [upstreamAuthority] }).ask({ url: `https://127.0.0.1:${port}/` }));
  assert.match(byAddress.message, /altnames/);
});

test('so many questions may be under way, and a server that is away is told of', async () => {
  let release = (): void => undefined;
  const { port } = await serve((_, response) => {
    release = () => response.end();
  });
  const client = open({ maxPending: 1 });
  const url = `http://127.0.0.1:${port}/`;
  const first = client.ask({ url });
  assert.match((await faultOf(client.ask({ url }))).message, /1 questions are under way$/);
  const held = setInterval(() => release(), 1);
  await first;
  clearInterval(held);
  const closed = await serve(() => undefined);
  await ends.pop()!();
  assert.match((await faultOf(client.ask({ url: `http://127.0.0.1:${closed.port}/` }))).message, /ECONNREFUSED/);
});
