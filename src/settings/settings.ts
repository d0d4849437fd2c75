import type { PropertyName, properties } from './properties/index.ts';
import type { PropertyValue } from './property.ts';

/** The value of each property; keys are those of the configuration file. */
export type PropertyValues = { readonly [Name in PropertyName]: PropertyValue<(typeof properties)[Name]> };

/** What is worked out from the properties once they are read. */
export interface DerivedSettings {
  /** Absolute path of the working directory. */
  readonly prefix: string;
  /** Absolute path of the SQLite store. */
  readonly sqlite_path: string;
  /** From `port_maps`: the port that clients see, by the port that the node listens on. */
  readonly host_ports: Readonly<Record<number, number>>;
  /** From `headers`: response headers that are added, by their name in lower case. */
  readonly enabled_headers: ReadonlySet<string>;
  /** From `headers_upstream`: request headers that are added, by their name in lower case. */
  readonly enabled_headers_upstream: ReadonlySet<string>;
  /** Keys of the open namespaces (`nginx_http_...`, `vault_...`, `pluginserver_...`) as they were set. */
  readonly injected: Readonly<Record<string, string>>;
  /** Texts that held vault references, by their key: shown and kept in place of what they stand for. */
  readonly references: Readonly<Record<string, string>>;
}

/** The configuration of a node: complete, checked and frozen. */
export type Settings = Readonly<Omit<PropertyValues, keyof DerivedSettings> & DerivedSettings>;
