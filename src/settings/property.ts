/**
 * How the text of a setting is read:
 * - `string`: as it stands;
 * - `boolean`: `on`, `off`, `true` or `false`;
 * - `integer`, `number`: decimal;
 * - `list`: separated by commas, blanks around each item dropped;
 * - `enum`: one of `values`;
 * - `listen`: addresses to listen on, see {@link Listener};
 * - `size`: bytes, with an optional `k`, `m` or `g`;
 * - `time`: nginx's notation (`60`, `500ms`, `1h 30m`), read as milliseconds;
 * - `auto`: the word `auto`, or an integer.
 */
export type PropertyKind =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'list'
  | 'enum'
  | 'listen'
  | 'size'
  | 'time'
  | 'auto';

/** Bounds of a numeric property, both inclusive unless `exclusive` says that `min` itself is not allowed. */
export interface Range {
  readonly min: number;
  readonly max?: number;
  readonly exclusive?: boolean;
  /** What would be right, in Kong's words, put after the key: `must be 0 or greater`. */
  readonly message: string;
}

/** One key of the configuration file, described as data; every reading of the settings starts from this. */
export interface Property {
  readonly kind: PropertyKind;
  /** What the key does, in one line for the reference page. */
  readonly description: string;
  /** Text of the built-in value; a property without one is unset unless the operator sets it. */
  readonly default?: string;
  /** The allowed words of an `enum`. */
  readonly values?: readonly string[];
  readonly range?: Range;
  /** What a bare number counts: for the reference page. */
  readonly unit?: 'seconds' | 'milliseconds' | 'bytes';
  /** Flags that a `listen` property takes: those of HTTP, or those of raw streams. */
  readonly subsystem?: 'http' | 'stream';
  /** True for secrets: shown as `******` wherever settings are shown. */
  readonly sensitive?: boolean;
  /** True when items may be a path, PEM text or base64 of PEM text. */
  readonly certificate?: 'certificate' | 'key';
  /** Kong version that introduced the key, or `Gibbon` for our own. */
  readonly since: string;
  /** True when the key is taken for compatibility and changes nothing in this release. */
  readonly inert?: boolean;
}

/** The value that a described property has once it is read. */
export type PropertyValue<P extends Property> = P['kind'] extends 'list'
  ? readonly string[]
  : P['kind'] extends 'listen'
    ? readonly Listener[]
    : P extends { readonly default: string }
      ? Scalar<P>
      : Scalar<P> | undefined;

type Scalar<P extends Property> = P extends { readonly kind: 'enum'; readonly values: readonly (infer Word)[] }
  ? Word
  : P['kind'] extends 'boolean'
    ? boolean
    : P['kind'] extends 'integer' | 'number' | 'size' | 'time'
      ? number
      : P['kind'] extends 'auto'
        ? number | 'auto'
        : string;

/** One address to listen on, with nginx's flags. */
export interface Listener {
  /** IPv4 address, IPv6 address without brackets, or host name. */
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean;
  readonly http2: boolean;
  readonly proxy_protocol: boolean;
  readonly deferred: boolean;
  readonly bind: boolean;
  readonly reuseport: boolean;
  /** True for a datagram listener of the stream proxy. */
  readonly udp: boolean;
  /** Length of the queue of connections not yet accepted. */
  readonly backlog?: number;
  readonly ipv6only?: boolean;
  /** `on`, `off` or `idle:interval:count` as nginx reads it. */
  readonly so_keepalive?: string;
  /** The entry as the operator wrote it. */
  readonly text: string;
}
