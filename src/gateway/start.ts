import { mkdirSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import {
  affectedKeys,
  createSharedCacheBuffer,
  createSharedCountersBuffer,
  createSharedStoreMemory,
  openSharedCache,
  type SharedCache,
} from '../cache/index.ts';
import { createOffStrategy, type Database, maxTextBytes } from '../db/index.ts';
import { defaultWorkspaceId } from '../entities/index.ts';
import type { EntityChange, EntityEvent } from '../events/index.ts';
import { type Logger, systemClock } from '../kernel/index.ts';
import type { AnyPlugin } from '../pdk/index.ts';
import type { Row } from '../schema/index.ts';
import { gibbonVersion, type Settings } from '../settings/index.ts';
import { createTicketKeys, loadOrCreateDefaultCertificate } from '../tls/index.ts';
import { createLogLevelSwitch } from './admin-views.ts';
import { createDeclarativeNode, type DeclarativeNode, persistedPath } from './declarative.ts';
import { offerDemo } from './demo.ts';
import { type EchoServer, startEcho } from './echo.ts';
import { openLog } from './log-file.ts';
import { type Address, NodeApis } from './node-apis.ts';
import { createNodeCounters, type NodeCounters } from './node-counters.ts';
import { type NodeHealth, startNodeHealth } from './node-health.ts';
import { nodeIdOf } from './node-id.ts';
import { ownCertificateOf, readPem, trustedOf } from './pem.ts';
import { loadPlugins } from './plugin-registry.ts';
import { SecretRows } from './secret-rows.ts';
import { findRow, loadAll, openStore, writeRow } from './store.ts';
import type { WorkerData } from './worker-data.ts';
import { createWorkers, type Workers } from './workers.ts';

/** How {@link startGateway} is to go about it. */
export interface StartOptions {
  /** Brings the store up to date first; the embedded store always is. */
  readonly runMigrations?: boolean;
}

/** A node that serves. */
export interface RunningGateway {
  readonly addresses: {
    readonly proxy: readonly Address[];
    /** Of raw streams; `ssl` where clients speak TLS. */
    readonly stream: readonly (Address & { readonly udp: boolean })[];
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
/** Keys of session tickets are used for half a day. */
const ticketKeysLife = 12 * 3_600_000;

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
  #ticketKeys = createTicketKeys();
  #rotation: NodeJS.Timeout | undefined;
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
  #echo: EchoServer | undefined;
  #health: NodeHealth | undefined;
  #apis: NodeApis | undefined;
  #expiry: NodeJS.Timeout | undefined;
  readonly #logLevel: ReturnType<typeof createLogLevelSwitch>;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#logger = openLog(settings.prefix, settings.proxy_error_log, settings.log_level, 0);
    this.#logLevel = createLogLevelSwitch(
      this.#logger,
      () => this.#settings.log_level,
      (level) => this.#workers?.setLogLevel(level),
    );
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
      stream: this.#settings.stream_listen.map((listener, at) => ({
        host: listener.host,
        port: ports[this.#settings.proxy_listen.length + at] ?? listener.port,
        ssl: listener.ssl,
        udp: listener.udp,
      })),
      admin: this.#apis?.adminAddresses ?? [],
      status: this.#apis?.statusAddresses ?? [],
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
    const apis = this.#createApis(database, this.#health);
    this.#apis = apis;
    await apis.openStatus(settings);
    await apis.prepare(settings);
    this.#workers = await this.#startWorkers(settings);
    await apis.openAdmin(settings);
    this.#expiry = setInterval(() => {
      database.removeExpired().catch((fault: Error) => {
        this.#logger.error(`Cannot remove expired rows: ${fault.message}`);
      });
    }, expiryInterval);
    this.#expiry.unref();
    this.#rotation = setInterval(() => this.#rotateTicketKeys(), ticketKeysLife);
    this.#rotation.unref();
    this.#logger.notice(`Gibbon ${gibbonVersion} serves with ${this.#workers.count} workers`);
  }

  /** Opens the store; without a database it is filled at once with what the settings name. */
  async #openStore(settings: Settings, options: StartOptions): Promise<Database> {
    const { prefix } = settings;
    const announce = (changes: readonly EntityChange[]): void => this.#spread(changes);
    if (settings.database !== 'off') {
      const hear = ({ changes, notice }: EntityEvent): void => {
        if (changes.length > 0) announce(changes);
        if (notice === undefined) return;
        this.#health?.hear(notice);
        this.#apis?.hear(notice);
      };
      this.#database = await openStore(settings, this.#plugins, this.#logger, hear, {
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
    const apis = this.#apis!;
    await apis.closeAdmin();
    await apis.openAdmin(settings);
    await apis.closeStatus();
    await apis.openStatus(settings);
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
    clearInterval(this.#rotation);
    this.#logLevel.end();
    await this.#apis?.closeStatus();
    await this.#apis?.closeAdmin(graceful ? AbortSignal.timeout(Math.max(1, timeoutMs)) : AbortSignal.abort());
    this.#apis?.closePlugins();
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

  /** Who learns the keys of session tickets can read what was said while they were used. */
  #rotateTicketKeys(): void {
    this.#ticketKeys = createTicketKeys();
    for (const workers of this.#hearers) workers.setTicketKeys(this.#ticketKeys);
  }

  #createApis(database: Database, health: NodeHealth): NodeApis {
    const parts = {
      id: this.#nodeId,
      logger: this.#logger,
      logLevel: this.#logLevel,
      counters: this.#counters,
      shared: this.#shared,
      rows: this.#sharedRows,
      misses: this.#sharedMisses,
      database,
      declarative: this.#declarative,
      health,
      plugins: () => this.#plugins,
      workers: () => this.#workers,
    };
    return new NodeApis(parts, this.#settings.admin_audit_size);
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
      },
      trusted: trustedOf(settings),
      clientCertificate: ownCertificateOf(settings),
      echoPort: this.#echo?.port ?? 0,
    };
    const resolve = (entity: string, row: Row): Row => this.#secrets!.resolve(entity, row);
    const workers = createWorkers({
      count: Math.max(1, Math.min(maxWorkers, count)),
      // A worker that replaces another one later has the keys of that day.
      dataOf: (index) => ({
        ...common,
        tls: { ...common.tls, ticketKeys: this.#ticketKeys },
        index,
        stripe: offset + index,
      }),
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
}

const drainLimit = 60_000;
