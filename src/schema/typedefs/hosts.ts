import { isIp, isIpOrCidr, isIpOrCidrV4, type ParsedAddress, parseAddress } from '../addresses.ts';
import { f } from '../fields.ts';
import { typedef } from './typedef.ts';

/** A host name or address without a port. */
export const host = typedef(f.string({ custom_validator: checkHost, typedef: 'host' }));

/** A host name or address, with a port or without. */
export const hostWithOptionalPort = typedef(
  f.string({ custom_validator: checkHostWithOptionalPort, typedef: 'host_with_optional_port' }),
);

/** A host name in which the first or last character may be a wildcard. */
export const wildcardHost = typedef(f.string({ custom_validator: checkWildcardHost, typedef: 'wildcard_host' }));

/** A server name as TLS clients send it: a host name without a port. */
export const sni = typedef(f.string({ custom_validator: checkSni, typedef: 'sni' }));

/** A port, 0 to 65535. */
export const port = typedef(f.integer({ between: [0, 65535], typedef: 'port' }));

/** An IPv4 or IPv6 address. */
export const ip = typedef(f.string({ custom_validator: checkIp, typedef: 'ip' }));

/** An IPv4 or IPv6 address or range. */
export const ipOrCidr = typedef(f.string({ custom_validator: checkIpOrCidr, typedef: 'ip_or_cidr' }));

/** An IPv4 address or range. */
export const cidrV4 = typedef(f.string({ custom_validator: checkCidrV4, typedef: 'cidr_v4' }));

/** Hosts of a route: one label of each may be a wildcard, the leftmost or the rightmost. */
export const hosts = typedef(
  f.array(
    f.string({
      match_all: [
        {
          pattern: /^[^*]*(?:\*[^*]*)?$/,
          lua: '^[^*]*%*?[^*]*$',
          err: 'invalid wildcard: must have at most one wildcard',
        },
      ],
      match_any: {
        patterns: [
          { pattern: /^\*\./, lua: '^%*%.' },
          { pattern: /\.\*$/, lua: '%.%*$' },
          { pattern: /^[^*]*$/, lua: '^[^*]*$' },
        ],
        err: 'invalid wildcard: must be placed at leftmost or rightmost label',
      },
      custom_validator: (value: string) =>
        checkHostWithOptionalPort(value.includes('*') ? value.replaceAll('*', 'abc') : value),
    }),
    { typedef: 'hosts' },
  ),
);

const endpoint = f.record({ ip: ipOrCidr(), port: port() }, { entity_checks: [{ at_least_one_of: ['ip', 'port'] }] });

/** Where connections come from: addresses, ranges, ports. */
export const sources = typedef(f.set(endpoint, { typedef: 'sources' }));

/** Where connections went to: addresses, ranges, ports. */
export const destinations = typedef(f.set(endpoint, { typedef: 'destinations' }));

function checkHost(value: string): string | undefined {
  return checkPortless(value, parseAddress(value));
}

function checkSni(value: string): string | undefined {
  const parsed = parseAddress(value);
  if ('type' in parsed && parsed.type !== 'name') return 'must not be an IP';
  return checkPortless(value, parsed);
}

function checkWildcardHost(value: string): string | undefined {
  const at = value.indexOf('*');
  if (at === -1) return checkSni(value);
  if (at !== 0 && at !== value.length - 1) return 'wildcard must be leftmost or rightmost character';
  if (value.indexOf('*', at + 1) !== -1) return 'only one wildcard must be specified';
  return checkSni(value.replace('*', 'wildcard'));
}

function checkPortless(value: string, parsed: ParsedAddress): string | undefined {
  if ('error' in parsed) {
    return parsed.error === 'invalid port number' ? 'must not have a port' : `invalid value: ${value}`;
  }
  return parsed.port === undefined ? undefined : 'must not have a port';
}

function checkHostWithOptionalPort(value: string): string | undefined {
  const parsed = parseAddress(value);
  return 'error' in parsed ? parsed.error : undefined;
}

function checkIp(value: string): string | undefined {
  return isIp(value) ? undefined : `not an ip address: ${value}`;
}

function checkIpOrCidr(value: string): string | undefined {
  return isIpOrCidr(value) ? undefined : `invalid ip or cidr range: '${value}'`;
}

function checkCidrV4(value: string): string | undefined {
  return isIpOrCidrV4(value) ? undefined : `invalid ipv4 cidr range: '${value}'`;
}
