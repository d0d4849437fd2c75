import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { closedPort } from './support/upstreams.ts';

const notFound = { message: 'Not found' };
const passive = { healthchecks: { passive: { unhealthy: { http_failures: 3 } } } };

describe('health in the Admin API', () => {
  let gateway: InProcessGateway;

  before(async () => {
    // Nobody answers questions for names, so that each of them fails at once.
    gateway = await startTestGateway({ dns_resolver: `127.0.0.1:${await closedPort()}`, dns_hostsfile: '/dev/null' });
    await gateway.admin('POST', '/upstreams', { name: 'on.test', ...passive });
    await gateway.admin('POST', '/upstreams', { name: 'off.test' });
    for (const name of ['on.test', 'off.test']) {
      for (const target of ['10.0.0.1:81', '10.0.0.2:82', '[fd00::1]:83']) {
        await gateway.admin('POST', `/upstreams/${name}/targets`, { target });
      }
    }
  });
  after(() => gateway.stop());

  const put = async (path: string, expected: number): Promise<unknown> =>
    (await gateway.admin('PUT', `/upstreams/${path}`, undefined, expected)).body;
  const words = async (name: string): Promise<string[]> => {
    const { body } = await gateway.admin('GET', `/upstreams/${name}/health`);
    return body.data.map((target: { target: string; health: string }) => `${target.target} ${target.health}`);
  };

  it('shows each target with its health, the newest first', async () => {
    const { body } = await gateway.admin('GET', '/upstreams/on.test/health');
    const upstream = await gateway.admin('GET', '/upstreams/on.test');
    assert.deepEqual(Object.keys(body).sort(), ['data', 'next', 'node_id']);
    assert.equal(body.next, null);
    assert.match(body.node_id, /^[0-9a-f-]{36}$/);
    const [newest, , oldest] = body.data;
    assert.equal(newest.target, '[fd00:0000:0000:0000:0000:0000:0000:0001]:83');
    assert.equal(newest.data.dns, 'AAAA');
    const { id, created_at, updated_at, since, ...rest } = oldest;
    assert.ok(since >= created_at - 1 && since < Date.now() / 1000);
    assert.deepEqual(rest, {
      upstream: { id: upstream.body.id },
      target: '10.0.0.1:81',
      weight: 100,
      tags: null,
      health: 'HEALTHY',
      reason: null,
      data: {
        host: '10.0.0.1',
        port: 81,
        dns: 'A',
        nodeWeight: 100,
        weight: { total: 100, available: 100, unavailable: 0 },
        addresses: [{ ip: '10.0.0.1', port: 81, weight: 100, health: 'HEALTHY', reason: null, since }],
      },
    });
  });

  it('is paged like the list of targets', async () => {
    const first = await gateway.admin('GET', '/upstreams/on.test/health?size=2');
    assert.equal(first.body.data.length, 2);
    assert.equal(first.body.next, '/upstreams/on.test/health?offset=2');
    const second = await gateway.admin('GET', first.body.next);
    assert.deepEqual([second.body.data.length, second.body.data[0].health], [1, 'HEALTHY']);
    await gateway.admin('GET', '/upstreams/on.test/health?size=none', undefined, 400);
    await gateway.admin('GET', '/upstreams/on.test/health?offset=x', undefined, 400);
  });

  it('is found by the id of the upstream, and 404 for an unknown one', async () => {
    const { body } = await gateway.admin('GET', '/upstreams/on.test');
    assert.equal((await gateway.admin('GET', `/upstreams/${body.id}/health`)).body.data.length, 3);
    for (const name of ['none.test', randomUUID()]) {
      assert.deepEqual((await gateway.admin('GET', `/upstreams/${name}/health`, undefined, 404)).body, notFound);
    }
    await gateway.admin('POST', '/upstreams/on.test/health', {}, 405);
  });

  it('is HEALTHCHECKS_OFF without health checks', async () => {
    assert.deepEqual(await words('off.test'), [
      '[fd00:0000:0000:0000:0000:0000:0000:0001]:83 HEALTHCHECKS_OFF',
      '10.0.0.2:82 HEALTHCHECKS_OFF',
      '10.0.0.1:81 HEALTHCHECKS_OFF',
    ]);
    const whole = await gateway.admin('GET', '/upstreams/off.test/health?balancer_health=1');
    assert.deepEqual([whole.body.data.health, whole.body.data.balancer_health], ['HEALTHCHECKS_OFF', 'HEALTHY']);
  });

  it('is that of the upstream as a whole when asked for', async () => {
    const upstream = await gateway.admin('GET', '/upstreams/on.test');
    const { body } = await gateway.admin('GET', '/upstreams/on.test/health?balancer_health=1');
    assert.deepEqual(Object.keys(body).sort(), ['data', 'next', 'node_id']);
    const { details, ...rest } = body.data;
    assert.deepEqual(rest, { health: 'HEALTHY', balancer_health: 'HEALTHY', id: upstream.body.id });
    assert.deepEqual(details.weight, { total: 300, available: 300, unavailable: 0 });
    assert.deepEqual(details.hosts.length, 3);
    assert.deepEqual(details.hosts[0].addresses, [{ ip: '10.0.0.1', port: 81, weight: 100, healthy: true }]);
  });

  it('can be set for a target by address or id, with PUT and with POST', async () => {
    const { body } = await gateway.admin('GET', '/upstreams/on.test/targets/10.0.0.1:81');
    assert.equal(await put('on.test/targets/10.0.0.1:81/unhealthy', 204), undefined);
    assert.ok((await words('on.test')).includes('10.0.0.1:81 UNHEALTHY'));
    await gateway.admin('POST', `/upstreams/on.test/targets/${body.id}/healthy`, undefined, 204);
    assert.ok((await words('on.test')).includes('10.0.0.1:81 HEALTHY'));
    const shown = await gateway.admin('GET', '/upstreams/on.test/health');
    assert.equal(shown.body.data[2].reason, 'set through the Admin API');
  });

  it('can be set for one address of a target', async () => {
    const long = encodeURIComponent('[fd00:0000:0000:0000:0000:0000:0000:0001]:83');
    for (const address of [encodeURIComponent('[fd00::1]:83'), long]) {
      await put(`on.test/targets/${long}/${address}/unhealthy`, 204);
      assert.ok((await words('on.test'))[0]!.endsWith('UNHEALTHY'));
      await put(`on.test/targets/${long}/${address}/healthy`, 204);
      assert.ok((await words('on.test'))[0]!.endsWith(' HEALTHY'));
    }
    await gateway.admin('POST', '/upstreams/on.test/targets', { target: '10.0.0.4' });
    await put('on.test/targets/10.0.0.4:8000/10.0.0.4/unhealthy', 204);
    assert.ok((await words('on.test')).includes('10.0.0.4:8000 UNHEALTHY'));
    await gateway.admin('DELETE', '/upstreams/on.test/targets/10.0.0.4:8000');
  });

  it('cannot be set for what is not there, nor without health checks', async () => {
    assert.deepEqual(await put('none.test/targets/10.0.0.1:81/healthy', 404), notFound);
    assert.deepEqual(await put('on.test/targets/10.0.0.9:81/healthy', 404), notFound);
    assert.deepEqual(await put(`on.test/targets/${randomUUID()}/healthy`, 404), notFound);
    const other = await gateway.admin('GET', '/upstreams/off.test/targets/10.0.0.1:81');
    assert.deepEqual(await put(`on.test/targets/${other.body.id}/healthy`, 404), notFound);
    for (const address of ['10.0.0.2:81', '10.0.0.1:82', '10.0.0.1:99999', 'name.test:81', '%20', '[::1', '1.2.3']) {
      assert.deepEqual(await put(`on.test/targets/10.0.0.1:81/${address}/healthy`, 404), notFound, address);
    }
    assert.deepEqual(await put('off.test/targets/10.0.0.1:81/healthy', 400), {
      message: 'no healthchecker found for off.test',
    });
    await gateway.admin('DELETE', '/upstreams/on.test/targets/10.0.0.1:81/healthy', undefined, 405);
  });

  it('is DNS_ERROR for names that cannot be resolved, and those get no traffic', async () => {
    await gateway.admin('POST', '/upstreams', { name: 'names.test', ...passive });
    await gateway.admin('POST', '/upstreams/names.test/targets', { target: 'nobody.example:80' });
    const { body } = await gateway.admin('GET', '/upstreams/names.test/health');
    const [target] = body.data;
    assert.equal(target.health, 'DNS_ERROR');
    assert.match(target.reason, /nobody\.example/);
    assert.deepEqual(target.data.addresses, []);
    const whole = await gateway.admin('GET', '/upstreams/names.test/health?balancer_health=1');
    assert.equal(whole.body.data.health, 'UNHEALTHY');
    await put('names.test/targets/nobody.example:80/unhealthy', 204);
  });

  it('is gone with the target and the upstream', async () => {
    await gateway.admin('POST', '/upstreams', { name: 'brief.test', ...passive });
    assert.deepEqual(await words('brief.test'), []);
    await gateway.admin('POST', '/upstreams/brief.test/targets', { target: '10.0.0.1:81' });
    await put('brief.test/targets/10.0.0.1:81/unhealthy', 204);
    await gateway.admin('DELETE', '/upstreams/brief.test/targets/10.0.0.1:81');
    assert.deepEqual(await words('brief.test'), []);
    await gateway.admin('POST', '/upstreams/brief.test/targets', { target: '10.0.0.1:81' });
    assert.deepEqual(await words('brief.test'), ['10.0.0.1:81 HEALTHY']);
    await gateway.admin('DELETE', '/upstreams/brief.test');
    await gateway.admin('GET', '/upstreams/brief.test/health', undefined, 404);
  });

  it('lists the paths', async () => {
    const { body } = await gateway.admin('GET', '/endpoints');
    for (const path of [
      '/upstreams/{upstreams}/health',
      '/upstreams/{upstreams}/targets/{targets}/healthy',
      '/upstreams/{upstreams}/targets/{targets}/unhealthy',
      '/upstreams/{upstreams}/targets/{targets}/{address}/healthy',
      '/upstreams/{upstreams}/targets/{targets}/{address}/unhealthy',
    ]) {
      assert.ok(body.data.includes(path), path);
    }
  });
});
