import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { createClient, createUpstream, healthOf, startServer, type TestUpstream } from './support/upstreams.ts';

/** So many new connections reach both workers, but for one time in 2^39. */
const everyWorker = 40;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('health that two workers share', () => {
  let gateway: InProcessGateway;
  let good: TestUpstream;
  let bad: TestUpstream;

  before(async () => {
    gateway = await startTestGateway({ nginx_worker_processes: '2' });
    good = await startServer((_request, response) => response.end('good'));
    bad = await startServer((_request, response) => {
      response.statusCode = 500;
      response.end('bad');
    });
  });
  after(async () => {
    await gateway.stop();
    await Promise.all([good.close(), bad.close()]);
  });

  async function statuses(path: string): Promise<number[]> {
    const client = createClient(gateway);
    const answers = await Promise.all(Array.from({ length: everyWorker }, () => client.get(path)));
    return answers.map(({ status }) => status);
  }

  it('trips at the threshold itself, and in both of them within 100 ms', async () => {
    await createUpstream(gateway, 'passive.test', [good.port, bad.port], {
      healthchecks: { passive: { unhealthy: { http_failures: 3 } } },
    });
    const client = createClient(gateway);
    let failures = 0;
    for (let request = 0; failures < 3; request++) {
      assert.ok(request < 200, 'the bad target gets its share');
      if ((await client.get('/passive.test')).status === 500) {
        failures += 1;
        await pause(100);
      }
    }
    assert.deepEqual([...new Set(await statuses('/passive.test'))], [200]);
    assert.equal(bad.seen.length, 3);
  });

  it('follows what an operator sets as soon as it is answered', async () => {
    await createUpstream(gateway, 'manual.test', [good.port, bad.port], {
      healthchecks: { passive: { unhealthy: { tcp_failures: 100 } } },
    });
    for (let round = 0; round < 3; round++) {
      await gateway.admin('PUT', `/upstreams/manual.test/targets/127.0.0.1:${bad.port}/unhealthy`, undefined, 204);
      assert.deepEqual([...new Set(await statuses('/manual.test'))], [200]);
      await gateway.admin('POST', `/upstreams/manual.test/targets/127.0.0.1:${bad.port}/healthy`, undefined, 204);
      assert.deepEqual(new Set(await statuses('/manual.test')), new Set([200, 500]));
    }
  });

  it('outlives the workers', async () => {
    await createUpstream(gateway, 'reload.test', [good.port, bad.port], {
      healthchecks: { passive: { unhealthy: { tcp_failures: 100 } } },
    });
    await gateway.admin('PUT', `/upstreams/reload.test/targets/127.0.0.1:${bad.port}/unhealthy`, undefined, 204);
    await gateway.running.reload(gateway.settings());
    assert.deepEqual([...new Set(await statuses('/reload.test'))], [200]);
  });

  it('is not reset by a target that is added', async () => {
    await createUpstream(gateway, 'edited.test', [good.port, bad.port], {
      healthchecks: { passive: { unhealthy: { tcp_failures: 100 } } },
    });
    await gateway.admin('PUT', `/upstreams/edited.test/targets/127.0.0.1:${bad.port}/unhealthy`, undefined, 204);
    const other = await startServer((_request, response) => response.end('other'));
    await gateway.admin('POST', '/upstreams/edited.test/targets', { target: `127.0.0.1:${other.port}` });
    await gateway.admin('PATCH', '/upstreams/edited.test', { algorithm: 'least-connections' });
    assert.deepEqual([...new Set(await statuses('/edited.test'))], [200]);
    assert.ok(other.seen.length > 0);
    await other.close();
  });
});

describe('health without a database', () => {
  it('stays when a configuration with one more target is loaded', async () => {
    const gateway = await startTestGateway({ database: 'off' });
    const configuration = (targets: readonly string[]): object => ({
      _format_version: '3.0',
      upstreams: [
        {
          name: 'declared.test',
          healthchecks: { passive: { unhealthy: { tcp_failures: 1 } } },
          targets: targets.map((target) => ({ target })),
        },
      ],
    });
    await gateway.admin('POST', '/config', configuration(['127.0.0.1:1', '127.0.0.1:2']));
    await gateway.admin('PUT', '/upstreams/declared.test/targets/127.0.0.1:1/unhealthy', undefined, 204);
    await gateway.admin('POST', '/config', configuration(['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3']));
    assert.deepEqual(await healthOf(gateway, 'declared.test'), { 1: 'UNHEALTHY', 2: 'HEALTHY', 3: 'HEALTHY' });
    await gateway.stop();
  });
});
