import type { Property } from '../property.ts';

/** Name resolution. */
export const dnsProperties = {
  dns_resolver: {
    kind: 'list',
    description: 'Name servers as `ip` or `ip:port`; those of `/etc/resolv.conf` when unset.',
    since: '2.1',
  },
  dns_hostsfile: {
    kind: 'string',
    default: '/etc/hosts',
    description: 'Hosts file, read at the start and at each reload.',
    since: '2.1',
  },
  dns_order: {
    kind: 'list',
    default: 'LAST,SRV,A,CNAME',
    description:
      'Order in which record types are asked for: SRV, A, AAAA, CNAME; LAST is the one that a name was found with before.',
    since: '2.1',
  },
  dns_valid_ttl: {
    kind: 'number',
    unit: 'seconds',
    description: 'Lifetime of an answer, whatever its records say; no answer lives shorter than a second.',
    since: '2.1',
  },
  dns_stale_ttl: {
    kind: 'number',
    default: '3600',
    unit: 'seconds',
    description: 'How long an expired answer may serve while a new one is fetched.',
    since: '2.1',
  },
  dns_cache_size: {
    kind: 'integer',
    default: '10000',
    description: 'Names, and answers, kept by each worker.',
    since: '2.7',
  },
  dns_not_found_ttl: {
    kind: 'number',
    default: '30',
    unit: 'seconds',
    description: 'Lifetime of the answer that a name does not exist.',
    since: '2.1',
  },
  dns_error_ttl: {
    kind: 'number',
    default: '1',
    unit: 'seconds',
    description: 'Lifetime of any other failure.',
    since: '2.1',
  },
  dns_no_sync: {
    kind: 'boolean',
    default: 'off',
    description: 'Ask again for each request that has to wait for an answer, instead of once for all.',
    since: '2.1',
  },
  new_dns_client: {
    kind: 'boolean',
    default: 'off',
    description:
      "Resolve names by the `resolver_*` keys and as Kong's second client does, in place of the `dns_*` keys.",
    since: '3.8',
  },
  resolver_address: {
    kind: 'list',
    description: 'With `new_dns_client`: name servers as `ip` or `ip:port`; those of `/etc/resolv.conf` when unset.',
    since: '3.8',
  },
  resolver_hosts_file: {
    kind: 'string',
    default: '/etc/hosts',
    description: 'With `new_dns_client`: hosts file, read at the start and at each reload.',
    since: '3.8',
  },
  resolver_family: {
    kind: 'list',
    default: 'A,SRV',
    description:
      'With `new_dns_client`: record types, of A, AAAA and SRV. SRV is asked for names like `_http._tcp.example.com` alone, and nothing else for them.',
    since: '3.8',
  },
  resolver_valid_ttl: {
    kind: 'number',
    unit: 'seconds',
    description: 'With `new_dns_client`: lifetime of an answer, whatever its records say.',
    since: '3.8',
  },
  resolver_stale_ttl: {
    kind: 'number',
    default: '3600',
    unit: 'seconds',
    description: 'With `new_dns_client`: how long an expired answer may serve while a new one is fetched.',
    since: '3.8',
  },
  resolver_lru_cache_size: {
    kind: 'integer',
    default: '10000',
    description: 'With `new_dns_client`: names, and answers, kept by each worker.',
    since: '3.8',
  },
  resolver_mem_cache_size: {
    kind: 'size',
    default: '5m',
    inert: true,
    description: 'With `new_dns_client`: memory that its workers share. Each worker of Gibbon has answers of its own.',
    since: '3.8',
  },
  resolver_error_ttl: {
    kind: 'number',
    default: '1',
    unit: 'seconds',
    description: 'With `new_dns_client`: lifetime of failures, and of the answer that a name does not exist.',
    since: '3.8',
  },
} as const satisfies Record<string, Property>;
