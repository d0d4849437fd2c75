import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { createClient, createUpstream, healthOf, startServer, type TestUpstream, until } from './support/upstreams.ts';

/** How a server answers: with a status, or not at all while it is 0. */
interface Server extends TestUpstream {
  status: number;
  /** Answers that were never given. */
  readonly owed: ServerResponse[];
}

async function start(): Promise<Server> {
  const owed: ServerResponse[] = [];
  const server: Server = Object.assign(
    await startServer((request, response) => {
      request.resume();
      request.on('end', () => {
        if (server.status === 0) {
          owed.push(response);
          return;
        }
        response.statusCode = server.status;
        response.end(String(server.port));
      });
    }),
    { status: 200, owed },
  );
  return server;
}

describe('retries by policy', () => {
  let gateway: InProcessGateway;
  let bad: Server;
  let good: Server;
  let client: ReturnType<typeof createClient>;

  before(async () => {
    gateway = await startTestGateway({
      plugins: 'bundled,log-tries',
      plugin_path: join(import.meta.dirname, 'support/plugins'),
    });
    [bad, good] = await Promise.all([start(), start()]);
    client = createClient(gateway);
  });
  after(async () => {
    client.close();
    await gateway.stop();
    await Promise.all([bad.close(), good.close()]);
  });

  /** An upstream of the bad server and the good one under a configuration; `retries` are the service's. */
  async function make(name: string, retry: object, retries = 5, ports = [bad.port, good.port]): Promise<void> {
    const service = name.replace('.', '-');
    await createUpstream(gateway, name, ports, {}, { name: service, retries });
    await gateway.admin('POST', `/services/${service}/plugins`, { name: 'resilience', config: { retry } });
    await gateway.admin('POST', `/services/${service}/plugins`, { name: 'log-tries' });
  }

  const statuses = async (path: string, count: number, method = 'GET'): Promise<number[]> => {
    const all: number[] = [];
    for (let request = 0; request < count; request++) all.push((await client.get(path, {}, method)).status);
    return all;
  };

  it('try another target after a status that was named, and pass on all others', async () => {
    await make('status.test', { statuses: [503] });
    bad.status = 503;
    assert.deepEqual(await statuses('/status.test', 6), [200, 200, 200, 200, 200, 200]);
    bad.status = 500;
    assert.equal((await statuses('/status.test', 6)).filter((status) => status === 500).length, 3);
    await gateway.waitForLog(/tries \[\{[^\]]*"code":503[^\]]*\},\{[^\]]*\}\]/);
  });

  it('pass on the answer of the last try, and make no more tries than the service says', async () => {
    await make('last.test', { statuses: [503] }, 2, [bad.port]);
    bad.status = 503;
    const before = bad.seen.length;
    const { status, text } = await client.get('/last.test');
    assert.deepEqual([status, text], [503, String(bad.port)]);
    assert.equal(bad.seen.length - before, 3);
  });

  it('leave requests alone that are not to be repeated, unless their method is named', async () => {
    await make('post.test', { statuses: [503] });
    await make('named.test', { statuses: [503], methods: ['POST'] });
    bad.status = 503;
    assert.equal((await statuses('/post.test', 6, 'POST')).filter((status) => status === 503).length, 3);
    assert.deepEqual(await statuses('/named.test', 4, 'POST'), [200, 200, 200, 200]);
    assert.equal((await statuses('/named.test', 6, 'GET')).filter((status) => status === 503).length, 3);
  });

  it('send a body again as long as it was kept, and never half of one', async () => {
    await make('body.test', { statuses: [503], methods: ['PUT'] });
    bad.status = 503;
    const put = async (size: number): Promise<number> => {
      const connection = await gateway.connect();
      const body = 'x'.repeat(size);
      const answer = await connection.ask(
        `PUT /body.test HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n${body}`,
      );
      connection.close();
      return answer.status;
    };
    for (let request = 0; request < 4; request++) assert.equal(await put(5000), 200);
    const large = [await put(300_000), await put(300_000)];
    assert.deepEqual(large.toSorted(), [200, 503]);
  });

  it('give up on a try that takes too long, and make another', async () => {
    await make('slow.test', { try_timeout: 200 });
    bad.status = 0;
    const before = bad.seen.length;
    assert.deepEqual(await statuses('/slow.test', 2), [200, 200]);
    assert.ok(bad.seen.length > before);
    await make('all-slow.test', { try_timeout: 200 }, 1, [bad.port]);
    const started = performance.now();
    assert.deepEqual(await statuses('/all-slow.test', 1), [504]);
    assert.ok(performance.now() - started < 5000, 'read_timeout is a minute');
  });

  it('let an answer take its time once its head is there', async () => {
    const server = await startServer((_request, response) => {
      response.write('begin ');
      setTimeout(() => response.end('end'), 600);
    });
    await make('trickle.test', { try_timeout: 200 }, 0, [server.port]);
    assert.equal((await client.get('/trickle.test')).text, 'begin end');
    await server.close();
  });

  it('end when the budget is spent, also after broken connections', async () => {
    await make('budget.test', { statuses: [503], budget_percent: 0, budget_min_per_second: 0.3 }, 5, [bad.port]);
    bad.status = 503;
    const before = bad.seen.length;
    await statuses('/budget.test', 4);
    assert.equal(bad.seen.length - before, 4 + 3);
  });

  it('let go of every target that they picked, however many run at a time', async () => {
    await make('busy.test', { statuses: [503], try_timeout: 5000 });
    await gateway.admin('PATCH', '/upstreams/busy.test', { algorithm: 'least-connections' });
    bad.status = 503;
    const all = await Promise.all(Array.from({ length: 300 }, () => client.get('/busy.test')));
    assert.deepEqual([...new Set(all.map(({ status }) => status))], [200]);
    bad.status = 200;
    // A target with requests under way that nobody makes any more would get none.
    const ports: string[] = [];
    for (let request = 0; request < 40; request++) ports.push((await client.get('/busy.test')).text);
    assert.equal(ports.filter((port) => port === String(bad.port)).length, 20);
  });

  it('stay as they are for services without the plugin', async () => {
    await createUpstream(gateway, 'plain.test', [bad.port, good.port]);
    bad.status = 503;
    assert.equal((await statuses('/plain.test', 6)).filter((status) => status === 503).length, 3);
  });
});

