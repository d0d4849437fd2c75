import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import { type GibbonError, messageOf } from '../kernel/index.ts';
import { type AddressRecord, type DnsSource, dnsFailed, dnsNotFound, type SrvRecord } from './source.ts';

/** What {@link createNodeDnsSource} may be told. */
export interface NodeDnsSourceOptions {
  /** Name servers, `ip` or `ip:port`; those of the system unless told (`dns_resolver`). */
  readonly servers?: readonly string[];
  /** Milliseconds for one try at a name server; 2000 unless told. */
  readonly timeout?: number;
  /** Tries at each name server; 3 unless told. */
  readonly tries?: number;
  /** Seconds to keep answers that come without a time to live: SRV records and system look-ups; 30 unless told. */
  readonly unknownTtl?: number;
}

/** Codes of node:dns that say that there is nothing, not that the search for it failed. */
const absent = new Set(['ENOTFOUND', 'ENODATA']);

const texts = {
  ENOTFOUND: 'dns server error: 3 name error',
  ENODATA: 'dns client error: 101 empty record received',
  EFORMERR: 'dns server error: 1 format error',
  ESERVFAIL: 'dns server error: 2 server failure',
  ENOTIMP: 'dns server error: 4 not implemented',
  EREFUSED: 'dns server error: 5 refused',
  ETIMEOUT: 'no name server answered in time',
  ECONNREFUSED: 'no name server could be reached',
};

/**
 * Creates a source of records over node:dns. The system's own look-up stands behind it, for search domains and whatever
 * else the system knows, unless name servers are given.
 */
export function createNodeDnsSource(options: NodeDnsSourceOptions = {}): DnsSource {
  const resolver = new Resolver({ timeout: options.timeout ?? 2000, tries: options.tries ?? 3 });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  const unknownTtl = options.unknownTtl ?? 30;

  async function ask<T>(name: string, query: () => Promise<readonly T[]>): Promise<readonly T[]> {
    let records: readonly T[];
    try {
      records = await query();
    } catch (cause) {
      throw failure(name, cause);
    }
    if (records.length === 0) throw dnsNotFound(name, texts.ENODATA);
    return records;
  }

  const source: DnsSource = {
    addresses: (name, type) =>
      ask(name, async () => {
        const records = await (type === 'A'
          ? resolver.resolve4(name, { ttl: true })
          : resolver.resolve6(name, { ttl: true }));
        return records.map(({ address, ttl }): AddressRecord => ({ ip: address, ttl }));
      }),
    services: (name) =>
      ask(name, async () => {
        const records = await resolver.resolveSrv(name);
        return records.map(
          ({ name: target, port, priority, weight }): SrvRecord => ({
            name: target,
            port,
            priority,
            weight,
            ttl: unknownTtl,
          }),
        );
      }),
  };
  if (options.servers !== undefined) return source;
  return {
    ...source,
    lookup: (name) =>
      ask(name, async () => {
        const found = await systemLookup(name, { all: true, order: 'ipv4first' });
        const family = found[0]?.family;
        return found
          .filter((entry) => entry.family === family)
          .map(({ address }): AddressRecord => ({ ip: address, ttl: unknownTtl }));
      }),
  };
}

function failure(name: string, cause: unknown): GibbonError {
  const code = String((cause as NodeJS.ErrnoException).code);
  const detail = code in texts ? texts[code as keyof typeof texts] : messageOf(cause);
  return absent.has(code) ? dnsNotFound(name, detail, cause) : dnsFailed(name, detail, cause);
}
