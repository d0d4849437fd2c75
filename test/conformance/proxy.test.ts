import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../support/gateway.ts';
import type { Answer } from '../support/raw-client.ts';
import { type Seen, startUpstream } from './proxy/upstream.ts';

/** Facts about Kong 3.9 as a proxy, each seen from the client and from the upstream. */
let gateway: InProcessGateway;
let upstream: Awaited<ReturnType<typeof startUpstream>>;

before(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway({
    headers: 'server_tokens, latency_tokens, X-Kong-Request-Id, X-Kong-Upstream-Status',
    allow_debug_header: 'on',
    trusted_ips: '127.0.0.1',
    real_ip_header: 'X-Forwarded-For',
    nginx_http_client_max_body_size: '9m',
  });
  await service('plain', {});
  await route('plain', { paths: ['/plain'] });
  await route('plain', { paths: ['/kept'], strip_path: false, preserve_host: true });
  await route('plain', { paths: ['~/item/(?<id>\\d+)$'], strip_path: false });
  await route('plain', { hosts: ['*.wild.test', 'right.*'] });
  await route('plain', { hosts: ['ported.test:81'] });
  await route('plain', { paths: ['/by-method'], methods: ['PUT'] });
  await route('plain', { paths: ['/by-header'], headers: { 'x-color': ['red', 'blue'] } });
  await route('plain', { paths: ['/secure'], protocols: ['https'] });
  for (const status of [301, 302, 307, 308]) {
    await route('plain', { paths: [`/to-${status}`], protocols: ['https'], https_redirect_status_code: status });
  }
  await gateway.admin('POST', '/routes', { paths: ['/nowhere'] });
  await service('based', { path: '/base' });
  await route('based', { paths: ['/v0'], path_handling: 'v0' });
  await service('slow', { read_timeout: 1, retries: 0 });
  await route('slow', { paths: ['/slow'] });
  const refused = await closedPort();
  await service('refused', { port: refused, retries: 1 });
  await route('refused', { paths: ['/refused'] });
  await service('unknown', { host: 'no-such-host.invalid' });
  await route('unknown', { paths: ['/unknown'] });

  await gateway.admin('POST', '/upstreams', { name: 'pair', host_header: 'pair.test' });
  await gateway.admin('POST', '/upstreams/pair/targets', { target: `127.0.0.1:${upstream.port}` });
  await gateway.admin('POST', '/upstreams/pair/targets', { target: `127.0.0.1:${refused}` });
  await service('pair', { host: 'pair', port: 80 });
  await route('pair', { paths: ['/pair'] });
  await gateway.admin('POST', '/upstreams', { name: 'empty' });
  await service('empty', { host: 'empty', port: 80 });
  await route('empty', { paths: ['/empty'] });
});
after(async () => {
  await gateway.stop();
  upstream.close();
});

async function service(name: string, fields: object): Promise<void> {
  await gateway.admin('POST', '/services', { name, host: '127.0.0.1', port: upstream.port, ...fields });
}

