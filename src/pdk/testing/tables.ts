import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kernel/index.ts';
import type { Row } from '../../schema/index.ts';
import type { EntityWriter } from '../plugin.ts';

/** Rows by entity, as plugins write them. */
export interface FakeTables {
  /** The rows of an entity that have not expired; another list after each write. */
  rows(entity: string): readonly Row[];
  writer(entity: string): EntityWriter;
}

/** Creates tables with rows in them; ids are made up, nothing is checked. */
export function createFakeTables(given: { readonly [entity: string]: readonly Row[] }, clock: Clock): FakeTables {
  const written = new Map<string, readonly Row[]>();
  const ends = new Map<unknown, number>();
  const all = (entity: string): readonly Row[] => written.get(entity) ?? given[entity] ?? noRows;
  const isLiving = (row: Row): boolean => (ends.get(row['id']) ?? Number.POSITIVE_INFINITY) > clock.now();

  function rows(entity: string): readonly Row[] {
    const table = all(entity);
    if (table.every(isLiving)) return table;
    const living = table.filter(isLiving);
    written.set(entity, living);
    return living;
  }

  function live(id: unknown, ttl: number | undefined): void {
    if (ttl !== undefined) ends.set(id, clock.now() + ttl * 1000);
  }

  return {
    rows,
    writer: (entity) => ({
      async insert(values, ttl) {
        const row = Object.freeze({ id: randomUUID(), ...values });
        live(row.id, ttl);
        written.set(entity, [...rows(entity), row]);
        return row;
      },
      async update(id, values, ttl) {
        const old = rows(entity).find((row) => row['id'] === id);
        if (old === undefined) return undefined;
        const row = Object.freeze({ ...old, ...values });
        live(id, ttl);
        written.set(
          entity,
          rows(entity).map((one) => (one === old ? row : one)),
        );
        return row;
      },
      async delete(id) {
        const kept = rows(entity).filter((row) => row['id'] !== id);
        const isThere = kept.length < rows(entity).length;
        written.set(entity, kept);
        return isThere;
      },
    }),
  };
}

const noRows: readonly Row[] = Object.freeze([]);
