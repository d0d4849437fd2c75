import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Kong } from '../kong.ts';
import { type AnyPlugin, definePlugin, type Handlers } from '../plugin.ts';
import { createPluginRunner, runPlugin } from '../testing.ts';

function pluginOf(handlers: Handlers, name = 'probe', priority = 10): AnyPlugin {
  return definePlugin({ name, version: '1.0.0', priority, config: {}, setup: () => () => handlers });
}

test('phases run in the order of the pipeline, plugins by priority and then by name', async () => {
  const order: string[] = [];
  const recorder = (name: string, priority: number): AnyPlugin => {
    const note = (phase: string) => () => {
      order.push(`${phase}:${name}`);
    };
    return pluginOf(
      {
        rewrite: note('rewrite'),
        access: note('access'),
        headerFilter: note('header_filter'),
        bodyFilter: (_kong, chunk, last) => {
          order.push(`body_filter:${name}:${chunk.length}${last ? ' last' : ''}`);
          return undefined;
        },
        log: note('log'),
      },
      name,
      priority,
    );
  };
  const plugins = [recorder('a', 1), recorder('b', 1), recorder('c', 2)].map((plugin) => ({ plugin }));
  const run = await createPluginRunner(plugins).send({ upstreamResponse: { body: ['12', '345'] } });
  assert.deepEqual(order, [
    'rewrite:c',
    'rewrite:b',
    'rewrite:a',
    'access:c',
    'access:b',
    'access:a',
    'header_filter:c',
    'header_filter:b',
    'header_filter:a',
    'body_filter:c:2',
    'body_filter:b:2',
    'body_filter:a:2',
    'body_filter:c:3',
    'body_filter:b:3',
    'body_filter:a:3',
    'body_filter:c:0 last',
    'body_filter:b:0 last',
    'body_filter:a:0 last',
    'log:c',
    'log:b',
    'log:a',
  ]);
  assert.equal(run.body, '12345');
});

test('without plugins a request goes through untouched', async () => {
  const run = await createPluginRunner([]).send({
    request: { method: 'POST', path: '/a%20b', query: { q: 1 }, headers: { 'X-A': ['1', '2'] }, body: { n: 1 } },
    upstreamResponse: { status: 201, headers: { 'X-B': '3' }, body: 'made' },
  });
  assert.deepEqual([run.status, { ...run.headers }, run.body, run.source], [201, { 'x-b': '3' }, 'made', 'service']);
  assert.deepEqual(
    { ...run.upstream, headers: { ...run.upstream?.headers } },
    {
      method: 'POST',
      scheme: 'http',
      host: 'upstream.test',
      port: 80,
      path: '/a%20b',
      query: 'q=1',
      headers: {
        'x-a': ['1', '2'],
        'content-type': 'application/json',
        'content-length': '7',
        host: 'upstream.test',
      },
      body: '{"n":1}',
      retries: 5,
      timeouts: { connect: 60000, write: 60000, read: 60000 },
      isBuffered: false,
    },
  );
});

test('an exit in access ends the phase; filters and log still run', async () => {
  const seen: string[] = [];
  const first = pluginOf(
    {
      access: (kong) => {
        kong.response.setHeader('X-Early', '1');
        kong.response.exit(418, { a: 1 });
        kong.response.exit(500, 'too late');
      },
      headerFilter: (kong) => {
        seen.push(`${kong.response.getSource()} ${kong.response.getStatus()} ${kong.service.response.getStatus()}`);
      },
    },
    'first',
    2,
  );
  const second = pluginOf({ access: () => void seen.push('access'), log: () => void seen.push('log') }, 'second', 1);
  const run = await createPluginRunner([{ plugin: first }, { plugin: second }]).send();
  assert.deepEqual(seen, ['exit 418 undefined', 'log']);
  assert.deepEqual(
    [run.status, run.body, { ...run.headers }, run.upstream],
    [
      418,
      '{"a":1}',
      { 'x-early': '1', 'content-type': 'application/json; charset=utf-8', 'content-length': '7' },
      undefined,
    ],
  );
});

