import type { Key, StoredRecord, WriteSession } from '../strategies/strategy.ts';
import type { DaoContext } from './context.ts';
import { keyOf } from './keys.ts';

/** A session that has read rows before they are asked for. */
export interface ReadAhead {
  /** Reads and writes like the session behind it. */
  readonly session: WriteSession;
  /** Reads the rows with these keys at once; the next `select` of each needs no question. */
  fetch(entity: string, keys: readonly Key[]): Promise<void>;
}

/** Lets a long row of writes ask for the rows that it will replace in batches: on a server each question takes a while. */
export function readAhead(context: DaoContext, session: WriteSession): ReadAhead {
  const { selectMany } = session;
  if (selectMany === undefined) return { session, fetch: async () => {} };
  const fetched = new Map<string, StoredRecord | undefined>();
  const nameOf = (entity: string, key: Key): string => `${entity} ${JSON.stringify(key)}`;
  const forget = (entity: string, row: StoredRecord['row']): void => {
    fetched.delete(nameOf(entity, keyOf(context.entity(entity).definition, row)));
  };
  return {
    session: {
      ...session,
      async select(entity, key) {
        const name = nameOf(entity, key);
        return fetched.has(name) ? fetched.get(name) : session.select(entity, key);
      },
      insert(entity, record) {
        forget(entity, record.row);
        return session.insert(entity, record);
      },
      upsert(entity, record, isThere) {
        forget(entity, record.row);
        return session.upsert(entity, record, isThere);
      },
      update(entity, key, record) {
        fetched.delete(nameOf(entity, key));
        return session.update(entity, key, record);
      },
      delete(entity, key) {
        // Rows of other entities may go with it.
        fetched.clear();
        return session.delete(entity, key);
      },
    },
    async fetch(entity, keys) {
      fetched.clear();
      const records = await selectMany(entity, keys);
      for (const key of keys) fetched.set(nameOf(entity, key), undefined);
      const { definition } = context.entity(entity);
      for (const record of records) fetched.set(nameOf(entity, keyOf(definition, record.row)), record);
    },
  };
}

/** How many rows are read ahead at a time. */
const batch = 256;

/** Goes through rows in their order, each lot of rows of one entity fetched before the first of them is handed out. */
export async function* fetchingAhead<T extends { readonly entity: string; readonly row: StoredRecord['row'] }>(
  context: DaoContext,
  ahead: ReadAhead,
  rows: Iterable<T>,
): AsyncGenerator<readonly T[]> {
  let lot: T[] = [];
  for (const row of rows) {
    if (lot.length === batch || (lot.length > 0 && lot[0]!.entity !== row.entity)) {
      yield await fetchLot(context, ahead, lot);
      lot = [];
    }
    lot.push(row);
  }
  if (lot.length > 0) yield await fetchLot(context, ahead, lot);
}

async function fetchLot<T extends { readonly entity: string; readonly row: StoredRecord['row'] }>(
  context: DaoContext,
  ahead: ReadAhead,
  lot: T[],
): Promise<T[]> {
  const { entity } = lot[0]!;
  const { definition } = context.entity(entity);
  await ahead.fetch(
    entity,
    lot.map(({ row }) => keyOf(definition, row)),
  );
  return lot;
}
