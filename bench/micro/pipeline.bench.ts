/**
 * What a proxied request costs in JavaScript alone: from the bytes of its head to the text of the answer, with sockets that
 * take and give nothing. The rest of a request's cost is the kernel's and Node's.
 */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { bench, run } from 'mitata';
import { createBalancers } from '../../src/balancer/index.ts';
import { createSharedCountersBuffer, openSharedCounters } from '../../src/cache/index.ts';
import { createResolver } from '../../src/dns/index.ts';
import { proxySettingsOf } from '../../src/gateway/proxy-settings.ts';
import { defaultHeadLimits, parseResponseHead, ResponseHead } from '../../src/http1/index.ts';
import { createTimerWheel, silentLogger, systemClock } from '../../src/kernel/index.ts';
import type { PluginHost } from '../../src/pdk/index.ts';
import { bundledPlugins } from '../../src/plugins/index.ts';
import { createAccessLog, createLatencyLines, createTargetPicker, type ProxyRuntime } from '../../src/proxy/index.ts';
import { Http1Connection } from '../../src/proxy/listeners/http1-connection.ts';
import { createReadBuffers } from '../../src/proxy/listeners/read-buffers.ts';
import { createRouter, createStreamFieldsRouter } from '../../src/router/index.ts';
import { loadSettings } from '../../src/settings/index.ts';
import { type CompiledRoute, createSnapshot, type InstanceFactory } from '../../src/snapshot/index.ts';
import type { ConnectionPool, ResponseSink } from '../../src/transport/index.ts';

const loaded = loadSettings({ env: {}, flags: {}, searchPaths: [] });
if (!loaded.ok) throw new Error(loaded.errors.join('\n'));
const settings = {
  ...proxySettingsOf(loaded.settings, '0dc6f45b-8f8d-40d2-a504-473544ee190b'),
  keepAliveRequests: Number.MAX_SAFE_INTEGER,
};

const answer = Buffer.from(
  'HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Fri, 20 Nov 2026 12:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n' +
    `Connection: keep-alive\r\n\r\n${'a'.repeat(99)}`,
  'latin1',
);
let bytesOut = 0;

/** An upstream that answers at once, parsing its answer as the real transport does. */
const pool = {
  acquire: () => upstream,
  acquireFresh: () => upstream,
} as unknown as ConnectionPool;
const upstream = {
  isConnected: true,
  isFull: false,
  send(text: string, _isWhole: boolean, sink: ResponseSink) {
    // Laid out as a write would do it.
    bytesOut += Buffer.from(text, 'latin1').length;
    const head = new ResponseHead();
    const at = parseResponseHead(answer, 0, answer.length, head, defaultHeadLimits);
    sink.onHead(head, true);
    sink.onData(answer, at, answer.length);
    sink.onEnd('');
    sink.onFlush();
  },
  destroy() {},
  pause() {},
  resume() {},
};

class FakeSocket extends EventEmitter {
  writableLength = 0;
  writableNeedDrain = false;
  write(text: string): boolean {
    bytesOut += Buffer.from(text, 'latin1').length;
    return true;
  }
  destroySoon(): void {}
  destroy(): void {}
  end(): void {}
  resume(): void {}
}

