import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import type { Answer } from '../../support/raw-client.ts';
import { type Seen, startUpstream } from '../proxy/upstream.ts';

/** Facts about Kong 3.9 with router_flavor = expressions, through the Admin API and the proxy's own listeners. */
let gateway: InProcessGateway;
let upstream: Awaited<ReturnType<typeof startUpstream>>;

const routes: { readonly [name: string]: object } = {
  both: { expression: 'http.path ^= "/a" && http.method == "POST" || http.host == "only.test"' },
  negated: { expression: '!(http.method == "GET") && http.path == "/negated"' },
  low: { expression: 'http.path ^= "/ranked"', priority: 1 },
  high: { expression: 'http.path ^= "/ranked" && http.headers.x_color == "red"', priority: 2 },
  fields: { paths: ['/ranked/very/long'], methods: ['GET'] },
  allValues: { expression: 'http.path == "/values" && http.headers.x_tag ^= "a"', priority: 5 },
  anyValue: { expression: 'http.path == "/values" && any(lower(http.headers.x_tag)) == "b"' },
  query: { expression: 'http.path == "/query" && http.queries.q == "1 2"' },
  emptyQuery: { expression: 'http.path == "/query" && http.queries.flag == ""' },
  segments: { expression: 'http.path.segments.0_1 == "seg/ment" && http.path.segments.len == 3' },
  source: { expression: 'http.path == "/source" && net.src.ip in 127.0.0.0/8 && net.src.port > 0' },
  elsewhere: { expression: 'http.path == "/source" && net.src.ip in 10.0.0.0/8', priority: 9 },
  destination: { expression: 'http.path == "/destination" && net.dst.ip == 127.0.0.1 && net.dst.port == 1234' },
  oldPort: { expression: 'http.path == "/old-port" && net.port == 1234' },
  kept: { expression: 'http.path ^= "/kept"', strip_path: false },
  told: { expression: 'http.path ~ r#"^/told/(?<id>\\d+)(x)?/(\\w)"# && http.headers.x_c ~ "(c)"' },
  captured: { expression: 'http.path ~ r#"^/items/(?<id>\\d+)"#' },
  suffix: { expression: 'http.path =^ ".png"', strip_path: false },
  secure: { expression: 'http.path == "/secure"', protocols: ['https'] },
  sni: { expression: 'tls.sni == "named.test" && http.path == "/sni"' },
  overTls: { expression: 'http.path == "/over" && net.protocol == "https"' },
  sourceOfFields: { paths: ['/near'], sources: [{ ip: '127.0.0.0/8' }] },
  sourceElsewhere: { paths: ['/far'], sources: [{ ip: '10.0.0.0/8' }] },
  httpOnly: { paths: ['/http-only'], protocols: ['http'] },
};

before(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway({
    router_flavor: 'expressions',
    allow_debug_header: 'on',
    plugins: 'bundled, teller',
  });
  await gateway.admin('POST', '/services', { name: 'service', host: '127.0.0.1', port: upstream.port, path: '/base' });
  for (const [name, fields] of Object.entries(routes)) {
    await gateway.admin('POST', '/services/service/routes', { name, ...fields });
  }
  await gateway.admin('POST', '/routes/told/plugins', { name: 'teller' });
});
after(async () => {
  await gateway.stop();
  upstream.close();
});

interface Asked {
  readonly headers?: readonly string[];
  readonly host?: string;
  readonly tls?: { readonly servername?: string };
}

async function ask(line: string, { headers = [], host = 'client.test', tls }: Asked = {}): Promise<Answer> {
  const client = await gateway.connect(tls === undefined ? {} : { tls });
  try {
    const lines = [`${line} HTTP/1.1`, `Host: ${host}`, 'Kong-Debug: 1', ...headers];
    return await client.ask(`${lines.join('\r\n')}\r\n\r\n`);
  } finally {
    client.close();
  }
}

