import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { requireService } from '../../support/services.ts';
import { startRedis, type TestRedis } from '../redis/redis-server.ts';

const executable = requireService('redis');
let redis: TestRedis;
let gateway: InProcessGateway;
let upstream: Server;
/** Paths that the upstream was asked for. */
let asked: string[] = [];
let answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
const greet = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
  outgoing.setHeader('Content-Type', 'text/plain').end(`${incoming.url} ${asked.length}`);
};

before(async () => {
  redis = await startRedis(executable);
  upstream = createServer((incoming, outgoing) => {
    asked.push(incoming.url!);
    answer(incoming, outgoing);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  gateway = await startTestGateway({ nginx_worker_processes: '2' });
});
after(async () => {
  await gateway.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  await redis.close();
});

interface Got {
  readonly status: number;
  readonly cache: string | undefined;
  readonly key: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** Each request on a connection of its own, so that both workers get some. */
function get(path: string, method = 'GET', onData?: (bytes: number) => void): Promise<Got> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: gateway.port, path, method, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        onData?.(chunk.length);
      });
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { headers } = incoming;
        resolve({
          status: incoming.statusCode!,
          cache: headers['x-cache-status'] as string | undefined,
          key: headers['x-cache-key'] as string,
          body: Buffer.concat(chunks).toString('latin1'),
          headers,
        });
      });
    })
      .on('error', reject)
      .end();
  });
}

async function cached(path: string, config: object): Promise<string> {
  asked = [];
  answer = greet;
  const { route } = await createRoute(gateway, (upstream.address() as AddressInfo).port, path);
  const { body } = await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'proxy-cache', config });
  return body.id as string;
}

