import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import {
  closedPort,
  createClient,
  createUpstream,
  startServer,
  type TestUpstream,
  until,
} from './support/upstreams.ts';

interface LoggedTry {
  readonly port: number;
  readonly state?: string;
  readonly code?: number;
}

let gateway: InProcessGateway;
let servers: TestUpstream[];
let dead: number[];
let client: ReturnType<typeof createClient>;

before(async () => {
  gateway = await startTestGateway({
    plugins: 'bundled,log-tries',
    plugin_path: join(import.meta.dirname, 'support/plugins'),
  });
  servers = await Promise.all(
    [1, 2, 3].map(() =>
      startServer((request, response) => {
        const own = /^\/cookie\/(.*)$/.exec(request.url ?? '')?.[1];
        if (own !== undefined) response.setHeader('Set-Cookie', ['a=b', `${own}; Path=/old`]);
        response.setHeader('X-Port', String(request.socket.localPort));
        response.end(request.headers.host);
      }),
    ),
  );
  dead = [await closedPort(), await closedPort(), await closedPort()];
  client = createClient(gateway);
});
after(async () => {
  client.close();
  await gateway.stop();
  await Promise.all(servers.map((server) => server.close()));
});

const ports = (): number[] => servers.map(({ port }) => port);

/** The tries in the log entry of the request that was made last. */
async function lastTries(count: number): Promise<readonly LoggedTry[]> {
  let found: RegExpMatchArray[] = [];
  await until(`request ${count} was logged`, () => {
    found = [...gateway.readLog().matchAll(/tries (\[.*\]|undefined),/g)];
    return found.length >= count;
  });
  const text = found.at(-1)![1]!;
  return text === 'undefined' ? [] : JSON.parse(text);
}

describe('hashing on a cookie', () => {
  const hashed = { hash_on: 'cookie', hash_on_cookie: 'stick', hash_on_cookie_path: '/app' };
  const cookie = /^stick=([0-9a-f]{8}-[0-9a-f-]{27}); Path=\/app; Same-Site=Lax; HttpOnly$/;

  before(() => createUpstream(gateway, 'cookie.test', ports(), hashed));

  it('gives a client without it one, which leads to the same target from then on', async () => {
    const seen = new Set<string>();
    for (let visitor = 0; visitor < 12; visitor++) {
      const first = await client.get('/cookie.test');
      assert.equal(first.headers['set-cookie']?.length, 1);
      const value = cookie.exec(String(first.headers['set-cookie']))?.[1];
      assert.ok(value !== undefined, String(first.headers['set-cookie']));
      const again = await client.get('/cookie.test', { cookie: `other=1; stick=${value}` });
      assert.equal(again.headers['x-port'], first.headers['x-port']);
      assert.equal(again.headers['set-cookie'], undefined);
      seen.add(String(first.headers['x-port']));
    }
    assert.ok(seen.size > 1, 'visitors are spread');
  });

  it('keeps the cookies of the upstream beside it, but for one of its own name', async () => {
    const beside = await client.get('/cookie.test/cookie/sticky=1');
    assert.deepEqual(beside.headers['set-cookie']?.slice(0, 2), ['a=b', 'sticky=1; Path=/old']);
    assert.match(beside.headers['set-cookie']![2]!, cookie);
    const replaced = await client.get('/cookie.test/cookie/stick=1');
    assert.equal(replaced.headers['set-cookie']?.length, 2);
    assert.match(replaced.headers['set-cookie']![1]!, cookie);
  });

  it('makes one for the fallback too, and only when the first input is missing', async () => {
    await createUpstream(gateway, 'fallback.test', ports(), {
      hash_on: 'header',
      hash_on_header: 'X-User',
      hash_fallback: 'cookie',
      hash_on_cookie: 'stick',
    });
    assert.equal((await client.get('/fallback.test', { 'x-user': 'anna' })).headers['set-cookie'], undefined);
    const made = await client.get('/fallback.test');
    assert.match(made.headers['set-cookie']![0]!, /^stick=[0-9a-f-]{36}; Path=\/; Same-Site=Lax; HttpOnly$/);
  });

  it('makes it once for all tries of a request, and sets it with an error as well', async () => {
    await createUpstream(gateway, 'dead-cookie.test', dead, hashed, { retries: 2 });
    const { status, headers } = await client.get('/dead-cookie.test');
    assert.equal(status, 502);
    assert.equal(headers['set-cookie']?.length, 1);
    assert.match(headers['set-cookie']![0]!, cookie);
  });
});

