import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fetchAdmin } from '../../conformance/declarative/fetch-admin.ts';
import { startChildGateway, startTestGateway } from '../../support/gateway.ts';

type Gateway = Awaited<ReturnType<typeof startTestGateway>>;

/** A configuration that answers every request itself. */
function answering(status: number, more: object = {}): object {
  return {
    _format_version: '3.0',
    services: [{ name: 'a', host: 'a.test', routes: [{ name: 'r', paths: ['/'] }] }],
    plugins: [{ name: 'request-termination', config: { status_code: status } }],
    ...more,
  };
}

async function statusOf(gateway: Pick<Gateway, 'port'>, path = '/', headers: Record<string, string> = {}) {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}${path}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
}

describe('a node without a database', () => {
  let gateway: Gateway;
  let ready: () => Promise<{ readonly status: number; readonly message: string }>;

  before(async () => {
    gateway = await startTestGateway({ database: 'off', status_listen: '127.0.0.1:0', nginx_worker_processes: '2' });
    ready = async () => {
      const answer = await fetch(`http://127.0.0.1:${gateway.running.addresses.status[0]!.port}/status/ready`);
      const { message } = (await answer.json()) as { message: string };
      return { status: answer.status, message };
    };
  });
  after(() => gateway.stop());

  it('is not ready before it has a configuration', async () => {
    assert.deepEqual(await ready(), {
      status: 503,
      message: 'no configuration available (empty configuration present)',
    });
    await gateway.admin('POST', '/config', answering(201));
    assert.deepEqual(await ready(), { status: 200, message: 'ready' });
  });

  it('serves a new configuration as soon as the answer is there', async () => {
    for (const status of [210, 211, 212]) {
      await gateway.admin('POST', '/config', answering(status));
      assert.equal(await statusOf(gateway), status);
    }
  });

  it('goes on with the old one when the new one is refused', async () => {
    await gateway.admin('POST', '/config', answering(220));
    await gateway.admin('POST', '/config', { _format_version: '3.0', services: [{}] }, 400);
    assert.equal(await statusOf(gateway), 220);
  });

  it('forgets cached rows with the configuration that they came from', async () => {
    const keyed = (...keys: string[]): object => ({
      _format_version: '3.0',
      routes: [{ paths: ['/'] }],
      plugins: [{ name: 'key-auth' }, { name: 'request-termination', config: { status_code: 230 } }],
      consumers: [{ username: 'bob', keyauth_credentials: keys.map((key) => ({ key })) }],
    });
    await gateway.admin('POST', '/config', keyed('one'));
    assert.equal(await statusOf(gateway, '/', { apikey: 'one' }), 230);
    assert.equal(await statusOf(gateway, '/', { apikey: 'two' }), 401);
    await gateway.admin('POST', '/config', keyed('two'));
    assert.equal(await statusOf(gateway, '/', { apikey: 'one' }), 401);
    assert.equal(await statusOf(gateway, '/', { apikey: 'two' }), 230);
  });

  it('answers every request by one configuration or the other while it swaps', async () => {
    const many = (status: number): object =>
      answering(status, {
        upstreams: Array.from({ length: 500 }, (_, at) => ({ name: `u${at}-${status}`, targets: [{ target: 'a:1' }] })),
      });
    await gateway.admin('POST', '/config', many(240));
    let isDone = false;
    const seen = new Set<number>();
    const asking = Array.from({ length: 4 }, async () => {
      while (!isDone) seen.add(await statusOf(gateway));
    });
    for (const status of [241, 240, 241, 240]) await gateway.admin('POST', '/config', many(status));
    isDone = true;
    await Promise.all(asking);
    assert.deepEqual(
      [...seen].filter((status) => status !== 240 && status !== 241),
      [],
    );
  });

  it('holds 10,000 services with 10,000 routes', async () => {
    const services = Array.from({ length: 10_000 }, (_, at) => ({
      name: `s${at}`,
      host: 'a.test',
      routes: [{ name: `r${at}`, paths: [`/p${at}`] }],
    }));
    await gateway.admin('POST', '/config', answering(250, { services }));
    assert.equal(await statusOf(gateway, '/p9999'), 250);
    assert.equal(await statusOf(gateway, '/p0/x'), 250);
  });

  it('answers 503 at /status/ready once it is to drain', async () => {
    const { port } = gateway.running.addresses.status[0]!;
    const post = (query: string) => fetch(`http://127.0.0.1:${port}/status/ready${query}`, { method: 'POST' });
    assert.equal((await post('')).status, 400);
    assert.equal((await post('?status=draining')).status, 204);
    assert.deepEqual(await ready(), { status: 503, message: 'draining' });
  });
});

