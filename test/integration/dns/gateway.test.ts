import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { startNameServer, type TestNameServer, zoneRecord } from '../../support/name-server.ts';
import { createClient, createUpstream, startServer, type TestUpstream, until } from '../upstreams/support/upstreams.ts';

let names: TestNameServer;
let servers: readonly TestUpstream[];
let folder: string;

before(async () => {
  names = await startNameServer();
  servers = await Promise.all(
    ['one', 'two'].map((word) =>
      startServer((request, response) => {
        response.setHeader('X-Host', request.headers.host!);
        response.end(word);
      }),
    ),
  );
  folder = mkdtempSync(join(tmpdir(), 'gibbon-dns-'));
});
after(async () => {
  await Promise.all([names.close(), ...servers.map((server) => server.close())]);
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  names.script = () => false;
});

const port = (at: number): number => servers[at]!.port;

describe('a gateway that asks name servers', () => {
  let gateway: InProcessGateway;
  let client: ReturnType<typeof createClient>;

  before(async () => {
    writeFileSync(join(folder, 'hosts'), '127.0.0.1 local.test\n');
    // Tests of silence would take long with the usual two seconds for each of five tries.
    process.env['RES_OPTIONS'] = 'timeout:1 attempts:1 ndots:2';
    process.env['LOCALDOMAIN'] = 'search.test';
    gateway = await startTestGateway({
      dns_resolver: names.address,
      dns_hostsfile: join(folder, 'hosts'),
      dns_order: 'LAST,SRV,A,CNAME',
      dns_error_ttl: '0.1',
      nginx_worker_processes: '2',
    });
    client = createClient(gateway);
  });
  after(async () => {
    delete process.env['RES_OPTIONS'];
    delete process.env['LOCALDOMAIN'];
    client.close();
    await gateway.stop();
  });

  const text = async (path: string): Promise<string> => {
    const answer = await client.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.text;
  };

  it('finds the host of a service by its name, and keeps the name for the Host header', async () => {
    names.set('A api.test', ['127.0.0.1']);
    await createRoute(gateway, port(0), '/api', { host: 'api.test' });
    assert.equal(await text('/api'), 'one');
    const { headers } = await client.get('/api');
    assert.equal(headers['x-host'], `api.test:${port(0)}`);
  });

  it('finds names in search domains and in the hosts file', async () => {
    names.set('A web.search.test', ['127.0.0.1']);
    await createRoute(gateway, port(1), '/search', { host: 'web' });
    await createRoute(gateway, port(1), '/hosts', { host: 'local.test' });
    assert.equal(await text('/search'), 'two');
    assert.equal(await text('/hosts'), 'two');
    assert.ok(!names.questions.some((question) => question.endsWith('local.test')));
  });

  it('follows an alias that its name server leaves to others', async () => {
    names.zone.set('CNAME alias.test', [zoneRecord('CNAME', 'alias.test', 'aliased.test')]);
    names.set('A aliased.test', ['127.0.0.1']);
    await createRoute(gateway, port(0), '/alias', { host: 'alias.test' });
    assert.equal(await text('/alias'), 'one');
  });

  it('balances over the targets of a service by their ports and weights', async () => {
    names.set('SRV service.test', [`1 3 ${port(0)} node.test`, `1 1 ${port(1)} node.test`, '2 9 1 node.test']);
    names.set('A node.test', ['127.0.0.1']);
    await createRoute(gateway, 1, '/srv', { host: 'service.test' });
    await createUpstream(gateway, 'upstream.test', []);
    await gateway.admin('POST', '/upstreams/upstream.test/targets', { target: 'service.test:1' });
    for (const path of ['/srv', '/upstream.test']) {
      const counts: Record<string, number> = { one: 0, two: 0 };
      for (let n = 0; n < 80; n++) counts[await text(path)]! += 1;
      assert.ok(counts['one']! >= 50 && counts['one']! <= 70, JSON.stringify(counts));
    }
    const { body } = await gateway.admin('GET', '/upstreams/upstream.test/health');
    assert.equal(body.data[0].data.dns, 'SRV');
  });

  it('follows answers that change after their time to live', async () => {
    names.set('SRV moving.test', [`1 1 ${port(0)} 127.0.0.1`], 1);
    await createRoute(gateway, 1, '/moving', { host: 'moving.test' });
    await createUpstream(gateway, 'moving.upstream', []);
    await gateway.admin('POST', '/upstreams/moving.upstream/targets', { target: 'moving.test:1' });
    for (const path of ['/moving', '/moving.upstream']) assert.equal(await text(path), 'one');
    names.set('SRV moving.test', [`1 1 ${port(1)} 127.0.0.1`], 1);
    for (const path of ['/moving', '/moving.upstream']) {
      await until(`${path} goes to the other server`, async () => {
        const seen = new Set(await Promise.all(Array.from({ length: 8 }, () => text(path))));
        return seen.has('two') && !seen.has('one');
      });
    }
  });

  it('lives on old answers while its name server is silent or fails, and recovers by itself', async () => {
    names.set('SRV stale.test', [`1 1 ${port(0)} 127.0.0.1`], 1);
    await createRoute(gateway, 1, '/stale', { host: 'stale.test' });
    assert.equal(await text('/stale'), 'one');
    for (const code of [undefined, 2]) {
      let silenced = 0;
      names.script = (query) => {
        if (query.name !== 'stale.test') return false;
        silenced += 1;
        if (code !== undefined) query.answer([], { code });
        return true;
      };
      // Each question in vain is one after which the old answer has served on.
      await until('there were questions in vain', async () => {
        assert.equal(await text('/stale'), 'one');
        return silenced >= 3;
      });
    }
    names.set('SRV stale.test', [`1 1 ${port(1)} 127.0.0.1`], 1);
    names.script = () => false;
    await until('the new answer serves', async () => (await text('/stale')) === 'two');
  });

  it('answers as Kong does for names that are not there, until they are', async () => {
    await createRoute(gateway, port(0), '/gone', { host: 'gone.test' });
    names.zone.set('A empty.test', []);
    await createRoute(gateway, port(0), '/empty', { host: 'empty.test' });
    for (const path of ['/gone', '/empty']) {
      const answer = await client.get(path);
      assert.equal(answer.status, 503);
      assert.equal(JSON.parse(answer.text).message, 'name resolution failed');
    }
    await createRoute(gateway, port(0), '/late', { host: 'late.test' });
    names.zone.set('SRV late.test', 2);
    names.zone.set('A late.test', 2);
    const late = await client.get('/late');
    assert.deepEqual(
      [late.status, JSON.parse(late.text).message],
      [500, "failed the initial dns/balancer resolve for 'late.test' with: dns server error: 2 server failure"],
    );
    names.set('A late.test', ['127.0.0.1']);
    await until('the name is found', async () => (await client.get('/late')).status === 200);
  });

  it('tells of a circle in the log', async () => {
    names.set('SRV circle.test', ['1 1 80 round.test']);
    names.set('SRV round.test', ['1 1 80 circle.test']);
    await createRoute(gateway, port(0), '/circle', { host: 'circle.test' });
    assert.equal((await client.get('/circle')).status, 500);
    await gateway.waitForLog(/recursion detected: circle\.test > round\.test > circle\.test/);
  });

  it('does not ask for each request', async () => {
    names.set('A calm.test', ['127.0.0.1']);
    await createRoute(gateway, port(0), '/calm', { host: 'calm.test' });
    await Promise.all(Array.from({ length: 100 }, () => text('/calm')));
    assert.ok(names.count('A calm.test') <= 2, 'once for each worker');
  });

  it('shows what its resolvers counted', async () => {
    names.set('A counted.test', ['127.0.0.1']);
    await createRoute(gateway, port(0), '/counted', { host: 'counted.test' });
    for (let n = 0; n < 20; n++) await text('/counted');
    const refused = await gateway.admin('GET', '/status/dns', undefined, 501);
    assert.deepEqual(refused.body, { message: 'not implemented with the legacy DNS client' });
    const { body } = await gateway.admin('GET', '/debug/dns');
    assert.deepEqual(body.worker, { id: -1, count: 2 });
    const counts = body.stats['counted.test|A/AAAA'];
    assert.equal(counts.runs, 20);
    assert.equal(counts.hit_lru + counts.miss, 20);
    const asked = body.stats['counted.test|A'];
    assert.equal(asked.query, counts.miss);
    assert.equal(asked.query_succ, counts.miss);
    assert.equal(asked.query, names.count('A counted.test'));
    assert.ok(body.stats['gone.test|A']['query_fail:name error'] >= 1);
    assert.ok(body.stats['stale.test|SRV'].query_fail_nameserver >= 1);
  });

  it('reads the hosts file again at a reload', async () => {
    writeFileSync(join(folder, 'hosts'), '127.0.0.1 added.test\n');
    await createRoute(gateway, port(1), '/added', { host: 'added.test' });
    assert.equal((await client.get('/added')).status, 503);
    await gateway.running.reload(gateway.settings());
    assert.equal(await text('/added'), 'two');
  });
});

