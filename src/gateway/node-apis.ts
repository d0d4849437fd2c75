import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  type AdminOptions,
  type AdminServer,
  createAdminServer,
  createAuditLog,
  createStatusServer,
  healthEndpoints,
  type StatusReport,
} from '../admin/index.ts';
import type { SharedCache } from '../cache/index.ts';
import { type Database, emptyHash } from '../db/index.ts';
import type { ClusterNotice } from '../events/index.ts';
import { type Logger, systemClock } from '../kernel/index.ts';
import type { AnyPlugin } from '../pdk/index.ts';
import { pluginSubschema } from '../pdk/support.ts';
import type { Json } from '../schema/index.ts';
import { gibbonVersion, kongVersion, type Listener, reportSettings, type Settings } from '../settings/index.ts';
import { loadOrCreateDefaultCertificate } from '../tls/index.ts';
import { bundledVaults } from '../vaults/index.ts';
import { createCacheView, type createLogLevelSwitch } from './admin-views.ts';
import type { DeclarativeNode } from './declarative.ts';
import { openAccessLog, openLog } from './log-file.ts';
import type { NodeCounters } from './node-counters.ts';
import type { NodeHealth } from './node-health.ts';
import { readPem } from './pem.ts';
import { openPluginAdmins, type PluginAdmins } from './plugin-admins.ts';
import { sumStatistics } from './resolver.ts';
import type { WorkerData } from './worker-data.ts';
import type { Workers } from './workers.ts';

/** Where something listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
}

/** What the Admin and the Status API show and change of the node that they belong to. */
export interface NodeParts {
  readonly id: string;
  readonly logger: Logger;
  readonly logLevel: ReturnType<typeof createLogLevelSwitch>;
  readonly counters: NodeCounters;
  readonly shared: Pick<WorkerData['buffers'], 'counters' | 'rows' | 'misses' | 'store'>;
  readonly rows: SharedCache;
  readonly misses: SharedCache;
  readonly database: Database;
  /** Where rows come from when there is no database. */
  readonly declarative: DeclarativeNode | undefined;
  readonly health: NodeHealth;
  /** Those of the newest settings. */
  readonly plugins: () => readonly AnyPlugin[];
  /** Undefined until the first ones serve. */
  readonly workers: () => Workers | undefined;
}

/** The Admin and the Status API of a node. */
export class NodeApis {
  readonly #node: NodeParts;
  readonly #audit: ReturnType<typeof createAuditLog>;
  #admin: AdminServer | undefined;
  #pluginAdmins: PluginAdmins | undefined;
  #status: AdminServer | undefined;
  #adminAddresses: readonly Address[] = [];
  #statusAddresses: readonly Address[] = [];

  constructor(node: NodeParts, auditSize: number) {
    this.#node = node;
    this.#audit = createAuditLog(auditSize);
  }

  get adminAddresses(): readonly Address[] {
    return this.#adminAddresses;
  }

  get statusAddresses(): readonly Address[] {
    return this.#statusAddresses;
  }

  /** Makes the key of the Admin API where it has none, so that opening it takes no time. */
  async prepare({ prefix, admin_listen, admin_ssl_cert, admin_ssl_cert_key }: Settings): Promise<void> {
    await certificateOf(prefix, admin_listen, 'admin', admin_ssl_cert, admin_ssl_cert_key);
  }