test('kong.response.error follows Accept and carries the request id', async () => {
  const plugin = pluginOf({ access: (kong) => kong.response.error(403) });
  const run = await runPlugin(plugin, {}, { request: { headers: { Accept: 'text/plain' } }, requestId: 'r1' });
  assert.deepEqual([run.status, run.body, run.source], [403, 'Forbidden\nrequest_id: r1\n', 'exit']);
});

test('a handler that throws in access is answered with 500, in other phases only logged', async () => {
  const boom = (): never => {
    throw new Error('boom');
  };
  const broken = await runPlugin(pluginOf({ access: boom }), {});
  assert.deepEqual(
    [broken.status, broken.body, broken.source, broken.logs],
    [500, '{"message":"An unexpected error occurred"}', 'error', [{ level: 'error', message: '[probe] boom' }]],
  );
  const filters: Handlers = { headerFilter: boom, bodyFilter: boom, log: boom };
  const limping = await runPlugin(pluginOf(filters), {}, { upstreamResponse: { body: 'a' } });
  assert.deepEqual([limping.status, limping.body, limping.logs.length], [200, 'a', 4]);
});

test('no route is 404, no service is 503', async () => {
  const never = pluginOf({ access: () => assert.fail('access must not run') });
  const lost = await runPlugin(never, {}, { route: null });
  assert.deepEqual([lost.status, JSON.parse(lost.body).message], [404, 'no Route matched with those values']);
  const homeless = await runPlugin(pluginOf({}), {}, { service: null });
  assert.deepEqual([homeless.status, JSON.parse(homeless.body).message], [503, 'no Service found with those values']);
});

test('headers set before the upstream answers stand beside its own, single ones give way', async () => {
  const plugin = pluginOf({
    access: (kong) => kong.response.setHeaders({ 'X-A': 'plugin', 'Content-Type': 'text/a', 'Transfer-Encoding': 'x' }),
  });
  const run = await runPlugin(
    plugin,
    {},
    { upstreamResponse: { headers: { 'X-A': 'own', 'Content-Type': 'text/b' } } },
  );
  assert.deepEqual({ ...run.headers }, { 'x-a': ['plugin', 'own'], 'content-type': 'text/b' });
  assert.deepEqual(run.logs, [{ level: 'warn', message: 'manually setting Transfer-Encoding. Ignored.' }]);
});

test('a later plugin sees what an earlier one set for the upstream', async () => {
  let seen: unknown;
  const first = pluginOf(
    {
      access: (kong) => {
        kong.service.request.setHeader('X-User', 'bob');
        kong.service.request.setQuery({ a: 1 });
        kong.service.request.setMethod('PUT');
        kong.service.request.setRawBody('new');
        kong.service.request.setPath('/other path');
      },
    },
    'first',
    2,
  );
  const second = pluginOf(
    {
      access: async (kong) => {
        seen = [
          kong.request.getHeader('x_user'),
          kong.request.getRawQuery(),
          kong.request.getMethod(),
          await kong.request.getRawBody(),
          kong.request.getPath(),
          kong.request.getPathWithQuery(),
        ];
      },
    },
    'second',
    1,
  );
  const run = await createPluginRunner([{ plugin: first }, { plugin: second }]).send({
    request: { path: '/p', query: 'z' },
  });
  assert.deepEqual(seen, ['bob', 'a=1', 'PUT', 'new', '/p', '/p?z']);
  assert.deepEqual([run.upstream?.path, run.upstream?.body], ['/other%20path', 'new']);
});

test('a response handler reads the whole answer and may replace it', async () => {
  const plugin = pluginOf({
    response: (kong) => {
      kong.response.exit(200, kong.service.response.getRawBody().toUpperCase());
    },
  });
  const run = await runPlugin(plugin, {}, { upstreamResponse: { body: ['ab', 'c'] } });
  assert.deepEqual([run.body, run.upstream?.isBuffered], ['ABC', true]);
});

