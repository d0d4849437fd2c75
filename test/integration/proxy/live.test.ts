import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { type Gate, startGate } from '../../support/gate.ts';
import { createRoute, startChildGateway, type TestGateway } from '../../support/gateway.ts';
import { Incomplete, type RawClient } from '../../support/raw-client.ts';
import { startUpstream } from '../../support/scripted-upstream.ts';
import { type Bench, startBench } from './bench.ts';

const settings = { nginx_worker_processes: '2', plugins: 'bundled,probe' };

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
}

/** Connections enough that every worker has some. */
function connectAll(bench: Bench, count = 24): Promise<RawClient[]> {
  return Promise.all(Array.from({ length: count }, () => bench.gateway.connect()));
}

async function statusesOf(clients: readonly RawClient[], path: string): Promise<number[]> {
  const answers = await Promise.all(clients.map((client) => client.ask(get(path))));
  return [...new Set(answers.map(({ status }) => status))];
}

describe('changes of configuration', () => {
  let bench: Bench;
  let clients: RawClient[];
  before(async () => {
    bench = await startBench(settings);
    clients = await connectAll(bench);
  });
  after(() => bench.close());

  it('hold on all workers as soon as they are acknowledged', async (t) => {
    assert.deepEqual(await statusesOf(clients, '/live'), [404]);
    const times: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const started = performance.now();
      const route = await bench.gateway.admin('POST', `/services/${bench.serviceId}/routes`, { paths: ['/live'] });
      assert.deepEqual(await statusesOf(clients, '/live'), [200]);
      times.push(performance.now() - started);
      await bench.gateway.admin('PATCH', `/routes/${route.body.id}`, { paths: ['/moved'] });
      assert.deepEqual(await statusesOf(clients, '/live'), [404]);
      assert.deepEqual(await statusesOf(clients, '/moved'), [200]);
      const plugin = await bench.gateway.admin('POST', `/routes/${route.body.id}/plugins`, {
        name: 'request-termination',
        config: { status_code: 418 },
      });
      assert.deepEqual(await statusesOf(clients, '/moved'), [418]);
      await bench.gateway.admin('DELETE', `/plugins/${plugin.body.id}`);
      assert.deepEqual(await statusesOf(clients, '/moved'), [200]);
      await bench.gateway.admin('DELETE', `/routes/${route.body.id}`);
      assert.deepEqual(await statusesOf(clients, '/moved'), [404]);
    }
    times.sort((a, b) => a - b);
    t.diagnostic(
      `from sending a route to its first use on all workers: median ${times[5]!.toFixed(1)} ms, most ${times[9]!.toFixed(1)} ms`,
    );
    assert.ok(times[5]! < 500);
  });

  it('hold for upstreams, targets and services too', async () => {
    const other = await startUpstream(async (side) => {
      await side.answerAll(() => 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother');
    });
    await bench.gateway.admin('POST', '/upstreams', { name: 'live.test' });
    await bench.gateway.admin('POST', '/upstreams/live.test/targets', { target: `127.0.0.1:${bench.upstream.port}` });
    const { service } = await createRoute(bench.gateway, 80, '/balanced', { host: 'live.test' });
    const ask = async (): Promise<string[]> => {
      const answers = await Promise.all(clients.map((client) => client.ask(get('/balanced'))));
      return [...new Set(answers.map(({ text }) => text))].sort();
    };
    assert.deepEqual(await ask(), ['GET / 0']);
    const target = await bench.gateway.admin('POST', '/upstreams/live.test/targets', {
      target: `127.0.0.1:${other.port}`,
    });
    assert.deepEqual(await ask(), ['GET / 0', 'other']);
    await bench.gateway.admin('DELETE', `/upstreams/live.test/targets/${target.body.id}`);
    assert.deepEqual(await ask(), ['GET / 0']);
    await bench.gateway.admin('PATCH', `/services/${service.id}`, { host: '127.0.0.1', port: other.port });
    assert.deepEqual(await ask(), ['other']);
    await bench.gateway.admin('PATCH', `/services/${service.id}`, { enabled: false });
    assert.deepEqual(await statusesOf(clients, '/balanced'), [404]);
    await other.close();
  });

  it('leave requests in flight on the configuration that they began with', async () => {
    const gate = await startGate();
    const { service, route } = await createRoute(bench.gateway, bench.upstream.port, '/held', { path: '/was' });
    const held = await bench.gateway.admin('POST', `/routes/${route.id}/plugins`, {
      name: 'probe',
      config: { phase: 'access', does: 'wait', gate: gate.port },
    });
    const header = await bench.gateway.admin('POST', `/routes/${route.id}/plugins`, {
      name: 'cors',
      config: { origins: ['https://before.test'] },
    });
    const client = await bench.gateway.connect();
    client.send('GET /held/x HTTP/1.1\r\nHost: a\r\nOrigin: https://before.test\r\n\r\n');
    await gate.arrived(1);
    await bench.gateway.admin('DELETE', `/plugins/${held.body.id}`);
    await bench.gateway.admin('DELETE', `/plugins/${header.body.id}`);
    await bench.gateway.admin('DELETE', `/routes/${route.id}`);
    await bench.gateway.admin('DELETE', `/services/${service.id}`);
    assert.deepEqual(await statusesOf(clients, '/held/x'), [404]);
    gate.open();
    const answer = await client.answer();
    assert.equal(answer.text, 'GET /was/x 0');
    assert.equal(answer.header('access-control-allow-origin'), 'https://before.test');
    assert.equal((await client.ask(get('/held/x'))).status, 404);
    client.close();
    await gate.close();
  });
});

