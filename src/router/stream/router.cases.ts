import type { StreamRequest } from './types.ts';

/** Routes by a short name, in the order of their age, and what connections find. */
export interface StreamCase {
  readonly name: string;
  readonly flavors?: readonly ('traditional' | 'traditional_compatible')[];
  readonly routes: { readonly [id: string]: { readonly [field: string]: unknown } };
  readonly asks: readonly (readonly [request: Partial<StreamRequest>, finds: string | undefined])[];
}

/** The connection that the requests of cases are told in difference to. */
export const plainRequest: StreamRequest = {
  scheme: 'tcp',
  clientIp: '10.1.2.3',
  clientPort: 40_000,
  serverIp: '10.0.0.1',
  port: 5432,
  sni: undefined,
};

const tls = (sni: string | undefined): Partial<StreamRequest> => ({ scheme: 'tls', sni });

/** Facts about Kong 3.9's routers of streams. */
export const streamCases: readonly StreamCase[] = [
  {
    name: 'matches by the port of the destination',
    routes: { pg: { destinations: [{ port: 5432 }] }, redis: { destinations: [{ port: 6379 }, { port: 6380 }] } },
    asks: [
      [{}, 'pg'],
      [{ port: 6379 }, 'redis'],
      [{ port: 6380 }, 'redis'],
      [{ port: 1 }, undefined],
      [{ scheme: 'udp' }, 'pg'],
    ],
  },
  {
    name: 'matches by addresses and ranges of both families',
    routes: {
      one: { sources: [{ ip: '10.1.2.3' }] },
      net: { sources: [{ ip: '10.0.0.0/8' }, { ip: '2001:db8::/32' }] },
      six: { sources: [{ ip: '::/0' }] },
    },
    asks: [
      [{}, 'one'],
      [{ clientIp: '10.200.0.1' }, 'net'],
      [{ clientIp: '2001:db8::7' }, 'net'],
      [{ clientIp: '2001:db9::7' }, 'six'],
      [{ clientIp: '192.0.2.1' }, undefined],
    ],
  },
  {
    name: 'asks address and port of one entry together',
    routes: { pair: { sources: [{ ip: '10.1.2.3', port: 1 }, { port: 2 }] } },
    asks: [
      [{ clientPort: 1 }, 'pair'],
      [{ clientPort: 2, clientIp: '9.9.9.9' }, 'pair'],
      [{ clientPort: 1, clientIp: '9.9.9.9' }, undefined],
      [{ clientPort: 3 }, undefined],
    ],
  },
  {
    name: 'asks all kinds of condition',
    routes: { all: { snis: ['a.test'], sources: [{ ip: '10.0.0.0/8' }], destinations: [{ port: 5432 }] } },
    asks: [
      [tls('a.test'), 'all'],
      [{ ...tls('a.test'), port: 1 }, undefined],
      [{ ...tls('a.test'), clientIp: '9.9.9.9' }, undefined],
      [tls('b.test'), undefined],
    ],
  },
  {
    name: 'matches server names, with wildcards',
    routes: { exact: { snis: ['a.test', 'dot.test.'] }, suffix: { snis: ['*.b.test'] }, prefix: { snis: ['c.*'] } },
    asks: [
      [tls('a.test'), 'exact'],
      [tls('dot.test'), 'exact'],
      [tls('x.b.test'), 'suffix'],
      [tls('b.test'), undefined],
      [tls('c.org'), 'prefix'],
      [tls(undefined), undefined],
    ],
  },
  {
    name: 'asks server names of every connection',
    routes: { named: { snis: ['a.test'] }, other: { destinations: [{ port: 5432 }] } },
    asks: [
      [{}, 'other'],
      [{ port: 1 }, undefined],
      [{ scheme: 'udp' }, 'other'],
    ],
  },
  {
    name: 'prefers more kinds of condition',
    flavors: ['traditional'],
    routes: {
      destination: { destinations: [{ port: 5432 }] },
      source: { sources: [{ ip: '10.1.2.3' }] },
      both: { sources: [{ ip: '10.0.0.0/8' }], destinations: [{ port: 5432 }] },
      name: { snis: ['a.test'] },
      more: { snis: ['b.test'], destinations: [{ port: 5432 }] },
    },
    asks: [
      [{}, 'both'],
      [{ clientIp: '9.9.9.9' }, 'destination'],
      [{ port: 1 }, 'source'],
      [{ ...tls('a.test'), clientIp: '9.9.9.9', port: 1 }, 'name'],
      [tls('b.test'), 'more'],
      [{ ...tls('a.test'), port: 1 }, 'name'],
      [tls('a.test'), 'both'],
    ],
  },
  {
    name: 'prefers an address with a port among routes of the same kind',
    flavors: ['traditional'],
    routes: {
      port: { destinations: [{ port: 5432 }] },
      pair: { destinations: [{ ip: '10.0.0.1', port: 5432 }] },
    },
    asks: [
      [{}, 'pair'],
      [{ serverIp: '10.0.0.2' }, 'port'],
    ],
  },
  {
    name: 'ranks addresses over ports over ranges, sources over destinations',
    flavors: ['traditional_compatible'],
    routes: {
      range: { destinations: [{ ip: '10.0.0.0/8' }] },
      port: { destinations: [{ port: 5432 }] },
      address: { destinations: [{ ip: '10.0.0.1' }] },
      pair: { destinations: [{ ip: '10.0.0.1', port: 5432 }] },
      source: { sources: [{ ip: '10.1.0.0/16' }] },
      name: { snis: ['a.test'] },
      both: { sources: [{ ip: '10.1.2.0/24' }], destinations: [{ ip: '10.0.0.0/8' }] },
    },
    asks: [
      [{ clientIp: '9.9.9.9', scheme: 'tls' }, 'pair'],
      [{ clientIp: '9.9.9.9', scheme: 'tls', port: 1 }, 'address'],
      [{ clientIp: '9.9.9.9', scheme: 'tls', serverIp: '10.2.0.1' }, 'port'],
      [{ clientIp: '9.9.9.9', scheme: 'tls', serverIp: '10.2.0.1', port: 1 }, 'range'],
      [{ clientIp: '10.1.9.9', scheme: 'tls' }, 'source'],
      [{ scheme: 'tls' }, 'both'],
      [{ ...tls('a.test'), clientIp: '10.1.9.9' }, 'name'],
      [tls('a.test'), 'both'],
    ],
  },
  {
    name: 'prefers the older of two that are alike',
    routes: {
      old: { destinations: [{ port: 5432 }], created_at: 5 },
      older: { destinations: [{ port: 5432 }], created_at: 3 },
    },
    asks: [[{}, 'older']],
  },
  { name: 'has no use for a route without conditions', routes: { none: {} }, asks: [[{}, undefined]] },
];
