import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kernel/index.ts';
import type { Row } from '../../schema/index.ts';
import type { EntityWriter, ValueAddition } from '../plugin.ts';

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

  const sums = new Map<string, { value: number; readonly end: number }>();
  function addTo(entity: string, { key, by, ttl }: ValueAddition): number {
    const name = JSON.stringify([entity, ...key]);
    let sum = sums.get(name);
    if (sum === undefined || sum.end <= clock.now()) {
      sum = { value: 0, end: clock.now() + ttl * 1000 };
      if (by !== 0) sums.set(name, sum);
    }
    sum.value += by;
    return sum.value;
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
      add: async (additions) => additions.map((addition) => addTo(entity, addition)),
    }),
  };
}

const noRows: readonly Row[] = Object.freeze([]);
