import type { RouteTarget } from '../types.ts';
import type { RouteEntry } from './entry.ts';

/**
 * Orders entries of one rank: regex_priority (only regular expressions have one), the longer path, the older route, as
 * Kong does; then the id and the place in the route, so that the order is total.
 */
export function compareEntries(a: RouteEntry<RouteTarget>, b: RouteEntry<RouteTarget>): number {
  if (a.regexPriority !== b.regexPriority) return b.regexPriority - a.regexPriority;
  if (a.pathLength !== b.pathLength) return b.pathLength - a.pathLength;
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.pathIndex - b.pathIndex;
}

/** Puts an entry into its place in a sorted list; one that is there already stays alone. */
export function insertEntry<T extends RouteTarget>(entries: RouteEntry<T>[], entry: RouteEntry<T>): void {
  const place = placeOf(entries, entry);
  if (entries[place] !== entry) entries.splice(place, 0, entry);
}

/** Takes an entry out of a sorted list, if it is there. */
export function removeEntry<T extends RouteTarget>(entries: RouteEntry<T>[], entry: RouteEntry<T>): void {
  const place = placeOf(entries, entry);
  if (entries[place] === entry) entries.splice(place, 1);
}

function placeOf<T extends RouteTarget>(entries: readonly RouteEntry<T>[], entry: RouteEntry<T>): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareEntries(entries[middle]!, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
