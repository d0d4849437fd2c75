import type { Clock } from '../../kernel/index.ts';
import type { EntityDefinition, Row } from '../../schema/index.ts';
import type { StoredRecord } from '../strategies/strategy.ts';

/** A stored record as callers see it: rows that may expire carry the seconds left as `ttl`, or null. */
export function present(definition: EntityDefinition, record: StoredRecord, clock: Clock): Row {
  if (definition.ttl !== true) return record.row;
  const ttl = record.expiresAt === null ? null : Math.max(0, Math.floor(record.expiresAt - clock.now() / 1000));
  return { ...record.row, ttl };
}
