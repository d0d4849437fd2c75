import type { Dao, WriteOptions } from '../../db/index.ts';
import { givenTo } from '../body.ts';
import { conditionOf } from '../conditions.ts';
import type { AdminRequest } from '../endpoint.ts';

/** What a write is called with. */
export interface WriteArguments {
  readonly given: { [field: string]: unknown };
  readonly options: WriteOptions;
}

/** The parts of a request that a write is made of. */
export type Written = Pick<AdminRequest, 'body' | 'ifMatch'>;

/**
 * The arguments of a write to an entity: typed by its schema, with `ttl` taken out where rows may expire. `hint` picks
 * the subschema for forms that do not say.
 */
export function writeArguments(
  dao: Dao,
  { body, ifMatch }: Written,
  hint?: { readonly [field: string]: unknown },
): WriteArguments {
  const given = givenTo(dao.schema, body, hint);
  const condition = conditionOf(ifMatch);
  if (dao.definition.ttl !== true || given.ttl === undefined) return { given, options: condition };
  const { ttl, ...rest } = given;
  // The store refuses what is no number of seconds.
  return { given: rest, options: ttl === null ? condition : { ...condition, ttl: ttl as number } };
}
