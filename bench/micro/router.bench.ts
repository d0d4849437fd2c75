/**
 * What a match costs at 1 and 100,000 routes, and what a change costs at 50,000. Each figure is the best of several
 * rounds. Requests come in random order, over all routes or over 100 of them: over all, nearly every object on the way
 * is far from the processor, which is the worst that can happen. Their strings are new ones, not those of the routes.
 */
import { createRouter, type RouteRequest, type Router, type RouterFlavor } from '../../src/router/index.ts';
import type { Row } from '../../src/schema/index.ts';

type Shape = (index: number) => Row;

const shapes: { readonly [name: string]: Shape } = {
  'one host, a prefix each': (i) => ({ hosts: ['api.example.com'], paths: [`/v1/tenants/${i}/orders`] }),
  'no host, a prefix each': (i) => ({ paths: [`/v1/tenants/${i}/orders`] }),
  'a host and prefix each': (i) => ({ hosts: [`tenant-${i}.example.com`], paths: ['/v1/tenants'] }),
  'a host each, no path': (i) => ({ hosts: [`tenant-${i}.example.com`] }),
  'a wildcard host each': (i) => ({ hosts: [`*.tenant-${i}.example.com`], paths: ['/v1'] }),
  'a prefix and method each': (i) => ({ paths: [`/v1/tenants/${i}/orders`], methods: ['GET', 'POST'] }),
  'a header value each': (i) => ({ paths: ['/v1'], headers: { 'x-tenant': [`tenant-${i}`] } }),
  'an expression each': (i) => ({
    expression: `http.host == "api.example.com" && http.path ^= "/v1/tenants/${i}/orders"`,
  }),
  'an expression with a header': (i) => ({ expression: `any(http.headers.x_tenant) == "tenant-${i}"` }),
  'an expression with segments': (i) => ({
    expression: `http.path.segments.0_1 == "v1/tenants" && http.path.segments.2 == "${i}"`,
  }),
  'an expression with a regex': (i) => ({ expression: `http.path ~ "^/v1/tenants/${i}/orders/(?<id>\\\\d+)$"` }),
  'a regex each': (i) => ({ paths: [`~/v1/tenants/${i}/orders/(?<id>\\d+)$`] }),
};

const oneHost: ReadonlySet<string> = new Set(['one host, a prefix each', 'an expression each']);

function requestFor(index: number): RouteRequest {
  const text = `${index}`;
  const headers = new Map([['x-tenant', `tenant-${text}`]]);
  const host = shapeName === 'a wildcard host each' ? `www.tenant-${text}.example.com` : `tenant-${text}.example.com`;
  return {
    method: 'GET',
    host: oneHost.has(shapeName) ? ['api', 'example', 'com'].join('.') : fresh(host),
    path: fresh(`/v1/tenants/${text}/orders/17`),
    scheme: 'http',
    port: 80,
    sni: undefined,
    header: (name) => headers.get(name),
  };
}

/** A flat string with nothing known of it yet, as the parser makes them. */
function fresh(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

let shapeName = '';

function fill(count: number, shape: Shape): Router {
  const flavor: RouterFlavor = shapeName.startsWith('an expression') ? 'expressions' : 'traditional';
  const router = createRouter({ flavor });
  for (let i = 0; i < count; i++) router.put(targetOf(i, shape));
  return router;
}

function targetOf(index: number, shape: Shape): { readonly route: Row; readonly service: undefined } {
  return { route: { id: `route-${index}`, created_at: index, ...shape(index) }, service: undefined };
}

const batch = 5_000;

/** Nanoseconds for a match, with requests for `asked` of the `count` routes. */
function measureMatch(router: Router, count: number, asked: number): number {
  const step = Math.floor(count / asked);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 30; round++) {
    const requests = Array.from({ length: batch }, () => requestFor(Math.floor(Math.random() * asked) * step));
    let hits = 0;
    const start = process.hrtime.bigint();
    for (const request of requests) if (router.match(request) !== undefined) hits += 1;
    best = Math.min(best, Number(process.hrtime.bigint() - start) / batch);
    if (hits !== batch) throw new Error(`${shapeName}: only ${hits} of ${batch} requests found a route`);
  }
  return best;
}

/** Nanoseconds to take one route out and put it in again. */
function measureChange(router: Router, count: number, shape: Shape): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const targets = Array.from({ length: 500 }, () => targetOf(Math.floor(Math.random() * count), shape));
    const start = process.hrtime.bigint();
    for (const target of targets) {
      router.delete(String(target.route.id));
      router.put(target);
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / targets.length);
  }
  return best;
}

const sizes = [
  { count: 1, asked: 1 },
  { count: 10_000, asked: 100 },
  { count: 10_000, asked: 10_000 },
  { count: 100_000, asked: 100 },
  { count: 100_000, asked: 100_000 },
];
const head = [...sizes.map(({ count, asked }) => `${asked} of ${count}`), 'change at 50000'];
process.stdout.write(`${'ns'.padEnd(28)}${head.map((text) => text.padStart(18)).join('')}\n`);
for (const [name, shape] of Object.entries(shapes)) {
  shapeName = name;
  const figures = sizes.map(({ count, asked }) => measureMatch(fill(count, shape), count, asked));
  figures.push(measureChange(fill(50_000, shape), 50_000, shape));
  process.stdout.write(`${name.padEnd(28)}${figures.map((ns) => ns.toFixed(0).padStart(18)).join('')}\n`);
}
