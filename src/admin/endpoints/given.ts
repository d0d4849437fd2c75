import type { Dao, WriteOptions } from '../../db/index.ts';
import type { Body } from '../body.ts';
import { givenTo } from '../body.ts';

/** What a write is called with. */
export interface WriteArguments {
  readonly given: { [field: string]: unknown };
  readonly options: WriteOptions;
}

/**
 * The arguments of a write to an entity: typed by its schema, with `ttl` taken out where rows may expire. `hint` picks
 * the subschema for forms that do not say.
 */
export function writeArguments(dao: Dao, body: Body, hint?: { readonly [field: string]: unknown }): WriteArguments {
  const given = givenTo(dao.schema, body, hint);
  if (dao.definition.ttl !== true || given.ttl === undefined) return { given, options: {} };
  const { ttl, ...rest } = given;
  // The store refuses what is no number of seconds.
  return { given: rest, options: ttl === null ? {} : { ttl: ttl as number } };
}
