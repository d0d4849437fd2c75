import { isIP } from 'node:net';
import {
  type Clock,
  createLru,
  GibbonError,
  type Logger,
  type Lru,
  messageOf,
  silentLogger,
  systemClock,
} from '../kernel/index.ts';
import { addressesOf, countsOf, createEntry, type Entry, forget, hasSame, type ResolvedAddress } from './entry.ts';
import { dnsFailed, isNotFound } from './faults.ts';
import { type Hosts, parseHosts } from './hosts-file.ts';
import { createQuestions } from './questions.ts';
import type { NameServers, RecordType } from './records.ts';
import { isServiceName } from './search-names.ts';
import { addCounts, createQuestionStatistics, type DnsStatistics } from './statistics.ts';
import { createWalk, type Found } from './walk.ts';

/** Turns host names into addresses. */
export interface Resolver {
  /**
   * All addresses of a name or IP literal. An answer that is cached comes at once, and is the same array for as long as
   * nothing changed. One past its time to live is still given out while it is asked for anew. Never empty.
   * @throws GibbonError `ERR_DNS_NOT_FOUND` or `ERR_DNS_FAILED`, at once or by rejection.
   */
  resolve(name: string, port: number): readonly ResolvedAddress[] | Promise<readonly ResolvedAddress[]>;
}

/** A {@link Resolver} that counts what it does. */
export interface CountingResolver extends Resolver {
  /** What was counted of the names and questions that are remembered. */
  statistics(): DnsStatistics;
}

/** What {@link createResolver} is told; the names of kong.conf stand beside. */
export interface ResolverOptions {
  readonly servers: NameServers;
  /** The text of the hosts file; only localhost is known unless told. */
  readonly hosts?: string;
  /** Types in the order in which they are asked for (`dns_order`); SRV, A, CNAME unless told. */
  readonly order?: readonly RecordType[];
  /** The type that a name was last found with is asked for first (`LAST` in `dns_order`); so it is unless told. */
  readonly lastFirst?: boolean;
  /** SRV records are asked for names of the shape `_service._proto.name`, and only for them (`new_dns_client`). */
  readonly srvByShape?: boolean;
  /** Domains that are put behind names. */
  readonly search?: readonly string[];
  /** A name with fewer dots is looked for in the search domains first; 1 unless told. */
  readonly ndots?: number;
  /** Seconds, in place of the records' own times to live (`dns_valid_ttl`). */
  readonly validTtl?: number;
  /** Seconds for which an old answer stands in while a new one is fetched (`dns_stale_ttl`); 3600 unless told. */
  readonly staleTtl?: number;
  /** Seconds to remember that there is no such name (`dns_not_found_ttl`); 30 unless told. */
  readonly notFoundTtl?: number;
  /** Seconds to remember any other failure (`dns_error_ttl`); 1 unless told. */
  readonly errorTtl?: number;
  /** How many names, and how many answers, are remembered (`dns_cache_size`); 10,000 unless told. */
  readonly cacheSize?: number;
  /** Each one who has to wait for an answer asks for it (`dns_no_sync`). */
  readonly noSync?: boolean;
  readonly clock?: Clock;
  /** Is told when a name cannot be resolved any more, and when it can be again. */
  readonly logger?: Logger;
}

