import { isIP } from 'node:net';
import type { Database } from '../../db/index.ts';
import { parseAddress } from '../../schema/index.ts';
import { answerError, answerOk, badRequest, type Endpoint, type Handler, noContent, notFound } from '../endpoint.ts';
import { withRow } from '../endpoints/collection.ts';
import { pageOptions } from '../endpoints/paging.ts';
import { withTarget } from './targets.ts';

/** Health as the node sees it: what the endpoints show, and what operators may set. */
export interface UpstreamHealth {
  /** What to add to the row of each target, by its id; undefined for an upstream that the node does not know (yet). */
  targets(upstreamId: string): Promise<ReadonlyMap<string, object> | undefined>;
  /** The upstream as a whole. */
  balancer(upstreamId: string): object | undefined;
  /**
   * Sets the state of a target, or of one of its addresses, on all nodes. `off` when the upstream has no health checks,
   * `unknown` when the node knows no such target or address.
   */
  set(
    upstreamId: string,
    targetId: string,
    address: { readonly ip: string; readonly port: number } | undefined,
    state: 'healthy' | 'unhealthy',
  ): Promise<'set' | 'off' | 'unknown'>;
}

const defaultPort = 8000;

/** `/upstreams/:upstreams/health` and the paths below targets by which operators set it (Kong 3.9; POST as in 2.x). */
export function healthEndpoints(database: Database, health: UpstreamHealth, nodeId: string): Endpoint[] {
  const upstreams = database.dao('upstreams');
  const targets = database.dao('targets');

  const show: Handler = withRow(upstreams, async (upstream, key, { query }) => {
    const upstreamId = String(upstream.id);
    if (query.get('balancer_health') === '1') {
      return answerOk({ data: health.balancer(upstreamId) ?? null, next: null, node_id: nodeId });
    }
    const options = pageOptions(query, targets);
    if (!options.ok) return answerError(options.error);
    const { tags: _, ...paging } = options.value;
    const page = await targets.pageFor('upstream', upstreamId, paging);
    if (!page.ok) return answerError(page.error);
    const { rows, offset } = page.value;
    const healths = await health.targets(upstreamId);
    const data = rows.map((row) => ({ ...targets.schema.show(row), ...healths?.get(String(row.id)) }));
    const next =
      offset === undefined ? null : `/upstreams/${encodeURIComponent(key)}/health?offset=${encodeURIComponent(offset)}`;
    return answerOk({ data, ...(offset === undefined ? {} : { offset }), next, node_id: nodeId });
  });

  function setter(state: 'healthy' | 'unhealthy'): Handler {
    return withTarget(database, async (target, { params }, upstream) => {
      const given = params.address;
      const address = given === undefined ? undefined : readAddress(given);
      if (address === 'none') return notFound;
      const outcome = await health.set(String(upstream.id), String(target.id), address, state);
      if (outcome === 'unknown') return notFound;
      if (outcome === 'off') return badRequest(`no healthchecker found for ${String(upstream.name)}`);
      return noContent;
    });
  }

  const settable = (path: string, state: 'healthy' | 'unhealthy'): Endpoint => {
    const handler = setter(state);
    return { path: `${path}/${state}`, methods: { PUT: handler, POST: handler } };
  };
  const target = '/upstreams/:upstreams/targets/:targets';
  return [
    { path: '/upstreams/:upstreams/health', methods: { GET: show } },
    settable(target, 'healthy'),
    settable(target, 'unhealthy'),
    settable(`${target}/:address`, 'healthy'),
    settable(`${target}/:address`, 'unhealthy'),
  ];
}

/** An IP address with a port, 8000 unless given; `none` for anything else. */
function readAddress(text: string): { readonly ip: string; readonly port: number } | 'none' {
  const read = parseAddress(text);
  if ('error' in read || read.type === 'name') return 'none';
  const ip = read.host.replace(/^\[|\]$/g, '');
  return isIP(ip) === 0 ? 'none' : { ip, port: read.port ?? defaultPort };
}