test('body filters see the work of those before them', async () => {
  const upper = pluginOf({ bodyFilter: (_kong, chunk) => Buffer.from(String(chunk).toUpperCase()) }, 'upper', 2);
  const whole = pluginOf(
    {
      bodyFilter: (kong) => {
        const body = kong.response.getRawBody();
        if (body !== undefined) kong.response.setRawBody(`<${body}>`);
        return undefined;
      },
    },
    'whole',
    1,
  );
  const keep = pluginOf({ bodyFilter: (kong) => void kong.response.getRawBody() as undefined }, 'keep', 0);
  const run = await createPluginRunner([upper, whole, keep].map((plugin) => ({ plugin }))).send({
    upstreamResponse: { body: ['a', 'é'] },
  });
  assert.equal(run.body, '<AÉ>');
});

test('an answer to HEAD has no body', async () => {
  const run = await runPlugin(pluginOf({}), {}, { request: { method: 'HEAD' }, upstreamResponse: { body: 'x' } });
  assert.equal(run.body, '');
});

test('each plugin has its own kong.ctx.plugin, all share kong.ctx.shared', async () => {
  const seen: unknown[] = [];
  const noting = (name: string, priority: number): AnyPlugin =>
    pluginOf(
      {
        access: (kong) => {
          kong.ctx.plugin['name'] = name;
          kong.ctx.shared[name] = true;
        },
        log: (kong) => void seen.push(kong.ctx.plugin['name']),
      },
      name,
      priority,
    );
  const run = await createPluginRunner([{ plugin: noting('a', 2) }, { plugin: noting('b', 1) }]).send();
  assert.deepEqual(seen, ['a', 'b']);
  assert.deepEqual(run.shared, { a: true, b: true });
});

test('the log entry holds what plugins add to it', async () => {
  let entry: unknown;
  const plugin = pluginOf({
    access: (kong) => {
      kong.client.authenticate({ id: 'c1' }, { id: 'k1' });
      kong.log.setSerializeValue('extra.a', 1);
    },
    log: (kong) => {
      entry = kong.log.serialize()['extra'];
    },
  });
  const run = await runPlugin(plugin, {}, { request: { query: 'a=1' } });
  assert.deepEqual(entry, { a: 1 });
  assert.deepEqual(run.entry['authenticated_entity'], { id: 'k1', consumer_id: 'c1' });
  assert.equal(run.entry['upstream_uri'], '/?a=1');
});

const refused: readonly [title: string, handlers: Handlers, text: string][] = [
  [
    'authenticate in header_filter',
    { headerFilter: (kong) => kong.client.authenticate({ id: 'c1' }, null) },
    'function cannot be called in header_filter phase (only in: access)',
  ],
  [
    'a header of the answer in log',
    { log: (kong) => kong.response.setHeader('a', 'b') },
    'function cannot be called in log phase ' +
      '(only in: rewrite, access, balancer, response, header_filter, error, admin_api)',
  ],
  [
    'the body of the upstream without buffering',
    { headerFilter: (kong) => void kong.service.response.getRawBody() },
    'service body is only available with buffered proxying (see: kong.service.request.enable_buffering function)',
  ],
  [
    'a consumer by something that is no UUID',
    { access: async (kong) => void (await kong.client.loadConsumer('bob')) },
    'cannot load a consumer with an id that is not a uuid',
  ],
  [
    'a body without a content type',
    { access: (kong) => kong.service.request.setBody({ a: 1 }) },
    'content type was neither explicitly given as an argument or received as a header',
  ],
];

for (const [title, handlers, text] of refused) {
  test(`refuses ${title}`, async () => {
    const run = await runPlugin(pluginOf(handlers), {});
    assert.deepEqual(run.logs, [{ level: 'error', message: `[probe] ${text}` }]);
  });
}

async function ask<T>(
  question: (kong: Kong) => T | Promise<T>,
  options: Parameters<typeof runPlugin>[2] = {},
): Promise<T | undefined> {
  let answer: T | undefined;
  const run = await runPlugin(
    pluginOf({
      access: async (kong) => {
        answer = await question(kong);
      },
    }),
    {},
    options,
  );
  assert.deepEqual(run.logs, []);
  return answer;
}