  /** Opens the Admin API; the one before must be closed by then. */
  async openAdmin(settings: Settings): Promise<void> {
    const { admin_listen: listeners, admin_ssl_cert: certs, admin_ssl_cert_key: keys } = settings;
    const tls = await certificateOf(settings.prefix, listeners, 'admin', certs, keys);
    this.#pluginAdmins?.close();
    this.#pluginAdmins = openPluginAdmins(
      this.#node.plugins(),
      this.#node.database,
      this.#node.shared.store,
      this.#node.logger,
    );
    const options = this.#options(settings, {
      access: settings.admin_access_log,
      errors: settings.admin_error_log,
    });
    this.#admin = createAdminServer({
      ...options,
      endpoints: [...(options.endpoints ?? []), ...this.#pluginAdmins.endpoints],
    });
    this.#adminAddresses = await open(this.#admin, listeners, tls);
  }

  /** Opens the Status API. */
  async openStatus(settings: Settings): Promise<void> {
    const { status_listen: listeners, status_ssl_cert: certs, status_ssl_cert_key: keys } = settings;
    const tls = await certificateOf(settings.prefix, listeners, 'status', certs, keys);
    this.#status = createStatusServer({
      ...this.#options(settings, { access: settings.status_access_log, errors: settings.status_error_log }),
      unreadiness: () => {
        if (this.#node.workers() === undefined) return 'router builds not yet complete';
        if (this.#node.declarative?.hash() !== emptyHash) return undefined;
        return 'no configuration available (empty configuration present)';
      },
    });
    this.#statusAddresses = await open(this.#status, listeners, tls);
  }

  /** Closes the Admin API once requests are answered, or when the signal says so. */
  async closeAdmin(signal?: AbortSignal): Promise<void> {
    await this.#admin?.close(signal);
  }

  /** Closes the Status API. */
  async closeStatus(): Promise<void> {
    await this.#status?.close();
  }

  /** Takes what another node told its plugins. */
  hear(notice: ClusterNotice): void {
    this.#pluginAdmins?.hear(notice);
  }

  /** Lets go of what plugins hold beside the Admin API. */
  closePlugins(): void {
    this.#pluginAdmins?.close();
  }

  #options(settings: Settings, logs: { readonly access: string; readonly errors: string }): AdminOptions {
    const { prefix } = settings;
    const accessLog = openAccessLog(prefix, logs.access);
    return {
      database: this.#node.database,
      settings: { values: () => reportSettings(settings) as { [name: string]: Json }, secrets: new Set() },
      node: {
        id: this.#node.id,
        hostname: hostname(),
        version: kongVersion,
        gibbonVersion,
        serverHeader: `gibbon/${gibbonVersion}`,
        luaVersion: 'LuaJIT 2.1.0-beta3',
        pids: () => ({
          master: process.pid,
          workers: Array.from({ length: this.#node.workers()?.count ?? 0 }, () => process.pid),
        }),
        timers: () => ({ running: 0, pending: 0 }),
      },
      plugins: this.#node.plugins().map((plugin) => ({
        name: plugin.name,
        version: plugin.version,
        priority: plugin.priority,
        schema: pluginSubschema(plugin),
      })),
      status: () => this.#report(),
      logger:
        logs.errors === settings.proxy_error_log
          ? this.#node.logger
          : openLog(prefix, logs.errors, settings.log_level, 0),
      ...(accessLog === undefined ? {} : { accessLog }),
      allowedOrigins: settings.admin_gui_url.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin),
      clock: systemClock,
      showLatency: settings.enabled_headers.has('x-kong-admin-latency'),
      bodyLimit: settings.nginx_admin_client_max_body_size,
      settled: async () => {
        await this.#node.workers()?.settled();
      },
      vaults: bundledVaults,
      cache: createCacheView(this.#node.rows, this.#node.misses, () => this.#node.workers()),
      audit: this.#audit,
      logLevel: this.#node.logLevel,
      dns: {
        isNewClient: settings.new_dns_client,
        report: async () => {
          const ofWorkers = (await this.#node.workers()?.dnsStatistics()) ?? [];
          return {
            workers: this.#node.workers()?.count ?? 0,
            statistics: sumStatistics([...ofWorkers, this.#node.health.dnsStatistics()]),
          };
        },
      },
      ...(this.#node.declarative === undefined ? {} : { declarative: this.#node.declarative }),
      endpoints: healthEndpoints(this.#node.database, this.#node.health.shown, this.#node.id),
    };
  }

  #report(): StatusReport {
    const totals = this.#node.counters.totals();
    return {
      memory: {
        workers: this.#node.counters.heaps().map((heap) => ({ pid: process.pid, heapBytes: heap.used })),
        shared: [
          { name: 'kong_db_cache', usedBytes: 0, capacityBytes: this.#node.shared.rows.byteLength },
          { name: 'kong_db_cache_miss', usedBytes: 0, capacityBytes: this.#node.shared.misses.byteLength },
          { name: 'gibbon_plugin_store', usedBytes: 0, capacityBytes: this.#node.shared.store.entries.byteLength },
          { name: 'kong_rate_limiting_counters', usedBytes: 0, capacityBytes: this.#node.shared.counters.byteLength },
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
      ...(this.#node.declarative === undefined ? {} : { configurationHash: this.#node.declarative.hash() }),
    };
  }
}

async function certificateOf(
  prefix: string,
  listeners: readonly Listener[],
  name: 'admin' | 'status',
  certs: readonly string[],
  keys: readonly string[],
): Promise<{ readonly cert: string; readonly key: string } | undefined> {
  if (!listeners.some((listener) => listener.ssl)) return undefined;
  if (certs.length > 0)
    return { cert: readPem(`${name}_ssl_cert`, certs[0]!), key: readPem(`${name}_ssl_cert_key`, keys[0]!) };
  const pairs = await loadOrCreateDefaultCertificate(join(prefix, 'ssl'), {
    name: `${name}-kong-default`,
  });
  return { cert: pairs.cert[0]!, key: pairs.key[0]! };
}

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
