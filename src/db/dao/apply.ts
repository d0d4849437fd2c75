import type { EntityChange } from '../../events/index.ts';
import type { Row } from '../../schema/index.ts';
import type { StoredRecord } from '../strategies/strategy.ts';
import { type DaoContext, type Entity, fail, ok, type Work } from './context.ts';
import { keyOf } from './keys.ts';
import { present } from './present.ts';
import { fetchingAhead, readAhead } from './read-ahead.ts';
import { rowTag } from './row-tag.ts';
import type { CompleteRow, DaoResult } from './types.ts';
import { writeRow } from './write-row.ts';

/** How {@link applyRows} goes about it. */
export interface ApplyOptions {
  /** Which rows that are not among those given go; none unless told. */
  readonly prune?: (entity: string, row: Row) => boolean;
  /** True to find out what would change, with all checks of the store, and change nothing. */
  readonly dryRun?: boolean;
}

/**
 * Brings a store to hold these rows, in one transaction: new ones are inserted, changed ones replaced, equal ones left
 * alone, and others pruned as the options say. `entities` come each after those that they refer to. Returns what changed,
 * or the first error, and then nothing has.
 */
export function applyRows(
  context: DaoContext,
  entities: readonly string[],
  rows: readonly CompleteRow[],
  options: ApplyOptions,
): Promise<DaoResult<readonly EntityChange[]>> {
  return context.strategy.transaction(async (session) => {
    const work: Work = { session, changes: [] };
    const result = await apply(context, work, entities, rows, options);
    return {
      commit: result.ok && options.dryRun !== true,
      value: result,
      committed: () => {
        if (work.changes.length > 0) context.announce({ changes: work.changes });
      },
    };
  });
}

async function apply(
  context: DaoContext,
  work: Work,
  entities: readonly string[],
  rows: readonly CompleteRow[],
  { prune }: ApplyOptions,
): Promise<DaoResult<readonly EntityChange[]>> {
  const doomed = prune === undefined ? [] : await findDoomed(context, work, entities, rows, prune);
  // A name must be free before another row takes it, but a row may only go once nothing refers to it any more.
  const waiting: Doomed[] = [];
  for (const one of doomed) {
    const gone = await one.entity.writer.delete(work, keyOf(one.entity.definition, one.row));
    if (gone.ok) continue;
    if (gone.error.code !== 4) return gone;
    waiting.push(one);
  }
  const ahead = readAhead(context, work.session);
  const quick = { ...work, session: ahead.session };
  for await (const lot of fetchingAhead(context, ahead, rows)) {
    for (const row of lot) {
      const entity = context.entity(row.entity);
      const found = await ahead.session.select(row.entity, keyOf(entity.definition, row.row));
      if (found !== undefined && saysTheSame(context, entity, row, found)) continue;
      const written = await writeRow(context, quick, keepingBirth(row, found));
      if (!written.ok) return written;
    }
  }
  for (const { entity, row } of waiting) {
    const gone = await entity.writer.delete(work, keyOf(entity.definition, row));
    if (!gone.ok) return fail(gone.error);
  }
  return ok(work.changes);
}

interface Doomed {
  readonly entity: Entity;
  readonly row: Row;
}

const batch = 1000;

/** Rows to prune, those that others refer to last. */
async function findDoomed(
  context: DaoContext,
  work: Work,
  entities: readonly string[],
  rows: readonly CompleteRow[],
  prune: NonNullable<ApplyOptions['prune']>,
): Promise<Doomed[]> {
  const nameOf = (entity: string, row: Row): string =>
    `${entity} ${JSON.stringify(keyOf(context.entity(entity).definition, row))}`;
  const named = new Set(rows.map(({ entity, row }) => nameOf(entity, row)));
  const doomed: Doomed[] = [];
  for (const name of [...entities].reverse()) {
    const entity = context.entity(name);
    let after: ReturnType<typeof keyOf> | undefined;
    for (;;) {
      const records = await work.session.page(name, { limit: batch, ...(after === undefined ? {} : { after }) });
      for (const { row } of records) {
        after = keyOf(entity.definition, row);
        if (!named.has(nameOf(name, row)) && prune(name, row)) doomed.push({ entity, row });
      }
      if (records.length < batch) break;
    }
  }
  return doomed;
}

function saysTheSame(
  context: DaoContext,
  { definition }: Entity,
  { row, expiresAt }: CompleteRow,
  found: StoredRecord,
) {
  if ((found.expiresAt === null) !== (expiresAt === null)) return false;
  const old = present(definition, found, context.clock);
  const stamps = { created_at: old.created_at, updated_at: old.updated_at };
  return rowTag(definition, { ...row, ...stamps }) === rowTag(definition, old);
}

/** A row that is replaced was made when it was made. */
function keepingBirth(row: CompleteRow, found: StoredRecord | undefined): CompleteRow {
  if (found === undefined || found.row.created_at === undefined) return row;
  return { ...row, row: { ...row.row, created_at: found.row.created_at } };
}
