import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type Clock, createLru, GibbonError, type Lru, messageOf, systemClock } from '../kernel/index.ts';
import { type Hosts, parseHosts } from './hosts-file.ts';
import { createNodeDnsSource } from './node-source.ts';
import { type AddressRecord, type DnsSource, dnsFailed, dnsNotFound } from './source.ts';

/** One address that a name leads to. */
export interface ResolvedAddress {
  readonly ip: string;
  /** The port that was asked for, or that of an SRV record where it has one. */
  readonly port: number;
  /** The share among the addresses of an SRV name; undefined for all other names. */
  readonly weight: number | undefined;
  /** The name in the SRV record; undefined for all other names. */
  readonly srvName: string | undefined;
}

/** Turns host names into addresses. */
export interface Resolver {
  /**
   * All addresses of a name or IP literal. An answer that is cached comes at once, and is the same array for as long as
   * nothing changed. One past its time to live is still given out while it is asked for anew. Never empty.
   * @throws GibbonError `ERR_DNS_NOT_FOUND` or `ERR_DNS_FAILED`, at once or by rejection.
   */
  resolve(name: string, port: number): readonly ResolvedAddress[] | Promise<readonly ResolvedAddress[]>;
}

/** What {@link createResolver} may be told; the names of kong.conf stand beside. */
export interface ResolverOptions {
  readonly source?: DnsSource;
  /** Path of the hosts file, read once (`dns_hostsfile`); /etc/hosts unless told. A missing file is an empty one. */
  readonly hostsFile?: string;
  /** Types in order of preference; the first one with records wins. A, then AAAA unless told. */
  readonly families?: readonly ('A' | 'AAAA')[];
  /** Seconds, in place of the records' own times to live (`dns_valid_ttl`). */
  readonly validTtl?: number;
  /** Seconds for which an old answer stands in while a new one is fetched (`dns_stale_ttl`); 3600 unless told. */
  readonly staleTtl?: number;
  /** Seconds to remember that there is no such name (`dns_not_found_ttl`); 30 unless told. */
  readonly notFoundTtl?: number;
  /** Seconds to remember any other failure (`dns_error_ttl`); 1 unless told. */
  readonly errorTtl?: number;
  /** How many names are remembered (`dns_cache_size`); 10,000 unless told. */
  readonly cacheSize?: number;
  readonly clock?: Clock;
}

/** An address before the port that was asked for is known. */
interface Found {
  readonly ip: string;
  readonly port: number | undefined;
  readonly weight: number | undefined;
  readonly srvName: string | undefined;
}

interface Entry {
  found: readonly Found[] | undefined;
  fault: GibbonError | undefined;
  /** Monotonic milliseconds at which to ask again. */
  freshUntil: number;
  /** Monotonic milliseconds until which `found` may be given out. */
  usableUntil: number;
  pending: Promise<void> | undefined;
  readonly byPort: Map<number, readonly ResolvedAddress[]>;
}

const minTtl = 1;
const srvShape = /^_[^.]+\._[^.]+\./;

