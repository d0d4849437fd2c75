import { mkdirSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import {
  type AdminOptions,
  type AdminServer,
  type AuditLog,
  createAdminServer,
  createAuditLog,
  createStatusServer,
  healthEndpoints,
  type StatusReport,
} from '../admin/index.ts';
import {
  affectedKeys,
  createSharedCacheBuffer,
  createSharedCountersBuffer,
  createSharedStoreMemory,
  openSharedCache,
  type SharedCache,
} from '../cache/index.ts';
import { createOffStrategy, type Database, emptyHash, maxTextBytes } from '../db/index.ts';
import { defaultWorkspaceId } from '../entities/index.ts';
import type { EntityChange } from '../events/index.ts';
import { type Logger, systemClock } from '../kernel/index.ts';
import type { AnyPlugin } from '../pdk/index.ts';
import { pluginSubschema } from '../pdk/support.ts';
import type { Json, Row } from '../schema/index.ts';
import { gibbonVersion, kongVersion, type Listener, reportSettings, type Settings } from '../settings/index.ts';
import { createTicketKeys, loadOrCreateDefaultCertificate } from '../tls/index.ts';
import { bundledVaults } from '../vaults/index.ts';
import { createCacheView, createLogLevelSwitch } from './admin-views.ts';
import { createDeclarativeNode, type DeclarativeNode, persistedPath } from './declarative.ts';
import { offerDemo } from './demo.ts';
import { type EchoServer, startEcho } from './echo.ts';
import { openAccessLog, openLog } from './log-file.ts';
import { createNodeCounters, type NodeCounters } from './node-counters.ts';
import { type NodeHealth, startNodeHealth } from './node-health.ts';
import { nodeIdOf } from './node-id.ts';
import { ownCertificateOf, readPem, trustedOf } from './pem.ts';
import { openPluginAdmins, type PluginAdmins } from './plugin-admins.ts';
import { loadPlugins } from './plugin-registry.ts';
import { SecretRows } from './secret-rows.ts';
import { findRow, loadAll, openStore, writeRow } from './store.ts';
import type { WorkerData } from './worker-data.ts';
import { createWorkers, type Workers } from './workers.ts';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
}

/** How {@link startGateway} is to go about it. */
export interface StartOptions {
  /** Brings the store up to date first; the embedded store always is. */
  readonly runMigrations?: boolean;
}

/** A node that serves. */
export interface RunningGateway {
  readonly addresses: {
    readonly proxy: readonly Address[];
    readonly admin: readonly Address[];
    readonly status: readonly Address[];
  };
  /** Takes new settings: new workers listen before the old ones finish what they are at. */
  reload(settings: Settings): Promise<void>;
  /** Ends the node; gracefully, requests in flight may take `timeoutMs`. */
  stop(options: { readonly graceful: boolean; readonly timeoutMs: number }): Promise<void>;
}

const maxWorkers = 64;
const countersBytes = 12 * 1024 * 1024;
const missBytes = 12 * 1024 * 1024;
const expiryInterval = 60_000;

/**
 * Starts a node and resolves once it serves.
 * @throws GibbonError when the store, a plugin, a certificate or a listener keeps it from starting; nothing is left open.
 */
export async function startGateway(settings: Settings, options: StartOptions = {}): Promise<RunningGateway> {
  mkdirSync(settings.prefix, { recursive: true });
  const node = new GatewayNode(settings);
  try {
    await node.open(options);
  } catch (fault) {
    await node.stop({ graceful: false, timeoutMs: 0 });
    throw fault;
  }
  return node;
}