function connectionFor(
  plugins: readonly { readonly name: string; readonly config: object }[],
  logAccess?: ProxyRuntime['logAccess'],
): () => void {
  const rows: Record<string, unknown> = {
    secret: {
      id: '7f145bf9-0dce-4f91-98eb-debbce4b9f6b',
      key: 'secret',
      consumer: { id: '0855b320-0dd2-547d-891d-601e9b38647f' },
    },
  };
  const consumer = { id: '0855b320-0dd2-547d-891d-601e9b38647f', username: 'bob', custom_id: null };
  const host = {
    log: silentLogger,
    clock: systemClock,
    node: { id: 'n', hostname: 'h', version: '1', worker: 0, pid: 1 },
    counters: openSharedCounters(createSharedCountersBuffer(1 << 20), systemClock),
    reader: () => ({
      find: (key: string) => rows[key],
      findById: () => consumer,
      findBy: () => consumer,
      listFor: () => [],
    }),
    every: () => () => {},
  } as unknown as PluginHost;
  const factories = new Map<string, InstanceFactory>();
  for (const { name } of plugins) {
    const definition = bundledPlugins.find((plugin) => plugin.name === name)!;
    factories.set(name, { definition, instantiate: definition.setup(host) as InstanceFactory['instantiate'] });
  }
  const snapshot = createSnapshot({
    router: createRouter<CompiledRoute>(),
    streamRouter: createStreamFieldsRouter('traditional'),
    allowsPathHandlingV1: false,
    plugins: factories,
    keepers: {},
    logger: silentLogger,
  });
  snapshot.apply([
    {
      entity: 'services',
      operation: 'create',
      row: { id: 's', protocol: 'http', host: '127.0.0.1', port: 9000, path: null, retries: 5, enabled: true },
    },
    {
      entity: 'routes',
      operation: 'create',
      row: {
        id: 'r',
        paths: ['/'],
        protocols: ['http', 'https'],
        strip_path: true,
        preserve_host: false,
        service: { id: 's' },
        created_at: 1,
      },
    },
    ...plugins.map(({ name, config }) => ({
      entity: 'plugins',
      operation: 'create' as const,
      row: {
        id: name,
        name,
        config,
        enabled: true,
        protocols: ['http', 'https'],
        route: null,
        service: null,
        consumer: null,
      },
    })),
  ]);
  const wheel = createTimerWheel({});
  const noServers = { ask: () => Promise.reject(new Error('no names here')) };
  const runtime: ProxyRuntime = {
    settings,
    snapshot,
    pool,
    latencyLines: createLatencyLines(settings),
    picker: createTargetPicker(createBalancers({ resolver: createResolver({ servers: noServers }) })),
    tls: {
      of: () => {
        throw new Error('no TLS here');
      },
    },
    wheel,
    clock: { now: () => performance.timeOrigin + performance.now(), monotonic: () => performance.now() },
    date: () => 'Fri, 20 Nov 2026 12:00:00 GMT',
    logger: silentLogger,
    logAccess,
    node: { id: 'n', hostname: 'h', version: '1', worker: 0 },
    counters: { accepted() {}, closed() {}, requested() {} },
    nextSerial: () => 1,
    consumers: { find: () => consumer, findByUsername: () => consumer },
    memoryStats: () => ({}),
  };
  const connection = new Http1Connection(
    runtime,
    new FakeSocket() as unknown as Socket,
    {
      serial: 1,
      remoteAddress: '127.0.0.1',
      remotePort: 50000,
      localAddress: '127.0.0.1',
      localPort: 8000,
      forwardedPort: 8000,
      scheme: 'http',
      sni: undefined,
      isTrusted: false,
      forwardedLines: '127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 8000\r\nX-Real-IP: 127.0.0.1\r\n',
      fixedPart: undefined,
      handshake: undefined,
      certificate: undefined,
      tls: undefined,
    },
    createReadBuffers(),
    () => {},
  );
  const request = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\napikey: secret\r\n\r\n', 'latin1');

  return () => void connection.onRead(request, request.length);
}

const rateLimiting = {
  second: null,
  minute: 1e9,
  hour: null,
  day: null,
  month: null,
  year: null,
  limit_by: 'consumer',
  policy: 'local',
  fault_tolerant: true,
  hide_client_headers: false,
  error_code: 429,
  error_message: 'API rate limit exceeded',
  header_name: null,
  path: null,
  window_type: 'fixed',
  sync_rate: -1,
};
const keyAuth = {
  key_names: ['apikey'],
  hide_credentials: false,
  anonymous: null,
  key_in_header: true,
  key_in_query: true,
  key_in_body: false,
  run_on_preflight: true,
  realm: null,
};

bench('proxy, no plugins', connectionFor([]));
bench(
  'proxy, with an access log',
  connectionFor(
    [],
    createAccessLog(() => {}, systemClock),
  ),
);
bench('key-auth', connectionFor([{ name: 'key-auth', config: keyAuth }]));
bench('rate-limiting (local)', connectionFor([{ name: 'rate-limiting', config: rateLimiting }]));
bench(
  'key-auth + rate-limiting',
  connectionFor([
    { name: 'key-auth', config: keyAuth },
    { name: 'rate-limiting', config: rateLimiting },
  ]),
);
await run();
if (bytesOut < 0) throw new Error('unreachable');