describe('retries', () => {
  let logged = 0;
  const tries = async (path: string, method = 'GET'): Promise<readonly LoggedTry[]> => {
    await client.get(path, {}, method);
    logged += 1;
    return lastTries(logged);
  };
  const log = async (name: string, config: object = {}): Promise<void> => {
    await gateway.admin('POST', `/services/${name.replace('.', '-')}/plugins`, { name: 'log-tries', config });
  };

  async function make(name: string, targets: readonly number[], retries: number, config: object = {}): Promise<void> {
    await createUpstream(gateway, name, targets, {}, { name: name.replace('.', '-'), retries });
    await log(name, config);
  }

  it('never take the same target while another is left', async () => {
    await make('mixed.test', [...dead, servers[0]!.port], 5);
    for (let request = 0; request < 8; request++) {
      const list = await tries('/mixed.test');
      const last = list.at(-1)!;
      assert.equal(last.port, servers[0]!.port);
      assert.equal(last.state, undefined);
      assert.equal(new Set(list.map(({ port }) => port)).size, list.length);
      for (const failed of list.slice(0, -1)) assert.deepEqual([failed.state, failed.code], ['failed', 502]);
    }
  });

  it('are as many as the service says', async () => {
    await make('dead.test', dead, 1);
    const list = await tries('/dead.test');
    assert.deepEqual(
      list.map(({ state, code }) => [state, code]),
      [
        ['failed', 502],
        ['failed', 502],
      ],
    );
    assert.notEqual(list[0]!.port, list[1]!.port);
    await make('once.test', dead, 0);
    assert.equal((await tries('/once.test')).length, 1);
  });

  it('go round again when all targets have failed', async () => {
    await make('round.test', dead, 5);
    const list = await tries('/round.test');
    assert.equal(list.length, 6);
    assert.equal(new Set(list.slice(0, 3).map(({ port }) => port)).size, 3);
  });

  it('are made for any method while nothing was sent', async () => {
    await make('post.test', [...dead, servers[0]!.port], 5);
    for (let request = 0; request < 4; request++) {
      assert.equal((await tries('/post.test', 'POST')).at(-1)!.port, servers[0]!.port);
    }
  });

  it('are as many as a plugin says, and go where a plugin says', async () => {
    await make('more.test', dead, 0, { retries: 2 });
    assert.equal((await tries('/more.test')).length, 3);
    await make('moved.test', dead, 0, { host: '127.0.0.1', port: servers[1]!.port });
    assert.deepEqual(
      (await tries('/moved.test')).map(({ port }) => port),
      [servers[1]!.port],
    );
    await make('upstream.test', dead, 0, { host: 'mixed.test', port: 1, retries: 5 });
    assert.equal((await tries('/upstream.test')).at(-1)!.port, servers[0]!.port);
  });
});

describe('upstreams that cannot serve', () => {
  const message = 'failure to get a peer from the ring-balancer';
  const unserved = async (name: string): Promise<void> => {
    const { status, text } = await client.get(`/${name}`, { accept: 'application/json' });
    assert.deepEqual([status, JSON.parse(text).message], [503, message]);
  };

  it('are answered for with 503: without targets, without weight, with names that nobody knows', async () => {
    await createUpstream(gateway, 'empty.test', []);
    await unserved('empty.test');
    await gateway.admin('POST', '/upstreams/empty.test/targets', { target: `127.0.0.1:${ports()[0]}`, weight: 0 });
    await unserved('empty.test');
    await gateway.admin('POST', '/upstreams/empty.test/targets', { target: 'nobody.invalid:80' });
    await unserved('empty.test');
    await gateway.admin('PATCH', `/upstreams/empty.test/targets/127.0.0.1:${ports()[0]}`, { weight: 1 });
    assert.equal((await client.get('/empty.test')).status, 200);
  });

  it('are answered for with 503 when all targets are unhealthy', async () => {
    await createUpstream(gateway, 'sick.test', ports(), {
      healthchecks: { passive: { unhealthy: { tcp_failures: 1 } } },
    });
    for (const port of ports()) {
      await gateway.admin('PUT', `/upstreams/sick.test/targets/127.0.0.1:${port}/unhealthy`, undefined, 204);
    }
    await unserved('sick.test');
  });

  for (const target of ['127.0.0.1:99999', '127.0.0.1:port', 'a b:80', '[::1:80', '1.2.3.4.5:80', ':80', '']) {
    it(`do not come from targets like ${JSON.stringify(target)}, which are refused`, async () => {
      await gateway.admin('PUT', '/upstreams/refused.test', {});
      const { body } = await gateway.admin('POST', '/upstreams/refused.test/targets', { target }, 400);
      assert.equal(body.code, 2);
      assert.equal((await gateway.admin('GET', '/upstreams/refused.test/health')).body.data.length, 0);
    });
  }
});

describe('the Host header', () => {
  it('is the name and port of the target, or the host_header with that port', async () => {
    const port = ports()[0]!;
    await createUpstream(gateway, 'host.test', [port]);
    assert.equal((await client.get('/host.test')).text, `127.0.0.1:${port}`);
    await gateway.admin('PATCH', '/upstreams/host.test', { host_header: 'shown.test' });
    assert.equal((await client.get('/host.test')).text, `shown.test:${port}`);
    await gateway.admin('PATCH', '/upstreams/host.test', { host_header: 'shown.test:99' });
    assert.equal((await client.get('/host.test')).text, 'shown.test:99');
  });
});
