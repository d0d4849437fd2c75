import { createNodeDnsSource, createResolver, type Resolver } from '../dns/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Settings } from '../settings/index.ts';
import { echoHost } from './echo.ts';

/** The resolver that the `dns_*` settings ask for. `echoPort` is that of the built-in echo upstream; 0 for none. */
export function resolverOf(settings: Settings, clock: Clock, echoPort: number): Resolver {
  const resolver = createResolver({
    source: createNodeDnsSource(settings.dns_resolver.length === 0 ? {} : { servers: settings.dns_resolver }),
    hostsFile: settings.dns_hostsfile,
    staleTtl: settings.dns_stale_ttl,
    notFoundTtl: settings.dns_not_found_ttl,
    errorTtl: settings.dns_error_ttl,
    cacheSize: settings.dns_cache_size,
    clock,
    ...(settings.dns_valid_ttl === undefined ? {} : { validTtl: settings.dns_valid_ttl }),
  });
  return withEcho(resolver, echoPort);
}

/** Lets the name of the built-in echo upstream stand for the address at which it listens. */
function withEcho(resolver: Resolver, port: number): Resolver {
  if (port === 0) return resolver;
  const echo = Object.freeze([Object.freeze({ ip: '127.0.0.1', port, weight: undefined, srvName: undefined })]);
  return { resolve: (name, asked) => (name === echoHost ? echo : resolver.resolve(name, asked)) };
}
