import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../../support/scripted-upstream.ts';
import { createUpstream, until } from './support/upstreams.ts';

const get = 'GET /kept.test HTTP/1.1\r\nHost: a\r\n\r\n';

describe('connections to targets', () => {
  let gateway: InProcessGateway;
  const upstreams: ScriptedUpstream[] = [];

  afterEach(async () => {
    await gateway.stop();
    for (const upstream of upstreams.splice(0)) await upstream.close();
  });

  /** A gateway under settings, with an upstream that adds lines to its answers. */
  async function start(settings: { readonly [name: string]: string }, lines = ''): Promise<ScriptedUpstream> {
    const upstream = await startUpstream((side) =>
      side.answerAll(() => `HTTP/1.1 200 OK\r\n${lines}Content-Length: 2\r\n\r\nok`),
    );
    upstreams.push(upstream);
    gateway = await startTestGateway(settings);
    await createUpstream(gateway, 'kept.test', [upstream.port]);
    return upstream;
  }

  async function ask(times: number): Promise<void> {
    const client = await gateway.connect();
    for (let time = 0; time < times; time++) assert.equal((await client.ask(get)).status, 200);
    client.close();
  }

  it('carry as many requests as upstream_keepalive_max_requests says', async () => {
    const upstream = await start({ upstream_keepalive_max_requests: '3' });
    await ask(7);
    assert.deepEqual(
      upstream.seen.map((text) => text.split('GET / ').length - 1),
      [3, 3, 1],
    );
    for (const side of upstream.connections.slice(0, 2)) await side.gone();
  });

  it('are not kept where upstream_keepalive_pool_size is 0', async () => {
    const upstream = await start({ upstream_keepalive_pool_size: '0' });
    await ask(3);
    assert.equal(upstream.connections.length, 3);
    for (const side of upstream.connections) await side.gone();
  });

  it('are closed when they were idle for upstream_keepalive_idle_timeout', async () => {
    const upstream = await start({ upstream_keepalive_idle_timeout: '1' });
    await ask(2);
    assert.equal(upstream.connections.length, 1);
    await upstream.connections[0]!.gone();
    await ask(1);
    assert.equal(upstream.connections.length, 2);
  });

  it('are closed before the time-out that the target announced', async () => {
    const upstream = await start({}, 'Keep-Alive: timeout=2\r\n');
    const started = performance.now();
    await ask(1);
    await upstream.connections[0]!.gone();
    const waited = performance.now() - started;
    assert.ok(waited < 2000, `it was closed after ${Math.round(waited)} ms`);
  });

  it('are noticed when the target has closed them, and others are made', async () => {
    const upstream = await start({});
    for (let round = 1; round <= 5; round++) {
      await ask(1);
      assert.equal(upstream.connections.length, round);
      const side = upstream.connections.at(-1)!;
      side.end();
      await side.gone();
    }
    assert.doesNotMatch(gateway.readLog(), /Cannot/);
  });

  it('are closed when their target goes, those of other targets stay', async () => {
    const upstream = await start({});
    const other = await startUpstream();
    upstreams.push(other);
    await gateway.admin('POST', '/upstreams/kept.test/targets', { target: `127.0.0.1:${other.port}` });
    await until('both are connected', async () => {
      await ask(1);
      return upstream.connections.length + other.connections.length === 2;
    });
    await gateway.admin('DELETE', `/upstreams/kept.test/targets/127.0.0.1:${upstream.port}`);
    await upstream.connections[0]!.gone();
    await ask(4);
    assert.equal(other.connections.length, 1);
  });
});