const facts: readonly (readonly [line: string, asked: Asked, route: string | undefined])[] = [
  ['POST /a', {}, 'both'],
  ['GET /a', { host: 'only.test' }, 'both'],
  // The language's || binds more tightly than its &&.
  ['GET /b', { host: 'only.test' }, undefined],
  ['POST /negated', {}, 'negated'],
  ['GET /negated', {}, undefined],
  ['GET /ranked', {}, 'low'],
  ['GET /ranked', { headers: ['X-Color: red'] }, 'high'],
  ['GET /ranked/very/long', {}, 'low'],
  ['GET /values', { headers: ['X-Tag: a1', 'X-Tag: a2'] }, 'allValues'],
  ['GET /values', { headers: ['X-Tag: a1', 'X-Tag: B'] }, 'anyValue'],
  ['GET /values', { headers: ['X-Tag: a1', 'X-Tag: c'] }, undefined],
  ['GET /query?q=1%202', {}, 'query'],
  ['GET /query?q=1+2', {}, 'query'],
  ['GET /query?q=3&q=1+2', {}, undefined],
  ['GET /query?flag', {}, 'emptyQuery'],
  ['GET /seg//ment/x/', {}, 'segments'],
  ['GET /seg/ment', {}, undefined],
  ['GET /source', {}, 'source'],
  ['GET /destination', { host: 'client.test:1234' }, 'destination'],
  ['GET /destination', {}, undefined],
  ['GET /old-port', { host: 'client.test:1234' }, 'oldPort'],
  ['GET /kept/x', {}, 'kept'],
  ['GET /items/17/more', {}, 'captured'],
  ['GET /any/picture.png', {}, 'suffix'],
  ['GET /sni', { tls: { servername: 'named.test' } }, 'sni'],
  ['GET /sni', { tls: { servername: 'other.test' } }, undefined],
  ['GET /sni', {}, undefined],
  ['GET /over', { tls: {} }, 'overTls'],
  ['GET /over', {}, undefined],
  ['GET /near', {}, 'sourceOfFields'],
  ['GET /far', {}, undefined],
  ['GET /http-only', {}, 'httpOnly'],
  ['GET /http-only', { tls: {} }, undefined],
];

describe('requests', () => {
  for (const [line, asked, route] of facts) {
    it(`${line} ${JSON.stringify(asked)} finds ${route ?? 'nothing'}`, async () => {
      const answer = await ask(line, asked);
      assert.equal(answer.headers.find(([name]) => name.toLowerCase() === 'kong-route-name')?.[1], route);
      assert.equal(answer.status, route === undefined ? 404 : 200, answer.text);
    });
  }

  it('of a route for https alone are told so', async () => {
    assert.equal((await ask('GET /secure')).status, 426);
    assert.equal((await ask('GET /secure', { tls: {} })).status, 200);
  });

  it('go on without what the last predicate about the path held', async () => {
    const targetOf = async (line: string): Promise<string> => (JSON.parse((await ask(line)).text) as Seen).target;
    assert.equal(await targetOf('GET /ranked/x?y'), '/base/x?y');
    assert.equal(await targetOf('GET /kept/x'), '/base/kept/x');
    assert.equal(await targetOf('GET /items/17/more'), '/base/more');
    assert.equal(await targetOf('GET /seg/ment/x'), '/base/seg/ment/x');
  });

  it('leave their captures to plugins', async () => {
    const { headers } = await ask('GET /told/17/y', { headers: ['X-C: abc'] });
    const told = headers.find(([name]) => name.toLowerCase() === 'x-told')?.[1] ?? '';
    // Groups of later predicates go over those of earlier ones.
    assert.deepEqual(JSON.parse(told).captures, { named: { id: '17' }, unnamed: ['c', '', 'y'] });
  });
});

