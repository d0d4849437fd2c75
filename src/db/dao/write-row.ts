import type { Row } from '../../schema/index.ts';
import type { DaoContext, Work } from './context.ts';
import { keyOf } from './keys.ts';
import type { CompleteRow, DaoResult } from './types.ts';

/** Inserts or replaces a complete row as part of a transaction. */
export function writeRow(
  context: DaoContext,
  work: Work,
  { entity, row, expiresAt }: CompleteRow,
): Promise<DaoResult<Row>> {
  const { definition, writer } = context.entity(entity);
  const start = typeof row.created_at === 'number' ? row.created_at : context.clock.now() / 1000;
  return writer.upsert(work, keyOf(definition, row), row, {
    transform: false,
    ...(expiresAt === null ? {} : { ttl: Math.max(1, Math.round(expiresAt - start)) }),
  });
}
