import type { EntityDefinition } from '../../schema/index.ts';
import type { PageQuery } from '../strategies/strategy.ts';
import { fail, ok } from './context.ts';
import { daoErrors } from './errors.ts';
import { decodeOffset } from './offset.ts';
import type { DaoResult, PageOptions } from './types.ts';

/** Limits of paging (Kong 3.9). */
export const pageLimits = { defaultSize: 100, maxSize: 1000, maxTags: 5 } as const;

/** Characters that a tag may have: printable ASCII but `,` and `/`, and anything beyond ASCII. */
const tagShape = /^[ !-+\-.0-~\u0080-\u{10ffff}]+$/u;

/** Checks how a caller wants to page, and says it in the strategy's terms with one row more than a page has. */
export function pageQuery(definition: EntityDefinition, options: PageOptions | undefined): DaoResult<PageQuery> {
  const size = pageSize(options);
  if (!size.ok) return size;
  let query: PageQuery = { limit: size.value + 1 };
  if (options?.tags !== undefined) {
    const refusal = tagsRefusal(definition, options.tags.tags);
    if (refusal !== undefined) return fail(daoErrors.invalidOptions({ tags: refusal }));
    query = { ...query, tags: options.tags };
  }
  if (options?.offset !== undefined) {
    const after = decodeOffset(options.offset, definition.primary_key.length);
    if (!after.ok) return after;
    query = { ...query, after: after.value };
  }
  return ok(query);
}

/** The number of rows a page, or code 9. */
export function pageSize(options: PageOptions | undefined): DaoResult<number> {
  const size = options?.size ?? pageLimits.defaultSize;
  if (Number.isInteger(size) && size >= 1 && size <= pageLimits.maxSize) return ok(size);
  return fail(daoErrors.invalidSize(`size must be an integer between 1 and ${pageLimits.maxSize}`));
}

function tagsRefusal(definition: EntityDefinition, tags: readonly string[]): string | undefined {
  if (definition.fields.tags === undefined) return `cannot be used with '${definition.name}'`;
  if (tags.length > pageLimits.maxTags) return `cannot query more than ${pageLimits.maxTags} tags`;
  if (tags.length === 0) return 'cannot be null';
  if (tags.every((tag) => tagShape.test(tag))) return undefined;
  return 'must only contain printable ascii (except `,` and `/`) or valid utf-8';
}