describe('the Admin API', () => {
  const prefix = 'schema violation (Router Expression failed validation: ';
  const places = "'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or 'destinations' simultaneously";
  const refused: readonly (readonly [given: object, reason: string])[] = [
    [
      { expression: 'http.method' },
      ' --> 1:12\n  |\n1 | http.method\n  |            ^---\n  |\n  = expected binary_operator',
    ],
    [{ expression: 'http.foo == "x"' }, 'Unknown LHS field'],
    [
      { expression: 'net.dst.port == 80', protocols: ['http'], priority: 1, paths: ['/'] },
      `cannot set 'expression' with ${places}`,
    ],
    [
      { expression: 'net.dst.port == 80', regex_priority: 1 },
      "cannot set 'regex_priority' with 'expression' simultaneously",
    ],
    [{ paths: ['/'], priority: 1 }, `cannot set 'priority' with ${places}`],
    [{ expression: 'http.path == "/"', protocols: ['tcp'] }, 'Unknown LHS field'],
    [{ expression: 'http.path.segments.01 == "x"' }, 'illformed http.path.segments.* field'],
  ];
  for (const [given, reason] of refused) {
    it(`refuses ${JSON.stringify(given)}`, async () => {
      const { body } = await gateway.admin('POST', '/routes', given, 400);
      assert.deepEqual(body, {
        message: `${prefix}${reason})`,
        name: 'schema violation',
        fields: { '@entity': [`Router Expression failed validation: ${reason}`] },
        code: 2,
      });
    });
  }

  it('asks for an expression or a field', async () => {
    const { body } = await gateway.admin('POST', '/routes', {}, 400);
    assert.deepEqual(body.fields['@entity'], [
      "must set one of 'methods', 'hosts', 'headers', 'paths', 'snis', 'expression' when 'protocols' is 'https'",
    ]);
  });

  it('takes priorities below 2^46', async () => {
    const expression = 'http.path == "/never"';
    const { body } = await gateway.admin('POST', '/routes', { expression, priority: 2 ** 46 }, 400);
    assert.deepEqual(body.fields, { priority: 'value should be between 0 and 70368744177663' });
    const made = await gateway.admin('POST', '/routes', { expression, priority: 2 ** 46 - 1 }, 201);
    assert.equal(made.body.priority, 2 ** 46 - 1);
    assert.equal(made.body.expression, expression);
    assert.equal((await gateway.admin('GET', `/routes/${made.body.id}`)).body.priority, 2 ** 46 - 1);
    await gateway.admin('DELETE', `/routes/${made.body.id}`, undefined, 204);
  });

  it('keeps expressions of raw streams', async () => {
    const given = { protocols: ['tls'], expression: 'net.src.ip == 1.2.3.4 && tls.sni =^ ".test"' };
    const { body } = await gateway.admin('POST', '/routes', given, 201);
    assert.equal(body.expression, given.expression);
    await gateway.admin('DELETE', `/routes/${body.id}`, undefined, 204);
  });

  it('describes the fields', async () => {
    const { body } = await gateway.admin('GET', '/schemas/routes');
    const fields = Object.assign({}, ...body.fields) as { readonly [name: string]: object };
    assert.deepEqual(fields['expression'], { type: 'string' });
    assert.deepEqual(fields['priority'], {
      type: 'integer',
      required: true,
      default: 0,
      between: [0, 2 ** 46 - 1],
    });
  });

  it('follows changes of an expression at once', async () => {
    const made = await gateway.admin('POST', '/services/service/routes', { expression: 'http.path == "/first"' }, 201);
    assert.equal((await ask('GET /first')).status, 200);
    await gateway.admin('PATCH', `/routes/${made.body.id}`, { expression: 'http.path == "/second"' }, 200);
    assert.equal((await ask('GET /first')).status, 404);
    assert.equal((await ask('GET /second')).status, 200);
    await gateway.admin('DELETE', `/routes/${made.body.id}`, undefined, 204);
    assert.equal((await ask('GET /second')).status, 404);
  });
});

it('without a database, expressions come from the file', async () => {
  const settings = { router_flavor: 'expressions', database: 'off' };
  const declaration = (expression: string) =>
    JSON.stringify({
      _format_version: '3.0',
      services: [
        { name: 's', host: '127.0.0.1', port: upstream.port, routes: [{ name: 'r', expression, priority: 3 }] },
      ],
    });
  const declared = await startTestGateway({
    ...settings,
    declarative_config_string: declaration('http.path == "/declared"'),
  });
  try {
    const client = await declared.connect();
    const answer = await client.ask('GET /declared HTTP/1.1\r\nHost: a\r\n\r\n');
    client.close();
    assert.equal(answer.status, 200);
    const { body } = await declared.admin('POST', '/config', JSON.parse(declaration('http.path = 1')), 400);
    assert.match(JSON.stringify(body), /Router Expression failed validation: .*expected binary_operator/);
  } finally {
    await declared.stop();
  }
});