/** Everything that is open on a node, from the store to the workers. */
class GatewayNode implements RunningGateway {
  #settings: Settings;
  #logger: Logger;
  readonly #nodeId: string;
  readonly #counters: NodeCounters = createNodeCounters(2 * maxWorkers);
  readonly #shared: Pick<WorkerData['buffers'], 'counters' | 'rows' | 'misses' | 'store'>;
  readonly #sharedRows: SharedCache;
  readonly #sharedMisses: SharedCache;
  readonly #ticketKeys = createTicketKeys();
  #database: Database | undefined;
  /** Where rows come from when there is no database. */
  #declarative: DeclarativeNode | undefined;
  #secrets: SecretRows | undefined;
  #plugins: readonly AnyPlugin[] = [];
  #workers: Workers | undefined;
  /** All workers that must hear of changes: during a reload those that come beside those that go. */
  readonly #hearers = new Set<Workers>();
  #isStopping = false;
  #generation = 0;
  #admin: AdminServer | undefined;
  #pluginAdmins: PluginAdmins | undefined;
  #status: AdminServer | undefined;
  #echo: EchoServer | undefined;
  #health: NodeHealth | undefined;
  #expiry: NodeJS.Timeout | undefined;
  readonly #logLevel: ReturnType<typeof createLogLevelSwitch>;
  readonly #audit: AuditLog;
  #adminAddresses: readonly Address[] = [];
  #statusAddresses: readonly Address[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#logger = openLog(settings.prefix, settings.proxy_error_log, settings.log_level, 0);
    this.#logLevel = createLogLevelSwitch(
      this.#logger,
      () => this.#settings.log_level,
      (level) => this.#workers?.setLogLevel(level),
    );
    this.#audit = createAuditLog(settings.admin_audit_size);
    this.#nodeId = nodeIdOf(settings.prefix, settings.node_id);
    this.#shared = {
      counters: createSharedCountersBuffer(countersBytes),
      rows: createSharedCacheBuffer(settings.mem_cache_size),
      misses: createSharedCacheBuffer(missBytes),
      store: createSharedStoreMemory(settings.mem_cache_size),
    };
    this.#sharedRows = openSharedCache(this.#shared.rows, systemClock);
    this.#sharedMisses = openSharedCache(this.#shared.misses, systemClock);
  }

  get addresses(): RunningGateway['addresses'] {
    const ports = this.#workers?.ports ?? [];
    return {
      proxy: this.#settings.proxy_listen.map((listener, at) => ({
        host: listener.host,
        port: ports[at] ?? listener.port,
        ssl: listener.ssl,
      })),
      admin: this.#adminAddresses,
      status: this.#statusAddresses,
    };
  }

  async open(options: StartOptions): Promise<void> {
    const settings = this.#settings;
    this.#plugins = await loadPlugins(settings);
    const database = await this.#openStore(settings, options);
    this.#secrets = new SecretRows(database, this.#plugins, this.#logger);
    await this.#secrets.readVaults(database);
    if (settings.demo && this.#declarative === undefined) {
      this.#echo = await startEcho();
      await offerDemo(database);
    }
    this.#health = await startNodeHealth({
      database,
      settings,
      resolve: (entity, row) => this.#secrets!.resolve(entity, row),
      echoPort: this.#echo?.port ?? 0,
      logger: this.#logger,
      announce: (verdicts) => {
        for (const workers of this.#hearers) workers.judge(verdicts);
      },
    });
    // Status tells from the first moment that the node is not ready yet. Admin comes last, for who gets an answer
    // from it may send requests at once; its key is made before, so that it listens as soon as the proxy does.
    await this.#openStatus(settings);
    await this.#certificateOf(settings.admin_listen, 'admin', settings.admin_ssl_cert, settings.admin_ssl_cert_key);
    this.#workers = await this.#startWorkers(settings);
    await this.#openAdmin(settings);
    this.#expiry = setInterval(() => {
      database.removeExpired().catch((fault: Error) => {
        this.#logger.error(`Cannot remove expired rows: ${fault.message}`);
      });
    }, expiryInterval);
    this.#expiry.unref();
    this.#logger.notice(`Gibbon ${gibbonVersion} serves with ${this.#workers.count} workers`);
  }

  /** Opens the store; without a database it is filled at once with what the settings name. */
  async #openStore(settings: Settings, options: StartOptions): Promise<Database> {
    const { prefix } = settings;
    const announce = (changes: readonly EntityChange[]): void => this.#spread(changes);
    if (settings.database !== 'off') {
      this.#database = await openStore(settings, this.#plugins, this.#logger, (event) => announce(event.changes), {
        migrate: options.runMigrations === true,
        onLost: () => this.#readAgain(),
      });
      return this.#database;
    }
    const strategy = createOffStrategy({ clock: systemClock, workspaceId: defaultWorkspaceId });
    const database = await openStore(settings, this.#plugins, this.#logger, () => {}, { strategy });
    this.#database = database;
    this.#declarative = createDeclarativeNode({
      database,
      strategy,
      announce,
      settled: (limitMs) => this.#workers?.settled(limitMs) ?? Promise.resolve(true),
      logger: this.#logger,
      maxBytes: Math.min(settings.lmdb_map_size, maxTextBytes),
      persistAt: settings.declarative_persist ? persistedPath(prefix) : undefined,
    });
    this.#declarative.loadFromSettings(settings);
    return database;
  }

  async reload(given: Settings): Promise<void> {
    const settings = this.#withKeptFlavor(given);
    const former = this.#workers!;
    this.#plugins = await loadPlugins(settings);
    this.#secrets = new SecretRows(this.#database!, this.#plugins, this.#logger);
    await this.#secrets.readVaults(this.#database!);
    this.#declarative?.loadFromSettings(settings);
    const next = await this.#startWorkers(settings, former.ports);
    this.#settings = settings;
    this.#workers = next;
    this.#health!.reload(settings);
    this.#logger.setLevel(settings.log_level);
    await former.stop(drainLimit);
    this.#hearers.delete(former);
    if (this.#isStopping) return;
    await this.#admin?.close();
    await this.#openAdmin(settings);
    await this.#status?.close();
    await this.#openStatus(settings);
  }

  /** The store was opened for routes of one flavour: another one takes a restart. */
  #withKeptFlavor(settings: Settings): Settings {
    const { router_flavor } = this.#settings;
    if (settings.router_flavor === router_flavor) return settings;
    this.#logger.warn(`Cannot change router_flavor to "${settings.router_flavor}" by a reload: restart the node`);
    return Object.freeze({ ...settings, router_flavor });
  }

  /** Changes were missed: whatever was read from the store is read again, by new workers. */
  #readAgain(): void {
    this.#sharedRows.clear();
    this.#sharedMisses.clear();
    this.reload(this.#settings).catch((fault: Error) => {
      this.#logger.error(`Cannot read the store again: ${fault.message}`);
    });
  }

  async stop({ graceful, timeoutMs }: { readonly graceful: boolean; readonly timeoutMs: number }): Promise<void> {
    this.#isStopping = true;
    this.#declarative?.close();
    clearInterval(this.#expiry);
    this.#logLevel.end();
    await this.#status?.close();
    await this.#admin?.close(graceful ? AbortSignal.timeout(Math.max(1, timeoutMs)) : AbortSignal.abort());
    this.#pluginAdmins?.close();
    // Those that a reload is about to replace among them.
    await Promise.all([...this.#hearers].map((workers) => workers.stop(graceful ? timeoutMs : 0)));
    this.#health?.close();
    await this.#database?.close();
    this.#echo?.close();
    this.#logger.notice('Gibbon stopped');
  }

  /** Makes rows that changed known: shared memory forgets them, then every worker is told. */
  #spread(changes: readonly EntityChange[]): void {
    const database = this.#database!;
    for (const change of changes) {
      if (!database.has(change.entity)) continue;
      const { definition } = database.dao(change.entity);
      for (const key of affectedKeys(definition, change, database.workspaceId)) {
        this.#sharedRows.delete(key);
        this.#sharedMisses.delete(key);
      }
    }
    const resolved = this.#secrets?.resolveChanges(changes) ?? changes;
    for (const workers of this.#hearers) workers.announce(resolved);
    this.#health?.apply(resolved);
  }

  async #startWorkers(settings: Settings, ports?: readonly number[]): Promise<Workers> {
    const database = this.#database!;
    const standard = await loadOrCreateDefaultCertificate(join(settings.prefix, 'ssl'));
    const own = settings.ssl_cert.length > 0;
    // Two generations may run side by side, and each worker has a stripe of the counters to itself.
    const offset = (this.#generation % 2) * maxWorkers;
    this.#generation += 1;
    const count = settings.nginx_worker_processes === 'auto' ? availableParallelism() : settings.nginx_worker_processes;
    const common = {
      settings,
      node: { id: this.#nodeId, hostname: hostname() },
      workspaceId: database.workspaceId,
      buffers: { node: this.#counters.buffer, ...this.#shared },
      tls: {
        cert: own ? settings.ssl_cert.map((value) => readPem('ssl_cert', value)) : standard.cert,
        key: own ? settings.ssl_cert_key.map((value) => readPem('ssl_cert_key', value)) : standard.key,
        ticketKeys: this.#ticketKeys,
      },
      trusted: trustedOf(settings),
      clientCertificate: ownCertificateOf(settings),
      echoPort: this.#echo?.port ?? 0,
    };
    const resolve = (entity: string, row: Row): Row => this.#secrets!.resolve(entity, row);
    const workers = createWorkers({
      count: Math.max(1, Math.min(maxWorkers, count)),
      dataOf: (index) => ({ ...common, index, stripe: offset + index }),
      load: () => loadAll(database, resolve),
      find: (request) => findRow(database, request, resolve),
      write: (write) => writeRow(database, write),
      verdicts: () => this.#health!.ledger.verdicts(),
      report: (reports) => this.#health!.ledger.take(reports),
      logger: this.#logger,
    });
    this.#hearers.add(workers);
    try {
      await workers.start(ports);
    } catch (fault) {
      this.#hearers.delete(workers);
      await workers.stop(0);
      throw fault;
    }
    return workers;
  }

  #adminOptions(settings: Settings, logs: { readonly access: string; readonly errors: string }): AdminOptions {
    const { prefix } = settings;
    const accessLog = openAccessLog(prefix, logs.access);
    return {
      database: this.#database!,
      settings: { values: () => reportSettings(settings) as { [name: string]: Json }, secrets: new Set() },
      node: {
        id: this.#nodeId,
        hostname: hostname(),
        version: kongVersion,
        gibbonVersion,
        serverHeader: `gibbon/${gibbonVersion}`,
        luaVersion: 'LuaJIT 2.1.0-beta3',
        pids: () => ({
          master: process.pid,
          workers: Array.from({ length: this.#workers?.count ?? 0 }, () => process.pid),
        }),
        timers: () => ({ running: 0, pending: 0 }),
      },
      plugins: this.#plugins.map((plugin) => ({
        name: plugin.name,
        version: plugin.version,
        priority: plugin.priority,
        schema: pluginSubschema(plugin),
      })),
      status: () => this.#report(),
      logger:
        logs.errors === settings.proxy_error_log ? this.#logger : openLog(prefix, logs.errors, settings.log_level, 0),
      ...(accessLog === undefined ? {} : { accessLog }),
      allowedOrigins: settings.admin_gui_url.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin),
      clock: systemClock,
      showLatency: settings.enabled_headers.has('x-kong-admin-latency'),
      bodyLimit: settings.nginx_admin_client_max_body_size,
      settled: async () => {
        await this.#workers?.settled();
      },
      vaults: bundledVaults,
      cache: createCacheView(this.#sharedRows, this.#sharedMisses, () => this.#workers?.forget()),
      audit: this.#audit,
      logLevel: this.#logLevel,
      ...(this.#declarative === undefined ? {} : { declarative: this.#declarative }),
      endpoints: healthEndpoints(this.#database!, this.#health!.ledger, this.#nodeId),
    };
  }

  async #openAdmin(settings: Settings): Promise<void> {
    const { admin_listen: listeners, admin_ssl_cert: certs, admin_ssl_cert_key: keys } = settings;
    const tls = await this.#certificateOf(listeners, 'admin', certs, keys);
    this.#pluginAdmins?.close();
    this.#pluginAdmins = openPluginAdmins(this.#plugins, this.#database!, this.#shared.store, this.#logger);
    const options = this.#adminOptions(settings, {
      access: settings.admin_access_log,
      errors: settings.admin_error_log,
    });
    this.#admin = createAdminServer({
      ...options,
      endpoints: [...(options.endpoints ?? []), ...this.#pluginAdmins.endpoints],
    });
    this.#adminAddresses = await open(this.#admin, listeners, tls);
  }

  async #openStatus(settings: Settings): Promise<void> {
    const { status_listen: listeners, status_ssl_cert: certs, status_ssl_cert_key: keys } = settings;
    const tls = await this.#certificateOf(listeners, 'status', certs, keys);
    this.#status = createStatusServer({
      ...this.#adminOptions(settings, { access: settings.status_access_log, errors: settings.status_error_log }),
      unreadiness: () => {
        if (this.#workers === undefined) return 'router builds not yet complete';
        if (this.#declarative?.hash() !== emptyHash) return undefined;
        return 'no configuration available (empty configuration present)';
      },
    });
    this.#statusAddresses = await open(this.#status, listeners, tls);
  }

  async #certificateOf(
    listeners: readonly Listener[],
    name: 'admin' | 'status',
    certs: readonly string[],
    keys: readonly string[],
  ): Promise<{ readonly cert: string; readonly key: string } | undefined> {
    if (!listeners.some((listener) => listener.ssl)) return undefined;
    if (certs.length > 0)
      return { cert: readPem(`${name}_ssl_cert`, certs[0]!), key: readPem(`${name}_ssl_cert_key`, keys[0]!) };
    const pairs = await loadOrCreateDefaultCertificate(join(this.#settings.prefix, 'ssl'), {
      name: `${name}-kong-default`,
    });
    return { cert: pairs.cert[0]!, key: pairs.key[0]! };
  }

  #report(): StatusReport {
    const totals = this.#counters.totals();
    return {
      memory: {
        workers: this.#counters.heaps().map((heap) => ({ pid: process.pid, heapBytes: heap.used })),
        shared: [
          { name: 'kong_db_cache', usedBytes: 0, capacityBytes: this.#shared.rows.byteLength },
          { name: 'kong_db_cache_miss', usedBytes: 0, capacityBytes: this.#shared.misses.byteLength },
          { name: 'gibbon_plugin_store', usedBytes: 0, capacityBytes: this.#shared.store.entries.byteLength },
          { name: 'kong_rate_limiting_counters', usedBytes: 0, capacityBytes: this.#shared.counters.byteLength },
        ],
      },
      server: {
        connections_active: totals.active,
        connections_reading: 0,
        connections_writing: totals.active,
        connections_waiting: 0,
        connections_accepted: totals.accepted,
        connections_handled: totals.accepted,
        total_requests: totals.requests,
      },
      ...(this.#declarative === undefined ? {} : { configurationHash: this.#declarative.hash() }),
    };
  }
}

const drainLimit = 60_000;

async function open(
  server: AdminServer,
  listeners: readonly Listener[],
  tls: { readonly cert: string; readonly key: string } | undefined,
): Promise<readonly Address[]> {
  const bound = await server.listen(
    listeners.map(({ host, port, ssl }) => ({ host, port, ...(ssl && tls !== undefined ? { tls } : {}) })),
  );
  return bound.map(({ host, port, tls: ssl }) => ({ host, port, ssl }));
}
