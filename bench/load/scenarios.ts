import type { RouteSet } from './routes.ts';

/** Creates entities through the Admin API; `path` begins with a slash. */
export type Create = (path: string, body: Readonly<Record<string, unknown>>) => Promise<void>;

/** One situation that is measured. */
export interface Scenario {
  readonly name: string;
  /** Path that is asked for: `/small` answers 99 bytes, `/large` 100 KB. */
  readonly path: '/small' | '/large';
  /** HTTP/1.1 without TLS unless told: the same with TLS, HTTP/2 with TLS, or without. */
  readonly protocol?: 'https' | 'h2' | 'h2c';
  /** Bytes of the body of each request, which is a POST then; HTTP/1.1 only. */
  readonly upload?: number;
  /** Workers of either side, which then have all cores; 1 unless told. */
  readonly workers?: number;
  /** Headers of each request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Routes that are there from the start, with a service for them and the route that is asked for. */
  readonly routes?: RouteSet;
  /** Configures the gateway; `upstream` is the URL of the service behind it, and one of `targets`, which answer alike. */
  readonly configure: (create: Create, upstream: string, targets: readonly string[]) => Promise<void>;
  /** The scenario that a second Gibbon is set up for, to compare with in place of nginx. */
  readonly against?: string;
}

async function proxyEverything(create: Create, upstream: string): Promise<void> {
  await create('/services', { name: 'bench', url: upstream });
  await create('/services/bench/routes', { name: 'bench', paths: ['/'], strip_path: false });
}

/** Everything comes with the routes. */
const nothingMore = async (): Promise<void> => {};

/** Everything that can be measured. */
export const scenarios: readonly Scenario[] = [
  { name: 'proxy', path: '/small', configure: proxyEverything },
  { name: 'proxy-100k', path: '/large', configure: proxyEverything },
  { name: 'upload-100k', path: '/small', upload: 100 * 1024, configure: proxyEverything },
  { name: 'two-workers', path: '/small', workers: 2, configure: proxyEverything },
  { name: 'https', path: '/small', protocol: 'https', configure: proxyEverything },
  {
    name: 'connection-per-request',
    path: '/small',
    headers: { connection: 'close' },
    configure: proxyEverything,
  },
  { name: 'http2', path: '/small', protocol: 'h2', configure: proxyEverything },
  { name: 'http2-cleartext', path: '/small', protocol: 'h2c', configure: proxyEverything },
  {
    name: 'key-auth+rate-limiting',
    path: '/small',
    headers: { apikey: 'bench-key' },
    async configure(create, upstream) {
      await proxyEverything(create, upstream);
      await create('/consumers', { username: 'bench' });
      await create('/consumers/bench/key-auth', { key: 'bench-key' });
      await create('/services/bench/plugins', { name: 'key-auth' });
      await create('/services/bench/plugins', {
        name: 'rate-limiting',
        config: { minute: 1_000_000_000, policy: 'local' },
      });
    },
  },
  { name: 'routes-10000', path: '/small', routes: { count: 10_000, kind: 'fields' }, configure: nothingMore },
  { name: 'routes-100000', path: '/small', routes: { count: 100_000, kind: 'fields' }, configure: nothingMore },
  { name: 'expressions-1', path: '/small', routes: { count: 0, kind: 'expressions' }, configure: nothingMore },
  {
    name: 'balanced-10',
    path: '/small',
    against: 'proxy',
    async configure(create, _upstream, targets) {
      await create('/upstreams', { name: 'bench.upstream' });
      for (const target of targets) await create('/upstreams/bench.upstream/targets', { target });
      await proxyEverything(create, 'http://bench.upstream');
    },
  },
  {
    name: 'expressions-100000',
    path: '/small',
    routes: { count: 100_000, kind: 'expressions' },
    configure: nothingMore,
  },
];
