import type { Clock } from '../../kernel/index.ts';
import type { EntityDefinition, Row } from '../../schema/index.ts';
import type { WriteKind } from './context.ts';
import { daoErrors } from './errors.ts';
import type { DaoError } from './types.ts';

/** The longest life that Kong 3.9 accepts, in seconds. */
const maxTtl = 100_000_000;

/** Code 11 for a time to live that is out of range, or given for an entity whose rows do not expire. */
export function checkTtl(definition: EntityDefinition, ttl: number | undefined): DaoError | undefined {
  if (ttl === undefined) return undefined;
  if (definition.ttl !== true) return daoErrors.invalidOptions({ ttl: `cannot be used with '${definition.name}'` });
  if (Number.isInteger(ttl) && ttl >= 0 && ttl <= maxTtl) return undefined;
  return daoErrors.invalidOptions({ ttl: `must be an integer between 0 and ${maxTtl}` });
}

/**
 * When a row expires, in seconds since the epoch: null for never, undefined when an update leaves it as it is. The time
 * counts from the row's own time stamp where it has one.
 */
export function expiry(
  definition: EntityDefinition,
  row: Row,
  ttl: number | undefined,
  kind: WriteKind,
  clock: Clock,
): number | null | undefined {
  if (definition.ttl !== true) return null;
  if (ttl === undefined) return kind === 'update' ? undefined : null;
  if (ttl === 0) return null;
  const stamp = kind === 'update' ? row.updated_at : row.created_at;
  return (typeof stamp === 'number' ? stamp : clock.now() / 1000) + ttl;
}
