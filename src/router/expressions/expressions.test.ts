import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { targetOf } from '../cases/router-case.ts';
import { checkExpression, createRouter, type RouteRequest } from '../index.ts';
import { createStreamRouter } from '../traditional/router.ts';

type Asked = Partial<RouteRequest> & { readonly headers?: { readonly [name: string]: string | readonly string[] } };

function requestOf({ headers = {}, ...asked }: Asked): RouteRequest {
  const common = { method: 'GET', host: 'a.test', path: '/', scheme: 'http', port: 80, sni: undefined } as const;
  return { ...common, ...asked, header: (name) => headers[name] };
}

function matchOf(expression: string, asked: Asked) {
  const router = createRouter({ flavor: 'expressions' });
  router.put(targetOf({ id: 'a', expression }));
  return router.match(requestOf(asked));
}

type Fact = readonly [expression: string, asked: Asked, holds: boolean];

const facts: readonly Fact[] = [
  // What is not there makes every predicate fail.
  ['http.headers.x != "a"', {}, false],
  ['http.headers.x != "a"', { headers: { x: 'b' } }, true],
  ['!(http.headers.x == "a")', {}, true],
  ['tls.sni != "a"', {}, false],
  ['http.host != "a"', { host: '' }, false],
  ['net.src.port > 0', {}, false],
  ['net.src.ip not in 10.0.0.0/8', {}, false],
  // All values, unless any() is said.
  ['http.headers.x == "a"', { headers: { x: ['a', 'a'] } }, true],
  ['http.headers.x == "a"', { headers: { x: ['a', 'b'] } }, false],
  ['http.headers.x != "a"', { headers: { x: ['c', 'b'] } }, true],
  ['any(http.headers.x) == "a"', { headers: { x: ['b', 'a'] } }, true],
  ['any(http.headers.x) != "a"', { headers: { x: ['a', 'a'] } }, false],
  ['http.headers.x == "a"', { headers: { x: [] } }, false],
  // Names.
  ['http.headers.X_Long_Name == "a"', { headers: { 'x-long-name': 'a' } }, true],
  ['http.queries.q == "a b"', { query: 'q=a+b' }, true],
  ['http.queries.Q == "a"', { query: 'q=a' }, false],
  ['http.queries.q == ""', { query: 'q' }, true],
  ['http.queries.q == "\u00e9"', { query: 'q=%C3%A9' }, true],
  ['http.queries.__proto__ == "a"', { query: '' }, false],
  // Texts beyond ASCII come as bytes.
  ['http.path == "/caf\u00e9"', { path: '/caf\u00c3\u00a9' }, true],
  ['lower(http.path) == "/caf\u00e9"', { path: '/CAF\u00c3\u0089' }, true],
  ['lower(http.headers.x) == "\u00e9"', { headers: { x: '\u00c3\u0089' } }, true],
  ['lower(http.path) == "/\u00e9"', { path: '/\u00c9' }, false],
  // Hosts and ports.
  ['http.host == "a.test" && net.dst.port == 81', { host: 'a.test:81' }, true],
  ['net.dst.port == 80', { host: 'a.test:81' }, false],
  ['http.host == "[::1]"', { host: '[::1]:80' }, true],
  ['http.host =^ ".test"', { host: 'x.y.test:1' }, true],
  ['http.host ^= "a."', { host: 'a.org' }, true],
  ['http.host ^= "a.o"', { host: 'a.org' }, true],
  ['http.host contains ".o"', { host: 'a.org' }, true],
  // Addresses.
  ['net.src.ip == 10.1.2.3', { clientIp: '10.1.2.3' }, true],
  ['net.src.ip != 10.1.2.3', { clientIp: '10.1.2.3' }, false],
  ['net.src.ip in 10.1.0.0/16', { clientIp: '10.1.2.3' }, true],
  ['net.src.ip in 10.1.0.0/16', { clientIp: '::ffff:10.1.2.3' }, true],
  ['net.src.ip in 0.0.0.0/0', { clientIp: '::1' }, false],
  ['net.src.ip in ::/0', { clientIp: '10.1.2.3' }, false],
  ['net.dst.ip in fe80::/10', { serverIp: 'febf::1' }, true],
  ['net.dst.ip in fe80::/10', { serverIp: 'fec0::1' }, false],
  ['net.dst.ip == 2001:db8::1', { serverIp: '2001:db8:0:0::1' }, true],
  ['net.src.port >= 1024 && net.src.port < 2000', { clientPort: 1024 }, true],
  // Segments.
  ['http.path.segments.len == 0', { path: '/' }, true],
  ['http.path.segments.len == 2', { path: '/a/b/' }, true],
  ['http.path.segments.1 == "b"', { path: '/a/b' }, true],
  ['http.path.segments.0_1 == "a/b"', { path: '/a/b/c' }, true],
  ['http.path.segments.1_2 == "b/c"', { path: '/a/b' }, false],
  ['http.path.segments.0 == "a" && http.path.segments.1 ^= "b"', { path: '/a/bc' }, true],
  // Numbers.
  ['net.dst.port == 0x50', {}, true],
  ['net.dst.port == 0120', {}, true],
  ['net.dst.port > -1', {}, true],
  ['net.dst.port < 9223372036854775807', {}, true],
  // Regular expressions are searched for, and run in linear time.
  ['http.path ~ "b$"', { path: '/a/b' }, true],
  ['http.path ~ "^b"', { path: '/a/b' }, false],
  ['http.path ~ "^/(a+)+$"', { path: `/${'a'.repeat(50)}!` }, false],
  // An index must not be mistaken for the whole.
  ['http.path ^= "/a" || http.headers.x == "1"', { path: '/b', headers: { x: '1' } }, true],
  ['(http.path == "/a" || http.path == "/ab") && http.method == "GET"', { path: '/ab' }, true],
  ['(http.path == "/a" || http.path == "/ab") && http.method == "GET"', { path: '/abc' }, false],
  ['http.host == "a.test" && http.host == "b.test"', {}, false],
];

