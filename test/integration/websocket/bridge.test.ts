import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp, type Server } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import * as webSockets from 'ws';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { type Script, type ScriptedUpstream, startUpstream } from '../../support/scripted-upstream.ts';
import { upstreamPair } from '../../support/upstream-pems.ts';

const { WebSocket, WebSocketServer } = webSockets;

/** The halves of a WebSocket over any stream, which the package has and its types do not. */
const { Receiver, Sender } = webSockets as unknown as {
  readonly Receiver: new (
    options: object,
  ) => Writable & {
    on(event: 'message', heard: (data: Buffer, isBinary: boolean) => void): void;
    on(event: 'pong', heard: (data: Buffer) => void): void;
    on(event: 'conclude', heard: (code: number) => void): void;
  };
  readonly Sender: new (
    stream: Duplex,
  ) => {
    send(data: string | Buffer, options: object): void;
    ping(data: string, mask: boolean): void;
    close(code: number, reason: string, mask: boolean): void;
  };
};

const large = randomBytes(3_000_001);

/** What a client of either kind can do. */
interface Talker {
  send(data: string | Buffer): void;
  ping(data: string): void;
  close(code: number): void;
  /** The next message, `pong <data>` or `close <code>`. */
  next(): Promise<string | Buffer>;
}

class Inbox {
  readonly #items: (string | Buffer)[] = [];
  #wake: (() => void) | undefined;
  put(item: string | Buffer): void {
    this.#items.push(item);
    this.#wake?.();
  }
  async next(): Promise<string | Buffer> {
    while (this.#items.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#items.shift()!;
  }
}

describe('WebSocket', () => {
  let gateway: InProcessGateway;
  let scripted: ScriptedUpstream;
  const servers: Server[] = [];
  const pings: string[] = [];

  before(async () => {
    gateway = await startTestGateway({
      proxy_listen: '127.0.0.1:0 http2 reuseport, 127.0.0.1:0 ssl http2 reuseport',
      log_level: 'error',
    });
    for (const protocol of ['http', 'https']) {
      const server = protocol === 'http' ? createHttp() : createHttps(upstreamPair);
      const sockets = new WebSocketServer({ server, handleProtocols: (names) => [...names][0] ?? false });
      sockets.on('connection', (socket, request) => {
        socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
        socket.on('ping', (data) => pings.push(data.toString()));
        socket.send(`${request.method} ${request.url} ${request.headers['x-forwarded-proto']}`);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      servers.push(server);
      await createRoute(gateway, (server.address() as AddressInfo).port, `/${protocol}`, { protocol });
    }
    scripted = await startUpstream();
    await createRoute(gateway, scripted.port, '/scripted', { retries: 0, read_timeout: 500 });
  });
  after(async () => {
    await gateway.stop();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
    for (const { socket } of scripted.connections) socket.destroy();
    await scripted.stopListening();
  });

  const sessions: ClientHttp2Session[] = [];
  async function connect(isSecure = false): Promise<ClientHttp2Session> {
    const url = isSecure ? `https://127.0.0.1:${gateway.tlsPort}` : `http://127.0.0.1:${gateway.port}`;
    const session = connectHttp2(url, { rejectUnauthorized: false });
    sessions.push(session);
    const [settings] = await once(session, 'remoteSettings');
    assert.equal(settings.enableConnectProtocol, true);
    return session;
  }
  after(() => {
    for (const session of sessions) session.destroy();
  });

  function open(session: ClientHttp2Session, path: string, more: object = {}): ClientHttp2Stream {
    return session.request(
      { ':method': 'CONNECT', ':protocol': 'websocket', ':path': path, 'sec-websocket-version': '13', ...more },
      { endStream: false },
    );
  }

  async function overHttp2(isSecure: boolean, path: string): Promise<Talker> {
    const session = await connect(isSecure);
    const stream = open(session, path, { 'sec-websocket-protocol': 'chat' });
    const [fields] = await once(stream, 'response');
    assert.equal(fields[':status'], 200);
    assert.equal(fields['sec-websocket-protocol'], 'chat');
    for (const name of ['sec-websocket-accept', 'connection', 'upgrade', 'content-length']) {
      assert.equal(fields[name], undefined);
    }
    const inbox = new Inbox();
    const receiver = new Receiver({ isServer: false });
    receiver.on('message', (data, isBinary) => inbox.put(isBinary ? data : data.toString()));
    receiver.on('pong', (data) => inbox.put(`pong ${data}`));
    receiver.on('conclude', (code) => inbox.put(`close ${code}`));
    stream.pipe(receiver);
    const sender = new Sender(stream);
    return {
      send: (data) => sender.send(data, { binary: typeof data !== 'string', mask: true, fin: true, compress: false }),
      ping: (data) => sender.ping(data, true),
      close: (code) => sender.close(code, '', true),
      next: () => inbox.next(),
    };
  }

  async function overHttp1(isSecure: boolean, path: string): Promise<Talker> {
    const url = isSecure ? `wss://127.0.0.1:${gateway.tlsPort}` : `ws://127.0.0.1:${gateway.port}`;
    const inbox = new Inbox();
    const socket = new WebSocket(`${url}${path}`, ['chat'], { rejectUnauthorized: false });
    socket.on('message', (data, isBinary) => inbox.put(isBinary ? (data as Buffer) : (data as Buffer).toString()));
    socket.on('pong', (data) => inbox.put(`pong ${data}`));
    socket.on('close', (code) => inbox.put(`close ${code}`));
    await once(socket, 'open');
    assert.equal(socket.protocol, 'chat');
    return {
      send: (data) => socket.send(data),
      ping: (data) => socket.ping(data),
      close: (code) => socket.close(code),
      next: () => inbox.next(),
    };
  }

  for (const [name, talk] of [
    ['an upgrade of HTTP/1.1', overHttp1],
    ['an extended CONNECT of HTTP/2', overHttp2],
  ] as const) {
    for (const isSecure of [false, true]) {
      for (const upstream of ['http', 'https']) {
        it(`comes by ${name} ${isSecure ? 'with' : 'without'} TLS and goes to ${upstream}`, async () => {
          const talker = await talk(isSecure, `/${upstream}/chat?x=1`);
          assert.equal(await talker.next(), `GET /chat?x=1 ${isSecure ? 'https' : 'http'}`);
          for (let round = 0; round < 5; round += 1) {
            talker.send(`message ${round}`);
            assert.equal(await talker.next(), `message ${round}`);
          }
          talker.send(large);
          assert.ok(large.equals((await talker.next()) as Buffer));
          talker.ping(`${name} ${isSecure} ${upstream}`);
          assert.equal(await talker.next(), `pong ${name} ${isSecure} ${upstream}`);
          assert.equal(pings.at(-1), `${name} ${isSecure} ${upstream}`);
          talker.close(4001);
          assert.equal(await talker.next(), 'close 4001');
        });
      }
    }
  }

  /** What a script needs to let a WebSocket through. */
  function switching(head: string, proof?: string): string {
    const key = /sec-websocket-key: (.+)\r\n/i.exec(head)![1]!;
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    return (
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `Sec-WebSocket-Accept: ${proof ?? accept}\r\n\r\n`
    );
  }
  const letThrough =
    (proof?: string): Script =>
    async (side) => {
      const { head } = await side.head();
      await side.send(switching(head, proof));
    };
  async function openScripted(script: Script): Promise<ClientHttp2Stream> {
    scripted.script = script;
    const stream = open(await connect(), '/scripted');
    stream.on('error', () => {});
    return stream;
  }

  it('ends one way at a time over HTTP/2', async () => {
    const stream = await openScripted(letThrough());
    await once(stream, 'response');
    const side = scripted.connections.at(-1)!;
    stream.end('the last');
    assert.equal((await side.reader.exactly(8, 'the last bytes')).toString(), 'the last');
    assert.equal(await side.gone(), 'end');
    // The other way is still open.
    await side.send('an answer');
    side.end();
    let got = '';
    for await (const part of stream) got += part;
    assert.deepEqual([got, stream.rstCode], ['an answer', 0]);
  });

  it("tells each side of the other one's end", async () => {
    const ended = await openScripted(letThrough());
    await once(ended, 'response');
    await scripted.connections.at(-1)!.send('bye');
    scripted.connections.at(-1)!.end();
    let got = '';
    for await (const part of ended) got += part;
    assert.deepEqual([got, ended.rstCode], ['bye', 0]);

    const broken = await openScripted(letThrough());
    await once(broken, 'response');
    scripted.connections.at(-1)!.reset();
    await once(broken, 'close');
    assert.equal(broken.rstCode, 8);

    const given = await openScripted(letThrough());
    await once(given, 'response');
    given.close(8);
    await scripted.connections.at(-1)!.gone();
  });

  it('is cut when the upstream is silent for read_timeout', async () => {
    const stream = await openScripted(letThrough());
    await once(stream, 'response');
    await once(stream, 'close');
    assert.equal(stream.rstCode, 8);
  });

  it('is not opened by anything but a proven 101', async () => {
    const refused = await openScripted((side) =>
      side.head().then(() => side.answer('403 Forbidden', 'no', 'Connection: close\r\n')),
    );
    const [fields] = await once(refused, 'response');
    assert.equal(fields[':status'], 403);
    let text = '';
    for await (const part of refused) text += part;
    assert.equal(text, 'no');

    const ignored = await openScripted((side) =>
      side.head().then(() => side.answer('200 OK', 'ok', 'Connection: close\r\n')),
    );
    assert.equal((await once(ignored, 'response'))[0][':status'], 502);

    const unproven = await openScripted(letThrough('bm90IHRoZSBwcm9vZg=='));
    await once(unproven, 'close');
    assert.equal(unproven.rstCode, 8);

    const session = await connect();
    const other = session.request(
      { ':method': 'CONNECT', ':protocol': 'chess', ':path': '/scripted' },
      { endStream: false },
    );
    other.on('error', () => {});
    assert.equal((await once(other, 'response'))[0][':status'], 501);
  });

  it('is subject to routes and plugins like any request', async () => {
    const session = await connect();
    const lost = open(session, '/nowhere');
    assert.equal((await once(lost, 'response'))[0][':status'], 404);
    lost.destroy();
    const { route } = await createRoute(gateway, scripted.port, '/keyed');
    await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'key-auth' });
    const keyless = open(session, '/keyed');
    assert.equal((await once(keyless, 'response'))[0][':status'], 401);
    keyless.destroy();
  });
});