describe('a worker that dies', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench(settings);
  });
  after(() => bench.close());

  it('is replaced, while the other one goes on', async () => {
    const { route } = await createRoute(bench.gateway, bench.upstream.port, '/kill');
    await bench.gateway.admin('POST', `/routes/${route.id}/plugins`, {
      name: 'probe',
      config: { phase: 'access', does: 'kill' },
    });
    for (let life = 1; life <= 3; life += 1) {
      const clients = await connectAll(bench);
      assert.deepEqual(await statusesOf(clients, '/t/x'), [200]);
      const killer = await bench.gateway.connect();
      killer.send(get('/kill'));
      await killer.closed();
      // Those of the other worker notice nothing.
      const outcomes = await Promise.allSettled(clients.map((client) => client.ask(get('/t/x'))));
      const served = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      assert.ok(served.length > 0);
      for (const { value } of served) assert.equal(value.status, 200);
      for (const client of clients) client.close();
      // New connections are served all along.
      const fresh = await bench.gateway.connect();
      assert.equal((await fresh.ask(get('/t/x'))).status, 200);
      fresh.close();
      // The one in its place hears of changes like the others.
      await bench.gateway.waitForLog(
        new RegExp(`(?:exited with code 3: starting another one[\\s\\S]*serves again[\\s\\S]*){${life}}`),
      );
      const made = await bench.gateway.admin('POST', `/services/${bench.serviceId}/routes`, {
        paths: [`/life-${life}`],
      });
      const others = await connectAll(bench);
      assert.deepEqual(await statusesOf(others, `/life-${life}`), [200]);
      await bench.gateway.admin('DELETE', `/routes/${made.body.id}`);
      assert.deepEqual(await statusesOf(others, `/life-${life}`), [404]);
      for (const client of others) client.close();
    }
  });
});

/** Resolves once nobody listens any more. */
async function refusal(gateway: TestGateway): Promise<void> {
  await assert.rejects(async () => {
    for (;;) (await gateway.connect()).close();
  });
}

