import { readFileSync } from 'node:fs';
import {
  addCounts,
  type CountingResolver,
  type Counts,
  createNameServers,
  createResolver,
  type DnsStatistics,
  parseNameServer,
  parseResolvConf,
  type RecordType,
  type ResolverOptions,
} from '../dns/index.ts';
import { type Logger, messageOf, systemClock, type TimerWheel } from '../kernel/index.ts';
import type { Settings } from '../settings/index.ts';
import { echoHost } from './echo.ts';

/** What {@link openResolver} needs. */
export interface OpenResolverOptions {
  readonly settings: Settings;
  readonly wheel: TimerWheel;
  readonly logger: Logger;
  /** Port of the built-in echo upstream; 0 for none. */
  readonly echoPort: number;
  /** Path of resolv.conf; /etc/resolv.conf unless told. */
  readonly resolvConf?: string;
}

/**
 * The resolver that the settings ask for: the `dns_*` keys, or the `resolver_*` keys with `new_dns_client`. The hosts
 * file and resolv.conf are read here and never again, so a reload, which opens new resolvers, is what notices changes.
 */
export function openResolver(options: OpenResolverOptions): CountingResolver {
  const { settings, wheel, logger, echoPort, resolvConf = '/etc/resolv.conf' } = options;
  const isNew = settings.new_dns_client;
  const given = isNew ? settings.resolver_address : settings.dns_resolver;
  const { LOCALDOMAIN, RES_OPTIONS } = process.env;
  const conf = parseResolvConf(readText(resolvConf, logger), { LOCALDOMAIN, RES_OPTIONS });
  const servers = given.map(parseNameServer).filter((server) => server !== undefined);
  const resolver = createResolver({
    ...(isNew ? newOptions(settings) : usualOptions(settings)),
    servers: createNameServers({ conf: servers.length === 0 ? conf : { ...conf, servers }, wheel }),
    hosts: readText(isNew ? settings.resolver_hosts_file : settings.dns_hostsfile, logger),
    search: conf.search,
    ndots: conf.ndots,
    clock: systemClock,
    logger,
  });
  return withEcho(resolver, echoPort);
}

type Chosen = Omit<ResolverOptions, 'servers'>;

function usualOptions(settings: Settings): Chosen {
  const order = settings.dns_order.map((type) => type.toUpperCase());
  return {
    order: order.filter((type): type is RecordType => type !== 'LAST'),
    lastFirst: order.includes('LAST'),
    staleTtl: settings.dns_stale_ttl,
    notFoundTtl: settings.dns_not_found_ttl,
    errorTtl: settings.dns_error_ttl,
    cacheSize: settings.dns_cache_size,
    noSync: settings.dns_no_sync,
    ...(settings.dns_valid_ttl === undefined ? {} : { validTtl: settings.dns_valid_ttl }),
  };
}

/** Kong's second client asks for A before AAAA, and remembers all failures alike. */
function newOptions(settings: Settings): Chosen {
  const families = settings.resolver_family.map((type) => type.toUpperCase());
  return {
    order: (['SRV', 'A', 'AAAA'] as const).filter((type) => families.includes(type)),
    lastFirst: false,
    srvByShape: true,
    staleTtl: settings.resolver_stale_ttl,
    notFoundTtl: settings.resolver_error_ttl,
    errorTtl: settings.resolver_error_ttl,
    cacheSize: settings.resolver_lru_cache_size,
    ...(settings.resolver_valid_ttl === undefined ? {} : { validTtl: settings.resolver_valid_ttl }),
  };
}

/** The numbers of several resolvers as one. */
export function sumStatistics(all: readonly DnsStatistics[]): ReadonlyMap<string, Counts> {
  const sum = new Map<string, Record<string, number>>();
  for (const statistics of all) for (const [key, counts] of statistics) addCounts(sum, key, counts);
  return sum;
}

function readText(path: string, logger: Logger): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (fault) {
    logger.warn(`Cannot read "${path}", so names are resolved without it: ${messageOf(fault)}`);
    return '';
  }
}

/** Lets the name of the built-in echo upstream stand for the address at which it listens. */
function withEcho(resolver: CountingResolver, port: number): CountingResolver {
  if (port === 0) return resolver;
  const echo = Object.freeze([Object.freeze({ ip: '127.0.0.1', port, weight: undefined, srvName: undefined })]);
  return {
    resolve: (name, asked) => (name === echoHost ? echo : resolver.resolve(name, asked)),
    statistics: () => resolver.statistics(),
  };
}
