import type { DaoResult, Database } from '../../db/index.ts';
import { isUuid } from '../../kernel/index.ts';
import type { Row } from '../../schema/index.ts';
import { type AdminRequest, type Answer, answerError, type Endpoint, type Handler, notFound } from '../endpoint.ts';
import { childCollectionEndpoint, withRow } from '../endpoints/collection.ts';
import { answerRow, answerShown, remove } from '../endpoints/entity.ts';
import { writeArguments } from '../endpoints/given.ts';

/** Targets live under their upstream alone, by id or by `host:port`; their own paths are switched off. */
export function targetEndpoints(database: Database): Endpoint[] {
  const upstreams = database.dao('upstreams');
  const targets = database.dao('targets');

  const update = withTarget(database, async (target, request) => {
    const { given, options } = writeArguments(targets, request);
    return answerRow(targets, await targets.update(String(target.id), given, options));
  });

  const list = childCollectionEndpoint(upstreams, targets, 'upstream');
  return [
    { path: `${list.path}/all`, methods: { GET: list.methods.GET! } },
    {
      path: `${list.path}/:targets`,
      methods: {
        GET: withTarget(database, async (target) => answerShown(targets, target)),
        PUT: update,
        PATCH: update,
        DELETE: withTarget(database, (target, { ifMatch }) => remove(targets, target, ifMatch)),
      },
    },
    switchedOff('/targets'),
    switchedOff('/targets/:targets'),
    switchedOff('/targets/:targets/upstream'),
  ];
}

/** Finds the target that a path names, by id or `host:port`, below its upstream, and answers 404 when there is none. */
export function withTarget(
  database: Database,
  action: (target: Row, request: AdminRequest, upstream: Row) => Promise<Answer>,
): Handler {
  const targets = database.dao('targets');

  async function find(upstream: string, key: string): Promise<DaoResult<Row | undefined>> {
    if (!isUuid(key)) return targets.selectByCacheKey(upstream, key);
    const found = await targets.select(key);
    const owner = found.ok ? (found.value?.upstream as { readonly id: string } | undefined) : undefined;
    return !found.ok || owner?.id === upstream ? found : { ok: true, value: undefined };
  }

  return withRow(database.dao('upstreams'), async (upstream, _key, request) => {
    const found = await find(String(upstream.id), request.params.targets ?? '');
    if (!found.ok) return answerError(found.error);
    return found.value === undefined ? notFound : action(found.value, request, upstream);
  });
}

/** A path that is answered with 404 whatever the method. */
export function switchedOff(path: string): Endpoint {
  return { path, methods: {}, disabled: true };
}
