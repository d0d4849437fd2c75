import { hash } from 'node:crypto';
import type { Kong } from '../../pdk/index.ts';

/** What a key depends on. */
export interface KeyConfig {
  readonly ignore_uri_case: boolean | null;
  readonly vary_query_params: readonly string[] | null;
  readonly vary_headers: readonly string[] | null;
}

const mostKnown = 1000;
const longestKnown = 500;

/**
 * Makes the function that computes a request's key to the byte as Kong 3.9 does: the SHA-256, in hexadecimal, of
 * `<consumer:route>|<method>|<request line>|<arguments>|<headers>`. The request line ends at the question mark, so its
 * protocol version is only part of the key of requests without a query.
 */
export function createKeyBuilder(config: KeyConfig): (kong: Kong, method: string) => string {
  const params = config.vary_query_params?.length ? config.vary_query_params : undefined;
  const headers = config.vary_headers ?? [];
  /** Keys of requests that come often: finding one costs a tenth of making it. */
  const known = new Map<string, string>();
  const ignoresCase = config.ignore_uri_case === true;

  return (kong, method) => {
    const line = requestLine(kong, method);
    const head = `${scopeOf(kong)}|${method}|${ignoresCase ? lowerAscii(line) : line}|`;
    const tail = `${argumentsOf(kong, params)}|${headers.length === 0 ? '' : headersOf(kong, headers)}`;
    // The request line is a string of bytes, the rest is text.
    if (!isAscii(head)) return hash('sha256', Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(tail)]));
    const whole = head + tail;
    let key = known.get(whole);
    if (key !== undefined) return key;
    key = hash('sha256', whole);
    if (whole.length <= longestKnown) {
      if (known.size >= mostKnown) known.clear();
      known.set(whole, key);
    }
    return key;
  };
}

function scopeOf(kong: Kong): string {
  const route = kong.router.getRoute();
  if (route === undefined) return 'default';
  const consumer = kong.client.getConsumer();
  const routeId = route['id'] as string;
  return consumer === undefined ? routeId : `${consumer['id'] as string}:${routeId}`;
}

function requestLine(kong: Kong, method: string): string {
  const target = kong.request.getPathWithQuery();
  const mark = target.indexOf('?');
  if (mark !== -1) return `${method} ${target.slice(0, mark)}`;
  return `${method} ${target} HTTP/${kong.request.getHttpVersion().toFixed(1)}`;
}

function argumentsOf(kong: Kong, chosen: readonly string[] | undefined): string {
  if (kong.request.getRawQuery() === '') return '';
  const args = kong.request.getQuery();
  const parts: string[] = [];
  for (const name of chosen ?? Object.keys(args).sort()) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (value !== undefined && value !== false) parts.push(partOf(name, value));
  }
  return parts.join(':');
}

function partOf(name: string, value: string | boolean | readonly (string | boolean)[]): string {
  if (value === true) return name;
  if (typeof value !== 'object') return `${name}=${String(value)}`;
  return `${name}=${value.map(String).sort().join(',')}`;
}

function headersOf(kong: Kong, names: readonly string[]): string {
  const parts: string[] = [];
  for (const name of names) {
    const values = kong.request.getHeaderValues(name);
    if (values.length > 0) parts.push(`${name}=${values.length === 1 ? values[0]! : [...values].sort().join(',')}`);
  }
  return parts.join(':');
}

/** The key of one of several answers under the same key, by the headers that they differ in. */
export function variantKey(kong: Kong, key: string, nonce: string, names: readonly string[]): string {
  const values = names.map((name) => kong.request.getHeaderValues(name));
  return hash('sha256', JSON.stringify([key, nonce, names, values]));
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

function lowerAscii(text: string): string {
  return isAscii(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}