describe('an expression', () => {
  for (const [expression, asked, holds] of facts) {
    test(`${expression} ${holds ? 'holds' : 'fails'} for ${JSON.stringify(asked)}`, () => {
      assert.equal(matchOf(expression, asked) !== undefined, holds);
    });
  }
});

describe('what an expression notes', () => {
  const noted = (expression: string, asked: Asked) => {
    const match = matchOf(expression, asked);
    const { named, unnamed } = match!.captures;
    return { path: match!.matchedPath, named: { ...named }, unnamed };
  };
  const nothing = { named: {}, unnamed: [] };

  test('is the last predicate about the path that held', () => {
    const asked = { path: '/a/b' };
    assert.deepEqual(noted('http.path ^= "/a"', asked), { path: '/a', ...nothing });
    assert.deepEqual(noted('http.path ^= "/a" && http.path =^ "/b"', asked), { path: '/b', ...nothing });
    assert.deepEqual(noted('http.path ~ "/b"', asked), { path: '/b', ...nothing });
    assert.deepEqual(noted('http.path contains "b" && http.path != "/x"', asked), { path: undefined, ...nothing });
    assert.deepEqual(noted('lower(http.path) == "/a/b"', asked), { path: '/a/b', ...nothing });
    assert.deepEqual(noted('!(http.path == "/a/b") || http.method == "GET"', asked), { path: '/a/b', ...nothing });
    assert.deepEqual(noted('(http.path ^= "/a" && http.method == "X") || http.method == "GET"', asked), {
      path: '/a',
      ...nothing,
    });
  });

  test('are groups of every pattern that held, whatever the field', () => {
    const asked = { path: '/a/17', headers: { x: 'v9' } };
    assert.deepEqual(noted('http.path ~ "^/(?<kind>\\\\w)/(?P<id>\\\\d+)(z)?" && http.headers.x ~ "v(\\\\d)"', asked), {
      path: '/a/17',
      named: { kind: 'a', id: '17' },
      unnamed: ['9', '17', ''],
    });
  });

  test('comes of no more arguments than the router is told to see', () => {
    const router = createRouter({ flavor: 'expressions', maxArgs: 2 });
    router.put(targetOf({ id: 'a', expression: 'http.queries.c == "1"' }));
    assert.equal(router.match(requestOf({ query: 'a=1&b=1&c=1' })), undefined);
    assert.notEqual(router.match(requestOf({ query: 'a=1&c=1&b=1' })), undefined);
  });

  test('is the same object where it is the same', () => {
    const router = createRouter({ flavor: 'expressions' });
    router.put(targetOf({ id: 'a', expression: 'http.path ^= "/a" || http.path ^= "/b"' }));
    const first = router.match(requestOf({ path: '/a/x' }));
    assert.equal(router.match(requestOf({ path: '/a/y' })), first);
    assert.equal(router.match(requestOf({ path: '/b' }))?.matchedPath, '/b');
  });
});

