import type { RouteTarget } from '../types.ts';
import { addCandidate, bestCandidate, type Candidates, removeCandidate } from './candidates.ts';
import type { RouteEntry } from './entry.ts';
import { compareEntries } from './entry-order.ts';
import type { Search } from './search.ts';

/**
 * Entries by the text that a path must begin with, their key; a prefix of Kong's ends at any character, not only at a
 * slash. A node stands for its ancestors' labels and its own, joined. The tree is compressed: a chain without entries
 * or branches is one node, and a lone entry at the end of a branch is a child itself, so that most of 100,000 routes
 * are reached over few objects.
 */
export interface PrefixNode<T extends RouteTarget> {
  readonly kind: 'node';
  label: string;
  parent: PrefixNode<T> | undefined;
  /** The entries whose key ends here. */
  place: Candidates<T> | undefined;
  /** First character of each child's label, joined. */
  codes: string;
  readonly children: Child<T>[];
}

type Child<T extends RouteTarget> = PrefixNode<T> | RouteEntry<T>;

/** An empty tree. */
export function createPrefixTree<T extends RouteTarget>(): PrefixNode<T> {
  return createNode('', undefined);
}

function createNode<T extends RouteTarget>(label: string, parent: PrefixNode<T> | undefined): PrefixNode<T> {
  return { kind: 'node', label: flat(label), parent, place: undefined, codes: '', children: [] };
}

export function addToTree<T extends RouteTarget>(root: PrefixNode<T>, entry: RouteEntry<T>): void {
  const { key } = entry;
  let node = root;
  let at = 0;
  while (at < key.length) {
    const index = node.codes.indexOf(key.charAt(at));
    if (index < 0) {
      addChild(node, key.charAt(at), entry);
      return;
    }
    const child = node.children[index]!;
    const label = child.kind === 'node' ? child.label : child.key.slice(at);
    const shared = sharedLength(label, key, at);
    node = child.kind === 'node' && shared === label.length ? child : putBetween(node, index, label, shared, at);
    at += shared;
  }
  node.place = addCandidate(node.place, entry);
}

export function removeFromTree<T extends RouteTarget>(root: PrefixNode<T>, entry: RouteEntry<T>): void {
  const { key } = entry;
  let node = root;
  let at = 0;
  while (at < key.length) {
    const index = node.codes.indexOf(key.charAt(at));
    const child = node.children[index];
    if (child === undefined) return;
    if (child.kind === 'entry') {
      if (child === entry) removeChild(node, index);
      return;
    }
    if (!key.startsWith(child.label, at)) return;
    node = child;
    at += child.label.length;
  }
  if (node.place === undefined) return;
  node.place = removeCandidate(node.place, entry);
  tidy(node);
}

/** The best entry whose key the path begins with, if it is better than `best`; else `best`. */
export function bestInTree<T extends RouteTarget>(
  root: PrefixNode<T>,
  search: Search<T>,
  given: RouteEntry<T> | undefined,
): RouteEntry<T> | undefined {
  const { path } = search.request;
  let best = given;
  let node: PrefixNode<T> | undefined = root;
  let at = 0;
  while (at < path.length) {
    const index = indexOfCode(node.codes, path.charCodeAt(at));
    if (index < 0) break;
    const child: Child<T> = node.children[index]!;
    if (child.kind === 'entry') {
      if (!continues(path, child.key, at)) break;
      if ((best === undefined || compareEntries(child, best) < 0) && search.accepts(child)) {
        if (child.isOrderedByPath) return child;
        best = child;
      }
      break;
    }
    const end: number = at + child.label.length;
    if (!matchesLabel(path, child.label, at)) break;
    node = child;
    at = end;
  }
  for (; node !== undefined; node = node.parent) {
    if (node.place === undefined) continue;
    const found = bestCandidate(node.place, search, best);
    // Plain prefixes get worse towards the root; what is known of others' paths says nothing about their place.
    if (found !== best && found!.isOrderedByPath) return found;
    best = found;
  }
  return best;
}

function indexOfCode(codes: string, code: number): number {
  let index = codes.length - 1;
  while (index >= 0 && codes.charCodeAt(index) !== code) index -= 1;
  return index;
}

/** True when `path` begins with `key`, given that it does up to and with `at`. */
function continues(path: string, key: string, at: number): boolean {
  const { length } = key;
  if (path.length < length) return false;
  for (let i = at + 1; i < length; i++) if (path.charCodeAt(i) !== key.charCodeAt(i)) return false;
  return true;
}

/** True when `path` has `label` at `at`, given that its first character is there. */
function matchesLabel(path: string, label: string, at: number): boolean {
  const { length } = label;
  if (path.length - at < length) return false;
  for (let i = 1; i < length; i++) if (path.charCodeAt(at + i) !== label.charCodeAt(i)) return false;
  return true;
}

function addChild<T extends RouteTarget>(parent: PrefixNode<T>, code: string, child: Child<T>): void {
  parent.codes = flat(parent.codes + code);
  parent.children.push(child);
}

function removeChild<T extends RouteTarget>(parent: PrefixNode<T>, index: number): void {
  parent.codes = flat(parent.codes.slice(0, index) + parent.codes.slice(index + 1));
  parent.children.splice(index, 1);
  tidy(parent);
}

/** Puts a node for the first `shared` characters of a child's label between the child and its parent. */
function putBetween<T extends RouteTarget>(
  parent: PrefixNode<T>,
  index: number,
  label: string,
  shared: number,
  at: number,
): PrefixNode<T> {
  const lower = parent.children[index]!;
  const upper = createNode(label.slice(0, shared), parent);
  parent.children[index] = upper;
  if (lower.kind === 'entry' && lower.key.length === at + shared) {
    upper.place = lower;
    return upper;
  }
  if (lower.kind === 'node') {
    lower.label = flat(label.slice(shared));
    lower.parent = upper;
  }
  addChild(upper, label.charAt(shared), lower);
  return upper;
}

/** Takes away nodes that have no use any more. */
function tidy<T extends RouteTarget>(node: PrefixNode<T>): void {
  const { parent } = node;
  if (parent === undefined) return;
  const index = parent.children.indexOf(node);
  const { place } = node;
  if (node.children.length === 0) {
    if (place === undefined) removeChild(parent, index);
    else if (place.kind === 'entry') parent.children[index] = place;
  } else if (node.children.length === 1 && place === undefined) {
    const lower = node.children[0]!;
    if (lower.kind === 'node') {
      lower.label = flat(node.label + lower.label);
      lower.parent = parent;
    }
    parent.children[index] = lower;
  }
}

function sharedLength(label: string, key: string, at: number): number {
  const most = Math.min(label.length, key.length - at);
  let length = 0;
  while (length < most && label.charCodeAt(length) === key.charCodeAt(at + length)) length += 1;
  return length;
}

/** The same text as one piece: V8 keeps the results of joining and cutting as references to their parts. */
function flat(text: string): string {
  return text.length < 13 || /[^\0-\xff]/.test(text) ? text : Buffer.from(text, 'latin1').toString('latin1');
}
