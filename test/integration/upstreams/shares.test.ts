import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { createUpstream, startServer, type TestUpstream } from './support/upstreams.ts';

const requests = 20_000;
const connections = 8;
/** Requests that a connection sends before it reads their answers. */
const batch = 50;

describe('shares of 20,000 requests', () => {
  let gateway: InProcessGateway;
  let servers: TestUpstream[];

  before(async () => {
    gateway = await startTestGateway({ nginx_worker_processes: '2' });
    servers = await Promise.all(
      [1, 2, 3, 4].map(() => startServer((request, response) => response.end(String(request.socket.localPort)))),
    );
  });
  after(async () => {
    await gateway.stop();
    await Promise.all(servers.map((server) => server.close()));
  });

  /** Sends all requests and returns how many each server got, in the order of the servers. */
  async function load(path: string): Promise<number[]> {
    const counts = new Map<string, number>();
    async function run(connection: number): Promise<void> {
      const client = await gateway.connect();
      for (let first = 0; first < requests / connections; first += batch) {
        const keys = Array.from({ length: batch }, (_, at) => `k${connection}-${first + at}`);
        client.send(keys.map((key) => `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Key: ${key}\r\n\r\n`).join(''));
        for (let answer = 0; answer < batch; answer++) {
          const { status, text } = await client.answer();
          assert.equal(status, 200);
          counts.set(text, (counts.get(text) ?? 0) + 1);
        }
      }
      client.close();
    }
    await Promise.all(Array.from({ length: connections }, (_, connection) => run(connection)));
    for (const server of servers) server.seen.length = 0;
    return servers.map(({ port }) => counts.get(String(port)) ?? 0);
  }

  for (const [algorithm, fields, weights] of [
    ['round-robin', {}, [100, 100, 100, 100]],
    ['round-robin', {}, [10, 20, 30, 0]],
    ['least-connections', {}, [100, 100, 100, 100]],
    ['consistent-hashing', { hash_on: 'header', hash_on_header: 'X-Key' }, [100, 100, 100, 100]],
    ['consistent-hashing', { hash_on: 'header', hash_on_header: 'X-Key' }, [10, 20, 30, 0]],
  ] as const) {
    it(`are within 2 % of all under ${algorithm} with the weights ${weights.join()}`, async () => {
      const name = `${algorithm}-${weights.join('-')}.test`;
      await createUpstream(gateway, name, [], { algorithm, ...fields });
      for (const [at, weight] of weights.entries()) {
        const target = `127.0.0.1:${servers[at]!.port}`;
        await gateway.admin('POST', `/upstreams/${name}/targets`, { target, weight });
      }
      const counts = await load(`/${name}`);
      const total = weights.reduce<number>((sum, weight) => sum + weight, 0);
      for (const [at, weight] of weights.entries()) {
        const expected = (requests * weight) / total;
        assert.ok(Math.abs(counts[at]! - expected) <= 0.02 * requests, `${counts.join()} for ${weights.join()}`);
      }
    });
  }

  it('go to the targets that answer faster under latency', async () => {
    const slow = await startServer((_request, response) => setTimeout(() => response.end('slow'), 20));
    await createUpstream(gateway, 'latency.test', [servers[0]!.port, servers[1]!.port, slow.port], {
      algorithm: 'latency',
    });
    await load('/latency.test');
    const seen = slow.seen.length;
    assert.ok(seen > 0 && seen < requests / 100, `the slow target got ${seen} of ${requests}`);
    await slow.close();
  });
});
