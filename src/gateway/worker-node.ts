import { createBalancers, type HealthVerdict } from '../balancer/index.ts';
import { createEntityCache, openSharedCache, openSharedCounters, openSharedStore } from '../cache/index.ts';
import type { DnsStatistics } from '../dns/index.ts';
import { caCertificates, consumers } from '../entities/index.ts';
import type { EntityChange } from '../events/index.ts';
import { type Clock, createTimerWheel, type Logger, type LogLevel, systemClock } from '../kernel/index.ts';
import type { EntityReader, EntityWriter, PluginHost } from '../pdk/index.ts';
import {
  createAccessLog,
  createLatencyLines,
  createTargetPicker,
  createUpstreamTls,
  listen,
  type ProxyListener,
  type ProxyRuntime,
} from '../proxy/index.ts';
import { createRouter, createStreamExpressionsRouter, createStreamFieldsRouter } from '../router/index.ts';
import type { Row } from '../schema/index.ts';
import { gibbonVersion } from '../settings/index.ts';
import { type CompiledRoute, createSnapshot, type InstanceFactory } from '../snapshot/index.ts';
import { createCertificateStore, createStapler } from '../tls/index.ts';
import { createConnectionPool } from '../transport/index.ts';
import { cipherSuiteOf } from './cipher-suite.ts';
import { openAccessLog, openLog } from './log-file.ts';
import { memoryReport } from './memory.ts';
import type { FromWorker } from './messages.ts';
import { openWorkerCounters } from './node-counters.ts';
import { loadPlugins } from './plugin-registry.ts';
import { proxySettingsOf } from './proxy-settings.ts';
import { openResolver } from './resolver.ts';
import { askResponder } from './responder.ts';
import { createStoreClient } from './store-client.ts';
import { createStreamNode } from './stream-node.ts';
import type { WorkerData } from './worker-data.ts';

/** The data plane of one worker, from its shared memory to its listeners. */
export interface WorkerNode {
  readonly logger: Logger;
  /** Of the error logs of requests and of raw streams. */
  setLogLevel(level: LogLevel): void;
  /** Takes rows that changed together. */
  apply(changes: readonly EntityChange[]): void;
  /** Takes what is to be thought of addresses of upstreams. */
  judge(verdicts: readonly HealthVerdict[]): void;
  /** Forgets all rows that are cached. */
  forget(): void;
  /** The main thread found the row that was asked for, or nothing. */
  answered(id: number, row: Row | null): void;
  /** The main thread could not look. */
  failed(id: number, message: string): void;
  /** What the resolver counted. */
  dnsStatistics(): DnsStatistics;
  /** Keys of session tickets from now on. */
  setTicketKeys(keys: Uint8Array): void;
  /** Opens the listeners; `ports` are used where the settings say 0. Returns the ports in use. */
  listen(ports: readonly number[]): Promise<readonly number[]>;
  /** Stops accepting and resolves once all clients are gone. */
  drain(): Promise<void>;
}

/**
 * Builds the data plane of a worker.
 * @throws GibbonError when a plugin cannot be loaded or a setting's file cannot be read.
 */
