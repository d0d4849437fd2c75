import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSafeRegex } from '../kernel/index.ts';
import { fillRouter, requestOf, summaryOf, targetOf, targetsOf } from './cases/router-case.ts';
import { fillTranslated } from './cases/translated.ts';
import { createRouter, type FieldsFlavor, type Router, type RouterFlavor } from './index.ts';
import { routerCases } from './router.cases.ts';

interface Way {
  readonly name: string;
  readonly flavor: RouterFlavor;
  /** The flavour whose cases hold. */
  readonly like: FieldsFlavor;
  readonly fill: (router: Router, routes: (typeof routerCases)[number]['routes']) => void;
}

const ways: readonly Way[] = [
  { name: 'traditional', flavor: 'traditional', like: 'traditional', fill: fillRouter },
  {
    name: 'traditional_compatible',
    flavor: 'traditional_compatible',
    like: 'traditional_compatible',
    fill: fillRouter,
  },
  { name: 'expressions, by fields', flavor: 'expressions', like: 'traditional_compatible', fill: fillRouter },
  {
    name: 'expressions, translated',
    flavor: 'expressions',
    like: 'traditional_compatible',
    fill: (router, routes) => fillTranslated(router, targetsOf(routes)),
  },
];

for (const { name, flavor, like, fill } of ways) {
  describe(`flavour ${name}`, () => {
    for (const each of routerCases) {
      if (each.flavors?.includes(like) === false) continue;
      for (const ask of each.asks) {
        test(`${each.name}: ${ask.ask.slice(0, 80)} finds ${ask.finds ?? 'nothing'}`, () => {
          const router = createRouter({ flavor });
          fill(router, each.routes);
          const { path, named, unnamed } = ask;
          const found = summaryOf(router.match(requestOf(ask)));
          // A second time, for what was remembered must be the same.
          assert.deepEqual(summaryOf(router.match(requestOf(ask))), found);
          assert.equal(found.finds, ask.finds);
          if (path !== undefined) assert.equal(found.path, path);
          if (named !== undefined) assert.deepEqual(found.named, named);
          if (unnamed !== undefined) assert.deepEqual(found.unnamed, unnamed);
        });
      }
    }
  });
}

const get = (url: string, headers = {}) => requestOf({ ask: `GET ${url}`, headers, finds: undefined });

describe('changes', () => {
  test('take effect at once, and leave what was matched alone', () => {
    const router = createRouter();
    router.put(targetOf({ id: 'a', paths: ['/a'] }));
    const before = router.match(get('http://x.test/a'));
    router.put(targetOf({ id: 'a', paths: ['/b'] }));
    assert.equal(router.size, 1);
    assert.equal(router.match(get('http://x.test/a')), undefined);
    assert.equal(router.match(get('http://x.test/b'))?.matchedPath, '/b');
    assert.equal(before?.matchedPath, '/a');
    router.delete('a');
    router.delete('never there');
    assert.equal(router.size, 0);
    assert.equal(router.match(get('http://x.test/b')), undefined);
  });

  test('a new target of the same route is handed out', () => {
    const router = createRouter();
    router.put(targetOf({ id: 'a', paths: ['/a'] }));
    const second = targetOf({ id: 'a', paths: ['/a'] });
    router.put(second);
    assert.equal(router.match(get('http://x.test/a'))?.target, second);
  });

  test('a refused regular expression leaves the router as it was', () => {
    const router = createRouter();
    router.put(targetOf({ id: 'a', paths: ['/a'] }));
    assert.throws(() => router.put(targetOf({ id: 'a', paths: ['/b', '~/(a)\\1'] })), { code: 'ERR_REGEX' });
    assert.throws(() => router.put(targetOf({ id: 'b', headers: { x: ['~*('] } })), { code: 'ERR_REGEX' });
    assert.equal(router.size, 1);
    assert.equal(router.match(get('http://x.test/a'))?.matchedPath, '/a');
    assert.equal(router.match(get('http://x.test/b')), undefined);
  });

  test('a route without attributes counts and is never found', () => {
    const router = createRouter();
    router.put(targetOf({ id: 'a' }));
    assert.equal(router.size, 1);
    assert.equal(router.match(get('http://x.test/')), undefined);
  });

  test('a tree that grows and shrinks to nothing finds what is left', () => {
    const router = createRouter();
    const paths = Array.from({ length: 40 }, (_, i) => `/${i.toString(3).padStart(4, '0')}`);
    for (const path of paths) router.put(targetOf({ id: path, hosts: ['x.test'], paths: [path] }));
    for (const path of paths) {
      assert.equal(router.match(get(`http://x.test${path}`))?.matchedPath, path);
      router.delete(path);
      assert.equal(router.match(get(`http://x.test${path}`)), undefined);
    }
    assert.equal(router.size, 0);
  });
});

