/**
 * DNS: from a host name to addresses, through the hosts file, name servers, and a cache that respects times to live.
 * It opens sockets to name servers, and is handed the texts of files, the clock and the timer wheel. It knows nothing of
 * upstreams or services, and picks no address.
 */

export type { ResolvedAddress } from './entry.ts';
export { dnsFailed, dnsNotFound } from './faults.ts';
export { createNameServers, type NameServersOptions } from './name-servers.ts';
export type { NameServers, RecordType } from './records.ts';
export { type NameServer, parseNameServer, parseResolvConf, type ResolvConf, type ResolvEnv } from './resolv-conf.ts';
export {
  type CountingResolver,
  createResolver,
  type Resolver,
  type ResolverOptions,
} from './resolver.ts';
export { addCounts, type Counts, type DnsStatistics } from './statistics.ts';
