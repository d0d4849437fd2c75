import type { RouteTarget } from '../types.ts';
import { addCandidate, bestCandidate, type Candidates, removeCandidate } from './candidates.ts';
import type { RouteEntry } from './entry.ts';
import { compareEntries, insertEntry, removeEntry } from './entry-order.ts';
import { addToTree, bestInTree, createPrefixTree, type PrefixNode, removeFromTree } from './prefix-tree.ts';
import type { Search } from './search.ts';

/** The entries of one rank for one host. */
export interface Group<T extends RouteTarget> {
  readonly rank: number;
  size: number;
  /** Those that need no path. */
  pathless: Candidates<T> | undefined;
  /** Those that need one, best first, while they are few. */
  few: RouteEntry<T>[] | undefined;
  /** The same by the text that the path must begin with, once they are many. */
  tree: PrefixNode<T> | undefined;
}

/** Up to here comparing prefixes one by one is as quick as a tree. */
const mostFew = 8;

export function createGroup<T extends RouteTarget>(rank: number): Group<T> {
  return { rank, size: 0, pathless: undefined, few: undefined, tree: undefined };
}

/** Adds an entry of the group's rank. */
export function addToGroup<T extends RouteTarget>(group: Group<T>, entry: RouteEntry<T>): void {
  group.size += 1;
  if (!entry.hasPath) {
    group.pathless = addCandidate(group.pathless, entry);
  } else if (group.tree !== undefined) {
    addToTree(group.tree, entry);
  } else {
    group.few ??= [];
    insertEntry(group.few, entry);
    if (group.few.length > mostFew) plant(group, group.few);
  }
}

function plant<T extends RouteTarget>(group: Group<T>, entries: readonly RouteEntry<T>[]): void {
  group.tree = createPrefixTree();
  for (const entry of entries) addToTree(group.tree, entry);
  group.few = undefined;
}

/** Takes an entry out again. */
export function removeFromGroup<T extends RouteTarget>(group: Group<T>, entry: RouteEntry<T>): void {
  group.size -= 1;
  if (group.pathless !== undefined && !entry.hasPath) group.pathless = removeCandidate(group.pathless, entry);
  else if (group.tree !== undefined) removeFromTree(group.tree, entry);
  else if (group.few !== undefined) removeEntry(group.few, entry);
}

/** The group's best entry for the request, if it is better than `best`, which must be of the same rank; else `best`. */
export function bestInGroup<T extends RouteTarget>(
  group: Group<T>,
  search: Search<T>,
  given: RouteEntry<T> | undefined,
): RouteEntry<T> | undefined {
  let best = given;
  if (group.pathless !== undefined) best = bestCandidate(group.pathless, search, best);
  if (group.tree !== undefined) return bestInTree(group.tree, search, best);
  if (group.few === undefined) return best;
  for (const entry of group.few) {
    const next = bestOfOne(entry, search, best);
    // They are sorted: the first that is accepted is the best of them.
    if (next !== best) return next;
  }
  return best;
}

/** The entry, if it is accepted and better than `best`; else `best`. */
export function bestOfOne<T extends RouteTarget>(
  entry: RouteEntry<T>,
  search: Search<T>,
  best: RouteEntry<T> | undefined,
): RouteEntry<T> | undefined {
  if (best !== undefined && compareEntries(entry, best) >= 0) return best;
  return beginsWith(search.request.path, entry.key) && search.accepts(entry) ? entry : best;
}

/** Faster than `startsWith` on the short texts at hand, for it is compiled into the loop. */
function beginsWith(path: string, key: string): boolean {
  const { length } = key;
  if (path.length < length) return false;
  for (let i = 0; i < length; i++) if (path.charCodeAt(i) !== key.charCodeAt(i)) return false;
  return true;
}