export async function createWorkerNode(data: WorkerData, send: (message: FromWorker) => void): Promise<WorkerNode> {
  const { settings, index } = data;
  const clock: Clock = systemClock;
  const logger = openLog(settings.prefix, settings.proxy_error_log, settings.log_level, index + 1);
  const proxySettings = proxySettingsOf(settings, data.workspaceId);
  const accessLog = openAccessLog(settings.prefix, settings.proxy_access_log);
  const wheel = createTimerWheel({ clock });
  wheel.start();
  const resolver = openResolver({ settings, wheel, logger, echoPort: data.echoPort });

  const store = createStoreClient(send);
  const cache = createEntityCache({
    fetch: (request) => store.read(request),
    clock,
    workspaceId: data.workspaceId,
    shared: openSharedCache(data.buffers.rows, clock),
    sharedMisses: openSharedCache(data.buffers.misses, clock),
    ttl: settings.db_cache_ttl,
    resurrectTtl: settings.db_resurrect_ttl,
    ...(settings.db_cache_neg_ttl === undefined ? {} : { missTtl: settings.db_cache_neg_ttl }),
  });

  const counters = openWorkerCounters(data.buffers.node, data.stripe);
  const sharedCounters = openSharedCounters(data.buffers.counters, clock);
  const host: PluginHost = {
    log: logger,
    clock,
    node: {
      id: data.node.id,
      hostname: data.node.hostname,
      version: gibbonVersion,
      worker: index,
      pid: process.pid,
    },
    trusted: data.trusted,
    counters: sharedCounters,
    store: openSharedStore(data.buffers.store, clock),
    reader: (definition) => cache.reader(definition) as EntityReader<never>,
    core: {
      consumers: cache.reader(consumers) as EntityReader,
      caCertificates: cache.reader(caCertificates) as EntityReader,
    },
    writer: (definition) => store.writer(definition.name) as EntityWriter<never>,
    every(ms, task) {
      const timer = setInterval(task, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
  const factories = new Map<string, InstanceFactory>();
  for (const definition of await loadPlugins(settings)) {
    factories.set(definition.name, { definition, instantiate: definition.setup(host) });
  }

  const pool = createConnectionPool({
    wheel,
    size: settings.upstream_keepalive_pool_size,
    maxRequests: settings.upstream_keepalive_max_requests,
    idleTimeout: settings.upstream_keepalive_idle_timeout * 1000,
  });
  const balancers = createBalancers({
    resolver,
    clock,
    health: { report: (reports) => send({ type: 'health-reports', reports }), defer: setImmediate },
    onGone: (peer) => pool.leave(peer),
  });
  const refresh = setInterval(() => balancers.refresh(), 1000);
  refresh.unref();
  const certificates = createCertificateStore({
    defaultCertificate: { cert: data.tls.cert, key: data.tls.key },
    cipherSuite: cipherSuiteOf(settings),
    sessionTickets: settings.ssl_session_tickets,
    ticketKeys: data.tls.ticketKeys,
    sessionTimeout: Math.round(settings.ssl_session_timeout / 1000),
    ...(settings.ssl_stapling ? { stapler: createStapler({ ask: askResponder, clock, logger }) } : {}),
  });

  const flavor = settings.router_flavor;
  const router = createRouter<CompiledRoute>({ flavor, maxArgs: settings.lua_max_uri_args });
  const snapshot = createSnapshot({
    router,
    streamRouter:
      flavor === 'expressions'
        ? createStreamExpressionsRouter<CompiledRoute>()
        : createStreamFieldsRouter<CompiledRoute>(flavor),
    // In the other flavours path_handling v1 acts as v0 (Kong 3.0).
    allowsPathHandlingV1: flavor === 'traditional',
    plugins: factories,
    logger,
    keepers: {
      upstreams: {
        put: (row) => balancers.putUpstream(row as never),
        delete: (row) => balancers.deleteUpstream(row['id'] as string),
      },
      targets: {
        put: (row) => balancers.putTarget(row as never),
        delete: (row) => balancers.deleteTarget(row as never),
      },
      certificates: {
        put: (row) => certificates.putCertificate(row as never),
        delete: (row) => certificates.deleteCertificate(row['id'] as string),
      },
      snis: {
        put: (row) => certificates.putSni(row as never),
        delete: (row) => certificates.deleteSni(row as never),
      },
    },
  });

  const consumerReader = cache.reader(consumers);
  let serial = 0;
  let second = -1;
  let date = '';
  const runtime: ProxyRuntime = {
    settings: proxySettings,
    latencyLines: createLatencyLines(proxySettings),
    snapshot,
    pool,
    picker: createTargetPicker(balancers),
    tls: createUpstreamTls({
      snapshot,
      logger,
      verifyByDefault: settings.injected['nginx_proxy_proxy_ssl_verify'] === 'on',
      trusted: data.trusted,
      ...(data.clientCertificate === undefined ? {} : { clientCertificate: data.clientCertificate }),
    }),
    wheel,
    clock: { now: () => performance.timeOrigin + performance.now(), monotonic: () => clock.monotonic() },
    date() {
      const now = Math.floor(clock.now() / 1000);
      if (now !== second) {
        second = now;
        date = new Date(now * 1000).toUTCString();
      }
      return date;
    },
    logger,
    logAccess: accessLog === undefined ? undefined : createAccessLog(accessLog, clock),
    node: { id: data.node.id, hostname: data.node.hostname, version: gibbonVersion, worker: index },
    counters,
    nextSerial: () => ++serial,
    consumers: {
      find: (id) => consumerReader.findById(id) as Row | undefined | Promise<Row | undefined>,
      findByUsername: (name) => consumerReader.findBy('username', name) as Row | undefined | Promise<Row | undefined>,
    },
    memoryStats: (unit, scale) => memoryReport(unit, scale, [process.memoryUsage().heapUsed]),
  };

  const streams = createStreamNode({ settings, runtime, balancers, certificates, clock });

  const heapTimer = setInterval(() => noteHeap(), 1000);
  heapTimer.unref();
  function noteHeap(): void {
    const { heapUsed, heapTotal } = process.memoryUsage();
    counters.heap(heapUsed, heapTotal);
  }
  noteHeap();

  let listeners: ProxyListener[] = [];
  return {
    logger,
    setLogLevel(level) {
      logger.setLevel(level);
      streams.logger.setLevel(level);
    },
    apply(changes) {
      for (const change of changes) cache.invalidate(change);
      snapshot.apply(changes);
    },
    judge: (verdicts) => balancers.takeVerdicts(verdicts),
    forget: () => cache.clear(),
    dnsStatistics: () => resolver.statistics(),
    answered: (id, row) => store.answered(id, row),
    failed: (id, message) => store.failed(id, message),
    setTicketKeys: (keys) => certificates.setTicketKeys(keys),
    async listen(ports) {
      // As in Kong, one address with TLS and http2 is enough for all addresses with TLS.
      const offersHttp2 = settings.proxy_listen.some((address) => address.ssl && address.http2);
      listeners = await Promise.all(
        settings.proxy_listen.map((address, at) =>
          listen(
            runtime,
            {
              host: address.host,
              port: address.port === 0 ? (ports[at] ?? 0) : address.port,
              ssl: address.ssl,
              http2: address.http2 || (address.ssl && offersHttp2),
              reusePort: true,
              proxyProtocol: address.proxy_protocol,
              ...(address.backlog === undefined ? {} : { backlog: address.backlog }),
            },
            address.ssl ? { certificates, options: certificates.serverOptions } : undefined,
          ),
        ),
      );
      const own = listeners.map((listener) => listener.port);
      return [...own, ...(await streams.listen(ports.slice(own.length)))];
    },
    async drain() {
      await Promise.all([...listeners.map((listener) => listener.drain()), streams.drain()]);
      pool.close();
      wheel.stop();
      clearInterval(refresh);
      clearInterval(heapTimer);
    },
  };
}
