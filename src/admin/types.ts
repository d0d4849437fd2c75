import type { Database, Declaration, DeclarationOutcome } from '../db/index.ts';
import type { EntityChange } from '../events/index.ts';
import type { Clock, Logger, LogLevel } from '../kernel/index.ts';
import type { Json, Subschema } from '../schema/index.ts';
import type { AuditLog } from './audit.ts';
import type { Endpoint } from './endpoint.ts';

/** A plugin as the Admin API knows it. */
export interface PluginView {
  readonly name: string;
  readonly version: string;
  readonly priority: number;
  readonly schema: Subschema;
}

/** Who answers: what GET / and the headers say of this node. */
export interface NodeView {
  readonly id: string;
  readonly hostname: string;
  /** The version of Kong that is spoken, three numbers: clients decide by it what to use. */
  readonly version: string;
  /** Our own version. */
  readonly gibbonVersion: string;
  /** The value of the `Server` header, such as `kong/3.9.3`. */
  readonly serverHeader: string;
  /** What stands in for the version of LuaJIT. */
  readonly luaVersion: string;
  readonly pids: () => { readonly master: number; readonly workers: readonly number[] };
  readonly timers: () => { readonly running: number; readonly pending: number };
}

/** What GET /status reports; sizes in bytes. */
export interface StatusReport {
  readonly memory: {
    readonly workers: readonly { readonly pid: number; readonly heapBytes: number }[];
    readonly shared: readonly { readonly name: string; readonly usedBytes: number; readonly capacityBytes: number }[];
  };
  readonly server: ServerCounters;
  /** 32 hexadecimal digits, where the configuration comes from no database; `database` is left out then. */
  readonly configurationHash?: string;
}

/** The counters of the proxy's listeners, named as nginx names them. */
export interface ServerCounters {
  readonly connections_active: number;
  readonly connections_reading: number;
  readonly connections_writing: number;
  readonly connections_waiting: number;
  readonly connections_accepted: number;
  readonly connections_handled: number;
  readonly total_requests: number;
}

/** The settings as GET / shows them. */
export interface SettingsView {
  /** Read on each request, so that changes at run time show. */
  readonly values: () => { readonly [name: string]: Json };
  /** Names of values that are shown as `******`. */
  readonly secrets: ReadonlySet<string>;
}

/** What this node has cached of rows. */
export interface CacheView {
  /** The cached value; undefined when there is none. */
  get(key: string): unknown;
  delete(key: string): void;
  clear(): void;
  /** How many rows, or lists of rows, workers asked the store for since they started. */
  lookUps(): number;
}

/** The level of the log. */
export interface LogLevelView {
  current(): LogLevel;
  /** Sets the level, for so many seconds. */
  change(level: LogLevel, seconds: number): void;
}

/** The resolvers of the node. */
export interface DnsView {
  /** True when the settings choose Kong's second client. */
  readonly isNewClient: boolean;
  /** What all of them counted, by `name|type`, and how many workers there are. */
  report(): Promise<{
    readonly workers: number;
    readonly statistics: ReadonlyMap<string, { readonly [counted: string]: number }>;
  }>;
}

/** How an attempt to load a configuration ended. */
export type DeclarationLoad = 'loaded' | 'busy' | 'timeout' | 'exiting';

/** The configuration of a node that has no database. */
export interface DeclarativeView {
  /** MD5 of the text that is served; 32 zeros when nothing is. */
  readonly hash: () => string;
  /** The largest text that is taken, in bytes. */
  readonly maxBytes: number;
  /** Judges a parsed configuration. */
  read(table: { [key: string]: unknown }, hash: string): DeclarationOutcome;
  /** What loading it would change. */
  compare(declaration: Declaration): readonly EntityChange[];
  /** Puts it in the place of what is served; `text` is what it was read from. */
  load(declaration: Declaration, text: string): Promise<DeclarationLoad>;
  /** What is served, as YAML. */
  export(): Promise<string>;
}

/** What {@link createAdminServer} is given. */
export interface AdminOptions {
  readonly database: Database;
  readonly settings: SettingsView;
  readonly node: NodeView;
  readonly plugins: readonly PluginView[];
  /** Vaults by name, for GET /schemas/vaults/{name}. */
  readonly vaults?: ReadonlyMap<string, Subschema>;
  readonly status: () => StatusReport;
  readonly logger: Logger;
  /** Takes the lines of the access log; none is kept where it is absent. */
  readonly accessLog?: (line: string) => void;
  readonly clock: Clock;
  /** Origins of the GUI; empty to allow any. */
  readonly allowedOrigins?: readonly string[];
  /** False leaves `X-Kong-Admin-Latency` out; it is sent unless told. */
  readonly showLatency?: boolean;
  /** The largest body in bytes; 10 MiB unless told. */
  readonly bodyLimit?: number;
  /** Resolves once everybody has taken what was written so far; writes are answered after it. */
  readonly settled?: () => Promise<void>;
  readonly cache?: CacheView;
  /** Takes down every request that writes, for GET /audit. */
  readonly audit?: AuditLog;
  readonly logLevel?: LogLevelView;
  readonly dns?: DnsView;
  /** Where rows come from when there is no database. */
  readonly declarative?: DeclarativeView;
  /** Endpoints of plugins and of other rooms; one with the path of a generated endpoint adds to it or overrides it. */
  readonly endpoints?: readonly Endpoint[];
}

/** What {@link createStatusServer} is given beside what the Admin API is. */
export interface StatusOptions extends AdminOptions {
  /** Why the node is not ready to serve; undefined when it is. */
  readonly unreadiness: () => string | undefined;
}

/** Where to listen. */
export interface AdminListener {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Makes it a TLS listener. */
  readonly tls?: TlsCredentials;
}

/** What a TLS listener shows and asks for; PEM texts. */
export interface TlsCredentials {
  readonly cert: string;
  readonly key: string;
  /** Client certificates must be signed by one of these. */
  readonly clientCa?: string;
}

/** Where a listener ended up. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** The Admin API on its listeners. */
export interface AdminServer {
  /**
   * Opens the listeners in order and returns where they are bound.
   * @throws GibbonError `ERR_ADMIN_LISTEN` when one cannot be opened; those before it are closed again
   */
  listen(listeners: readonly AdminListener[]): Promise<readonly BoundAddress[]>;
  /**
   * Takes no new connections, lets requests under way finish and resolves when the last connection is gone. An aborted
   * `signal` cuts what is left.
   */
  close(signal?: AbortSignal): Promise<void>;
}