describe('the order of routes', () => {
  const routerOf = (...routes: readonly object[]) => {
    const router = createRouter({ flavor: 'expressions' });
    routes.forEach((fields, index) => {
      router.put(targetOf({ id: `r${index}`, created_at: index, ...fields }));
    });
    return (asked: Asked) => router.match(requestOf(asked))?.target.route['id'];
  };

  test('is by priority, then by age, and expressions go before fields', () => {
    const find = routerOf(
      { paths: ['/a/b'], methods: ['GET'], hosts: ['a.test'] },
      { expression: 'http.path ^= "/a/b"' },
      { expression: 'http.path ^= "/"', priority: 2 ** 46 - 1 },
      { expression: 'http.path ^= "/a"' },
      { expression: 'http.method == "PUT"', priority: 5 },
    );
    assert.equal(find({ path: '/a/b' }), 'r2');
    const without = routerOf(
      { paths: ['/a/b'], methods: ['GET'], hosts: ['a.test'] },
      { expression: 'http.path ^= "/a/b" && http.headers.x == "1"' },
      { expression: 'http.path ^= "/a"' },
    );
    assert.equal(without({ path: '/a/b' }), 'r2');
    assert.equal(without({ path: '/a/b', headers: { x: '1' } }), 'r1');
  });

  test('of fields counts sources and destinations', () => {
    const find = routerOf(
      { paths: ['/a'], methods: ['GET'] },
      { paths: ['/a'], sources: [{ ip: '10.0.0.0/8' }], destinations: [{ port: 80 }, { ip: '1.1.1.1', port: 1 }] },
    );
    assert.equal(find({ path: '/a', clientIp: '10.1.1.1' }), 'r1');
    assert.equal(find({ path: '/a', clientIp: '11.1.1.1' }), 'r0');
    assert.equal(find({ path: '/a', clientIp: '10.1.1.1', port: 81 }), 'r0');
  });

  test('is kept where many routes differ in a header, a server name or nothing that an index knows', () => {
    const many = (make: (i: number) => string) =>
      routerOf(...Array.from({ length: 100 }, (_, i) => ({ expression: make(i), priority: i % 10 })));
    const byHeader = many((i) => `http.headers.x == "v${i % 50}"`);
    assert.equal(byHeader({ headers: { x: 'v7' } }), 'r7');
    assert.equal(byHeader({ headers: { x: ['v7', 'v8'] } }), undefined);
    const bySni = many((i) => `tls.sni == "s${i}.test"`);
    assert.equal(bySni({ scheme: 'https', sni: 's42.test' }), 'r42');
    assert.equal(bySni({ sni: undefined }), undefined);
    const byNothing = many((i) => `http.path contains "x${i}"`);
    assert.equal(byNothing({ path: '/x3/x18/x8' }), 'r8');
    // Remembered by now.
    assert.equal(byNothing({ path: '/x3/x18/x8' }), 'r8');
  });
});

