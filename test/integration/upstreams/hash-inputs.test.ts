import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { createClient, createUpstream, startServer, type TestUpstream } from './support/upstreams.ts';

/** One request: its path below the route, and its headers. */
interface Ask {
  readonly path?: string;
  readonly headers?: { readonly [name: string]: string };
}

describe('what consistent hashing hashes', () => {
  let gateway: InProcessGateway;
  let servers: TestUpstream[];
  let client: ReturnType<typeof createClient>;

  before(async () => {
    gateway = await startTestGateway({
      nginx_worker_processes: '2',
      trusted_ips: '127.0.0.1',
      real_ip_header: 'X-Real-IP',
    });
    servers = await Promise.all(
      [1, 2, 3, 4].map(() => startServer((request, response) => response.end(String(request.socket.localPort)))),
    );
    client = createClient(gateway);
  });
  after(async () => {
    client.close();
    await gateway.stop();
    await Promise.all(servers.map((server) => server.close()));
  });

  let made = 0;
  /** Makes an upstream that hashes so; returns the target of a request. */
  async function make(fields: object): Promise<(ask: Ask) => Promise<string>> {
    made += 1;
    const name = `hash-${made}.test`;
    const ports = servers.map(({ port }) => port);
    await createUpstream(gateway, name, ports, fields, { name: `hash-${made}` });
    const paths = [`~/own-${made}/(?<word>[^/]+)/([^/]+)`];
    await gateway.admin('POST', `/services/hash-${made}/routes`, { paths });
    return async ({ path = '', headers = {} }) => {
      const { status, text } = await client.get(path.replace('/own', `/own-${made}`) || `/${name}`, headers);
      assert.equal(status, 200, text);
      return text;
    };
  }

  /** Requests of the same input go to the same target, those of others are spread. */
  async function assertSticky(
    target: (ask: Ask) => Promise<string>,
    asks: (input: number) => readonly Ask[],
  ): Promise<void> {
    const seen = new Set<string>();
    for (let input = 0; input < 16; input++) {
      const found = new Set<string>();
      for (const ask of asks(input)) for (let time = 0; time < 2; time++) found.add(await target(ask));
      assert.equal(found.size, 1, `input ${input} went to ${[...found].join()}`);
      seen.add([...found][0]!);
    }
    assert.ok(seen.size >= 2, 'inputs are spread');
  }

  it('is a header, all its values in order', async () => {
    const target = await make({ hash_on: 'header', hash_on_header: 'X-User' });
    await assertSticky(target, (input) => [
      { headers: { 'x-user': `a${input}` } },
      { headers: { 'X-USER': `a${input}`, 'x-b': 'c' } },
    ]);
  });

  it('is the address of the client, seen through trusted proxies', async () => {
    const target = await make({ hash_on: 'ip' });
    await assertSticky(target, (input) => [{ headers: { 'x-real-ip': `10.0.0.${input}` } }]);
  });

  it('is the path without the query', async () => {
    const target = await make({ hash_on: 'path' });
    const path = (input: number): string => `/own/w${input}/x`;
    await assertSticky(target, (input) => [{ path: path(input) }, { path: `${path(input)}?q=${input}` }]);
  });

  it('is an argument of the query, its values sorted', async () => {
    const target = await make({ hash_on: 'query_arg', hash_on_query_arg: 'who' });
    await assertSticky(target, (input) => [
      { path: `/own/a/b?who=${input}&who=z` },
      { path: `/own/c/d?who=z&other=1&who=${input}` },
    ]);
  });

  it('is a capture of the path, by name or by number', async () => {
    for (const capture of ['word', '1']) {
      const target = await make({ hash_on: 'uri_capture', hash_on_uri_capture: capture });
      await assertSticky(target, (input) => [{ path: `/own/w${input}/x` }, { path: `/own/w${input}/y?q` }]);
    }
    const second = await make({ hash_on: 'uri_capture', hash_on_uri_capture: '2' });
    await assertSticky(second, (input) => [{ path: `/own/x/w${input}` }, { path: `/own/y/w${input}` }]);
  });

  it('is the consumer', async () => {
    const target = await make({ hash_on: 'consumer' });
    await gateway.admin('POST', `/services/hash-${made}/plugins`, { name: 'key-auth' });
    for (let input = 0; input < 16; input++) {
      await gateway.admin('POST', '/consumers', { username: `c${input}` });
      for (const key of [`one-${input}`, `two-${input}`])
        await gateway.admin('POST', `/consumers/c${input}/key-auth`, { key });
    }
    await assertSticky(target, (input) => [
      { headers: { apikey: `one-${input}` } },
      { headers: { apikey: `two-${input}` } },
    ]);
  });

  it('is the fallback where the first is missing, and nothing where both are: one target for all', async () => {
    const target = await make({
      hash_on: 'header',
      hash_on_header: 'X-User',
      hash_fallback: 'query_arg',
      hash_fallback_query_arg: 'who',
    });
    await assertSticky(target, (input) => [{ path: `/own/a/b?who=${input}` }, { path: `/own/a/c?who=${input}` }]);
    await assertSticky(target, (input) => [
      { path: '/own/a/b?who=1', headers: { 'x-user': `u${input}` } },
      { path: '/own/a/b?who=2', headers: { 'x-user': `u${input}` } },
    ]);
    const without = new Set<string>();
    for (let time = 0; time < 10; time++) without.add(await target({ path: `/own/a/b${time}` }));
    assert.equal(without.size, 1);
  });
});