describe('the end of a node', () => {
  it('lets requests in flight finish and closes idle connections', async (t) => {
    const bench = await startBench(settings);
    t.after(() => bench.close());
    bench.upstream.script = async (side) => {
      while (await side.reader.hasMore()) {
        const request = await side.request();
        if (request.target === '/u/download') {
          // The head goes out before the end begins, and promises to keep the connection.
          await side.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello');
          await ended;
          await side.send('world');
        } else if (request.target === '/u/wait') {
          await ended;
          await side.answer('200 OK', 'late');
        } else await side.answer('200 OK', 'ok');
      }
    };
    let end: () => void = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });

    const idle = await connectAll(bench, 6);
    assert.deepEqual(await statusesOf(idle, '/t/x'), [200]);
    const downloading = await bench.gateway.connect();
    downloading.send(get('/t/download'));
    await downloading.reader.until((text) => text.endsWith('hello'), 'the first half');
    const waiting = await bench.gateway.connect();
    waiting.send(get('/t/wait'));
    const uploading = await bench.gateway.connect();
    uploading.send('POST /t/up HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\npart');
    while (!bench.upstream.seen.some((text) => text.includes('/u/wait'))) await new Promise(setImmediate);

    const stopping = bench.gateway.stop(true);
    for (const client of idle) assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
    await refusal(bench.gateway);
    uploading.send('x'.repeat(99_996));
    const uploaded = await uploading.answer('POST');
    assert.equal(uploaded.text, 'ok');
    assert.equal(uploaded.header('connection'), 'close');
    const started = performance.now();
    end();
    assert.equal((await waiting.answer()).text, 'late');
    assert.equal((await downloading.answer()).text, 'helloworld');
    assert.deepEqual(await downloading.closed(), { ending: 'end', rest: '' });
    await stopping;
    // Not by the keep-alive time-out, nor by the limit of the stop.
    assert.ok(performance.now() - started < 8000);
  });

  it('gives connections that have not asked yet a moment to do so', async (t) => {
    const bench = await startBench({ ...settings, nginx_worker_processes: '1' });
    t.after(() => bench.close());
    const fresh = await connectAll(bench, 6);
    const idle = await bench.gateway.connect();
    assert.equal((await idle.ask(get('/t/x'))).status, 200);
    const stopping = bench.gateway.stop(true);
    // The end of this one tells that the others have been seen too.
    await idle.closed();
    const answers = await Promise.all(fresh.map((client) => client.ask(get('/t/x'))));
    for (const answer of answers) {
      assert.equal(answer.text, 'GET /u/x 0');
      assert.equal(answer.header('connection'), 'close');
    }
    await stopping;
  });
});

/** True when a connection ended before any byte of an answer, at one of the two times when it may. */
function isUnserved(fault: unknown, isUsed: boolean): boolean {
  if (fault instanceof Incomplete) {
    const isBetween = fault.message.includes('the head') && fault.body.length === 0;
    return isBetween && (isUsed || fault.ending === 'reset');
  }
  return fault instanceof Error && 'code' in fault && fault.code === 'ECONNRESET';
}

describe('a reload', () => {
  let bench: Bench;
  let gate: Gate;
  before(async () => {
    bench = await startBench(settings);
    gate = await startGate();
  });
  after(async () => {
    await bench.close();
    await gate.close();
  });

  it('drops no request', async (t) => {
    const waiting = await connectAll(bench, 8);
    let isOver = false;
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    bench.upstream.script = (side) =>
      side.answerAll().catch((fault: unknown) => {
        if (!(fault instanceof Incomplete)) throw fault;
      });
    const held = await startUpstream(async (side) => {
      await side.request();
      await released;
      await side.answer('200 OK', 'held');
    });
    t.after(() => {
      isOver = true;
      release();
      return held.close();
    });
    await createRoute(bench.gateway, held.port, '/held');
    for (const client of waiting) client.send(get('/held'));
    await held.connection(7);

    // Clients that go on asking, as clients do: a kept connection that ends between requests is replaced, and so is one
    // that the system refuses because the listener that it chose ends at this instant (docs/operations.md).
    let asked = 0;
    const faults: unknown[] = [];
    const traffic = Array.from({ length: 6 }, async () => {
      let client: RawClient | undefined;
      let isUsed = false;
      while (!isOver) {
        try {
          client ??= await bench.gateway.connect();
          client.send(get('/t/x'));
          assert.equal((await client.answer()).text, 'ok');
          asked += 1;
          isUsed = true;
          const { ending } = client.reader;
          if (ending !== undefined) {
            client = undefined;
            isUsed = false;
          }
        } catch (fault) {
          if (!isUnserved(fault, isUsed)) faults.push(fault);
          client = undefined;
          isUsed = false;
        }
      }
      client?.close();
    });
    while (asked < 100) await new Promise(setImmediate);
    const reloading = bench.gateway.running.reload(bench.gateway.settings({ nginx_worker_processes: '3' }));
    const soFar = asked;
    while (asked < soFar + 500) await new Promise(setImmediate);
    release();
    for (const client of waiting) assert.equal((await client.answer()).text, 'held');
    await reloading;
    const before = asked;
    while (asked < before + 200) await new Promise(setImmediate);
    isOver = true;
    await Promise.all(traffic);
    assert.deepEqual(faults, []);
    const { body } = await bench.gateway.admin('GET', '/');
    assert.equal(body.pids.workers.length, 3);
    const made = await bench.gateway.admin('POST', `/services/${bench.serviceId}/routes`, { paths: ['/after'] });
    const clients = await connectAll(bench);
    assert.deepEqual(await statusesOf(clients, '/after'), [200]);
    await bench.gateway.admin('DELETE', `/routes/${made.body.id}`);
  });
});

