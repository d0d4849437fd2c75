import type { Row } from '../schema/index.ts';
import { luaType, pdkError } from './checks.ts';
import type { Args, HeaderTable } from './kong.ts';

/** One attempt to reach the upstream, as the log entry shows it. */
export interface LogTry {
  readonly ip: string;
  readonly port: number;
  /** `failed` or `next` when the attempt failed; absent when it went through. */
  readonly state?: string;
  readonly code?: number;
  /** Milliseconds since the epoch. */
  readonly balancer_start: number;
  readonly balancer_start_ns?: number;
  readonly balancer_latency: number;
  readonly balancer_latency_ns?: number;
}

/** What the log entry of a request is made from. */
export interface LogFacts {
  readonly requestId: string;
  /** Request target as it came. */
  readonly uri: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly query: Args;
  readonly method: string;
  /** Request headers; the two that hold credentials are replaced here. */
  readonly requestHeaders: HeaderTable;
  /** Bytes of the request, head and body. */
  readonly requestSize: number;
  readonly tls?: { readonly version: string; readonly cipher: string; readonly client_verify: string };
  /** Path and query sent upstream; "" when nothing was sent. */
  readonly upstreamUri: string;
  /** `200`, or `502, 200` after a retry; "" when nothing answered. */
  readonly upstreamStatus: string;
  readonly status: number;
  readonly responseHeaders: HeaderTable;
  /** Bytes sent to the client, head and body. */
  readonly responseSize: number;
  /** Milliseconds: in the gateway, waiting for the upstream (-1 for never), altogether, reading the upstream's answer. */
  readonly latencies: {
    readonly kong: number;
    readonly proxy: number;
    readonly request: number;
    readonly receive: number;
  };
  readonly tries?: readonly LogTry[];
  readonly credential?: Row;
  readonly consumer?: Row;
  readonly route?: Row;
  readonly service?: Row;
  readonly clientIp: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly source: 'exit' | 'error' | 'service';
  readonly workspace?: string;
  readonly workspaceName?: string;
}

const sourceNames = { exit: 'kong', error: 'kong', service: 'upstream' } as const;

/** A change to the log entry that `kong.log.set_serialize_value` asked for. */
export interface SerializeValue {
  /** A dotted path. */
  readonly key: string;
  readonly value: unknown;
  readonly mode: 'set' | 'add' | 'replace';
}

/** @throws GibbonError `ERR_PDK_USE` unless `key` is a text and `mode` is set, add or replace. */
export function checkSerializeValue(key: unknown, mode: unknown): void {
  if (typeof key !== 'string') throw pdkError('key must be a string');
  if (mode !== 'set' && mode !== 'add' && mode !== 'replace') {
    throw pdkError("mode must be 'set', 'add' or 'replace'");
  }
}

type Branch = { [field: string]: unknown };

/**
 * The entry that `kong.log.serialize` hands out (Kong 3.9), with the changes that plugins asked for. What is absent in
 * `facts` is left out of the entry.
 * @throws GibbonError `ERR_PDK_USE` for a value that is no data, or a path that leads through one that is no record.
 */
export function logEntry(facts: LogFacts, values: readonly SerializeValue[] = []): Row {
  const entry: Branch = {
    request: {
      id: facts.requestId,
      uri: facts.uri,
      url: `${facts.scheme}://${facts.host}:${facts.port}${facts.uri}`,
      querystring: facts.query,
      method: facts.method,
      headers: withoutSecrets(facts.requestHeaders),
      size: facts.requestSize,
      ...(facts.tls && { tls: facts.tls }),
    },
    upstream_uri: facts.upstreamUri,
    upstream_status: facts.upstreamStatus,
    response: { status: facts.status, headers: facts.responseHeaders, size: facts.responseSize },
    latencies: { ...facts.latencies },
    ...(facts.tries && { tries: facts.tries }),
    ...(facts.credential && { authenticated_entity: authenticatedEntity(facts.credential, facts.consumer) }),
    ...(facts.route && { route: facts.route }),
    ...(facts.service && { service: facts.service }),
    ...(facts.consumer && { consumer: facts.consumer }),
    client_ip: facts.clientIp,
    started_at: facts.startedAt,
    source: sourceNames[facts.source],
    ...(facts.workspace !== undefined && { workspace: facts.workspace }),
    ...(facts.workspaceName !== undefined && { workspace_name: facts.workspaceName }),
  };
  return withValues(entry, values);
}

/**
 * Makes the changes to an entry that plugins asked for.
 * @throws GibbonError `ERR_PDK_USE` for a value that is no data, or a path that leads through one that is no record.
 */
export function withValues(entry: { [field: string]: unknown }, values: readonly SerializeValue[]): Row {
  for (const value of values) applyValue(entry, value);
  return entry;
}

function withoutSecrets(headers: HeaderTable): HeaderTable {
  if (headers['authorization'] === undefined && headers['proxy-authorization'] === undefined) return headers;
  return {
    ...headers,
    ...(headers['authorization'] !== undefined && { authorization: 'REDACTED' }),
    ...(headers['proxy-authorization'] !== undefined && { 'proxy-authorization': 'REDACTED' }),
  };
}

function authenticatedEntity(credential: Row, consumer: Row | undefined): Row {
  const owner = credential['consumer'] as { readonly id?: unknown } | null | undefined;
  const consumerId = credential['consumer_id'] ?? owner?.id ?? consumer?.['id'];
  return { id: credential['id'], ...(consumerId !== undefined && { consumer_id: consumerId }) };
}

const notData =
  'value must be nil, a number, string, boolean or a non-self-referencial table containing numbers, string and booleans';

function applyValue(entry: Branch, { key, value, mode }: SerializeValue): void {
  if (!isData(value, new Set())) throw pdkError(notData);
  const path = splitKey(key);
  const last = path.pop()!;
  let node = entry;
  for (const name of path) {
    let next = Object.hasOwn(node, name) ? node[name] : undefined;
    if (next === undefined || next === null) {
      if (mode === 'replace') return;
      next = {};
    } else if (typeof next !== 'object') {
      throw pdkError(
        `The key '${key}' could not be used as a serialize value. ` +
          `Subkey '${name}' is not a table. It's ${String(next as string | number | boolean)}`,
      );
    }
    // A copy: the route, the consumer and the like belong to others.
    const copy = copyOf(next as object);
    define(node, name, copy);
    node = copy;
  }
  const isThere = Object.hasOwn(node, last) && node[last] !== undefined && node[last] !== null;
  if (mode === 'add' && isThere) return;
  if (mode === 'replace' && !isThere) return;
  if (value === undefined || value === null) delete node[last];
  else define(node, last, value);
}

function copyOf(value: object): Branch {
  return Array.isArray(value) ? ([...value] as unknown as Branch) : { ...value };
}

function define(node: Branch, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(node, name, { value, enumerable: true, configurable: true, writable: true });
  else node[name] = value;
}

/** A dot at the very start belongs to the first name (as in Kong). */
function splitKey(key: string): string[] {
  const [first = '', ...rest] = key.slice(1).split('.');
  return [key.slice(0, 1) + first, ...rest];
}

function isData(value: unknown, parents: Set<object>): boolean {
  const type = luaType(value);
  if (type === 'nil' || type === 'string' || type === 'number' || type === 'boolean') return true;
  if (type !== 'table' || parents.has(value as object)) return false;
  parents.add(value as object);
  const isGood = Object.values(value as object).every((inner) => isData(inner, parents));
  parents.delete(value as object);
  return isGood;
}