/** Creates a {@link Resolver} with a cache of its own. */
export function createResolver(options: ResolverOptions = {}): Resolver {
  const clock = options.clock ?? systemClock;
  const source = options.source ?? createNodeDnsSource();
  const hosts = readHosts(options.hostsFile ?? '/etc/hosts');
  const families = options.families ?? ['A', 'AAAA'];
  const staleMs = (options.staleTtl ?? 3600) * 1000;
  const notFoundMs = (options.notFoundTtl ?? 30) * 1000;
  const errorMs = (options.errorTtl ?? 1) * 1000;
  const cache: Lru<string, Entry> = createLru(options.cacheSize ?? 10_000);

  /** Records of the first family that has any; the last resort is asked when DNS knows none. */
  async function addresses(name: string): Promise<readonly AddressRecord[]> {
    const local = fromHosts(hosts, name, families);
    if (local !== undefined) return [{ ip: local, ttl: Number.POSITIVE_INFINITY }];
    let fault: unknown;
    for (const family of families) {
      try {
        return await source.addresses(name, family);
      } catch (reason) {
        // The first failure that is more than "nothing there" is the one to tell of.
        if (fault === undefined || isNotFound(fault)) fault = reason;
      }
    }
    if (source.lookup !== undefined && isNotFound(fault)) return source.lookup(name);
    throw fault ?? dnsNotFound(name, 'no record type to ask for');
  }

  async function services(name: string): Promise<{ found: Found[]; ttl: number }> {
    const records = await source.services(name);
    const first = Math.min(...records.map((record) => record.priority));
    const found: Found[] = [];
    let ttl = Number.POSITIVE_INFINITY;
    let fault: unknown;
    for (const record of records) {
      ttl = Math.min(ttl, record.ttl);
      if (record.priority !== first) continue;
      const srvName = trim(record.name);
      try {
        const resolved = isIP(srvName) === 0 ? await addresses(srvName) : [{ ip: srvName, ttl: record.ttl }];
        // A record of weight 0 is still to be tried now and then: Kong counts it as 1.
        const weight = Math.max(record.weight, 1) / resolved.length;
        for (const { ip, ttl: own } of resolved) {
          found.push({ ip, port: record.port || undefined, weight, srvName });
          ttl = Math.min(ttl, own);
        }
      } catch (reason) {
        fault = reason;
      }
    }
    if (found.length === 0) throw fault;
    return { found, ttl };
  }

  async function ask(name: string): Promise<{ found: readonly Found[]; ttl: number }> {
    if (srvShape.test(name)) return services(name);
    const records = await addresses(name);
    return {
      found: records.map(({ ip }) => ({ ip, port: undefined, weight: undefined, srvName: undefined })),
      ttl: Math.min(...records.map((record) => record.ttl)),
    };
  }

  async function refresh(name: string, entry: Entry): Promise<void> {
    try {
      const { found, ttl } = await ask(name);
      if (entry.found === undefined || !same(entry.found, found)) {
        entry.found = found;
        entry.byPort.clear();
      }
      entry.fault = undefined;
      entry.freshUntil = clock.monotonic() + Math.max(options.validTtl ?? ttl, minTtl) * 1000;
      entry.usableUntil = entry.freshUntil + staleMs;
    } catch (reason) {
      const now = clock.monotonic();
      const fault = reason instanceof GibbonError ? reason : dnsFailed(name, messageOf(reason), reason);
      const notFound = isNotFound(fault);
      entry.fault = fault;
      entry.freshUntil = now + (notFound ? notFoundMs : errorMs);
      // A name that is gone is gone; name servers that fail leave us with what we knew.
      if (notFound || now >= entry.usableUntil) {
        entry.found = undefined;
        entry.byPort.clear();
      }
    } finally {
      entry.pending = undefined;
    }
  }

  function outcome(entry: Entry, port: number): readonly ResolvedAddress[] {
    const known = entry.byPort.get(port);
    if (known !== undefined) return known;
    if (entry.found === undefined) throw entry.fault!;
    const addresses = entry.found.map((found) => ({ ...found, port: found.port ?? port }));
    entry.byPort.set(port, addresses);
    return addresses;
  }

  function resolve(given: string, port: number): readonly ResolvedAddress[] | Promise<readonly ResolvedAddress[]> {
    let entry = cache.get(given);
    if (entry === undefined) {
      entry = createEntry(given);
      cache.set(given, entry);
    }
    const now = clock.monotonic();
    if (now < entry.freshUntil) return outcome(entry, port);
    entry.pending ??= refresh(trim(given.toLowerCase()), entry);
    if (entry.found !== undefined && now < entry.usableUntil) return outcome(entry, port);
    return entry.pending.then(() => outcome(entry, port));
  }

  function createEntry(given: string): Entry {
    const bare = given.startsWith('[') && given.endsWith(']') ? given.slice(1, -1) : given;
    const local = isIP(bare) === 0 ? fromHosts(hosts, trim(given.toLowerCase()), families) : bare;
    const fixed = local !== undefined;
    return {
      found: fixed ? [{ ip: local, port: undefined, weight: undefined, srvName: undefined }] : undefined,
      fault: undefined,
      freshUntil: fixed ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
      usableUntil: fixed ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
      pending: undefined,
      byPort: new Map(),
    };
  }

  return { resolve };
}

function readHosts(path: string): Hosts {
  try {
    return parseHosts(readFileSync(path, 'utf8'));
  } catch {
    return parseHosts('');
  }
}

function fromHosts(hosts: Hosts, name: string, families: readonly ('A' | 'AAAA')[]): string | undefined {
  const known = hosts.get(name);
  if (known === undefined) return undefined;
  for (const family of families) {
    const ip = family === 'A' ? known.v4 : known.v6;
    if (ip !== undefined) return ip;
  }
  return undefined;
}

function isNotFound(fault: unknown): boolean {
  return fault instanceof GibbonError && fault.code === 'ERR_DNS_NOT_FOUND';
}

function trim(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function same(a: readonly Found[], b: readonly Found[]): boolean {
  if (a.length !== b.length) return false;
  const text = (found: Found): string => `${found.ip} ${found.port} ${found.weight} ${found.srvName}`;
  const known = new Set(a.map(text));
  return b.every((found) => known.has(text(found)));
}
