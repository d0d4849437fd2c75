import { type Answer, answerOk, badRequest, type Endpoint, noContent } from '../endpoint.ts';
import type { Query } from '../query.ts';
import type { AdminOptions, StatusOptions } from '../types.ts';

/** `/status`: memory, connections and whether the store answers. */
export function statusEndpoint({ database, status }: AdminOptions): Endpoint {
  return {
    path: '/status',
    methods: {
      async GET({ query }) {
        const format = formatter(query);
        if (typeof format !== 'function') return format;
        const { memory, server, configurationHash } = status();
        const body = {
          memory: {
            workers_lua_vms: memory.workers.map(({ pid, heapBytes }) => ({
              pid,
              http_allocated_gc: format(heapBytes),
            })),
            lua_shared_dicts: Object.fromEntries(
              memory.shared.map(({ name, usedBytes, capacityBytes }) => [
                name,
                { allocated_slabs: format(usedBytes), capacity: format(capacityBytes) },
              ]),
            ),
          },
          server,
        };
        if (configurationHash !== undefined) return answerOk({ ...body, configuration_hash: configurationHash });
        return answerOk({ ...body, database: { reachable: await database.reachable() } });
      },
    },
  };
}

/** `/status/ready`: whether the node can serve (Kong 3.3). */
export function readyEndpoint({ database, unreadiness }: StatusOptions): Endpoint {
  let isDraining = false;
  return {
    path: '/status/ready',
    methods: {
      // Takes the node out of rotation before it is stopped (Kong 3.9).
      async POST({ query, body }) {
        if ((query.get('status') ?? body.values.status) !== 'draining') return { status: 400 };
        isDraining = true;
        return noContent;
      },
      async GET() {
        if (isDraining) return { status: 503, body: { message: 'draining' } };
        const reason = (await database.reachable()) ? unreadiness() : 'failed to connect to database';
        if (reason === undefined) return answerOk({ message: 'ready' });
        return { status: 503, body: { message: reason } };
      },
    },
  };
}

const units: ReadonlyMap<string, readonly [divisor: number, name: string]> = new Map([
  ['k', [2 ** 10, 'KiB']],
  ['m', [2 ** 20, 'MiB']],
  ['g', [2 ** 30, 'GiB']],
]);

/** How sizes are written: `unit` is k, m, g or b, `scale` the number of digits behind the point (Kong 3.9). */
function formatter(query: Query): Answer | ((bytes: number) => string | number) {
  const unit = query.get('unit') ?? 'm';
  const name = unit === true ? '' : unit.toLowerCase();
  if (name === '' || name === 'b') return (bytes) => bytes;
  const digits = readScale(query.get('scale'));
  if (digits < 0) return badRequest('scale must be equal or greater than 0');
  const known = units.get(name);
  if (known === undefined) return badRequest(`invalid unit '${String(unit)}' (expected 'k/K', 'm/M', or 'g/G')`);
  const [divisor, suffix] = known;
  return (bytes) => `${(bytes / divisor).toFixed(Math.min(digits, 20))} ${suffix}`;
}

function readScale(scale: string | true | undefined): number {
  const number = typeof scale === 'string' && scale.trim() !== '' ? Number(scale) : Number.NaN;
  return Number.isNaN(number) ? 2 : Math.floor(number);
}
