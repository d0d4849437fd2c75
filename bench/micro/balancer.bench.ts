import { bench, do_not_optimize, group, run } from 'mitata';
import {
  anyPeer,
  type Balancer,
  type Choice,
  createBalancers,
  type Peer,
  type UpstreamRow,
} from '../../src/balancer/index.ts';
import { createResolver, type NameServers } from '../../src/dns/index.ts';

const servers: NameServers = {
  ask: async (owner) => ({
    code: 0,
    answers: [
      { owner, ttl: 1e6, type: 'A', ip: '10.0.0.1' },
      { owner, ttl: 1e6, type: 'A', ip: '10.0.0.2' },
    ],
    extras: [],
  }),
};
const balancers = createBalancers({
  resolver: createResolver({ servers, order: ['A'] }),
  health: { report() {}, defer: setImmediate },
});

function upstream(name: string, algorithm: string, weights: readonly number[]): Balancer {
  balancers.putUpstream({ id: name, name, algorithm });
  for (const [at, weight] of weights.entries()) {
    balancers.putTarget({
      id: `${name}-${at}`,
      upstream: { id: name },
      target: `10.1.${at >> 8}.${at & 255}:80`,
      weight,
    });
  }
  return balancers.byName(name)!;
}

function picks(name: string, balancer: Balancer, choice: Choice = anyPeer): void {
  bench(name, () => {
    const peer = balancer.next(choice) as Peer;
    peer.release();
    do_not_optimize(peer);
  });
}

const equal = (amount: number): number[] => new Array<number>(amount).fill(100);
const uneven = (amount: number): number[] => Array.from({ length: amount }, (_, at) => 1 + (at % 7));
const key: Choice = { hashKey: 'b7a3f0c2-5d1e-4a6f-9c3b-1e2d3c4b5a69', tried: [] };

group('one address', () => {
  picks('host, IP literal', balancers.peersForHost('10.0.0.1', 80));
  picks('upstream, one target', upstream('one', 'round-robin', equal(1)));
});
const named = balancers.peersForHost('api.test', 80);
await named.next(anyPeer);
group('host of two addresses', () => picks('host, cached DNS', named));
group('ten targets', () => {
  picks('round-robin, equal weights', upstream('rr', 'round-robin', equal(10)));
  picks('round-robin, uneven weights', upstream('wrr', 'round-robin', uneven(10)));
  picks('least-connections', upstream('lc', 'least-connections', uneven(10)));
  picks('consistent-hashing', upstream('ch', 'consistent-hashing', equal(10)), key);
  picks('latency', upstream('ewma', 'latency', equal(10)));
});
group('a thousand targets', () => {
  picks('round-robin, equal weights', upstream('rr1000', 'round-robin', equal(1000)));
  picks('round-robin, uneven weights', upstream('wrr1000', 'round-robin', uneven(1000)));
  picks('least-connections', upstream('lc1000', 'least-connections', uneven(1000)));
  picks('consistent-hashing', upstream('ch1000', 'consistent-hashing', equal(1000)), key);
});

/** What it takes until the first pick among a thousand targets that come together, as from a store or a file. */
function building(algorithm: string, weights: readonly number[]): void {
  const id = `built-${algorithm}`;
  bench(algorithm, () => {
    balancers.deleteUpstream(id);
    const balancer = upstream(id, algorithm, weights);
    (balancer.next(key) as Peer).release();
    do_not_optimize(balancer);
  });
}
group('a thousand targets, from the rows to the first pick', () => {
  building('consistent-hashing', uneven(1000));
  building('round-robin', uneven(1000));
});

/** What the end of a try costs; good answers are what there are most of. */
function reports(name: string, upstream: string, healthchecks: UpstreamRow['healthchecks'], status: number): void {
  balancers.putUpstream({ id: upstream, name: upstream, healthchecks: healthchecks ?? null });
  balancers.putTarget({ id: upstream, upstream: { id: upstream }, target: '10.2.0.1:80' });
  const peer = balancers.byName(upstream)!.next(anyPeer) as Peer;
  bench(name, () => peer.report('answered', status, 1));
}
const passive = { passive: { unhealthy: { http_failures: 5, tcp_failures: 2, timeouts: 7 } } };
group('the end of a try', () => {
  reports('without health checks', 'unwatched', null, 200);
  reports('with passive checks, a good answer', 'watched', passive, 200);
  reports('with passive checks, a status on no list', 'neutral', passive, 404);
});

await run();
