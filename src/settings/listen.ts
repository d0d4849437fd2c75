import { isIPv4, isIPv6 } from 'node:net';
import type { Listener } from './property.ts';

type Parsed = { readonly ok: true; readonly value: Listener } | { readonly ok: false };

const httpFlags = ['ssl', 'http2', 'proxy_protocol', 'deferred', 'bind', 'reuseport'] as const;
const streamFlags = ['udp', 'ssl', 'proxy_protocol', 'bind', 'reuseport'] as const;
const valueFlags = [
  'backlog=%d+',
  'ipv6only=on',
  'ipv6only=off',
  'so_keepalive=on',
  'so_keepalive=off',
  'so_keepalive=%w*:%w*:%d*',
];

/** The flags that listeners of a subsystem take, as Kong spells them in its messages and in `GET /`. */
export function listenFlags(subsystem: 'http' | 'stream'): readonly string[] {
  return [...(subsystem === 'http' ? httpFlags : streamFlags), ...valueFlags];
}

/**
 * Reads a comma-separated list of addresses to listen on, each with nginx's flags; a first entry of `off` gives none.
 * Returns the bad entry when there is one.
 */
export function parseListeners(
  text: string,
  subsystem: 'http' | 'stream',
): { readonly ok: true; readonly value: readonly Listener[] } | { readonly ok: false; readonly entry: string } {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries[0] === 'off') return { ok: true, value: [] };
  const listeners: Listener[] = [];
  for (const entry of entries) {
    const parsed = parseListener(entry, subsystem);
    if (!parsed.ok) return { ok: false, entry };
    listeners.push(parsed.value);
  }
  return { ok: true, value: listeners };
}

function parseListener(text: string, subsystem: 'http' | 'stream'): Parsed {
  const [address = '', ...words] = text.split(/\s+/);
  const target = parseAddress(address);
  if (target === undefined) return { ok: false };

  const flags = new Set<string>();
  const allowed: readonly string[] = subsystem === 'http' ? httpFlags : streamFlags;
  let backlog: number | undefined;
  let ipv6only: boolean | undefined;
  let keepalive: string | undefined;
  for (const word of words) {
    if (allowed.includes(word)) flags.add(word);
    else if (/^backlog=\d{1,9}$/.test(word)) backlog = Number(word.slice('backlog='.length));
    else if (word === 'ipv6only=on' || word === 'ipv6only=off') ipv6only = word === 'ipv6only=on';
    else if (/^so_keepalive=(?:on|off|\w*:\w*:\d*)$/.test(word)) keepalive = word.slice('so_keepalive='.length);
    else return { ok: false };
  }
  const value: Listener = {
    ...target,
    ssl: flags.has('ssl'),
    http2: flags.has('http2'),
    proxy_protocol: flags.has('proxy_protocol'),
    deferred: flags.has('deferred'),
    bind: flags.has('bind'),
    reuseport: flags.has('reuseport'),
    udp: flags.has('udp'),
    ...(backlog === undefined ? {} : { backlog }),
    ...(ipv6only === undefined ? {} : { ipv6only }),
    ...(keepalive === undefined ? {} : { so_keepalive: keepalive }),
    text,
  };
  return { ok: true, value: Object.freeze(value) };
}

function parseAddress(address: string): { readonly host: string; readonly port: number } | undefined {
  const colon = address.lastIndexOf(':');
  if (colon < 1) return undefined;
  let host = address.slice(0, colon);
  const digits = address.slice(colon + 1);
  const port = Number(digits);
  if (!/^\d{1,5}$/.test(digits) || port > 65535) return undefined;

  if (host.startsWith('[') && host.endsWith(']')) {
    host = host.slice(1, -1);
    return isIPv6(host) ? { host, port } : undefined;
  }
  if (host.includes(':')) return undefined;
  // Digits and dots alone are meant as an address, so 999.0.0.1 is a mistake and not a host name.
  if (/^[\d.]+$/.test(host)) return isIPv4(host) ? { host, port } : undefined;
  return /^[\w.*-]+$/.test(host) ? { host, port } : undefined;
}
