import { isIPv4, isIPv6 } from 'node:net';

/** A host as Kong writes it down: IPv4 without leading zeros, IPv6 spelled out in eight groups, or a name as given. */
export interface Address {
  readonly type: 'ipv4' | 'ipv6' | 'name';
  readonly host: string;
  /** Only where the text had one. */
  readonly port?: number;
}

/** An {@link Address}, or Kong's text for why there is none. */
export type ParsedAddress = Address | { readonly error: string };

const invalidPort = 'invalid port number';

/**
 * Reads `name`, `name:port`, `1.2.3.4`, `1.2.3.4:port`, an IPv6 address or `[address]:port`. Two colons make it IPv6,
 * digits and dots alone IPv4, anything else a name (Kong 3.9).
 */
export function parseAddress(text: string): ParsedAddress {
  const colon = text.indexOf(':');
  if (colon !== -1 && text.indexOf(':', colon + 1) !== -1) return parseIpv6(text);
  return /^[\d.]+:?[\d.]*$|^:[\d.]+$/.test(text) ? parseIpv4(text) : parseName(text);
}

/** Writes an address with its port, or with `defaultPort` where it has none; IPv6 in brackets. */
export function formatAddress({ type, host, port }: Address, defaultPort?: number): string {
  const shown = port ?? defaultPort;
  return `${type === 'ipv6' ? `[${host}]` : host}${shown === undefined ? '' : `:${shown}`}`;
}

function parseIpv4(text: string): ParsedAddress {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d+))?$/.exec(text);
  const octets = parts?.slice(1, 5).map(Number);
  if (octets === undefined || octets.some((octet) => octet > 255)) return { error: `invalid ipv4 address: ${text}` };
  return withPort('ipv4', octets.join('.'), parts?.[5]);
}

function parseIpv6(text: string): ParsedAddress {
  const error = `invalid ipv6 address: ${text}`;
  let address = text;
  let port: string | undefined;
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end === -1) return { error };
    address = text.slice(1, end);
    const rest = text.slice(end + 1);
    if (rest !== '') {
      port = /^:(\d+)$/.exec(rest)?.[1];
      if (port === undefined) return { error: 'invalid ipv6 address' };
    }
  }
  const groups = expandIpv6(address);
  return groups === undefined ? { error } : withPort('ipv6', groups, port);
}

function expandIpv6(address: string): string | undefined {
  if (address.length > 41) return undefined;
  let text = address;
  if (text.startsWith(':')) text = `0${text}`;
  if (text.endsWith(':')) text = `${text}0`;
  const gap = text.indexOf('::');
  if (gap !== -1) {
    const colons = text.split(':').length - 1;
    text = `${text.slice(0, gap)}:${'0:'.repeat(Math.max(0, 8 - colons))}${text.slice(gap + 2)}`;
  }
  const groups = text.split(':');
  if (groups.length !== 8 || !groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => group.toLowerCase().padStart(4, '0')).join(':');
}

function parseName(text: string): ParsedAddress {
  const error = `invalid hostname: ${text}`;
  const colon = text.lastIndexOf(':');
  const port = colon === -1 ? undefined : text.slice(colon + 1);
  const hasPort = port !== undefined && /^\d+$/.test(port);
  const name = hasPort ? text.slice(0, colon) : text;
  if (hasPort && Number(port) > 65535) return { error: invalidPort };
  // Segments are not empty and do not end in a hyphen; a fully qualified name may end in a dot.
  if (name === '' || !/^(?:[\w-]*\w\.)*(?:[\w-]*\w)?$/.test(name)) return { error };
  return withPort('name', name, hasPort ? port : undefined);
}

function withPort(type: Address['type'], host: string, port: string | undefined): ParsedAddress {
  if (port === undefined) return { type, host };
  return Number(port) > 65535 ? { error: invalidPort } : { type, host, port: Number(port) };
}

/** True for an IPv4 or IPv6 literal without a zone. */
export function isIp(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes('%'));
}

/** True for an IPv4 or IPv6 literal, with or without a prefix length. */
export function isIpOrCidr(text: string): boolean {
  return isIp(text) || isCidr(text, isIPv4, 32) || isCidr(text, isIp, 128);
}

/** True for an IPv4 literal, with or without a prefix length of 0 to 32. */
export function isIpOrCidrV4(text: string): boolean {
  return isIPv4(text) || isCidr(text, isIPv4, 32);
}

function isCidr(text: string, isAddress: (text: string) => boolean, longest: number): boolean {
  const slash = text.indexOf('/');
  if (slash === -1) return false;
  const prefix = text.slice(slash + 1);
  // An IPv4 address is not an IPv6 one with a long prefix.
  if (longest === 128 && !text.includes(':')) return false;
  return /^(?:0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= longest && isAddress(text.slice(0, slash));
}
