import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileSafeRegex, type SafeRegex } from '../kernel/index.ts';
import { summaryOf, targetOf } from './cases/router-case.ts';
import { fillTranslated, translateRoute } from './cases/translated.ts';
import { createRouter, type FieldsFlavor, type RouteRequest, type RouterFlavor } from './index.ts';

/** The fields that are drawn; null is a field left out. */
interface DrawnRoute {
  readonly id: string;
  readonly hosts: readonly string[] | null;
  readonly paths: readonly string[] | null;
  readonly methods: readonly string[] | null;
  readonly headers: { readonly [name: string]: readonly string[] } | null;
  readonly snis: readonly string[] | null;
  readonly regex_priority: number;
  readonly created_at: number;
}

interface DrawnRequest {
  readonly host: string;
  readonly path: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly port: number;
  readonly sni: string | undefined;
  readonly headers: { readonly [name: string]: string };
}

type Step =
  | { readonly kind: 'put'; readonly route: DrawnRoute }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'ask'; readonly request: DrawnRequest };

/** Kong's rules written down once more, slowly: all routes that match, path by path, sorted. */
function findSlowly(routes: Iterable<DrawnRoute>, request: DrawnRequest, flavor: FieldsFlavor) {
  const found = [...routes].flatMap((route) =>
    (route.paths ?? [undefined]).flatMap((path, place) => {
      const matchedPath = path === undefined ? undefined : matchPath(path, request.path);
      const isMatch = matchedPath !== null && matchesRest(route, request, flavor) && keysOf(route).length > 0;
      return isMatch ? [{ route, matchedPath, order: orderOf(route, path, place, request, flavor) }] : [];
    }),
  );
  found.sort((a, b) => compareOrders(a.order, b.order));
  return found[0];
}

function matchPath(path: string, text: string): string | null {
  if (!path.startsWith('~')) return text.startsWith(path) ? path : null;
  return new RegExp(`^(?:${path.slice(1)})`).exec(text)?.[0] ?? null;
}

function matchesRest(route: DrawnRoute, request: DrawnRequest, flavor: FieldsFlavor): boolean {
  const snis = route.snis === null || request.scheme === 'http' || matchesName(route.snis, request.sni ?? '');
  const headers = Object.entries(route.headers ?? {}).every(([name, values]) =>
    values.includes(request.headers[name]!),
  );
  const hosts = route.hosts?.some((host) => matchesHost(host, request, flavor)) !== false;
  return snis && headers && hosts && route.methods?.includes(request.method) !== false;
}

function matchesName(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => new RegExp(`^${pattern.replaceAll('.', '\\.').replace('*', '.+')}$`).test(name));
}

function matchesHost(host: string, request: DrawnRequest, flavor: FieldsFlavor): boolean {
  if (request.host === '') return false;
  const implied = flavor === 'traditional' ? (request.scheme === 'https' ? 443 : 80) : request.port;
  const [name, port = String(implied)] = request.host.split(':');
  return matchesName([host], host.includes(':') ? `${name}:${port}` : name!);
}

function keysOf(route: DrawnRoute): string {
  // Letters in ascending order of Kong's bits.
  const given = { a: route.snis, b: route.methods, c: route.paths, d: route.headers, e: route.hosts };
  return Object.entries(given)
    .map(([letter, value]) => (value === null ? '' : letter))
    .join('');
}

/** What is compared, the first difference decides; lower goes first. */
function orderOf(
  route: DrawnRoute,
  path: string | undefined,
  place: number,
  request: DrawnRequest,
  flavor: FieldsFlavor,
) {
  const keys = keysOf(route);
  const sum = Array.from(keys).reduce((total, letter) => total + 2 ** (letter.charCodeAt(0) - 97), 0);
  const isWild = route.hosts?.some((host) => host.includes('*')) ?? true;
  const hasWildPort = route.hosts?.some((host) => host.includes('*') && host.includes(':')) ?? false;
  const isRegex = path?.startsWith('~') ?? false;
  const headers = -Object.keys(route.headers ?? {}).length;
  const first =
    flavor === 'traditional'
      ? [
          -keys.length,
          -sum,
          route.hosts?.includes(request.host) ? 0 : 1,
          hasWildPort ? 0 : 1,
          isWild ? 1 : 0,
          isRegex ? 0 : 1,
          headers,
        ]
      : [-keys.length, isWild ? 1 : 0, headers, isRegex ? 0 : 1];
  const length = isRegex ? 0 : (path?.length ?? 0);
  return [...first, isRegex ? -route.regex_priority : 0, -length, route.created_at, route.id, place];
}

function compareOrders(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}

const sometimes = <V>(often: number, values: fc.Arbitrary<V>): fc.Arbitrary<V | null> =>
  fc.oneof({ weight: often, arbitrary: values }, { weight: 10 - often, arbitrary: fc.constant(null) });
const few = <V>(values: fc.Arbitrary<V>) => fc.uniqueArray(values, { minLength: 1, maxLength: 3 });
const shortPath = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 5 }).map((text) => `/${text}`);
const expression = fc.constantFrom('~/a', '~/a/\\w+', '~/.*b', '~/(a|b)/?', '~/[ab]*$', '~/(?:a|aa)+b', '~/a.*');

const listedHost = fc.constantFrom(
  ...['a.test', 'b.test', 'a.test:81', 'b.test:80', '*.test', '*.test:81', 'a.*', 'a.*:80', '*.a.test'],
);

