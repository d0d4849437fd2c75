import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import type { Check } from '../draft.ts';
import { isHeaderToken } from '../header-tokens.ts';

/** Tokens of the headers that are added. */
export const checkHeaders: Check = ({ draft }) => [
  ...draft.headers
    .filter((token) => !isHeaderToken(token, 'response'))
    .map((token) => `headers: invalid entry '${token}'`),
  ...draft.headers_upstream
    .filter((token) => !isHeaderToken(token, 'request'))
    .map((token) => `headers_upstream: invalid entry '${token}'`),
];

/** Peers that are trusted. */
export const checkTrustedIps: Check = ({ draft }) =>
  draft.trusted_ips
    .filter((address) => address !== 'unix:' && !isAddressOrBlock(address))
    .map(
      (address) =>
        "trusted_ips must be a comma separated list in the form of IPv4 or IPv6 address or CIDR block or 'unix:', " +
        `got '${address}'`,
    );

/** Keys of both resolvers. */
export const checkDns: Check = ({ draft, isSet, exists }) => {
  const errors: string[] = [];
  for (const name of ['dns_resolver', 'resolver_address'] as const) {
    for (const server of draft[name]) {
      if (isServer(server)) continue;
      errors.push(`${name} must be a comma separated list in the form of IPv4/6 or IPv4/6:port, got '${server}'`);
    }
  }
  for (const name of ['dns_hostsfile', 'resolver_hosts_file'] as const) {
    if (isSet(name) && !exists(draft[name])) errors.push(`${name}: file does not exist`);
  }
  const records = { dns_order: ['LAST', 'SRV', 'A', 'AAAA', 'CNAME'], resolver_family: ['A', 'AAAA', 'SRV'] } as const;
  for (const name of ['dns_order', 'resolver_family'] as const) {
    const allowed: readonly string[] = records[name];
    for (const entry of draft[name]) {
      if (!allowed.includes(entry.toUpperCase())) errors.push(`${name}: invalid entry '${entry}'`);
    }
  }
  return errors;
};

/** Pairs of outer port and own port. */
export const checkPortMaps: Check = ({ draft }) =>
  draft.port_maps
    .filter((entry) => parsePortMap(entry) === undefined)
    .map((entry) => `invalid port mapping (\`port_maps\`): ${entry}`);

/** Addresses of raw streams: flags that a datagram listener cannot have, as nginx refuses them. */
export const checkStreamListeners: Check = ({ draft }) =>
  draft.stream_listen
    .filter((listener) => listener.udp)
    .flatMap((listener) =>
      (['ssl', 'proxy_protocol'] as const)
        .filter((flag) => listener[flag])
        .map((flag) => `stream_listen: '${flag}' is incompatible with 'udp', got '${listener.text}'`),
    );

/** Reads `80:8000` as the outer and the own port; undefined when it is no such pair. */
export function parsePortMap(entry: string): { readonly outer: number; readonly own: number } | undefined {
  const match = /^(\d{1,5}):(\d{1,5})$/.exec(entry);
  if (match === null) return undefined;
  const outer = Number(match[1]);
  const own = Number(match[2]);
  return [outer, own].every((port) => port >= 1 && port <= 65535) ? { outer, own } : undefined;
}

function isAddressOrBlock(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash === -1) return isIP(text) !== 0;
  const address = text.slice(0, slash);
  const bits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(bits) || isIP(address) === 0) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}

function isServer(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const match = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? /^\[([^\]]+)\]()()$/.exec(text);
  if (match === null || Number(match[3]) > 65535) return false;
  return match[1] === undefined ? isIPv4(match[2]!) : isIPv6(match[1]);
}
