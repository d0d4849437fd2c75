import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createStreamFieldsRouter, type FieldsFlavor, type StreamRequest } from '../index.ts';

interface Net {
  readonly ip?: string;
  readonly port?: number;
}

interface DrawnRoute {
  readonly id: string;
  readonly created_at: number;
  readonly snis: readonly string[] | null;
  readonly sources: readonly Net[] | null;
  readonly destinations: readonly Net[] | null;
}

/** Kong's rules written down once more, slowly: all routes that match, sorted. */
function findSlowly(routes: Iterable<DrawnRoute>, request: StreamRequest, flavor: FieldsFlavor): string | undefined {
  const found = [...routes].filter((route) => {
    if (route.snis === null && route.sources === null && route.destinations === null) return false;
    if (route.snis !== null && !route.snis.some((sni) => isName(sni, request.sni))) return false;
    if (route.sources?.some((net) => isNet(net, request.clientIp, request.clientPort)) === false) return false;
    return route.destinations?.some((net) => isNet(net, request.serverIp, request.port)) !== false;
  });
  const keys = flavor === 'traditional' ? traditionalKeys : compatibleKeys;
  found.sort((a, b) => {
    const [left, right] = [keys(a), keys(b)];
    const at = left.findIndex((key, place) => key !== right[place]);
    if (at !== -1) return right[at]! - left[at]!;
    return a.created_at - b.created_at || (a.id < b.id ? -1 : 1);
  });
  return found[0]?.id;
}

function isName(pattern: string, name: string | undefined): boolean {
  if (name === undefined) return false;
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replace('*', '.+')}$`).test(name);
}

function isNet({ ip, port }: Net, address: string, number: number): boolean {
  if (port !== undefined && port !== number) return false;
  return ip === undefined || (ip.endsWith('.0/24') ? address.startsWith(ip.slice(0, -4)) : ip === address);
}

function traditionalKeys({ snis, sources, destinations }: DrawnRoute): number[] {
  const has = [snis !== null, sources !== null, destinations !== null].map(Number);
  const pair = (nets: readonly Net[] | null): number =>
    Number(nets?.some(({ ip, port }) => ip !== undefined && port !== undefined) === true);
  return [has[0]! + has[1]! + has[2]!, ...has, pair(sources), pair(destinations)];
}

function compatibleKeys({ snis, sources, destinations }: DrawnRoute): number[] {
  const kinds = (nets: readonly Net[] | null): number[] => [
    Number(nets?.some(({ ip }) => ip?.includes('/') === false) === true),
    Number(nets?.some(({ port }) => port !== undefined) === true),
    Number(nets?.some(({ ip }) => ip?.includes('/') === true) === true),
  ];
  const isFirst = snis !== null || (sources !== null && destinations !== null);
  return [Number(isFirst), ...kinds(sources), ...kinds(destinations)];
}

const address = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.1.1');
const port = fc.constantFrom(1, 2, 3);
const net = fc.oneof(
  fc.record({ ip: fc.oneof(address, fc.constantFrom('10.0.0.0/24', '10.0.1.0/24')) }),
  fc.record({ port }),
  fc.record({ ip: fc.oneof(address, fc.constant('10.0.0.0/24')), port }),
);
const nets = fc.option(fc.array(net, { minLength: 1, maxLength: 3 }));
const route: fc.Arbitrary<DrawnRoute> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  created_at: fc.nat(2),
  snis: fc.option(
    fc.array(fc.constantFrom('x.test', 'y.test', '*.test', 'x.*', 'z.x.test'), { minLength: 1, maxLength: 2 }),
  ),
  sources: nets,
  destinations: nets,
});
const request: fc.Arbitrary<StreamRequest> = fc.record({
  scheme: fc.constantFrom('tcp', 'tls', 'udp'),
  clientIp: address,
  clientPort: port,
  serverIp: address,
  port,
  sni: fc.constantFrom('x.test', 'y.test', 'z.x.test', 'x.org', undefined),
});
const step = fc.oneof(
  { weight: 3, arbitrary: route.map((put) => ({ put })) },
  { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'c', 'd').map((remove) => ({ remove })) },
  { weight: 4, arbitrary: request.map((ask) => ({ ask })) },
);

for (const flavor of ['traditional', 'traditional_compatible'] as const) {
  test(`connections find what a naive router finds, whatever changed before: ${flavor}`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const router = createStreamFieldsRouter(flavor);
        const routes = new Map<string, DrawnRoute>();
        for (const one of steps) {
          if ('put' in one) {
            routes.set(one.put.id, one.put);
            router.put({ route: { ...one.put }, service: undefined });
          } else if ('remove' in one) {
            routes.delete(one.remove);
            router.delete(one.remove);
          } else {
            assert.equal(router.match(one.ask)?.route['id'], findSlowly(routes.values(), one.ask, flavor));
          }
        }
      }),
      { numRuns: 400 },
    );
  });
}
