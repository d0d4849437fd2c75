import { type Answer, answerOk, type Endpoint } from '../endpoint.ts';
import { generateEndpoints } from '../endpoints/generate.ts';
import type { AdminOptions } from '../types.ts';
import { applyEndpoint } from './apply.ts';
import { auditEndpoint } from './audit.ts';
import { cacheEndpoints } from './cache.ts';
import { certificateEndpoints } from './certificates.ts';
import { clusteringEndpoints } from './clustering.ts';
import { configEndpoint } from './config.ts';
import { consumersEndpoint } from './consumers.ts';
import { dnsDebugEndpoint, dnsStatusEndpoint } from './dns.ts';
import { docsEndpoints } from './docs.ts';
import { filterChainEndpoints, filterSchemaEndpoint } from './filter-chains.ts';
import { logLevelEndpoints } from './log-level.ts';
import { enabledPluginsEndpoint } from './plugins.ts';
import { rootEndpoint } from './root.ts';
import { schemaEndpoints } from './schemas.ts';
import { statusEndpoint } from './status.ts';
import { tagEndpoint } from './tags.ts';
import { switchedOff, targetEndpoints } from './targets.ts';
import { timersEndpoint } from './timers.ts';

/** All endpoints: the generated ones, the exceptions to them, and those that were handed in. */
export function allEndpoints(options: AdminOptions): Endpoint[] {
  const { database } = options;
  const byPath = new Map<string, Endpoint>();
  const add = (endpoint: Endpoint): void => {
    const known = byPath.get(endpoint.path);
    byPath.set(endpoint.path, {
      ...endpoint,
      methods: known === undefined || endpoint.disabled ? endpoint.methods : { ...known.methods, ...endpoint.methods },
    });
  };

  add(rootEndpoint(options));
  add(statusEndpoint(options));
  add(configEndpoint(options));
  add(timersEndpoint(options));
  add(dnsStatusEndpoint(options));
  add(filterSchemaEndpoint());
  if (options.cache !== undefined) for (const endpoint of cacheEndpoints(options.cache)) add(endpoint);
  if (options.logLevel !== undefined)
    for (const endpoint of logLevelEndpoints(options, options.logLevel)) add(endpoint);
  for (const endpoint of clusteringEndpoints()) add(endpoint);
  for (const endpoint of generateEndpoints(database)) add(endpoint);
  for (const endpoint of schemaEndpoints(options)) add(endpoint);
  if (database.has('plugins')) add(enabledPluginsEndpoint(options));
  if (database.has('consumers')) add(consumersEndpoint(database));
  if (database.has('certificates') && database.has('snis')) {
    for (const endpoint of certificateEndpoints(database)) add(endpoint);
    add(switchedOff('/snis/:snis/certificate'));
  }
  if (database.has('upstreams') && database.has('targets')) {
    for (const endpoint of targetEndpoints(database)) add(endpoint);
  }
  if (database.has('filter_chains')) for (const endpoint of filterChainEndpoints()) add(endpoint);
  if (database.has('tags')) add(tagEndpoint(database));
  for (const endpoint of options.endpoints ?? []) add(endpoint);
  add({ path: '/endpoints', methods: { GET: async () => answerOk({ data: listed }) } });

  // Not endpoints of the API: Kong's web server answers at the one, and the others tell of it.
  const unlisted: Endpoint = { path: '/robots.txt', methods: { GET: async () => robots } };
  const listed = [...byPath.keys()].map((path) => path.replace(/:([^/]+)/g, '{$1}')).sort(bySegment);
  const all = [...byPath.values()];
  const ours = [
    applyEndpoint(options),
    ...(options.audit === undefined ? [] : [auditEndpoint(options.audit)]),
    ...(options.dns === undefined ? [] : [dnsDebugEndpoint(options.dns)]),
  ];
  return [...all, ...ours, ...docsEndpoints(options, [...all, ...ours]), unlisted];
}

const robots: Answer = { status: 200, text: { type: 'text/plain', content: 'User-agent: *\nDisallow: /' } };

/** Segment by segment, so that `/a/z` comes before `/ab`. */
function bySegment(a: string, b: string): number {
  const [first, second] = [a.replaceAll('/', '\0'), b.replaceAll('/', '\0')];
  return first < second ? -1 : first > second ? 1 : 0;
}
