import type { RouteTarget } from '../types.ts';
import type { RouteEntry } from './entry.ts';
import { insertEntry, removeEntry } from './entry-order.ts';

/** Entries by one value that a request must have to be matched by them. */
export interface CandidateIndex<T extends RouteTarget> {
  readonly byServerName: Map<string, RouteEntry<T>[]>;
  /** By name and lower-case value. */
  readonly byHeader: Map<string, Map<string, RouteEntry<T>[]>>;
  /** Those that no single value tells. */
  readonly others: RouteEntry<T>[];
}

export function createIndex<T extends RouteTarget>(entries: readonly RouteEntry<T>[]): CandidateIndex<T> {
  const index: CandidateIndex<T> = { byServerName: new Map(), byHeader: new Map(), others: [] };
  for (const entry of entries) addToIndex(index, entry);
  return index;
}

export function addToIndex<T extends RouteTarget>(index: CandidateIndex<T>, entry: RouteEntry<T>): void {
  const { name, values } = tellingValues(entry);
  if (values === undefined) {
    insertEntry(index.others, entry);
    return;
  }
  let lists = name === undefined ? index.byServerName : index.byHeader.get(name);
  if (lists === undefined) {
    lists = new Map();
    index.byHeader.set(name!, lists);
  }
  for (const value of values) {
    const list = lists.get(value);
    if (list === undefined) lists.set(value, [entry]);
    else insertEntry(list, entry);
  }
}

export function removeFromIndex<T extends RouteTarget>(index: CandidateIndex<T>, entry: RouteEntry<T>): void {
  const { name, values } = tellingValues(entry);
  if (values === undefined) {
    removeEntry(index.others, entry);
    return;
  }
  const lists = name === undefined ? index.byServerName : index.byHeader.get(name);
  for (const value of values) {
    const list = lists?.get(value);
    if (list === undefined) continue;
    removeEntry(list, entry);
    if (list.length === 0) lists!.delete(value);
  }
  if (name !== undefined && lists?.size === 0) index.byHeader.delete(name);
}

/** The values of which a request must have one: of the header `name`, or of the server name. */
function tellingValues(entry: RouteEntry<RouteTarget>): {
  readonly name: string | undefined;
  readonly values: ReadonlySet<string> | undefined;
} {
  const header = entry.headers?.find((condition) => condition.patterns.length === 0);
  if (header !== undefined) return header;
  const { headers, snis } = entry;
  const isExact = headers === undefined && snis?.suffixes.length === 0 && snis.prefixes.length === 0;
  return { name: undefined, values: isExact ? snis.exact : undefined };
}
