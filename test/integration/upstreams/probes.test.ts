import assert from 'node:assert/strict';
import {
  createServer as createHttp2,
  createSecureServer as createSecureHttp2,
  type Http2Server,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { type HealthcheckFields, healthPolicy } from '../../../src/balancer/health/policy.ts';
import { createProber, type ProbeResult, type Prober } from '../../../src/balancer/index.ts';
import { createTimerWheel, type TimerWheel } from '../../../src/kernel/index.ts';
import { onePem } from '../../support/admin-pems.ts';
import { closedPort } from './support/upstreams.ts';

let wheel: TimerWheel;
let probe: Prober;
const opened: (Server | Http2Server)[] = [];
const sockets = new Set<Socket>();

before(() => {
  wheel = createTimerWheel({ tickMs: 20 });
  wheel.start();
  probe = createProber({ wheel, secureContext: async () => createSecureContext({ ca: [onePem.cert] }) });
});
afterEach(() => {
  assert.equal(wheel.size, 0, 'a check leaves no timer behind');
  for (const socket of sockets) socket.destroy();
  for (const server of opened.splice(0)) server.close();
});
after(() => wheel.stop());

async function listen(server: Server | Http2Server): Promise<number> {
  opened.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return (server.address() as AddressInfo).port;
}

function ask(
  port: number,
  active: NonNullable<HealthcheckFields['active']>,
  host = 'node.test',
  ip = '127.0.0.1',
): Promise<ProbeResult> {
  return probe({ ip, port, host, certificateId: undefined, policy: healthPolicy({ active }).active });
}

describe('http checks', () => {
  /** A server that answers the first bytes with this and keeps the connection open. */
  async function answering(text: string | readonly string[], seen: string[] = []): Promise<number> {
    return listen(
      createServer((socket) => {
        socket.setEncoding('latin1');
        socket.once('data', (head: string) => {
          seen.push(head);
          void send(socket, typeof text === 'string' ? [text] : text);
        });
      }),
    );
  }

  async function send(socket: Socket, parts: readonly string[]): Promise<void> {
    socket.setNoDelay(true);
    for (const part of parts) {
      await new Promise<void>((resolve) => socket.write(part, 'latin1', () => setImmediate(resolve)));
    }
  }

  for (const [answer, sign, detail] of [
    ['HTTP/1.1 200 OK\r\n', 'success', 'status 200'],
    ['HTTP/1.0 302 Found\r\n\r\n', 'success', 'status 302'],
    ['HTTP/1.1 503\r\n', 'http_failure', 'status 503'],
    ['HTTP/1.1 418 Teapot\r\n', undefined, 'status 418'],
    [
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n',
      'success',
      'status 200',
    ],
    ['SSH-2.0-OpenSSH_9.6\r\n', 'http_failure', 'the answer is no HTTP'],
    ['HTTP/1.1 20 OK\r\n', 'http_failure', 'the answer is no HTTP'],
    [`HTTP/1.1${' '.repeat(20_000)}`, 'http_failure', 'the answer is no HTTP'],
  ] as const) {
    it(`take ${JSON.stringify(answer.slice(0, 60))} for ${sign ?? 'nothing'}`, async () => {
      assert.deepEqual(await ask(await answering(answer), {}), { sign, detail });
    });
  }

  it('read answers that come byte by byte', async () => {
    const port = await answering('HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 200 OK\r\n'.split(''));
    assert.equal((await ask(port, { timeout: 5 })).sign, 'success');
  });

  it('send path, host and headers, none of which can start a line of its own', async () => {
    const seen: string[] = [];
    const port = await answering('HTTP/1.1 200 OK\r\n', seen);
    await ask(port, { http_path: '/up?a=ü b\r\nX: y', headers: { 'X-A': ['1', 'zwei ü'], 'X-B': ['a\r\nX-C: b'] } });
    await ask(port, { headers: { host: ['other.test'] } });
    await ask(port, {}, 'fd00::1');
    assert.deepEqual(seen, [
      `GET /up?a=\xc3\xbc%20b%0d%0aX:%20y HTTP/1.1\r\nHost: node.test\r\nConnection: close\r\nX-A: 1\r\nX-A: zwei \xc3\xbc\r\nX-B: a  X-C: b\r\n\r\n`,
      'GET / HTTP/1.1\r\nConnection: close\r\nhost: other.test\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: [fd00::1]\r\nConnection: close\r\n\r\n',
    ]);
  });

  it('tell what went wrong', async () => {
    assert.deepEqual(await ask(await closedPort(), {}), { sign: 'tcp_failure', detail: 'connection refused' });
    const closing = await listen(createServer((socket) => socket.end()));
    assert.deepEqual(await ask(closing, {}), {
      sign: 'tcp_failure',
      detail: 'the connection was closed without an answer',
    });
    const resetting = await listen(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    assert.deepEqual(await ask(resetting, {}), { sign: 'tcp_failure', detail: 'connection reset' });
    const silent = await listen(createServer(() => {}));
    assert.deepEqual(await ask(silent, { timeout: 0.1 }), { sign: 'timeout', detail: 'no answer in 0.1 s' });
  });
});

describe('tcp checks', () => {
  it('are content with a connection', async () => {
    const port = await listen(createServer(() => {}));
    assert.deepEqual(await ask(port, { type: 'tcp' }), { sign: 'success', detail: 'connected' });
    assert.equal((await ask(await closedPort(), { type: 'tcp' })).sign, 'tcp_failure');
  });
});

describe('https checks', () => {
  /** A server with the certificate of one.test; notes the server names that it is asked for. */
  async function secure(names: (string | false | null)[] = []): Promise<number> {
    const server = createTlsServer({ ...onePem }, (socket) => {
      names.push(socket.servername ?? null);
      socket.on('error', () => {});
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n'));
    });
    server.on('tlsClientError', () => {});
    return listen(server);
  }

  it('verify the certificate for the name of the target, the host_header or https_sni', async () => {
    const names: string[] = [];
    const port = await secure(names);
    assert.deepEqual(await ask(port, { type: 'https' }, 'one.test'), { sign: 'success', detail: 'status 200' });
    assert.equal((await ask(port, { type: 'https' }, 'one.test:8443')).sign, 'success');
    assert.equal((await ask(port, { type: 'https', https_sni: 'one.test' }, 'other.test')).sign, 'success');
    const wrong = await ask(port, { type: 'https' }, 'two.test');
    assert.equal(wrong.sign, 'tcp_failure');
    assert.match(wrong.detail, /two\.test/);
    assert.deepEqual(names.slice(0, 3), ['one.test', 'one.test', 'one.test']);
  });

  it('verify nothing when told so, and send no name for an address', async () => {
    const names: (string | false | null)[] = [];
    const port = await secure(names);
    const unverified = { type: 'https', https_verify_certificate: false } as const;
    assert.equal((await ask(port, unverified, 'two.test')).sign, 'success');
    assert.equal((await ask(port, unverified, '127.0.0.1')).sign, 'success');
    assert.deepEqual(names, ['two.test', false]);
    const held = await ask(port, { type: 'https' }, '127.0.0.1');
    assert.equal(held.sign, 'tcp_failure');
  });

  it('fail where no TLS is spoken', async () => {
    const port = await listen(createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n'))));
    assert.equal((await ask(port, { type: 'https' }, 'one.test')).sign, 'tcp_failure');
  });

  it('reject when a certificate of ours cannot be read', async () => {
    const broken = createProber({ wheel, secureContext: () => Promise.reject(new Error('no such certificate')) });
    const policy = healthPolicy({ active: { type: 'https' } }).active;
    await assert.rejects(
      broken({ ip: '127.0.0.1', port: await secure(), host: 'one.test', certificateId: 'x', policy }),
      /no such certificate/,
    );
  });
});

describe('grpc checks', () => {
  interface GrpcAnswer {
    readonly status?: number;
    readonly code?: string;
    readonly message?: readonly number[];
  }

  function answer(
    server: Http2Server,
    { status = 200, code = '0', message = [] }: GrpcAnswer,
    seen: object[],
  ): Http2Server {
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      const parts: Buffer[] = [];
      stream.on('error', () => {});
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        seen.push({ path: headers[':path'], authority: headers[':authority'], body: [...Buffer.concat(parts)] });
        stream.respond({ ':status': status, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': code }));
        stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]));
      });
    });
    return server;
  }

  for (const [given, sign, detail] of [
    [{ message: [8, 1] }, 'success', 'SERVING'],
    [{ message: [8, 2] }, 'http_failure', 'NOT_SERVING'],
    [{ message: [8, 3] }, 'http_failure', 'SERVICE_UNKNOWN'],
    [{ message: [] }, 'http_failure', 'UNKNOWN'],
    [{ code: '12' }, 'http_failure', 'gRPC status 12'],
    [{ status: 404 }, 'http_failure', 'status 404'],
  ] as [GrpcAnswer, string, string][]) {
    it(`take ${detail} for ${sign}`, async () => {
      const seen: object[] = [];
      const port = await listen(answer(createHttp2(), given, seen));
      assert.deepEqual(await ask(port, { type: 'grpc' }), { sign, detail });
      assert.deepEqual(seen, [{ path: '/grpc.health.v1.Health/Check', authority: 'node.test', body: [0, 0, 0, 0, 0] }]);
    });
  }

  it('speak TLS as grpcs', async () => {
    const port = await listen(answer(createSecureHttp2({ ...onePem }), { message: [8, 1] }, []));
    assert.deepEqual(await ask(port, { type: 'grpcs' }, 'one.test'), { sign: 'success', detail: 'SERVING' });
    assert.equal((await ask(port, { type: 'grpcs' }, 'two.test')).sign, 'tcp_failure');
  });

  it('fail where no HTTP/2 is spoken, nobody listens or nobody answers', async () => {
    const plain = await listen(
      createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n'))),
    );
    assert.equal((await ask(plain, { type: 'grpc' })).sign, 'tcp_failure');
    assert.equal((await ask(await closedPort(), { type: 'grpc' })).sign, 'tcp_failure');
    const silent = await listen(createServer(() => {}));
    assert.equal((await ask(silent, { type: 'grpc', timeout: 0.1 })).sign, 'timeout');
  });
});
