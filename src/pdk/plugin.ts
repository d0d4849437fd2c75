import type { Clock, Logger } from '../kernel/index.ts';
import type {
  EntityCheck,
  EntityDefinition,
  Fields,
  RecordField,
  Row,
  Shorthands,
  Stored,
  StoredOf,
} from '../schema/index.ts';
import type { Kong } from './kong.ts';

/** A handler is awaited only if it returns a promise. */
export type Handler = (kong: Kong) => void | Promise<void>;

/** What one configuration of a plugin does, phase by phase; a missing phase costs nothing. */
export interface Handlers {
  /** During the TLS handshake; global configurations only. */
  readonly certificate?: Handler;
  /** Before routing; global configurations only. */
  readonly rewrite?: Handler;
  /** After routing, before the upstream is called. */
  readonly access?: Handler;
  /** Once the whole upstream answer was read; excludes headerFilter and bodyFilter. */
  readonly response?: Handler;
  /** Before the answer's head goes to the client. Must be synchronous. */
  readonly headerFilter?: (kong: Kong) => void;
  /**
   * For each chunk of the answer, and once more with `last`. Returns what to send instead, or nothing to leave the
   * chunk as it is. Must be synchronous.
   */
  readonly bodyFilter?: (kong: Kong, chunk: Uint8Array, last: boolean) => Uint8Array | undefined;
  /**
   * On a raw stream (TCP, TLS, UDP), after routing and before the upstream is called; for configurations whose protocols
   * have one of tcp, tls, tls_passthrough and udp.
   */
  readonly preread?: Handler;
  /** After the last byte; nothing here delays the client. On a raw stream once it has ended. */
  readonly log?: Handler;
  /** When this configuration is replaced or removed. */
  readonly dispose?: () => void;
}

/** Reads rows of one entity through the worker's cache; answers at once when the row is cached. */
export interface EntityReader<R = Row> {
  /** By the values of the entity's cache key, in its order. */
  find(...values: readonly string[]): R | undefined | Promise<R | undefined>;
  /** By primary key. */
  findById(id: string): R | undefined | Promise<R | undefined>;
  /** By one unique field. */
  findBy(field: string, value: string): R | undefined | Promise<R | undefined>;
  /**
   * All rows whose foreign field refers to the row `id`, in the order of their ids. The list is the same object until one
   * of them changes. @throws for a field that is no foreign one, and for entities whose rows may expire.
   */
  findAllFor(foreignField: string, id: string): readonly R[] | Promise<readonly R[]>;
}

/** What is to be added to the field `value` of one row. */
export interface ValueAddition {
  /** Values of the primary key, in the order of its fields. */
  readonly key: readonly (string | number)[];
  /** A whole number; 0 only reads, and makes no row. */
  readonly by: number;
  /** Life of a row that is made for it, in seconds. */
  readonly ttl: number;
}

/**
 * Writes rows of one entity. A write goes through the main thread; when its promise resolves the row is stored, and soon
 * after every worker reads it.
 * @throws GibbonError `ERR_STORE_WRITE` when the schema or the store refuses; all methods reject with it.
 */
export interface EntityWriter<R = Row> {
  /** Inserts a row and fills in what was not given; `ttl` is in seconds, for entities whose rows may expire. */
  insert(given: Row, ttl?: number): Promise<R>;
  /** Changes fields of a row; undefined when there is none. */
  update(id: string, given: Row, ttl?: number): Promise<R | undefined>;
  /** True when there was such a row. */
  delete(id: string): Promise<boolean>;
  /**
   * Adds to the field `value` of rows, each of which begins at 0, and returns the sums in the same order; no row may come
   * twice. Each addition is atomic among all nodes on the store. Readers do not hear of it: such rows are not to be cached.
   */
  add(additions: readonly ValueAddition[]): Promise<readonly number[]>;
}

/** Counters in memory shared by all workers of the node; every call is atomic. */
export interface SharedCounters {
  /**
   * Adds `by` to the counter of `key` and returns the new value. A counter starts at 0 and is forgotten once
   * `expiresAt` (milliseconds since the epoch) is past.
   */
  add(key: string, by: number, expiresAt: number): number;
  /** The counter's value, 0 when there is none. */
  read(key: string): number;
}

/** Bytes as they are stored, and when they end: milliseconds since the epoch, Infinity for never. */
export interface StoredBytes {
  /** A copy of the reader's own. */
  readonly bytes: Uint8Array;
  readonly expiresAt: number;
}

/**
 * Bytes in memory that all workers of the node share (`mem_cache_size`); the oldest make room for new ones. What cannot
 * be had at once counts as not there. Plugins share it: names of keys begin with the plugin's.
 */
export interface SharedStore {
  get(key: string): StoredBytes | undefined;
  /** A number that changes whenever anybody stores or deletes the key, and now and then without need. Cheap. */
  version(key: string): number;
  /**
   * Stores bytes until `expiresAt` (milliseconds since the epoch, Infinity for ever), unless the key's version is no
   * longer the one given: then somebody stored or deleted it since. Returns the new version, one that the key never has
   * when somebody stored at the same time, and undefined when not stored, as also happens to entries above 2 MiB.
   */
  set(key: string, bytes: Uint8Array, expiresAt: number, version?: number): number | undefined;
  /** Certain: on return the key is gone, and what was asked for before will not be stored. */
  delete(key: string): void;
  /** Forgets everything, of all plugins. */
  clear(): void;
}