describe('a configuration from the settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-declarative-'));
  const path = join(folder, 'kong.yml');
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('is served from the start, and read again on reload', async () => {
    writeFileSync(path, JSON.stringify(answering(201)));
    const gateway = await startTestGateway({ database: 'off', declarative_config: path });
    try {
      assert.equal(await statusOf(gateway), 201);
      writeFileSync(path, JSON.stringify(answering(202)));
      await gateway.running.reload(gateway.settings());
      assert.equal(await statusOf(gateway), 202);
    } finally {
      await gateway.stop();
    }
  });

  it('may be given as text', async () => {
    const text = JSON.stringify(answering(203));
    const gateway = await startTestGateway({ database: 'off', declarative_config_string: text });
    try {
      assert.equal(await statusOf(gateway), 203);
    } finally {
      await gateway.stop();
    }
  });

  it('keeps the node from starting when it is not good, with every mistake', async () => {
    writeFileSync(path, '_format_version: "3.0"\nservices: [{}, {host: a, x: 1}]\n');
    await assert.rejects(startTestGateway({ database: 'off', declarative_config: path }), {
      message:
        `error parsing declarative config file ${path}:\n` +
        "in 'services':\n  - in entry 1 of 'services':\n    in 'host': required field missing\n" +
        "  - in entry 2 of 'services':\n    in 'x': unknown field",
    });
  });
});

describe('a configuration from the Admin API', () => {
  it('survives a crash with declarative_persist = on', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'gibbon-persist-'));
    const settings = { database: 'off', declarative_persist: 'on' };
    try {
      const first = await startChildGateway(settings, prefix);
      await first.admin('POST', '/config', answering(201));
      await first.admin('POST', '/config', { _format_version: '9' }, 400);
      await first.kill('SIGKILL');
      const second = await startChildGateway(settings, prefix);
      assert.equal(await statusOf(second), 201);
      await second.kill('SIGTERM');
    } finally {
      rmSync(prefix, { recursive: true, force: true });
    }
  });

  it('leaves nothing behind otherwise', async () => {
    const gateway = await startTestGateway({ database: 'off' });
    await gateway.admin('POST', '/config', answering(201));
    assert.equal(existsSync(join(gateway.prefix, 'declarative')), false);
    await gateway.stop();
  });

  it('that was kept and spoiled does not keep the node from starting', async () => {
    const prefix = mkdtempSync(join(tmpdir(), 'gibbon-persist-'));
    const settings = { database: 'off', declarative_persist: 'on' };
    try {
      const first = await startChildGateway(settings, prefix);
      await first.admin('POST', '/config', answering(201));
      await first.kill('SIGTERM');
      const path = join(prefix, 'declarative/config.txt');
      writeFileSync(path, readFileSync(path, 'utf8').slice(0, 40));
      const second = await startChildGateway(settings, prefix);
      assert.equal(await statusOf(second), 404);
      await second.waitForLog(/Cannot use the configuration that was kept/);
      await second.kill('SIGTERM');
    } finally {
      rmSync(prefix, { recursive: true, force: true });
    }
  });
});

describe('vault references', () => {
  it('stand for variables where a plugin uses them, and follow the vault', async () => {
    process.env['GIBBON_TEST_KEY_ONE'] = 'first';
    process.env['GIBBON_OTHER_KEY_ONE'] = 'second';
    const gateway = await startTestGateway({ plugins: 'secret' });
    try {
      await gateway.admin('POST', '/routes', { name: 'r', paths: ['/'] });
      await gateway.admin('POST', '/vaults', { prefix: 'mine', name: 'env', config: { prefix: 'gibbon_test_' } });
      const plugin = await gateway.admin('POST', '/plugins', {
        name: 'secret',
        config: { secret: '{vault://mine/key-one}' },
      });
      const shown = await gateway.admin('GET', `/plugins/${plugin.body.id}`);
      assert.equal(shown.body.config.secret, '{vault://mine/key-one}');
      const secret = async (): Promise<string | null> =>
        (await fetch(`http://127.0.0.1:${gateway.port}/`)).headers.get('x-secret');
      assert.equal(await secret(), 'first');
      await gateway.admin('PATCH', '/vaults/mine', { config: { prefix: 'gibbon_other_' } });
      assert.equal(await secret(), 'second');
      const config = await fetchAdmin(gateway, 'GET', '/vaults');
      assert.equal(config.body.data.length, 1);
    } finally {
      await gateway.stop();
      delete process.env['GIBBON_TEST_KEY_ONE'];
      delete process.env['GIBBON_OTHER_KEY_ONE'];
    }
  });
});
