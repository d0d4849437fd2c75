import { BlockList, isIP } from 'node:net';
import type { Exchange } from './exchange/exchange.ts';

/** Makes the question whether an address is trusted from `trusted_ips`: addresses and CIDR blocks. */
export function createTrust(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    if (entry === 'unix:') continue;
    const slash = entry.indexOf('/');
    const address = slash === -1 ? entry : entry.slice(0, slash);
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (slash === -1) list.addAddress(address, family);
    else list.addSubnet(address, Number(entry.slice(slash + 1)), family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/**
 * Sees through a trusted proxy: takes the client's address from `real_ip_header`, or from the PROXY protocol, as nginx's realip module does. With
 * `real_ip_recursive` the last address that is not trusted itself, else the last one.
 */
export function resolveClient(x: Exchange): void {
  const { settings } = x.runtime;
  const name = settings.realIpHeader;
  if (name === 'proxy_protocol') {
    const { proxied } = x.down.client;
    if (proxied === undefined) return;
    x.clientIp = proxied.sourceIp;
    x.clientPort = proxied.sourcePort;
    return;
  }
  const value = name === 'x-forwarded-for' ? x.head.forwardedFor : x.firstHeader(name);
  if (value === undefined) return;
  const list = name === 'x-forwarded-for' ? value.split(',') : [value];
  let found: Address | undefined;
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const address = addressOf(list[at]!.trim());
    if (address === undefined) break;
    found = address;
    if (!settings.realIpRecursive || !settings.isTrusted(address.ip)) break;
  }
  if (found === undefined) return;
  x.clientIp = found.ip;
  if (found.port !== undefined) x.clientPort = found.port;
}

interface Address {
  readonly ip: string;
  readonly port: number | undefined;
}

function addressOf(text: string): Address | undefined {
  if (isIP(text) !== 0) return { ip: text, port: undefined };
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]+):(\d{1,5})$/.exec(text);
  if (bracketed === null || isIP(bracketed[1]!) === 0) return undefined;
  return { ip: bracketed[1]!, port: bracketed[2] === undefined ? undefined : Number(bracketed[2]) };
}
