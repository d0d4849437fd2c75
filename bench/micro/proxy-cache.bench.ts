/**
 * What proxy-cache costs a request: `node bench/micro/proxy-cache.bench.ts`. The exchange is a stand-in that does the least
 * that an exchange can do, so the figures are those of the plugin alone. Goals: a hit from the worker's own copy under
 * 5 us, and no more for a large body than for a small one; what sending it takes comes on top.
 */
import { bench, do_not_optimize, group, run } from 'mitata';
import { createSharedStoreMemory, openSharedStore } from '../../src/cache/index.ts';
import { systemClock } from '../../src/kernel/index.ts';
import type { Kong, PluginHost } from '../../src/pdk/index.ts';
import { storedConfig } from '../../src/pdk/testing/config.ts';
import { createFakeHost } from '../../src/pdk/testing.ts';
import { bundledPlugins } from '../../src/plugins/index.ts';

const store = openSharedStore(createSharedStoreMemory(64 * 1024 * 1024), systemClock);
const host: PluginHost = { ...createFakeHost(), clock: systemClock, store };
const plugin = bundledPlugins.find(({ name }) => name === 'proxy-cache')!;
const instance = { id: 'p1', instanceName: null, routeId: 'r1', serviceId: 's1', consumerId: null };
const { access, headerFilter, bodyFilter } = plugin.setup(host)(storedConfig(plugin, { strategy: 'memory' }), instance);

const args = { a: '1', b: '2' };
const headers = {
  'content-type': 'application/json',
  'cache-control': 'max-age=60',
  etag: '"0855b320"',
  date: 'Fri, 20 Nov 2026 13:00:00 GMT',
  server: 'upstream',
};

/** An exchange of one request that is asked over and over. */
function createStandIn(path: string, query: string): Kong & { readonly hits: number } {
  let hits = 0;
  const nothing = (): void => {};
  const kong = {
    client: { getConsumer: () => undefined },
    router: { getRoute: () => ({ id: '0855b320-0dd2-547d-891d-601e9b38647f' }) },
    connection: { getServerAddress: () => '127.0.0.1' },
    request: {
      getMethod: () => 'GET',
      getRawQuery: () => query,
      getPathWithQuery: () => (query === '' ? path : `${path}?${query}`),
      getQuery: () => args,
      getHttpVersion: () => 1.1,
      getHeader: () => undefined,
      getHeaderValues: () => [],
    },
    response: {
      getStatus: () => 200,
      getSource: () => 'service',
      getHeaders: () => headers,
      setHeader: nothing,
      exit: () => {
        hits++;
      },
    },
    ctx: { shared: {}, plugin: {} },
    get hits() {
      return hits;
    },
  };
  return kong as unknown as Kong & { readonly hits: number };
}

function measure(title: string, path: string, query: string, bytes: number): void {
  const kong = createStandIn(path, query);
  const body = Buffer.alloc(bytes, 'x');
  void access!(kong);
  headerFilter!(kong);
  bodyFilter!(kong, body, true);
  void access!(kong);
  if (kong.hits !== 1) throw new Error('The second request was no hit');
  bench(title, () => do_not_optimize(access!(kong)));
}

group('hit', () => {
  measure('1 KB', '/small', '', 1000);
  measure('1 KB, two arguments', '/small', 'a=1&b=2', 1000);
  measure('1 MB', '/large', '', 1_000_000);
});

group('miss', () => {
  const body = Buffer.alloc(1000, 'x');
  let next = 0;
  const kong = createStandIn('', '');
  kong.request.getPathWithQuery = () => `/missed/${next++}`;
  bench('looked for', () => do_not_optimize(access!(kong)));
  bench('looked for and kept, 1 KB', () => {
    void access!(kong);
    headerFilter!(kong);
    do_not_optimize(bodyFilter!(kong, body, true));
  });
});

group('shared store', () => {
  const bytes = Buffer.alloc(1000, 'x');
  store.set('read', bytes, Number.POSITIVE_INFINITY);
  bench('version', () => do_not_optimize(store.version('read')));
  bench('read, 1 KB', () => do_not_optimize(store.get('read')));
  bench('write, 1 KB', () => do_not_optimize(store.set('written', bytes, Number.POSITIVE_INFINITY)));
});

await run();
