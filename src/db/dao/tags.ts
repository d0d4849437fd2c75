import { GibbonError } from '../../kernel/index.ts';
import type { Row, Schema } from '../../schema/index.ts';
import type { Strategy, TagQuery, TagRecord } from '../strategies/strategy.ts';
import { fail, ok } from './context.ts';
import { daoErrors } from './errors.ts';
import { decodeOffset, encodeOffset } from './offset.ts';
import { pageLimits, pageSize } from './page-options.ts';
import type { Dao, DaoResult, Page, PageOptions } from './types.ts';

/**
 * The DAO of `tags`: a view over the tags of all entities that can only be paged, whole or one tag at a time
 * (`pageFor('tag', value)`). Rows are `{ tag, entity_name, entity_id }`.
 */
export function createTagsDao(strategy: Strategy, schema: Schema): Dao {
  const refused = async (): Promise<DaoResult<never>> =>
    fail(daoErrors.schemaViolation({ tags: 'does not support insert/upsert/update/delete operations' }));

  async function page(options: PageOptions | undefined, tag?: string): Promise<DaoResult<Page>> {
    const size = pageSize(options);
    if (!size.ok) return size;
    if (options?.tags !== undefined) {
      return fail(daoErrors.invalidOptions({ tags: `cannot be used with '${schema.definition.name}'` }));
    }
    let query: TagQuery = { limit: size.value + 1, ...(tag === undefined ? {} : { tag }) };
    if (options?.offset !== undefined) {
      const position = decodeOffset(options.offset, 3);
      if (!position.ok) return position;
      const [entityId, entityName, ordinality] = position.value;
      query = {
        ...query,
        after: { entityId: String(entityId), entityName: String(entityName), ordinality: Number(ordinality) },
      };
    }
    const records = await strategy.read.pageTags(query);
    const shown = records.slice(0, size.value);
    const rows = shown.map(toRow);
    const last = shown.at(-1);
    if (records.length <= size.value || last === undefined) return ok({ rows });
    return ok({ rows, offset: encodeOffset([last.entity_id, last.entity_name, last.ordinality]) });
  }

  return {
    definition: schema.definition,
    schema,
    async select() {
      return ok(undefined);
    },
    async selectBy() {
      return ok(undefined);
    },
    async selectByCacheKey() {
      return ok(undefined);
    },
    insert: refused,
    update: refused,
    updateBy: refused,
    upsert: refused,
    upsertBy: refused,
    delete: refused,
    page: (options) => page(options),
    async pageFor(field, value, options) {
      const outcome = schema.check({ [field]: value });
      const error = outcome.ok ? undefined : outcome.errors[field];
      if (typeof error === 'string') return fail(daoErrors.invalidUnique(field, error));
      return page(options, value);
    },
    async distinct() {
      return [];
    },
    async *each() {
      let offset: string | undefined;
      do {
        const next: DaoResult<Page> = await page({
          size: pageLimits.maxSize,
          ...(offset === undefined ? {} : { offset }),
        });
        if (!next.ok) throw new GibbonError(next.error.message, { code: 'ERR_STORE' });
        yield* next.value.rows;
        offset = next.value.offset;
      } while (offset !== undefined);
    },
  };
}

function toRow({ tag, entity_name, entity_id }: TagRecord): Row {
  return { tag, entity_name, entity_id };
}
