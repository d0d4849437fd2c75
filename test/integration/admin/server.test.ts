import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { type AdminListener, type AdminOptions, answerOk, createAdminServer } from '../../../src/admin/index.ts';
import type { Dao, Database } from '../../../src/db/index.ts';
import { createLogger, systemClock } from '../../../src/kernel/index.ts';
import { emptyStatus, startAdmin, type TestAdmin, testNode } from '../../support/admin.ts';
import { caPem, onePem } from '../../support/admin-pems.ts';

async function start(t: TestContext, overrides: Partial<AdminOptions> = {}): Promise<TestAdmin> {
  const admin = await startAdmin(overrides);
  t.after(() => admin.close());
  return admin;
}

const json = { 'content-type': 'application/json' };

describe('Admin API server', () => {
  it('answers 500 without a word of the fault, and writes one line about it', async (t) => {
    let log = '';
    const logger = createLogger({
      level: 'debug',
      sink: (lines) => {
        log += lines;
      },
    });
    const working = await start(t);
    const broken: Database = {
      ...working.database,
      dao: (name): Dao => ({
        ...working.database.dao(name),
        page: () => Promise.reject(new Error('SELECT secret\nFROM table: disk I/O error')),
      }),
    };
    const admin = await start(t, { database: broken, logger });
    const answer = await admin.send({ method: 'GET', path: '/services?x=1' });
    assert.deepEqual([answer.status, answer.body], [500, '{"message":"An unexpected error occurred"}']);
    await new Promise((resolve) => setImmediate(resolve));
    assert.match(
      log,
      /^\S+ \S+ \[error\] \S+ Cannot answer GET "\/services\?x=1": SELECT secret\\nFROM table: disk I\/O error\n$/,
    );
  });

  it('writes no header of latency when it is told so', async (t) => {
    const admin = await start(t, { showLatency: false });
    const { headers } = await admin.send({ method: 'GET', path: '/' });
    assert.equal(headers['x-kong-admin-latency'], undefined);
  });

  it('allows the origins that it is told, and names the first to others', async (t) => {
    const admin = await start(t, { allowedOrigins: ['http://a.test', 'http://b.test'] });
    const allowed = async (origin?: string): Promise<unknown> => {
      const answer = await admin.send({ method: 'GET', path: '/', headers: origin === undefined ? {} : { origin } });
      return answer.headers['access-control-allow-origin'];
    };
    assert.equal(await allowed('http://b.test'), 'http://b.test');
    assert.equal(await allowed('http://evil.test'), 'http://a.test');
    assert.equal(await allowed(), 'http://a.test');
  });

  it('refuses bodies beyond its limit, declared or not', async (t) => {
    const admin = await start(t, { bodyLimit: 1000 });
    const body = JSON.stringify({ host: 'x'.repeat(1000) });
    const declared = await admin.send({ method: 'POST', path: '/services', headers: json, body });
    assert.equal(declared.status, 413);
    const answer = await raw(
      admin.address.port,
      `POST /services HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.equal((await admin.send({ method: 'GET', path: '/services' })).body, '{"data":[],"next":null}');
  });

  it('serves endpoints that are handed in, beside and over its own', async (t) => {
    const admin = await start(t, {
      endpoints: [
        {
          path: '/metrics',
          methods: {
            GET: async () => ({ status: 200, text: { type: 'text/plain; charset=UTF-8', content: 'up 1\n' } }),
          },
        },
        { path: '/services', methods: { DELETE: async ({ query }) => answerOk({ gone: query.get('all') }) } },
      ],
    });
    const metrics = await admin.send({ method: 'GET', path: '/metrics' });
    assert.deepEqual([metrics.body, metrics.headers['content-type']], ['up 1\n', 'text/plain; charset=UTF-8']);
    const removed = await admin.send({ method: 'DELETE', path: '/services?all=yes' });
    assert.deepEqual([removed.status, removed.body], [200, '{"gone":"yes"}']);
    assert.equal((await admin.send({ method: 'GET', path: '/services' })).status, 200);
    const { headers } = await admin.send({ method: 'OPTIONS', path: '/services' });
    assert.equal(headers.allow, 'DELETE, GET, HEAD, OPTIONS, POST');
  });

  it('survives requests that are none', async (t) => {
    const admin = await start(t);
    for (const head of [
      '\r\n\r\nnonsense\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ]) {
      assert.match(await raw(admin.address.port, head), /^HTTP\/1\.1 4\d\d /);
    }
    assert.match(
      await raw(admin.address.port, 'PROPFIND /services HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
      /^HTTP\/1\.1 40[45] /,
    );
    assert.equal((await admin.send({ method: 'GET', path: '/' })).status, 200);
  });

  it('takes writers at the same time, and lets one of them have a name', async (t) => {
    const admin = await start(t);
    const same = await Promise.all(
      Array.from({ length: 10 }, () =>
        admin.send({ method: 'POST', path: '/consumers', headers: json, body: '{"username":"same"}' }),
      ),
    );
    assert.deepEqual(
      same.map(({ status }) => status).sort((a, b) => a - b),
      [201, ...Array.from({ length: 9 }, () => 409)],
    );
    const put = await Promise.all(
      Array.from({ length: 10 }, () =>
        admin.send({ method: 'PUT', path: '/services/shop', headers: json, body: '{"host":"shop.test"}' }),
      ),
    );
    assert.ok(put.every(({ status }) => status === 200));
    const { data } = JSON.parse((await admin.send({ method: 'GET', path: '/services' })).body) as { data: unknown[] };
    assert.equal(data.length, 1);
  });

  describe('listeners', () => {
    async function listen(t: TestContext, listeners: readonly AdminListener[]) {
      const { database } = await start(t);
      const server = createAdminServer({
        database,
        settings: { values: () => ({}), secrets: new Set() },
        node: testNode,
        plugins: [],
        status: emptyStatus,
        logger: createLogger({ level: 'emerg', sink: () => {} }),
        clock: systemClock,
      });
      t.after(() => server.close());
      return { server, bound: await server.listen(listeners) };
    }

    it('may be several, plain and TLS', async (t) => {
      const { bound } = await listen(t, [
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.1', port: 0, tls: onePem },
      ]);
      assert.deepEqual(
        bound.map(({ host, tls }) => [host, tls]),
        [
          ['127.0.0.1', false],
          ['127.0.0.1', true],
        ],
      );
      const ask = 'GET /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
      assert.match(await raw(bound[0]!.port, ask), /^HTTP\/1\.1 200 /);
      const secure = tlsConnect({
        host: '127.0.0.1',
        port: bound[1]!.port,
        ca: onePem.cert,
        checkServerIdentity: () => undefined,
      });
      assert.match(await exchange(secure, ask), /^HTTP\/1\.1 200 /);
    });

    it('may ask for client certificates', async (t) => {
      const { bound } = await listen(t, [{ host: '127.0.0.1', port: 0, tls: { ...onePem, clientCa: caPem.cert } }]);
      const ask = 'GET /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
      const stranger = tlsConnect({ host: '127.0.0.1', port: bound[0]!.port, rejectUnauthorized: false });
      await assert.rejects(exchange(stranger, ask), /certificate required|ECONNRESET|EPIPE/);
      const known = tlsConnect({ host: '127.0.0.1', port: bound[0]!.port, rejectUnauthorized: false, ...caPem });
      assert.match(await exchange(known, ask), /^HTTP\/1\.1 200 /);
    });

    it('that cannot be opened are named, and close those before them', async (t) => {
      const { bound } = await listen(t, [{ host: '127.0.0.1', port: 0 }]);
      const { port } = bound[0]!;
      await assert.rejects(
        listen(t, [
          { host: '127.0.0.1', port: 0 },
          { host: '127.0.0.1', port },
        ]),
        {
          code: 'ERR_ADMIN_LISTEN',
          message: `Cannot listen on "127.0.0.1:${port}" for the Admin API: listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
        },
      );
    });

    it('drain: a request under way is answered, idle connections are closed, new ones refused', async (t) => {
      let release = (): void => {};
      let entered = (): void => {};
      const inside = new Promise<void>((resolve) => {
        entered = resolve;
      });
      const { database } = await start(t);
      const server = createAdminServer({
        database,
        settings: { values: () => ({}), secrets: new Set() },
        node: testNode,
        plugins: [],
        status: emptyStatus,
        logger: createLogger({ level: 'emerg', sink: () => {} }),
        clock: systemClock,
        endpoints: [
          {
            path: '/slow',
            methods: {
              GET: () =>
                new Promise((resolve) => {
                  release = () => resolve(answerOk({ done: true }));
                  entered();
                }),
            },
          },
        ],
      });
      const [address] = await server.listen([{ host: '127.0.0.1', port: 0 }]);
      const idle = connect(address!.port, '127.0.0.1');
      await new Promise((resolve) => idle.once('connect', resolve));
      const idleClosed = new Promise((resolve) => idle.once('close', resolve));
      idle.resume();
      const slow = raw(address!.port, 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
      await inside;
      const closed = server.close();
      await idleClosed;
      await assert.rejects(raw(address!.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'), { code: 'ECONNREFUSED' });
      release();
      const answer = await slow;
      assert.match(answer, /^HTTP\/1\.1 200 /);
      assert.match(answer, /connection: close/i);
      assert.ok(answer.endsWith('{"done":true}'));
      await closed;
    });

    it('cut what is left when they are told to', async (t) => {
      const { database } = await start(t);
      let entered = (): void => {};
      const inside = new Promise<void>((resolve) => {
        entered = resolve;
      });
      const server = createAdminServer({
        database,
        settings: { values: () => ({}), secrets: new Set() },
        node: testNode,
        plugins: [],
        status: emptyStatus,
        logger: createLogger({ level: 'emerg', sink: () => {} }),
        clock: systemClock,
        endpoints: [
          {
            path: '/never',
            methods: {
              GET: () => {
                entered();
                return new Promise(() => {});
              },
            },
          },
        ],
      });
      const [address] = await server.listen([{ host: '127.0.0.1', port: 0 }]);
      const never = raw(address!.port, 'GET /never HTTP/1.1\r\nHost: a\r\n\r\n');
      await inside;
      const stop = new AbortController();
      const closed = server.close(stop.signal);
      stop.abort();
      await closed;
      assert.equal(await never.catch(() => ''), '');
    });
  });
});

/** Sends bytes over a connection of its own and returns all that comes back. */
function raw(port: number, bytes: string): Promise<string> {
  return exchange(connect(port, '127.0.0.1'), bytes);
}

function exchange(socket: Socket, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', (fault) => {
      if (answer === '') reject(fault);
    });
    socket.on('close', () => resolve(answer));
    socket.write(bytes);
  });
}