/** Milliseconds for which any answer is kept, so that records without a time to live do not mean a query a request. */
const leastMs = 1000;
/** Creates a {@link CountingResolver} with a cache of its own. */
export function createResolver(options: ResolverOptions): CountingResolver {
  const { clock = systemClock, order = ['SRV', 'A', 'CNAME'], cacheSize = 10_000, srvByShape = false } = options;
  const logger = options.logger ?? silentLogger;
  const hosts = parseHosts(options.hosts ?? '');
  const staleMs = (options.staleTtl ?? 3600) * 1000;
  const notFoundTtl = options.notFoundTtl ?? 30;
  const errorMs = (options.errorTtl ?? 1) * 1000;
  const questions = createQuestionStatistics(cacheSize, () => clock.monotonic());
  const cache: Lru<string, Entry> = createLru(cacheSize);
  const walk = createWalk({
    ask: createQuestions({
      servers: options.servers,
      hosts,
      statistics: questions,
      clock,
      validTtl: options.validTtl,
      notFoundTtl,
      size: cacheSize,
      noSync: options.noSync === true,
    }),
    order,
    lastFirst: options.lastFirst !== false,
    srvByShape,
    rules: { search: options.search ?? [], ndots: options.ndots ?? 1, searchAll: !srvByShape },
  });

  function accept(entry: Entry, found: readonly Found[], until: number): void {
    // The same addresses in another order are the same array: whoever follows a name sees that nothing changed.
    if (!hasSame(entry, found)) {
      forget(entry);
      entry.found = found;
    }
    if (entry.fault !== undefined) logger.notice(`Resolves "${entry.name}" again`);
    entry.fault = undefined;
    entry.freshUntil = Math.max(until, clock.monotonic() + leastMs);
    entry.usableUntil = entry.freshUntil + staleMs;
  }

  function fail(entry: Entry, fault: GibbonError): void {
    const now = clock.monotonic();
    const notFound = isNotFound(fault);
    const former = entry.fault;
    const had = entry.found !== undefined;
    entry.failures += 1;
    entry.fault = fault;
    entry.freshUntil = now + (notFound ? notFoundTtl * 1000 : errorMs);
    // A name that is gone is gone; name servers that fail leave us with what we knew.
    if (notFound || now >= entry.usableUntil) {
      forget(entry);
      entry.last = undefined;
    }
    const has = entry.found !== undefined;
    // Once for what may be asked for every second.
    if (former?.message === fault.message && had === has) return;
    logger.warn(has ? `${fault.message}; its last addresses stay in use` : fault.message);
  }

  async function refresh(entry: Entry): Promise<void> {
    try {
      const { found, until, place, missing } = await walk(entry.name, entry.last);
      entry.last = place;
      if (missing === undefined) accept(entry, found, until);
      // Some targets of a service could not be asked for: all that was known is better than a part of it.
      else if (entry.found !== undefined && clock.monotonic() < entry.usableUntil) fail(entry, missing);
      else accept(entry, found, Math.min(until, clock.monotonic() + errorMs));
    } catch (reason) {
      fail(entry, reason instanceof GibbonError ? reason : dnsFailed(entry.name, messageOf(reason), reason));
    } finally {
      entry.pending = undefined;
    }
  }

  function resolve(given: string, port: number): readonly ResolvedAddress[] | Promise<readonly ResolvedAddress[]> {
    let entry = cache.get(given);
    if (entry === undefined) {
      entry = create(given);
      cache.set(given, entry);
    }
    entry.runs += 1;
    const now = clock.monotonic();
    if (now < entry.freshUntil) {
      entry.hits += 1;
      return addressesOf(entry, port);
    }
    if (entry.found !== undefined && now < entry.usableUntil) {
      entry.staleHits += 1;
      if (entry.pending === undefined) {
        entry.refreshes += 1;
        entry.pending = refresh(entry);
      }
      return addressesOf(entry, port);
    }
    return awaited(entry, port);
  }

  function awaited(entry: Entry, port: number): Promise<readonly ResolvedAddress[]> {
    entry.misses += 1;
    if (options.noSync === true) return refresh(entry).then(() => addressesOf(entry, port));
    entry.pending ??= refresh(entry);
    return entry.pending.then(() => addressesOf(entry, port));
  }

  function create(given: string): Entry {
    const name = given.toLowerCase();
    return createEntry(name, literalOf(name) ?? fromHosts(hosts, name, order));
  }

  return {
    resolve,
    statistics() {
      const all = new Map<string, Record<string, number>>();
      for (const [, entry] of cache.entries()) {
        const type = srvByShape && isServiceName(entry.name) && order.includes('SRV') ? 'SRV' : 'A/AAAA';
        addCounts(all, `${entry.name}|${type}`, countsOf(entry));
      }
      questions.addTo(all);
      return all;
    },
  };
}

function literalOf(name: string): string | undefined {
  const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  return isIP(bare) === 0 ? undefined : bare;
}

/** What the hosts file says is what the name is, whatever DNS says; of two families the one that is asked for first. */
function fromHosts(hosts: Hosts, name: string, order: readonly RecordType[]): string | undefined {
  const known = hosts.get(name.endsWith('.') ? name.slice(0, -1) : name);
  if (known === undefined) return undefined;
  for (const type of order) {
    const ip = type === 'A' ? known.v4 : type === 'AAAA' ? known.v6 : undefined;
    if (ip !== undefined) return ip;
  }
  return undefined;
}