describe('what is remembered', () => {
  /** Patterns enough for the cache to be worth asking, and a count of how often they run. */
  function countingRouter(cacheSize?: number) {
    const runs = { count: 0 };
    const router = createRouter({
      ...(cacheSize === undefined ? {} : { cacheSize }),
      compileRegex(pattern) {
        const regex = compileSafeRegex(pattern, '', { anchored: true });
        return {
          ...regex,
          engine: 're2',
          exec(text) {
            runs.count += 1;
            return regex.exec(text);
          },
        };
      },
    });
    return { router, runs };
  }

  test('outcomes found with effort are found again without, both good and bad', () => {
    const { router, runs } = countingRouter();
    router.put(targetOf({ id: 'a', paths: ['~/a/(\\d+)$'] }));
    const first = router.match(get('http://x.test/a/1'));
    assert.equal(router.match(get('http://x.test/a/1')), first);
    assert.ok(Object.isFrozen(first) && Object.isFrozen(first?.captures) && Object.isFrozen(first?.captures.unnamed));
    assert.equal(router.match(get('http://x.test/a/x')), undefined);
    assert.equal(router.match(get('http://x.test/a/x')), undefined);
    assert.equal(runs.count, 2);
  });

  test('host, method, scheme and server name belong to the key', () => {
    const { router, runs } = countingRouter();
    router.put(targetOf({ id: 'get', paths: ['~/a'], methods: ['GET'], hosts: ['*.x.test'] }));
    router.put(targetOf({ id: 'any', paths: ['~/a'] }));
    router.put(targetOf({ id: 'sni', paths: ['~/a'], methods: ['GET'], hosts: ['*.x.test'], snis: ['s.test'] }));
    const asks = [
      { ask: 'GET https://1.x.test/a', finds: 'get' },
      { ask: 'PUT https://1.x.test/a', finds: 'any' },
      { ask: 'GET https://y.test/a', finds: 'any' },
      { ask: 'GET https://1.x.test/a', sni: 's.test', finds: 'sni' },
      { ask: 'GET http://1.x.test/a', finds: 'sni' },
    ];
    for (const ask of asks) assert.equal(summaryOf(router.match(requestOf(ask))).finds, ask.finds);
    assert.equal(runs.count, 5);
    for (const ask of asks) assert.equal(summaryOf(router.match(requestOf(ask))).finds, ask.finds);
    assert.equal(runs.count, 5);
  });

  test('what depends on headers is not remembered', () => {
    const { router } = countingRouter();
    router.put(targetOf({ id: 'v1', paths: ['~/a'], headers: { v: ['1'] } }));
    router.put(targetOf({ id: 'any', paths: ['~/a'] }));
    assert.equal(router.match(get('http://x.test/a', { v: '1' }))?.target.route.id, 'v1');
    assert.equal(router.match(get('http://x.test/a', { v: '2' }))?.target.route.id, 'any');
    assert.equal(router.match(get('http://x.test/a', { v: '1' }))?.target.route.id, 'v1');
  });

  test('nor what a long list of header routes had a say in', () => {
    const { router } = countingRouter();
    router.put(targetOf({ id: 'regex', paths: ['~/a[!?]'], methods: ['GET'] }));
    for (let i = 0; i < 60; i++) router.put(targetOf({ id: `v${i}`, headers: { v: [`${i}`] } }));
    assert.equal(router.match(get('http://x.test/a', { v: 'none' })), undefined);
    assert.equal(router.match(get('http://x.test/a', { v: '7' }))?.target.route.id, 'v7');
  });

  test('the last route of a host takes what is remembered with it', () => {
    const { router } = countingRouter();
    router.put(targetOf({ id: 'any', paths: ['~/a'] }));
    router.put(targetOf({ id: 'a', hosts: ['a.test'], paths: ['~/a'] }));
    assert.equal(router.match(get('http://a.test/a'))?.target.route.id, 'a');
    router.delete('a');
    assert.equal(router.match(get('http://a.test/a'))?.target.route.id, 'any');
  });

  test('a change under another host leaves it, a change that could matter does not', () => {
    const { router, runs } = countingRouter();
    router.put(targetOf({ id: 'a', hosts: ['a.test'], paths: ['~/a'], created_at: 5 }));
    const ask = () => router.match(get('http://a.test/a'))?.target.route.id;
    assert.equal(ask(), 'a');
    router.put(targetOf({ id: 'b', hosts: ['b.test'], paths: ['~/a'] }));
    assert.equal(ask(), 'a');
    assert.equal(runs.count, 1);
    router.put(targetOf({ id: 'older', hosts: ['a.test'], paths: ['~/a'], created_at: 1 }));
    assert.equal(ask(), 'older');
    router.put(targetOf({ id: 'method', hosts: ['a.test'], paths: ['~/a'], methods: ['GET'] }));
    assert.equal(ask(), 'method');
    router.put(targetOf({ id: 'wild', hosts: ['a.*'], paths: ['~/a'], methods: ['GET'], headers: { v: ['1'] } }));
    router.delete('method');
    assert.equal(ask(), 'older');
    router.delete('older');
    router.delete('a');
    router.delete('wild');
    assert.equal(ask(), undefined);
    router.put(targetOf({ id: 'all', paths: ['~/a'] }));
    assert.equal(ask(), 'all');
  });

  test('nothing when the cache has no room', () => {
    const { router, runs } = countingRouter(0);
    router.put(targetOf({ id: 'a', paths: ['~/a'] }));
    router.match(get('http://x.test/a'));
    router.match(get('http://x.test/a'));
    assert.equal(runs.count, 2);
  });
});