async function cacheStatuses(path: string, requests: number): Promise<{ readonly [status: string]: number }> {
  const counts: { [status: string]: number } = {};
  for (let at = 0; at < requests; at++) {
    const status = (await get(path)).cache ?? 'none';
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return counts;
}

const strategies: readonly [name: string, config: () => object][] = [
  ['memory', () => ({ strategy: 'memory' })],
  ['redis', () => ({ strategy: 'redis', redis: redis.config })],
];

for (const [name, config] of strategies) {
  test(`${name}: what one worker fetched all workers give`, async () => {
    await cached(`/shared-${name}`, config());
    assert.deepEqual(await cacheStatuses(`/shared-${name}`, 30), { Miss: 1, Hit: 29 });
    assert.equal(asked.length, 1);
  });

  test(`${name}: purges are heard by all workers at once`, async () => {
    const path = `/purged-${name}`;
    const id = await cached(path, config());
    await cacheStatuses(path, 20);
    const { key, body } = await get(path);
    const shown = await gateway.admin('GET', `/proxy-cache/${key}`);
    assert.deepEqual([shown.body.status, shown.body.body, shown.body.version], [200, body, 1]);
    assert.deepEqual((await gateway.admin('GET', `/proxy-cache/${id}/caches/${key}`)).body, shown.body);
    for (const purge of [`/proxy-cache/${key}`, `/proxy-cache/${id}/caches/${key}`, '/proxy-cache']) {
      await gateway.admin('DELETE', purge, undefined, 204);
      assert.deepEqual(await cacheStatuses(path, 20), { Miss: 1, Hit: 19 });
    }
    await gateway.admin('DELETE', `/proxy-cache/${key}`, undefined, 204);
    await gateway.admin('DELETE', `/proxy-cache/${key}`, undefined, 404);
    await gateway.admin('GET', `/proxy-cache/${key}`, undefined, 404);
    await gateway.admin('GET', `/proxy-cache/${crypto.randomUUID()}/caches/${key}`, undefined, 404);
  });

  test(`${name}: a crowd that comes at once sends one request upstream`, async () => {
    const path = `/crowd-${name}`;
    await cached(path, { ...config(), request_coalescing: true });
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    answer = (incoming, outgoing) => {
      void released.then(() => greet(incoming, outgoing));
    };
    const crowd = Promise.all(Array.from({ length: 40 }, () => get(path)));
    // All that will ever come upstream is there once a request that is not cached was answered after them.
    answer = ((held) => (incoming: IncomingMessage, outgoing: ServerResponse) => {
      if (incoming.method === 'POST') greet(incoming, outgoing);
      else held(incoming, outgoing);
    })(answer);
    for (let at = 0; at < 10; at++) await get(path, 'POST');
    release();
    const answers = await crowd;
    assert.equal(answers.filter(({ cache }) => cache === 'Miss').length, 1);
    assert.equal(new Set(answers.map(({ body }) => body)).size, 1);
  });
}

test('an answer from the cache has the headers of a proxied one', async () => {
  await cached('/latency', { strategy: 'memory' });
  await get('/latency');
  const { headers, cache } = await get('/latency');
  assert.equal(cache, 'Hit');
  assert.equal(headers['x-kong-upstream-latency'], '0');
  assert.match(headers['x-kong-proxy-latency'] as string, /^\d+$/);
  assert.equal(headers['x-kong-response-latency'], undefined);
  assert.match(headers.via!, /^1\.1 /);
});

test('bytes of a large answer are given as they came', async () => {
  await cached('/large', { strategy: 'memory' });
  const body = Buffer.alloc(900_000, Buffer.from(Array.from({ length: 256 }, (_, at) => at)));
  answer = (_incoming, outgoing) => {
    outgoing.setHeader('Content-Type', 'text/plain').end(body);
  };
  for (const status of ['Miss', 'Hit', 'Hit']) {
    const got = await get('/large');
    assert.equal(got.cache, status);
    assert.ok(got.body === body.toString('latin1'));
  }
});

test('an answer that is too large flows on while it comes, and is fetched each time', async () => {
  await cached('/huge', { strategy: 'memory', max_body_size: 100_000 });
  let send = (_bytes: Buffer): void => {};
  let end = (): void => {};
  answer = (_incoming, outgoing) => {
    outgoing.setHeader('Content-Type', 'text/plain').flushHeaders();
    send = (bytes) => {
      outgoing.write(bytes);
    };
    end = () => outgoing.end();
    send(Buffer.alloc(150_000));
  };
  let received = 0;
  let notify = (): void => {};
  const first = get('/huge', 'GET', (bytes) => {
    received += bytes;
    if (received >= 150_000) notify();
  });
  // The upstream has not ended its answer, and the client has all of it so far.
  await new Promise<void>((resolve) => {
    notify = resolve;
    if (received >= 150_000) resolve();
  });
  send(Buffer.alloc(10));
  end();
  assert.equal((await first).body.length, 150_010);
  answer = greet;
  assert.equal((await get('/huge')).cache, 'Miss');
});

test('an answer that breaks off is not stored', async () => {
  await cached('/broken', { strategy: 'memory' });
  answer = (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': '1000' });
    outgoing.write('part', () => outgoing.destroy());
  };
  await assert.rejects(get('/broken'));
  answer = greet;
  assert.equal((await get('/broken')).cache, 'Miss');
});

test('an upstream that is gone is stood in for by an old answer', async () => {
  const path = '/gone';
  await cached(path, { strategy: 'memory', cache_control: true, stale_if_error: 60 });
  answer = (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'max-age=1' }).end('good');
  };
  const first = await get(path);
  assert.equal(first.cache, 'Miss');
  answer = (incoming) => incoming.socket.destroy();
  // Until the answer is past its time it is simply given.
  for (;;) {
    const got = await get(path);
    assert.deepEqual([got.status, got.body], [200, 'good']);
    if (got.cache === 'Stale') break;
    assert.equal(got.cache, 'Hit');
  }
});

test('HEAD is answered without a body, from the cache too', async () => {
  await cached('/head', { strategy: 'memory' });
  const first = await get('/head', 'HEAD');
  const second = await get('/head', 'HEAD');
  assert.deepEqual([first.cache, second.cache, second.body], ['Miss', 'Hit', '']);
});

test('without Redis every request goes upstream, and hits are back when it is', async () => {
  const path = '/healing';
  await cached(path, { strategy: 'redis', redis: redis.config });
  assert.deepEqual(await cacheStatuses(path, 5), { Miss: 1, Hit: 4 });
  await redis.kill();
  const deadline = performance.now() + 15_000;
  // Copies in the workers live for a second.
  for (let misses = 0; misses < 10; ) {
    const { status, cache } = await get(path);
    assert.equal(status, 200);
    misses = cache === 'Miss' ? misses + 1 : 0;
    assert.ok(performance.now() < deadline, 'copies were given for ever');
  }
  await redis.revive();
  for (let hits = 0; hits < 10; ) {
    hits = (await get(path)).cache === 'Hit' ? hits + 1 : 0;
    assert.ok(performance.now() < deadline, 'hits never came back');
  }
});