async function route(name: string, fields: object): Promise<void> {
  await gateway.admin('POST', `/services/${name}/routes`, fields);
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Sends a request line, `Host: client.test` unless a host is among the headers, and these header lines. */
async function ask(line: string, headers: readonly string[] = [], body = '', secure = false): Promise<Answer> {
  const client = await gateway.connect(secure ? { tls: {} } : {});
  try {
    const host = headers.some((header) => /^host:/i.test(header)) ? [] : ['Host: client.test'];
    const length = body === '' ? [] : [`Content-Length: ${body.length}`];
    return await client.ask(`${[`${line} HTTP/1.1`, ...host, ...length, ...headers].join('\r\n')}\r\n\r\n${body}`);
  } finally {
    client.close();
  }
}

async function seen(line: string, headers: readonly string[] = [], body = ''): Promise<Seen> {
  const answer = await ask(line, headers, body);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as Seen;
}

const statusOf = async (...request: Parameters<typeof ask>): Promise<number> => (await ask(...request)).status;

describe('the upstream sees', () => {
  it('the way of the request in X-Forwarded-*', async () => {
    const { headers } = await seen('GET /plain/a?b=c', ['Host: client.test:99']);
    const own = Object.entries(headers).filter(([name]) => /^x-(?:forwarded|real)/.test(name));
    assert.deepEqual(Object.fromEntries(own), {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'client.test',
      'x-forwarded-port': String(gateway.port),
      'x-forwarded-path': '/plain/a',
      'x-forwarded-prefix': '/plain',
      'x-real-ip': '127.0.0.1',
    });
  });

  it('what a trusted peer says of that way', async () => {
    const { headers } = await seen('GET /plain', [
      'X-Forwarded-For: 10.1.1.1',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: outer.test',
      'X-Forwarded-Port: 8443',
    ]);
    assert.equal(headers['x-forwarded-for'], '10.1.1.1, 127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'https');
    assert.equal(headers['x-forwarded-host'], 'outer.test');
    assert.equal(headers['x-forwarded-port'], '8443');
    assert.equal(headers['x-real-ip'], '10.1.1.1');
  });

  it('its own address as Host, unless the route preserves it or the upstream names one', async () => {
    assert.equal((await seen('GET /plain')).headers['host'], `127.0.0.1:${upstream.port}`);
    assert.equal((await seen('GET /kept', ['Host: client.test:7'])).headers['host'], 'client.test:7');
    assert.match((await seen('GET /pair')).headers['host'] ?? '', /^pair\.test\b/);
  });

  it('the path with or without what matched, and under the path of the service', async () => {
    assert.equal((await seen('GET /plain/a')).target, '/a');
    assert.equal((await seen('GET /plain')).target, '/');
    assert.equal((await seen('GET /kept/a')).target, '/kept/a');
    assert.equal((await seen('GET /v0/a')).target, '/base/a');
    assert.equal((await seen('GET /v0a')).target, '/base/a');
  });

  it('the query byte by byte, a bare question mark too, and the path escaped as it came', async () => {
    assert.equal((await seen('GET /plain/a%20b?q=%7e&&z+%C3%A4')).target, '/a%20b?q=%7e&&z+%C3%A4');
    assert.equal((await seen('GET /plain/?')).target, '/?');
  });

  it('no headers that are meant for one hop', async () => {
    const { headers } = await seen('GET /plain', ['Connection: X-Drop, close', 'X-Drop: 1', 'TE: trailers, deflate']);
    assert.equal(headers['x-drop'], undefined);
    assert.equal(headers['te'], 'trailers');
    assert.equal(headers['connection'], 'keep-alive');
  });

  it('the body, also after Expect: 100-continue', async () => {
    assert.equal((await seen('POST /plain', [], 'hello')).body, 'hello');
    const client = await gateway.connect();
    client.send('POST /plain HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
    assert.equal((await client.answer()).status, 100);
    client.send('later');
    assert.equal((JSON.parse((await client.answer()).text) as Seen).body, 'later');
    client.close();
  });
});

describe('bodies', () => {
  it('of many megabytes go through both ways, sized and in chunks', async () => {
    const large = 'x'.repeat(8 * 1024 * 1024);
    assert.equal((await seen('POST /plain', [], large)).body.length, large.length);
    const client = await gateway.connect();
    client.send('POST /plain HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let part = 0; part < 8; part += 1) client.send(`100000\r\n${large.slice(0, 0x100000)}\r\n`);
    client.send('0\r\n\r\n');
    assert.equal((JSON.parse((await client.answer()).text) as Seen).body.length, large.length);
    client.close();
  });
});

describe('the client sees', () => {
  it('latencies, the server of the upstream, Via, the status of the upstream and the id of the request', async () => {
    const answer = await ask('GET /plain');
    const id = answer.values('x-kong-request-id')[0] ?? '';
    assert.match(id, /^[\da-f]{32}$/);
    assert.equal((JSON.parse(answer.text) as Seen).headers['x-kong-request-id'], id);
    assert.deepEqual(answer.values('server'), ['upstream']);
    assert.match(answer.values('via').join(), /^1\.1 gibbon\//);
    assert.match(answer.values('x-kong-upstream-latency').join(), /^\d+$/);
    assert.match(answer.values('x-kong-proxy-latency').join(), /^\d+$/);
    assert.deepEqual(answer.values('x-kong-upstream-status'), ['200']);
    assert.deepEqual(answer.values('x-hop'), []);
  });

  it('which route and service it was, when it asks with Kong-Debug', async () => {
    const answer = await ask('GET /plain', ['Kong-Debug: 1']);
    assert.deepEqual(answer.values('kong-service-name'), ['plain']);
    assert.equal(answer.values('kong-route-id').length, 1);
    assert.deepEqual((await ask('GET /plain')).values('kong-service-name'), []);
  });

  it('a connection that speaks another protocol once it is upgraded', async () => {
    const client = await gateway.connect();
    client.send('GET /plain HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const answer = await client.answer();
    assert.equal(answer.status, 101);
    assert.deepEqual(answer.values('upgrade'), ['websocket']);
    const echoed = new Promise((resolve) => client.socket.once('data', (data: Buffer) => resolve(data.toString())));
    client.send('hello');
    assert.equal(await echoed, 'echo hello');
    client.close();
  });
});

describe('a route matches', () => {
  it('hosts: with a port, and with a wildcard on either side', async () => {
    assert.equal(await statusOf('GET /', ['Host: a.wild.test']), 200);
    assert.equal(await statusOf('GET /', ['Host: right.example']), 200);
    assert.equal(await statusOf('GET /', ['Host: ported.test:81']), 200);
    assert.equal(await statusOf('GET /', ['Host: ported.test:82']), 404);
    assert.equal(await statusOf('GET /', ['Host: wild.test']), 404);
  });

  it('paths by prefix and by regular expression, methods and headers', async () => {
    assert.equal(await statusOf('GET /item/12'), 200);
    assert.equal(await statusOf('GET /item/x'), 404);
    assert.equal(await statusOf('PUT /by-method', [], 'x'), 200);
    assert.equal(await statusOf('GET /by-method'), 404);
    assert.equal(await statusOf('GET /by-header', ['X-Color: Blue']), 200);
    assert.equal(await statusOf('GET /by-header', ['X-Color: green']), 404);
    assert.equal(await statusOf('GET /x/../plain//./a'), 200);
  });

  it('TLS alone: 426, or a redirect with the status that it names', async () => {
    const refused = await ask('GET /secure');
    assert.equal(refused.status, 426);
    assert.deepEqual(refused.values('upgrade'), ['TLS/1.2, HTTP/1.1']);
    assert.equal(await statusOf('GET /secure', [], '', true), 200);
    assert.equal(await statusOf('GET /secure', ['X-Forwarded-Proto: https']), 200);
    for (const status of [301, 302, 307, 308]) {
      const answer = await ask(`GET /to-${status}?a=b`);
      assert.equal(answer.status, status);
      assert.deepEqual(answer.values('location'), [`https://client.test/to-${status}?a=b`]);
    }
  });
});

describe('the gateway answers', () => {
  const message = (answer: Answer): string => (JSON.parse(answer.text) as { message: string }).message;
  const json = ['Accept: application/json'];

  it('404 without a route, 503 without a service', async () => {
    const none = await ask('GET /', json);
    assert.deepEqual([none.status, message(none)], [404, 'no Route matched with those values']);
    const nowhere = await ask('GET /nowhere', json);
    assert.deepEqual([nowhere.status, message(nowhere)], [503, 'no Service found with those values']);
  });

  it('in the format that the client accepts', async () => {
    for (const [accept, type, begin] of [
      ['application/json', 'application/json; charset=utf-8', /^\{\n {2}"message":"/],
      ['text/html', 'text/html; charset=utf-8', /^<!doctype html>/],
      ['application/xml;q=0.9, text/*;q=0.1', 'application/xml; charset=utf-8', /^<\?xml/],
      ['text/plain', 'text/plain; charset=utf-8', /^no Route matched/],
    ] as const) {
      const answer = await ask('GET /', [`Accept: ${accept}`]);
      assert.deepEqual(answer.values('content-type'), [type]);
      assert.match(answer.text, begin);
      assert.ok(answer.text.includes(answer.values('x-kong-request-id')[0]!));
    }
  });

  it('413, 414 and 400 to what is too large', async () => {
    assert.equal(await statusOf('POST /plain', ['Content-Length: 20000000', 'Connection: close']), 413);
    assert.equal(await statusOf(`GET /plain/${'a'.repeat(9000)}`), 414);
    assert.equal(await statusOf('GET /plain', [`X-Large: ${'a'.repeat(9000)}`]), 400);
  });

  it('502 when nobody listens, 503 when there is no such host or no target, 504 to silence', async () => {
    assert.equal(await statusOf('GET /refused'), 502);
    const unknown = await ask('GET /unknown', json);
    assert.deepEqual([unknown.status, message(unknown)], [503, 'name resolution failed']);
    const empty = await ask('GET /empty', json);
    assert.deepEqual([empty.status, message(empty)], [503, 'failure to get a peer from the ring-balancer']);
    const silent = await ask('GET /slow/silent', json);
    assert.deepEqual([silent.status, message(silent)], [504, 'The upstream server is timing out']);
  });
});

describe('the balancer', () => {
  it('asks again on connections that it has', async () => {
    await seen('GET /plain');
    const former = upstream.connections();
    for (let turn = 0; turn < 5; turn += 1) await seen('GET /plain');
    assert.equal(upstream.connections(), former);
  });

  it('leaves out a service that is switched off', async () => {
    await gateway.admin('PATCH', '/services/based', { enabled: false });
    assert.equal(await statusOf('GET /v0'), 404);
    await gateway.admin('PATCH', '/services/based', { enabled: true });
    assert.equal(await statusOf('GET /v0'), 200);
  });

  it('tries the next target when one refuses', async () => {
    for (let turn = 0; turn < 6; turn += 1) assert.equal(await statusOf('GET /pair'), 200);
  });

  it('takes a target that comes and one that goes without a restart', async () => {
    await gateway.admin('POST', '/upstreams/empty/targets', { target: `127.0.0.1:${upstream.port}` });
    assert.equal(await statusOf('GET /empty'), 200);
    await gateway.admin('DELETE', `/upstreams/empty/targets/127.0.0.1:${upstream.port}`, undefined, 204);
    assert.equal(await statusOf('GET /empty'), 503);
  });
});

describe('of several configurations of a plugin', () => {
  it('the most particular one runs, also for a consumer that another plugin found', async () => {
    const { body: consumer } = await gateway.admin('POST', '/consumers', { username: 'ann' });
    await gateway.admin('POST', '/consumers/ann/key-auth', { key: 'secret' });
    await service('scoped', {});
    const { body: scoped } = await gateway.admin('GET', '/services/scoped');
    await route('scoped', { name: 'scoped', paths: ['/scoped'] });
    const { body: matched } = await gateway.admin('GET', '/routes/scoped');
    await gateway.admin('POST', '/services/scoped/plugins', { name: 'key-auth' });
    const scopes = ['rsc', 'rc', 'sc', 'rs', 'c', 'r', 's', ''];
    const plugins: string[] = [];
    for (const [at, scope] of scopes.entries()) {
      const { body } = await gateway.admin('POST', '/plugins', {
        name: 'request-termination',
        config: { status_code: 430 + at },
        ...(scope.includes('r') ? { route: { id: matched.id } } : {}),
        ...(scope.includes('s') ? { service: { id: scoped.id } } : {}),
        ...(scope.includes('c') ? { consumer: { id: consumer.id } } : {}),
      });
      plugins.push(body.id);
    }
    const statuses: number[] = [];
    for (const id of plugins) {
      statuses.push(await statusOf('GET /scoped', ['apikey: secret']));
      await gateway.admin('DELETE', `/plugins/${id}`, undefined, 204);
    }
    assert.deepEqual(statuses, [430, 431, 432, 433, 434, 435, 436, 437]);
    assert.equal(await statusOf('GET /scoped', ['apikey: secret']), 200);
    assert.equal(await statusOf('GET /scoped'), 401);
  });
});