const route: fc.Arbitrary<DrawnRoute> = fc.record({
  id: fc.integer({ min: 10, max: 90 }).map(String),
  hosts: sometimes(7, few(listedHost)),
  paths: sometimes(8, few(fc.oneof({ weight: 4, arbitrary: shortPath }, { weight: 1, arbitrary: expression }))),
  methods: sometimes(2, few(fc.constantFrom('GET', 'POST', 'PUT'))),
  headers: sometimes(2, fc.dictionary(fc.constantFrom('x', 'y'), few(fc.constantFrom('1', '2', '3')), { minKeys: 1 })),
  snis: sometimes(1, few(fc.constantFrom('s.test', 't.test', '*.test', 's.*'))),
  regex_priority: fc.integer({ min: -1, max: 1 }),
  created_at: fc.integer({ min: 1, max: 3 }),
});

const request: fc.Arbitrary<DrawnRequest> = fc.record({
  host: fc.constantFrom(
    '',
    'a.test',
    'a.test:80',
    'a.test:81',
    'b.test',
    'b.test:82',
    'x.a.test',
    'x.a.test:81',
    'a.org',
    'c.org',
  ),
  path: shortPath,
  method: fc.constantFrom('GET', 'POST', 'PATCH'),
  scheme: fc.constantFrom('http', 'https'),
  port: fc.constantFrom(80, 81, 443),
  sni: fc.constantFrom(undefined, 's.test', 'u.test', 's.org'),
  headers: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2', '4')),
});

/** Routes that differ in headers or server names only, so that many are in one place. */
const crowdedRoute: fc.Arbitrary<DrawnRoute> = fc
  .tuple(
    route,
    fc.dictionary(fc.constantFrom('x', 'y'), few(fc.constantFrom('1', '2', '3')), { minKeys: 1 }),
    fc.boolean(),
  )
  .map(([drawn, headers, isByHeader]) => {
    const snis = drawn.snis ?? [`${drawn.id}.test`, 's.test'];
    const common = { ...drawn, hosts: null, methods: null };
    return isByHeader
      ? { ...common, paths: ['/'], headers, snis: null }
      : { ...common, paths: null, headers: null, snis };
  });

const stepsWith = (routes: fc.Arbitrary<DrawnRoute>): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: routes.map((drawn): Step => ({ kind: 'put', route: drawn })) },
      {
        weight: 1,
        arbitrary: fc.integer({ min: 10, max: 90 }).map((id): Step => ({ kind: 'delete', id: String(id) })),
      },
      { weight: 3, arbitrary: request.map((drawn): Step => ({ kind: 'ask', request: drawn })) },
    ),
    { maxLength: 300, size: 'max' },
  );

function requestOf(drawn: DrawnRequest): RouteRequest {
  const headers = new Map(Object.entries(drawn.headers));
  return { ...drawn, header: (name) => headers.get(name) };
}

/** Passes for the slow engine, so that outcomes are remembered from the first pattern on. */
function compileCostly(pattern: string): SafeRegex {
  return { ...compileSafeRegex(pattern, '', { anchored: true }), engine: 're2' };
}

function follow(given: readonly Step[], flavor: RouterFlavor): void {
  const like: FieldsFlavor = flavor === 'traditional' ? flavor : 'traditional_compatible';
  const router = createRouter({ flavor, cacheSize: 20, compileRegex: compileCostly });
  const routes = new Map<string, DrawnRoute>();
  const asked: DrawnRequest[] = [];
  const ask = (drawn: DrawnRequest): void => {
    const expected = findSlowly(routes.values(), drawn, like);
    const { finds, path } = summaryOf(router.match(requestOf(drawn)));
    assert.deepEqual({ finds, path }, { finds: expected?.route.id, path: expected?.matchedPath });
  };
  for (const step of given) {
    if (step.kind === 'put') {
      routes.set(step.route.id, step.route);
      router.put(targetOf({ ...step.route }));
    } else if (step.kind === 'delete') {
      routes.delete(step.id);
      router.delete(step.id);
    } else {
      asked.push(step.request);
      ask(step.request);
    }
    assert.equal(router.size, routes.size);
  }
  // Once more, with all that was remembered on the way.
  for (const drawn of asked) ask(drawn);
}

for (const flavor of ['traditional', 'traditional_compatible', 'expressions'] as const) {
  test(`flavour ${flavor} finds what a search through all routes finds, whatever came and went`, () => {
    fc.assert(
      fc.property(stepsWith(route), (given) => follow(given, flavor)),
      { numRuns: 80 },
    );
  });

  test(`flavour ${flavor} does so with many routes in one place`, () => {
    fc.assert(
      fc.property(stepsWith(crowdedRoute), (given) => follow(given, flavor)),
      { numRuns: 40 },
    );
  });
}

test('routes written down as expressions find what a search through all routes finds', () => {
  fc.assert(
    fc.property(
      fc.array(route, { maxLength: 60, size: 'max' }),
      fc.array(request, { minLength: 20 }),
      (drawn, asked) => {
        const router = createRouter({ flavor: 'expressions', cacheSize: 20 });
        const routes = new Map(drawn.map((each) => [each.id, each]));
        const targets = Array.from(routes.values(), (each) => targetOf({ ...each }));
        fillTranslated(router, targets);
        assert.equal(router.size, targets.flatMap(translateRoute).length);
        for (const each of asked) {
          const expected = findSlowly(routes.values(), each, 'traditional_compatible');
          const { finds, path } = summaryOf(router.match(requestOf(each)));
          assert.deepEqual({ finds, path }, { finds: expected?.route.id, path: expected?.matchedPath });
        }
      },
    ),
    { numRuns: 80 },
  );
});