describe("a gateway with the settings of Kong's second client", () => {
  let gateway: InProcessGateway;
  let client: ReturnType<typeof createClient>;

  before(async () => {
    names.zone.clear();
    names.questions.length = 0;
    writeFileSync(join(folder, 'new-hosts'), '127.0.0.1 new.test\n');
    gateway = await startTestGateway({
      new_dns_client: 'on',
      resolver_address: names.address,
      resolver_hosts_file: join(folder, 'new-hosts'),
      resolver_family: 'A,SRV',
      resolver_error_ttl: '0.1',
      status_listen: '127.0.0.1:0',
      // Of no account beside the keys of the second client.
      dns_resolver: '127.0.0.1:1',
    });
    client = createClient(gateway);
  });
  after(async () => {
    client.close();
    await gateway.stop();
  });

  it('asks for SRV by the shape of the name alone', async () => {
    names.set('A plain.test', ['127.0.0.1']);
    names.set('SRV _http._tcp.test', [`1 1 ${port(1)} plain.test`]);
    await createRoute(gateway, port(0), '/plain', { host: 'plain.test' });
    await createRoute(gateway, 1, '/srv', { host: '_http._tcp.test' });
    await createRoute(gateway, port(0), '/hosts', { host: 'new.test' });
    await createRoute(gateway, port(0), '/gone', { host: 'gone.test' });
    assert.equal((await client.get('/plain')).text, 'one');
    assert.equal((await client.get('/srv')).text, 'two');
    assert.equal((await client.get('/hosts')).text, 'one');
    assert.equal((await client.get('/gone')).status, 503);
    assert.equal(names.count('SRV plain.test'), 0);
    assert.equal(names.count('SRV _http._tcp.test'), 1);
  });

  it('shows its numbers at the Admin and the Status API', async () => {
    const { body } = await gateway.admin('GET', '/status/dns');
    assert.deepEqual(body.worker, { id: -1, count: 1 });
    assert.deepEqual(body.stats['_http._tcp.test|SRV'], {
      runs: 1,
      miss: 1,
      query: 1,
      query_succ: 1,
      query_last_time: body.stats['_http._tcp.test|SRV'].query_last_time,
    });
    const { host, port: statusPort } = gateway.running.addresses.status[0]!;
    for (const path of ['/status/dns', '/debug/dns']) {
      const answer = await fetch(`http://${host}:${statusPort}${path}`);
      assert.equal(answer.status, 200);
      assert.deepEqual(await answer.json(), body);
    }
  });
});
