import { isUuid } from '../../kernel/index.ts';
import type { FieldErrors, Row } from '../../schema/index.ts';
import { isBag, ownValue } from './bag.ts';
import { everyItem, type Item, type ItemList } from './items.ts';
import { problemTree } from './problems.ts';

/** All rows of a configuration by what they can be referred to with, and where two claim the same. */
export interface Registry {
  /** The row that a foreign value names: text, `{ id }` or `{ <endpoint key> }`. */
  find(entity: string, value: unknown): Item | undefined;
  /** How errors name a row. */
  nameOf(item: Item): string;
  /** Keeps what is wrong with a row in its relation to others, to be told once all rows are good by themselves. */
  note(item: Item, message: string): void;
  /** Rows whose id or name was taken already, as a tree; from then on all that was noted stands at the items. */
  conflicts(): FieldErrors;
  /** Values of other unique fields that occur twice, by entity and row. */
  repeatedValues(rows: ReadonlyMap<string, readonly { readonly row: Row }[]>): FieldErrors;
}

/** Enters all rows of these lists. */
export function createRegistry(lists: readonly ItemList[]): Registry {
  const byId = new Map<string, Map<string, Item>>();
  const byKey = new Map<string, Map<string, Item>>();
  const byRow = new Map<string, Item>();
  const noted = new Map<Item, string[]>();
  const taken = new Map<Item, string>();

  for (const item of everyItem(lists)) {
    const { definition, id } = item;
    const key = uniqueKeyOf(item);
    if (key !== undefined && !enter(byKey, definition.name, key, item)) {
      taken.set(item, violation(definition.name, definition.endpoint_key!, key));
    } else if (id !== '' && !enter(byId, definition.name, id, item)) {
      taken.set(item, violation(definition.name, 'primary key', id));
    }
    byRow.set(`${definition.name} ${id}`, item);
  }

  return {
    find(entity, value) {
      if (typeof value === 'string') {
        const id = isUuid(value) ? value.toLowerCase() : value;
        return byKey.get(entity)?.get(value) ?? byId.get(entity)?.get(id);
      }
      if (!isBag(value)) return undefined;
      const id = ownValue(value, 'id');
      if (typeof id === 'string') return this.find(entity, id);
      const keys = byKey.get(entity);
      for (const part of Object.values(value)) {
        const found = typeof part === 'string' ? keys?.get(part) : undefined;
        if (found !== undefined && ownValue(value, found.definition.endpoint_key!) === part) return found;
      }
      return undefined;
    },
    nameOf: (item) => uniqueKeyOf(item) ?? (item.id === '' ? String(item.index + 1) : item.id),
    note(item, message) {
      const list = noted.get(item) ?? [];
      noted.set(item, list);
      list.push(message);
    },
    conflicts() {
      for (const [item, message] of taken) item.problem = message;
      const tree = taken.size === 0 ? {} : problemTree(lists);
      for (const [item, messages] of noted) item.problem = { '@entity': [...messages] };
      return tree;
    },
    repeatedValues(rows) {
      const errors: { [entity: string]: { [row: string]: string } } = {};
      for (const [entity, list] of rows) {
        const first = list[0] === undefined ? undefined : byRow.get(`${entity} ${String(list[0].row.id)}`);
        if (first === undefined) continue;
        const { fields, primary_key, endpoint_key } = first.definition;
        for (const name of Object.keys(fields)) {
          if (fields[name]!.unique !== true || primary_key.includes(name) || name === endpoint_key) continue;
          const seen = new Set<unknown>();
          for (const { row } of list) {
            const value = (isBag(row[name]) ? row[name].id : row[name]) as string | null | undefined;
            if (value === null || value === undefined) continue;
            if (!seen.has(value)) {
              seen.add(value);
              continue;
            }
            const message = violation(entity, name, String(value));
            const item = byRow.get(`${entity} ${String(row.id)}`);
            if (item !== undefined) item.problem = { '@entity': [message] };
            const key = endpoint_key === undefined ? row.id : (row[endpoint_key] ?? row.id);
            (errors[entity] ??= Object.create(null) as { [row: string]: string })[String(key)] = message;
          }
        }
      }
      return errors;
    },
  };
}

function enter(map: Map<string, Map<string, Item>>, entity: string, key: string, item: Item): boolean {
  let known = map.get(entity);
  if (known === undefined) {
    known = new Map();
    map.set(entity, known);
  }
  if (known.has(key)) return false;
  known.set(key, item);
  return true;
}

/** The value of the endpoint key where it names one row alone. */
function uniqueKeyOf({ definition, given }: Item): string | undefined {
  const name = definition.endpoint_key;
  if (name === undefined || definition.fields[name]?.unique !== true) return undefined;
  const value = ownValue(given, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function violation(entity: string, key: string, value: string): string {
  return `uniqueness violation: '${entity}' entity with ${key} set to '${value}' already declared`;
}
