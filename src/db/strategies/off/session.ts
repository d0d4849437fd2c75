import { type Clock, GibbonError } from '../../../kernel/index.ts';
import { keyOf } from '../../dao/keys.ts';
import type { Key, PageQuery, ReadSession, StoredRecord, TagRecord } from '../strategy.ts';
import { compareKeys, keyTextOf, type Table, type Tables } from './tables.ts';

/** Reads what is held in memory at the moment of each call. */
export function createMemorySession(current: () => Tables, clock: Clock): ReadSession {
  function table(entity: string): Table {
    const found = current().get(entity);
    if (found === undefined) {
      throw new GibbonError(`Cannot find the table of "${entity}": no such entity`, { code: 'ERR_STORE_ENTITY' });
    }
    return found;
  }

  function alive(record: StoredRecord | undefined): StoredRecord | undefined {
    if (record === undefined || record.expiresAt === null) return record;
    return record.expiresAt > clock.now() / 1000 ? record : undefined;
  }

  return {
    async select(entity, key) {
      return alive(table(entity).byKey.get(keyTextOf(key)));
    },
    async selectBy(entity, field, value) {
      return alive(table(entity).byField(field).get(value));
    },
    async selectByCacheKey(entity, cacheKey) {
      return alive(table(entity).byCacheKey().get(cacheKey));
    },
    async page(entity, query) {
      const { sorted, byParent, definition } = table(entity);
      const records = query.parent === undefined ? sorted() : (byParent(query.parent.field).get(query.parent.id) ?? []);
      const start =
        query.after === undefined ? 0 : firstAfter(records, query.after, (record) => keyOf(definition, record.row));
      const found: StoredRecord[] = [];
      for (let at = start; at < records.length && found.length < query.limit; at++) {
        const record = records[at]!;
        if (alive(record) !== undefined && hasTags(record, query.tags)) found.push(record);
      }
      return found;
    },
    async pageTags({ limit, tag, after }) {
      const all: TagRecord[] = [];
      for (const { tags } of current().values()) {
        for (const record of tags()) if (tag === undefined || record.tag === tag) all.push(record);
      }
      const place = ({ entity_id, entity_name, ordinality }: TagRecord): Key => [entity_id, entity_name, ordinality];
      all.sort((a, b) => compareKeys(place(a), place(b)));
      const start =
        after === undefined ? 0 : firstAfter(all, [after.entityId, after.entityName, after.ordinality], place);
      return all.slice(start, start + limit);
    },
    async findListing(entity, path, value) {
      return table(entity)
        .sorted()
        .find((record) => {
          let list: unknown = record.row;
          for (const step of path) {
            list = typeof list === 'object' && list !== null ? (list as Record<string, unknown>)[step] : undefined;
          }
          return Array.isArray(list) && list.includes(value);
        });
    },
    async distinct(entity, field) {
      const values = new Set<string>();
      for (const { row } of table(entity).byKey.values()) if (typeof row[field] === 'string') values.add(row[field]);
      return [...values].sort();
    },
  };
}

function hasTags({ row }: StoredRecord, wanted: PageQuery['tags']): boolean {
  if (wanted === undefined) return true;
  const tags = (row.tags ?? []) as readonly string[];
  const has = (tag: string): boolean => tags.includes(tag);
  return wanted.mode === 'and' ? wanted.tags.every(has) : wanted.tags.some(has);
}

/** The place of the first record behind a key, by halving. */
function firstAfter<T>(records: readonly T[], after: Key, keyFor: (record: T) => Key): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keyFor(records[middle]!), after) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