/** What a plugin may use for the life of a worker. */
export interface PluginHost {
  readonly log: Logger;
  readonly clock: Clock;
  readonly node: {
    readonly id: string;
    readonly hostname: string;
    readonly version: string;
    /** Number of the worker on this node, from 0. */
    readonly worker: number;
    /** Process id. */
    readonly pid: number;
  };
  /** PEM texts trusted beside the system's, or in their place (`lua_ssl_trusted_certificate`); empty for none. */
  readonly trusted: readonly string[];
  readonly counters: SharedCounters;
  readonly store: SharedStore;
  /** A cached reader for an entity of this plugin. */
  reader<E extends EntityDefinition>(entity: E): EntityReader<Stored<E>>;
  /** Cached readers for rows of core that belong to no plugin. */
  readonly core: { readonly consumers: EntityReader; readonly caCertificates: EntityReader };
  /** A writer for an entity of this plugin. */
  writer<E extends EntityDefinition>(entity: E): EntityWriter<Stored<E>>;
  /** Runs `task` every `ms` milliseconds until the returned function is called. */
  every(ms: number, task: () => void): () => void;
}

/** Which stored configuration a set of handlers belongs to, and what that is attached to. */
export interface PluginInstance {
  readonly id: string;
  readonly instanceName: string | null;
  readonly routeId: string | null;
  readonly serviceId: string | null;
  readonly consumerId: string | null;
}

/** Makes the handlers of one stored configuration. */
export type Instantiate<F extends Fields> = (config: StoredOf<F>, instance: PluginInstance) => Handlers;

/** What the Admin endpoints of a plugin may use; they run beside the workers, not in one. */
export interface PluginAdminHost {
  readonly log: Logger;
  readonly clock: Clock;
  /** The same memory that the workers use. */
  readonly store: SharedStore;
  /**
   * Lets the plugin's Admin side on the other nodes of the store hear of something, as JSON can hold it. A node that cannot
   * be told has that logged.
   */
  tellOthers(data: Row): Promise<void>;
  /** All stored configurations of the plugin, in the order of their ids. */
  configurations(): Promise<readonly { readonly id: string; readonly config: Row }[]>;
}

/** Answers one request to an Admin endpoint; a fault that is thrown becomes 500. */
export type PluginEndpointHandler = (request: {
  /** Parameters of the path, percent-decoded. */
  readonly params: { readonly [name: string]: string | undefined };
}) => Promise<{
  readonly status: number;
  /** Written as JSON; absent for an empty body. */
  readonly body?: unknown;
}>;

/** A path of the Admin API that a plugin answers; parameters are written `:name`. */
export interface PluginEndpoint {
  readonly path: string;
  readonly methods: { readonly [method in 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE']?: PluginEndpointHandler };
}

/** The Admin side of a plugin. */
export interface PluginAdmin {
  readonly endpoints: readonly PluginEndpoint[];
  /** When another node has told something. */
  readonly heard?: (data: Row) => Promise<void>;
  /** When the Admin API closes. */
  readonly close?: () => void;
}

/** A plugin: its schema, its place in the order, and how it comes to life. */
export interface PluginDefinition<F extends Fields = Fields> {
  readonly name: string;
  readonly version: string;
  /** Higher runs earlier; equal ones by name, descending. */
  readonly priority: number;
  /** The configuration's fields, in order. */
  readonly config: F;
  /** The same where there is no database that a worker could write to, if it is another; it may only allow less. */
  readonly config_without_database?: Fields;
  /** Checks over the configuration; paths start with `config.`, as in Kong. */
  readonly entity_checks?: readonly EntityCheck[];
  /** Checks within the configuration record, whose paths are names of its own fields; what they find is told as of it. */
  readonly config_checks?: readonly EntityCheck[];
  readonly shorthand_fields?: Shorthands;
  /** A check of the configuration record as a whole. */
  readonly custom_validator?: RecordField['custom_validator'];
  /** What `protocols` may hold; grpc, grpcs, http, https unless told. */
  readonly protocols?: readonly string[];
  /** Those of `protocols` that a configuration is for unless it says otherwise; all of them unless told. */
  readonly default_protocols?: readonly string[];
  /** Entities to which the plugin may not be attached. */
  readonly not_on?: readonly ('consumer' | 'route' | 'service')[];
  /** Tables that the plugin owns. */
  readonly entities?: readonly EntityDefinition[];
  /**
   * For a plugin that reads the client's certificate: it is asked for in handshakes that may lead to a configuration, by the
   * server names of its routes. Returns the ids of the CA certificates that the client is told of, which may be none.
   */
  readonly asksForCertificate?: (config: StoredOf<F>) => readonly string[];
  /** Makes endpoints of the Admin API beyond those that follow from `entities`; runs once, outside the workers. */
  readonly admin?: (host: PluginAdminHost) => PluginAdmin;
  /**
   * Runs once in each worker, configured or not; what it returns runs once for each stored configuration. State lives
   * in these closures: of the worker in the outer, of the configuration in the inner.
   */
  readonly setup: (host: PluginHost) => Instantiate<F>;
}

/** A plugin of any configuration. */
// biome-ignore lint/suspicious/noExplicitAny: a list of plugins holds definitions of differing configurations
export type AnyPlugin = PluginDefinition<any>;

/** Declares a plugin; `config` gives the type of what `setup`'s result is called with. */
export function definePlugin<const F extends Fields>(definition: PluginDefinition<F>): PluginDefinition<F> {
  return Object.freeze(definition);
}
