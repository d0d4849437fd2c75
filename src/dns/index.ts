/**
 * DNS: from a host name to addresses, through the hosts file, a cache that respects times to live, and a source of
 * records that can be replaced. It knows nothing of upstreams or services, and picks no address.
 */
export type { Hosts } from './hosts-file.ts';
export { createNodeDnsSource, type NodeDnsSourceOptions } from './node-source.ts';
export { createResolver, type ResolvedAddress, type Resolver, type ResolverOptions } from './resolver.ts';
export {
  type AddressRecord,
  type DnsSource,
  dnsFailed,
  dnsNotFound,
  type RecordType,
  type SrvRecord,
} from './source.ts';
