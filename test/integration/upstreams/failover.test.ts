import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import {
  createClient,
  createUpstream,
  healthOf,
  startProcess,
  type UpstreamProcess,
  until,
} from './support/upstreams.ts';

const checks = {
  active: {
    healthy: { interval: 0.2, successes: 1 },
    unhealthy: { interval: 0.2, tcp_failures: 1, timeouts: 1, http_failures: 1 },
  },
  passive: { unhealthy: { tcp_failures: 1, timeouts: 1 } },
};

const requestsPerSecond = 200;

/** Requests at an even pace, whether or not the ones before were answered, until told to stop. */
function startLoad(gateway: InProcessGateway, path: string) {
  const client = createClient(gateway, 64);
  const counts = { failed: 0, all: 0, byPort: new Map<string, number>() };
  const underWay = new Set<Promise<void>>();
  const started = performance.now();
  let sent = 0;

  async function ask(): Promise<void> {
    try {
      const { status, text } = await client.get(path);
      if (status === 200) counts.byPort.set(text, (counts.byPort.get(text) ?? 0) + 1);
      else counts.failed += 1;
    } catch {
      counts.failed += 1;
    }
    counts.all += 1;
  }

  const timer = setInterval(() => {
    for (const due = ((performance.now() - started) / 1000) * requestsPerSecond; sent < due; sent++) {
      const asked = ask().finally(() => underWay.delete(asked));
      underWay.add(asked);
    }
  }, 5);
  return {
    counts,
    /** Answers of a port while so many more requests are answered. */
    async during(requests: number, port: number): Promise<number> {
      const from = counts.all;
      const before = counts.byPort.get(String(port)) ?? 0;
      await until('the load went on', () => counts.all >= from + requests);
      return (counts.byPort.get(String(port)) ?? 0) - before;
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      client.close();
    },
  };
}

describe('targets that are killed under 200 requests a second', () => {
  let gateway: InProcessGateway;
  let upstreams: UpstreamProcess[];

  before(async () => {
    gateway = await startTestGateway({ nginx_worker_processes: '2' });
    upstreams = await Promise.all([startProcess(), startProcess(), startProcess()]);
  });
  after(async () => {
    await gateway.stop();
    await Promise.all(upstreams.map((upstream) => upstream.kill()));
  });

  it('cost at most one request a kill, none once the check has seen it, and get traffic again when they are back', async () => {
    const ports = upstreams.map(({ port }) => port);
    await createUpstream(gateway, 'killed.test', ports, { healthchecks: checks });
    const load = startLoad(gateway, '/killed.test');
    try {
      for (const victim of [upstreams[0]!, upstreams[1]!, upstreams[0]!]) {
        assert.ok((await load.during(100, victim.port)) > 0);
        const failedBefore = load.counts.failed;
        await victim.kill();
        await until('the target is unhealthy', async () => {
          return (await healthOf(gateway, 'killed.test'))[victim.port] === 'UNHEALTHY';
        });
        const failedByKill = load.counts.failed - failedBefore;
        assert.ok(failedByKill <= 1, `${failedByKill} requests failed`);
        const failed = load.counts.failed;
        assert.equal(await load.during(300, victim.port), 0);
        assert.equal(load.counts.failed, failed);
        await victim.revive();
        await until('the target is healthy again', async () => {
          return (await healthOf(gateway, 'killed.test'))[victim.port] === 'HEALTHY';
        });
        assert.ok((await load.during(100, victim.port)) > 0);
        assert.equal(load.counts.failed, failed);
      }
    } finally {
      await load.stop();
    }
    const log = gateway.readLog();
    const taken = log.match(/Take target .* out of upstream "killed\.test": .*/g) ?? [];
    const put = log.match(/Put target .* back into upstream "killed\.test": 1 success in active checks: status 200/g);
    assert.equal(taken.length, 3, taken.join('\n'));
    assert.equal(put?.length, 3);
  });

  it('leave 503 when all of them are gone, and recover by themselves', async () => {
    const ports = upstreams.slice(1).map(({ port }) => port);
    await createUpstream(gateway, 'gone.test', ports, { healthchecks: checks });
    const client = createClient(gateway);
    assert.equal((await client.get('/gone.test')).status, 200);
    await Promise.all(upstreams.slice(1).map((upstream) => upstream.kill()));
    await until('no target is left', async () => (await client.get('/gone.test')).status === 503);
    const { headers, text } = await client.get('/gone.test', { accept: 'application/json' });
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(JSON.parse(text).message, 'failure to get a peer from the ring-balancer');
    const whole = await gateway.admin('GET', '/upstreams/gone.test/health?balancer_health=1');
    assert.equal(whole.body.data.health, 'UNHEALTHY');
    await Promise.all(upstreams.slice(1).map((upstream) => upstream.revive()));
    await until('a target is back', async () => (await client.get('/gone.test')).status === 200);
  });
});
