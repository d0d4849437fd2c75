import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createGateway, type Gateway, type GatewayOptions, GibbonError } from '../../src/index.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
const running: Gateway[] = [];
let prefix = '';
before(() => {
  prefix = mkdtempSync(join(tmpdir(), 'gibbon-embed-'));
});
after(async () => {
  for (const gateway of running) await gateway.stop({ timeoutMs: 0 });
  rmSync(prefix, { recursive: true, force: true });
});

async function create(options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = await createGateway({
    ...options,
    settings: {
      prefix,
      proxy_listen: ['127.0.0.1:0', '127.0.0.1:0 ssl'],
      admin_listen: '127.0.0.1:0',
      status_listen: 'off',
      nginx_worker_processes: 1,
      ...options.settings,
    },
  });
  running.push(gateway);
  return gateway;
}

describe('createGateway', () => {
  it('serves, takes changed settings and stops', async () => {
    const warnings: string[] = [];
    const gateway = await create({
      env: { KONG_DEMO: 'on', KONG_HEADERS: 'off', KONG_COLOUR: 'red' },
      settings: { headers: ['server_tokens'], mem_cache_size: '8m' },
      onWarning: (message) => warnings.push(message),
    });
    const { proxy, admin, status } = gateway.addresses;
    assert.deepEqual(
      [...proxy, ...admin, ...status].map(({ host, ssl }) => [host, ssl]),
      [
        ['127.0.0.1', false],
        ['127.0.0.1', true],
        ['127.0.0.1', false],
      ],
    );
    assert.deepEqual(warnings, ["unknown environment variable 'KONG_COLOUR' is ignored"]);
    const url = `http://127.0.0.1:${proxy[0]?.port}/echo`;
    // A connection of its own for each: a reload closes idle ones.
    const headers = { connection: 'close' };
    const first = await fetch(url, { headers });
    assert.equal(first.status, 200);
    assert.match(first.headers.get('via') ?? '', /gibbon/);

    await gateway.reload({ headers: 'off' });
    assert.equal((await fetch(url, { headers })).headers.has('via'), false);
    await assert.rejects(gateway.reload({ log_level: 'loud' }), { code: 'ERR_SETTINGS' });
    assert.equal((await fetch(url, { headers })).status, 200);

    await Promise.all([gateway.stop(), gateway.stop({ timeoutMs: 0 })]);
    await assert.rejects(fetch(url, { headers }), (fault: Error) =>
      /ECONNREFUSED/.test(String((fault.cause as Error).message)),
    );
  });

  it('listens elsewhere when a reload says so', async () => {
    const headers = { connection: 'close' };
    const gateway = await create({ settings: { proxy_listen: '127.0.0.1:0' } });
    const former = gateway.addresses.proxy[0]!.port;
    await gateway.reload({ proxy_listen: '127.0.0.1:0, 127.0.0.1:0' });
    const [kept, added] = gateway.addresses.proxy.map(({ port }) => port);
    assert.equal(kept, former);
    assert.equal((await fetch(`http://127.0.0.1:${added}/echo`, { headers })).status, 200);
    await gateway.reload({ proxy_listen: `127.0.0.1:${added}` });
    assert.deepEqual(
      gateway.addresses.proxy.map(({ port }) => port),
      [added],
    );
    assert.equal((await fetch(`http://127.0.0.1:${added}/echo`, { headers })).status, 200);
    await assert.rejects(fetch(`http://127.0.0.1:${former}/echo`, { headers }));
    await gateway.stop();
  });

  it('says all that is wrong with the settings', async () => {
    await assert.rejects(create({ settings: { log_level: 'loud', demo: 'perhaps' } }), (fault) => {
      assert.ok(fault instanceof GibbonError);
      assert.equal(fault.code, 'ERR_SETTINGS');
      assert.match(fault.message, /^Cannot use the settings: log_level has .*; demo is /);
      return true;
    });
  });

  it('leaves nothing open when it cannot start', async () => {
    const blocker = createServer();
    await new Promise<void>((done) => blocker.listen(0, '127.0.0.1', done));
    const { port } = blocker.address() as { port: number };
    try {
      await assert.rejects(create({ settings: { admin_listen: `127.0.0.1:${port}` } }), { code: 'ERR_ADMIN_LISTEN' });
    } finally {
      blocker.close();
    }
  });
});

describe('examples/embed-in-node', () => {
  it('prints what its page says', async () => {
    const { stdout } = await run(process.execPath, [join(root, 'examples/embed-in-node/main.ts')]);
    assert.equal(stdout, '200 hello from /world\nwithout headers of the gateway\n');
  });
});