describe('refusals', () => {
  test('are no longer than Kong makes them', () => {
    const message = checkExpression(`http.path == "${'\u00e9'.repeat(5000)}" x`, ['http']) ?? '';
    assert.ok(Buffer.byteLength(message) <= 4096);
    assert.match(message, /^ --> 1:\d+\n {2}\|\n1 \| http\.path == "\u00e9+$/);
  });

  test('leave the router as it was', () => {
    const router = createRouter({ flavor: 'expressions' });
    router.put(targetOf({ id: 'a', expression: 'http.path == "/a"' }));
    for (const expression of ['http.path', 'net.foo == 1', 'http.path ~ "("', 'http.path == 1', '']) {
      assert.throws(() => router.put(targetOf({ id: 'a', expression })), { code: 'ERR_EXPRESSION', status: 400 });
    }
    assert.equal(router.size, 1);
    assert.equal(router.match(requestOf({ path: '/a' }))?.matchedPath, '/a');
  });

  test('are for expressions only where they are asked for', () => {
    const router = createRouter({ flavor: 'traditional_compatible' });
    router.put(targetOf({ id: 'a', expression: 'http.path == "/a"' }));
    assert.equal(router.match(requestOf({ path: '/a' })), undefined);
  });
});

describe('raw streams', () => {
  const connection = (asked: Asked) => requestOf({ scheme: 'tcp', method: '', host: '', path: '', ...asked });
  const routerOf = (...routes: readonly object[]) => {
    const router = createStreamRouter();
    routes.forEach((fields, index) => {
      router.put(targetOf({ id: `r${index}`, created_at: index, protocols: ['tcp', 'tls', 'udp'], ...fields }));
    });
    return (asked: Asked) => router.match(connection(asked))?.target.route['id'];
  };

  test('are told apart by source, destination and server name', () => {
    const find = routerOf(
      { sources: [{ ip: '10.0.0.0/8' }] },
      { sources: [{ ip: '10.0.0.1' }] },
      { destinations: [{ port: 9000 }] },
      { sources: [{ ip: '10.0.0.0/8' }], destinations: [{ port: 9000 }] },
    );
    const tls = { scheme: 'tls' } as const;
    assert.equal(find({ clientIp: '10.2.0.1' }), 'r0');
    assert.equal(find({ clientIp: '10.0.0.1' }), 'r1');
    assert.equal(find({ clientIp: '11.0.0.1', port: 9000, ...tls }), 'r2');
    assert.equal(find({ clientIp: '10.0.0.1', port: 9000, ...tls }), 'r3');
    assert.equal(find({ clientIp: '11.0.0.1', sni: 'c.test', ...tls }), undefined);
    const named = routerOf(
      { sources: [{ ip: '10.0.0.0/8' }] },
      { snis: ['a.test', '*.b.test'], protocols: ['tls'] },
      { snis: ['c.c.test'], protocols: ['tls', 'tcp'] },
    );
    assert.equal(named({ clientIp: '10.0.0.1', sni: 'x.b.test', ...tls }), 'r1');
    assert.equal(named({ clientIp: '10.0.0.1', sni: 'c.test', ...tls }), 'r0');
    // As in Kong, connections without TLS meet what a route asks of server names.
    assert.equal(named({ clientIp: '10.0.0.1' }), 'r1');
  });

  test('have expressions of their own fields', () => {
    const find = routerOf(
      { expression: 'net.protocol == "udp" && net.src.ip in 10.0.0.0/8', priority: 1 },
      { expression: 'tls.sni =^ ".test"', protocols: ['tls_passthrough'] },
      { sources: [{ ip: '10.0.0.1' }] },
    );
    assert.equal(find({ scheme: 'udp', clientIp: '10.0.0.1' }), 'r0');
    assert.equal(find({ scheme: 'tls', clientIp: '10.0.0.1', sni: 'a.test' }), 'r1');
    assert.equal(find({ scheme: 'tcp', clientIp: '10.0.0.1' }), 'r2');
    assert.throws(() => routerOf({ expression: 'http.path == "/"' }), { code: 'ERR_EXPRESSION' });
  });

  test('have no routes of requests, nor the other way round', () => {
    const ofRequests = [
      { paths: ['/'], protocols: ['http'] },
      { snis: ['a.test'], protocols: ['https'] },
      { expression: 'net.dst.port == 80', protocols: ['https'] },
    ];
    assert.equal(routerOf(...ofRequests)({}), undefined);
    const router = createRouter({ flavor: 'expressions' });
    router.put(targetOf({ id: 'a', expression: 'net.dst.port == 80', protocols: ['tls'] }));
    router.put(targetOf({ id: 'b', sources: [{ ip: '10.0.0.1' }], protocols: ['tcp'] }));
    assert.equal(router.match(requestOf({ clientIp: '10.0.0.1' })), undefined);
    assert.equal(router.size, 2);
  });
});
