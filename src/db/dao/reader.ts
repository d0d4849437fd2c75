import type { Row } from '../../schema/index.ts';
import type { ReadSession, StoredRecord } from '../strategies/strategy.ts';
import { cacheKey, hasCompositeKey } from './cache-key.ts';
import { type DaoContext, type Entity, fail, ok } from './context.ts';
import { keyOf, parseKey } from './keys.ts';
import { encodeOffset } from './offset.ts';
import { pageLimits, pageQuery } from './page-options.ts';
import { present } from './present.ts';
import { pageTargets } from './targets.ts';
import type { Dao, DaoResult, Page, PageOptions } from './types.ts';
import { lookUpRefusal } from './unique.ts';

/** The reading half of a DAO. */
export type Reader = Pick<Dao, 'select' | 'selectBy' | 'selectByCacheKey' | 'page' | 'pageFor' | 'distinct' | 'each'>;

/** Creates the reader of one entity; it sees what has been committed. */
export function createReader(context: DaoContext, entity: Entity): Reader {
  const { definition, hooks } = entity;
  const name = definition.name;

  function session(): ReadSession {
    return context.strategy.read;
  }

  async function complete(records: readonly StoredRecord[]): Promise<readonly Row[]> {
    const rows = records.map((record) => present(definition, record, context.clock));
    return hooks.complete === undefined ? rows : hooks.complete(rows, session());
  }

  async function one(record: StoredRecord | undefined): Promise<DaoResult<Row | undefined>> {
    return ok(record === undefined ? undefined : (await complete([record]))[0]);
  }

  async function page(options: PageOptions | undefined, parent?: { field: string; id: string }) {
    const query = pageQuery(definition, options);
    if (!query.ok) return query;
    const { limit } = query.value;
    const records = await session().page(name, parent === undefined ? query.value : { ...query.value, parent });
    if (records.length < limit) return ok<Page>({ rows: await complete(records) });
    const shown = records.slice(0, limit - 1);
    const offset = encodeOffset(keyOf(definition, shown.at(-1)!.row));
    return ok<Page>({ rows: await complete(shown), offset });
  }

  return {
    async select(id) {
      const key = parseKey(definition, id);
      return key.ok ? one(await session().select(name, key.value)) : key;
    },

    async selectBy(field, value) {
      const refusal = lookUpRefusal(entity, field, value);
      if (refusal !== undefined) return fail(refusal);
      return one(await session().selectBy(name, field, value as string));
    },

    async selectByCacheKey(...values) {
      const fields = definition.cache_key;
      if (fields === undefined) return one(await session().select(name, values));
      if (!hasCompositeKey(definition)) return one(await session().selectBy(name, fields[0]!, values[0] ?? ''));
      const key = cacheKey(definition, values, context.strategy.workspaceId);
      return one(await session().selectByCacheKey(name, key));
    },

    page: (options) => page(options),

    async pageFor(foreignField, parentId, options) {
      if (name === 'targets' && foreignField === 'upstream') return pageTargets(session(), parentId, options);
      return page(options, { field: foreignField, id: parentId });
    },

    distinct: (field) => session().distinct(name, field),

    async *each(size = pageLimits.maxSize) {
      let after: ReturnType<typeof keyOf> | undefined;
      for (;;) {
        const records = await session().page(name, after === undefined ? { limit: size } : { limit: size, after });
        yield* await complete(records);
        if (records.length < size) return;
        after = keyOf(definition, records.at(-1)!.row);
      }
    },
  };
}
