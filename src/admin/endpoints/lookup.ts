import type { Dao, DaoResult } from '../../db/index.ts';
import { isUuid } from '../../kernel/index.ts';
import type { Row } from '../../schema/index.ts';
import { inferValue } from '../infer.ts';

/** The unique field by which a path's key names a row; undefined when the key is an id. */
export function keyField(dao: Dao, key: string): string | undefined {
  const { definition } = dao;
  return isUuid(key) ? undefined : definition.endpoint_key;
}

/** A key of a path with the type of the field that it is looked up by. */
export function keyValue(dao: Dao, field: string, key: string): unknown {
  return inferValue(key, dao.definition.fields[field]);
}

/**
 * The row that a path's key names among the children of a parent: by id, by endpoint key, or by a field that is unique
 * among them. It may belong to another parent in the first two cases.
 */
export async function selectChild(child: Dao, parentId: string, key: string): Promise<DaoResult<Row | undefined>> {
  const field = child.definition.nested_endpoint_key;
  if (field === undefined || isUuid(key)) return selectByPath(child, key);
  const values = (child.definition.cache_key ?? []).map((name) => (name === field ? key : parentId));
  return child.selectByCacheKey(...values);
}

/** The row that a path's key names: by id, or by endpoint key. */
export async function selectByPath(dao: Dao, key: string): Promise<DaoResult<Row | undefined>> {
  const field = keyField(dao, key);
  return field === undefined ? dao.select(key) : dao.selectBy(field, keyValue(dao, field, key));
}