it('a stop during a reload ends the workers of both generations', async (t) => {
  const bench = await startBench(settings);
  t.after(() => bench.close());
  const held = await startUpstream((side) => side.reader.rest().then(() => {}));
  t.after(() => held.close());
  await createRoute(bench.gateway, held.port, '/held');
  const client = await bench.gateway.connect();
  client.send(get('/held'));
  await held.connection(0);
  const idle = await bench.gateway.connect();
  assert.equal((await idle.ask(get('/t/x'))).status, 200);
  const reloading = bench.gateway.running.reload(bench.gateway.settings());
  // Its end tells that the former workers are left with the request that never ends.
  await idle.closed();
  await bench.gateway.stop();
  await reloading;
  assert.equal((await client.closed()).rest, '');
  await assert.rejects(bench.gateway.admin('GET', '/'));
});

describe('a process that is killed', () => {
  it('loses no write that it acknowledged, and starts again', async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    let prefix: string | undefined;
    const acknowledged: string[] = [];
    for (let life = 0; life < 3; life += 1) {
      const gateway = await startChildGateway({ nginx_worker_processes: '1' }, prefix);
      if (life === 0) t.after(() => rmSync(gateway.prefix, { recursive: true, force: true }));
      prefix = gateway.prefix;
      // What earlier lives were told is there, and is served.
      for (const name of acknowledged) await gateway.admin('GET', `/routes/${name}`);
      if (acknowledged.length > 0) {
        const client = await gateway.connect();
        for (const name of acknowledged) assert.equal((await client.ask(get(`/${name}`))).text, 'ok', name);
        client.close();
      }
      const service = await gateway.admin('POST', '/services', { host: '127.0.0.1', port: upstream.port });
      const wanted = acknowledged.length + 20;
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let at = 0; ; at += 1) {
          const name = `route-${life}-${writer}-${at}`;
          try {
            await gateway.admin('POST', `/services/${service.body.id}/routes`, { name, paths: [`/${name}`] }, 201);
          } catch {
            return;
          }
          acknowledged.push(name);
        }
      });
      while (acknowledged.length < wanted) await new Promise(setImmediate);
      await gateway.kill('SIGKILL');
      await Promise.all(writers);
    }
    t.diagnostic(`${acknowledged.length} writes were acknowledged over three lives`);
  });

  it('ends in order when it is asked to', async (t) => {
    const upstream = await startUpstream();
    t.after(() => upstream.close());
    const gateway = await startChildGateway({ nginx_worker_processes: '1' });
    t.after(() => rmSync(gateway.prefix, { recursive: true, force: true }));
    await createRoute(gateway, upstream.port, '/a');
    let answer: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    upstream.script = async (side) => {
      await side.request();
      await answered;
      await side.answer('200 OK', 'late');
      await side.answerAll();
    };
    const client = await gateway.connect();
    client.send(get('/a'));
    await upstream.connection(0);
    const ending = gateway.kill('SIGQUIT');
    await refusal(gateway);
    answer();
    assert.equal((await client.answer()).text, 'late');
    assert.equal(await ending, 0);
  });
});