describe('targets that are ejected', () => {
  let gateway: InProcessGateway;
  let servers: Server[];

  before(async () => {
    gateway = await startTestGateway({ nginx_worker_processes: '2' });
    servers = await Promise.all([start(), start(), start()]);
  });
  after(async () => {
    await gateway.stop();
    await Promise.all(servers.map((server) => server.close()));
  });

  const config = { failures: 3, time: 0.2, max_time: 30, max_share: 34 };

  it('get no request from any worker, are tried out, and come back when they answer', async () => {
    const [bad] = servers as [Server];
    const ports = servers.map(({ port }) => port);
    await createUpstream(gateway, 'eject.test', ports, {}, { name: 'eject' });
    await gateway.admin('POST', '/services/eject/plugins', { name: 'resilience', config: { ejection: config } });
    const health = async () => (await healthOf(gateway, 'eject.test'))[bad.port];
    const client = createClient(gateway);
    bad.status = 503;
    await until('it is ejected', async () => {
      await client.get('/eject.test');
      return (await health()) === 'UNHEALTHY';
    });
    const { body } = await gateway.admin('GET', '/upstreams/eject.test/health');
    const row = body.data.find((each: { target: string }) => each.target === `127.0.0.1:${bad.port}`);
    assert.match(row.reason, /^(3 failures in a row|failed its trial), ejected for [\d.]+ s: status 503$/);
    // Trials fail, each ejection is twice as long as the last one.
    await until('three trials have failed', async () => {
      await client.get('/eject.test');
      return (gateway.readLog().match(/failed its trial, ejected for/g) ?? []).length >= 3;
    });
    assert.match(gateway.readLog(), /ejected for 0\.4 s.*ejected for 0\.8 s.*ejected for 1\.6 s/s);
    bad.status = 200;
    await until('it passed its trial', async () => {
      await client.get('/eject.test');
      return /it passed its trial/.test(gateway.readLog());
    });
    const seen = bad.seen.length;
    await Promise.all(Array.from({ length: 40 }, () => client.get('/eject.test')));
    assert.ok(bad.seen.length - seen > 5);
    assert.equal(await health(), 'HEALTHCHECKS_OFF');
  });

  it('are a third of three at most', async () => {
    const ports = servers.map(({ port }) => port);
    await createUpstream(gateway, 'share.test', ports, {}, { name: 'share', retries: 0 });
    await gateway.admin('POST', '/services/share/plugins', {
      name: 'resilience',
      config: { ejection: { ...config, time: 60, max_time: 60 } },
    });
    for (const server of servers) server.status = 503;
    const client = createClient(gateway);
    for (let request = 0; request < 40; request++) assert.equal((await client.get('/share.test')).status, 503);
    const words = Object.values(await healthOf(gateway, 'share.test'));
    assert.equal(words.filter((word) => word === 'UNHEALTHY').length, 1);
    for (const server of servers) server.status = 200;
  });

  it('leave 503 at once where all may be out, and come back by the word of an operator', async () => {
    const [bad] = servers as [Server];
    await createUpstream(gateway, 'breaker.test', [bad.port], {}, { name: 'breaker', retries: 0 });
    await gateway.admin('POST', '/services/breaker/plugins', {
      name: 'resilience',
      config: { ejection: { ...config, failures: 1, time: 60, max_time: 60, max_share: 100 } },
    });
    bad.status = 503;
    const client = createClient(gateway);
    await client.get('/breaker.test');
    await until('the circuit is open', async () => {
      const seen = bad.seen.length;
      const { status, text } = await client.get('/breaker.test', { accept: 'application/json' });
      return (
        status === 503 && bad.seen.length === seen && text.includes('failure to get a peer from the ring-balancer')
      );
    });
    bad.status = 200;
    await gateway.admin('PUT', `/upstreams/breaker.test/targets/127.0.0.1:${bad.port}/healthy`, undefined, 204);
    assert.equal((await client.get('/breaker.test')).status, 200);
  });

  it('leave the upstream as Kong has it: what is read can be written back', async () => {
    const { body } = await gateway.admin('GET', '/upstreams/eject.test');
    const put = await gateway.admin('PUT', `/upstreams/${body.id}`, body);
    assert.deepEqual({ ...put.body, updated_at: 0 }, { ...body, updated_at: 0 });
    const { body: plugins } = await gateway.admin('GET', '/services/eject/plugins');
    const [plugin] = plugins.data;
    const again = await gateway.admin('PUT', `/plugins/${plugin.id}`, plugin);
    assert.deepEqual({ ...again.body, updated_at: 0 }, { ...plugin, updated_at: 0 });
  });
});