test('forwarded values count for trusted peers only', async () => {
  const request = {
    clientIp: '10.0.0.7',
    headers: {
      'X-Forwarded-Proto': 'HTTPS',
      'X-Forwarded-Host': 'user@Shop.Test:8080',
      'X-Forwarded-Path': '/before',
      'X-Forwarded-Prefix': '/shop',
    },
  };
  const question = (kong: Kong) => [
    kong.request.getForwardedScheme(),
    kong.request.getForwardedHost(),
    kong.request.getForwardedPort(),
    kong.request.getForwardedPath(),
    kong.request.getForwardedPrefix(),
    kong.client.getProtocol(true),
    kong.client.getProtocol(),
    kong.ip.isTrusted('10.0.0.7'),
  ];
  assert.deepEqual(await ask(question, { request, trustedIps: ['10.0.0.0/8'] }), [
    'https',
    'shop.test',
    8080,
    '/before',
    '/shop',
    'https',
    'http',
    true,
  ]);
  assert.deepEqual(await ask(question, { request, hostPorts: { 8000: 80 } }), [
    'http',
    'example.com',
    80,
    '/',
    undefined,
    'http',
    'http',
    false,
  ]);
});

test('consumers are found by id and by username, at once or later', async () => {
  const id = '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f2e';
  const row = { id, username: 'bob' };
  for (const reads of ['now', 'later'] as const) {
    const options = { entities: { consumers: [row] }, reads };
    assert.equal(await ask((kong) => kong.client.loadConsumer(id), options), row);
    assert.equal(await ask((kong) => kong.client.loadConsumer('bob', true), options), row);
    assert.equal(await ask((kong) => kong.client.loadConsumer(fakeId, true), options), undefined);
  }
});

const fakeId = '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f2f';

test('the request can be asked for everything', async () => {
  const seen = await ask(
    async (kong) => [
      kong.request.getQueryArg('a'),
      kong.request.getQueryArg('b'),
      { ...kong.request.getQuery(1) },
      kong.request.getRawPath(),
      kong.request.getPath(),
      kong.request.getHttpVersion(),
      kong.request.getPort(),
      kong.request.getUriCaptures(),
      (await kong.request.getBody()).ok,
      await kong.request.getBody('text/plain'),
    ],
    {
      request: {
        path: '/%61//b%C3%A9',
        query: 'a=1&a=2&b',
        scheme: 'https',
        httpVersion: 2,
        body: { x: 1 },
        captures: { named: { id: '7' }, unnamed: ['7'] },
      },
    },
  );
  assert.deepEqual(seen, [
    '1',
    true,
    { a: '1' },
    '/%61//b%C3%A9',
    '/a/bé',
    2,
    8443,
    { named: { id: '7' }, unnamed: ['7'] },
    true,
    { ok: false, error: "unsupported content type 'text/plain'" },
  ]);
});

test('targets, retries and time-outs reach the upstream request', async () => {
  const plugin = pluginOf({
    access: (kong) => {
      assert.equal(kong.service.setUpstream('nowhere'), false);
      assert.equal(kong.service.setUpstream('somewhere'), true);
      kong.service.setRetries(0);
      kong.service.setTimeouts(1, 2, 3);
      kong.service.request.setScheme('https');
      kong.service.request.setHeader('Host', 'other.test');
      kong.service.request.clearQueryArg('a');
    },
  });
  const run = await runPlugin(plugin, {}, { upstreams: ['somewhere'], request: { query: 'a=1&b=2' } });
  assert.deepEqual(
    [run.upstream?.host, run.upstream?.retries, run.upstream?.timeouts, run.upstream?.scheme, run.upstream?.query],
    ['somewhere', 0, { connect: 1, write: 2, read: 3 }, 'https', 'b=2'],
  );
  assert.equal(run.upstream?.headers['host'], 'other.test');
});
