import type { RouteTarget } from '../types.ts';
import { addToIndex, type CandidateIndex, createIndex, removeFromIndex } from './candidate-index.ts';
import type { RouteEntry } from './entry.ts';
import { compareEntries, insertEntry, removeEntry } from './entry-order.ts';
import type { Search } from './search.ts';

/**
 * The entries of one rank in one place (host and prefix). Most places have one, which then stands for itself: each
 * object less on the way to it is a cache miss less.
 */
export type Candidates<T extends RouteTarget> = RouteEntry<T> | CandidateList<T>;

/** Two or more entries, best first. */
export interface CandidateList<T extends RouteTarget> {
  readonly kind: 'list';
  readonly entries: RouteEntry<T>[];
  /** For long lists that headers or server names tell apart. */
  index: CandidateIndex<T> | undefined;
}

/** From this length on, an index is worth its memory. */
const longList = 32;

/** A place with one entry more. */
export function addCandidate<T extends RouteTarget>(
  place: Candidates<T> | undefined,
  entry: RouteEntry<T>,
): Candidates<T> {
  if (place === undefined) return entry;
  const list: CandidateList<T> = place.kind === 'list' ? place : { kind: 'list', entries: [place], index: undefined };
  insertEntry(list.entries, entry);
  if (list.index !== undefined) addToIndex(list.index, entry);
  else if (list.entries.length >= longList && (entry.headers ?? entry.snis) !== undefined) {
    list.index = createIndex(list.entries);
  }
  return list;
}

/** A place without an entry; undefined when nothing is left. */
export function removeCandidate<T extends RouteTarget>(
  place: Candidates<T>,
  entry: RouteEntry<T>,
): Candidates<T> | undefined {
  if (place.kind === 'entry') return place === entry ? undefined : place;
  removeEntry(place.entries, entry);
  if (place.index !== undefined) removeFromIndex(place.index, entry);
  return place.entries.length === 1 ? place.entries[0]! : place;
}

/** The first entry that is accepted, if it is better than `best`; else `best`. Prefixes are not looked at. */
export function bestCandidate<T extends RouteTarget>(
  place: Candidates<T>,
  search: Search<T>,
  best: RouteEntry<T> | undefined,
): RouteEntry<T> | undefined {
  if (place.kind === 'entry') {
    if (best !== undefined && compareEntries(place, best) >= 0) return best;
    return search.accepts(place) ? place : best;
  }
  const { entries, index } = place;
  // Without TLS the first one of those with server names meets the condition already.
  const [first] = entries;
  const isMetByFirst = first!.headers === undefined && first!.condition === undefined;
  if (index === undefined || (isMetByFirst && search.request.scheme === 'http')) {
    return scan(entries, search, best);
  }
  return look(index, search, best);
}

function scan<T extends RouteTarget>(
  entries: readonly RouteEntry<T>[] | undefined,
  search: Search<T>,
  best: RouteEntry<T> | undefined,
): RouteEntry<T> | undefined {
  if (entries === undefined) return best;
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i]!;
    if (best !== undefined && compareEntries(entry, best) >= 0) return best;
    if (search.accepts(entry)) return entry;
  }
  return best;
}

function look<T extends RouteTarget>(
  index: CandidateIndex<T>,
  search: Search<T>,
  given: RouteEntry<T> | undefined,
): RouteEntry<T> | undefined {
  const { sni } = search.request;
  let best = given;
  if (sni !== undefined) best = scan(index.byServerName.get(sni), search, best);
  for (const [name, byValue] of index.byHeader) {
    search.noteHeaders();
    const value = search.request.header(name);
    if (typeof value === 'string') best = scan(byValue.get(value.toLowerCase()), search, best);
    else for (const one of value ?? []) best = scan(byValue.get(one.toLowerCase()), search, best);
  }
  return scan(index.others, search, best);
}
