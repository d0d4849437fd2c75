import type { RouteTarget } from '../types.ts';
import type { RouteEntry } from './entry.ts';
import { addToGroup, bestInGroup, bestOfOne, createGroup, type Group, removeFromGroup } from './group.ts';
import type { Search } from './search.ts';

/** The entries for one host; a lone one stands for itself, see {@link Candidates}. */
export type Bucket<T extends RouteTarget> = RouteEntry<T> | BucketOfMany<T>;

/** Entries in groups by ascending rank. */
export interface BucketOfMany<T extends RouteTarget> {
  readonly kind: 'bucket';
  readonly groups: Group<T>[];
  /** Number of the last change, in the count of the index that the bucket is in. */
  lastChange: number;
}

/** A bucket with one entry more. */
export function addToBucket<T extends RouteTarget>(
  given: Bucket<T> | undefined,
  entry: RouteEntry<T>,
  change: number,
): Bucket<T> {
  if (given === undefined) return entry;
  const bucket = given.kind === 'entry' ? bucketOf(given) : given;
  bucket.lastChange = change;
  addToGroup(ensureGroup(bucket, entry.rank), entry);
  return bucket;
}

function bucketOf<T extends RouteTarget>(entry: RouteEntry<T>): BucketOfMany<T> {
  const bucket: BucketOfMany<T> = { kind: 'bucket', groups: [], lastChange: 0 };
  addToGroup(ensureGroup(bucket, entry.rank), entry);
  return bucket;
}

function ensureGroup<T extends RouteTarget>({ groups }: BucketOfMany<T>, rank: number): Group<T> {
  let place = 0;
  while (place < groups.length && groups[place]!.rank < rank) place += 1;
  const known = groups[place];
  if (known?.rank === rank) return known;
  const group = createGroup<T>(rank);
  groups.splice(place, 0, group);
  return group;
}

/** A bucket without an entry; undefined when nothing is left. */
export function removeFromBucket<T extends RouteTarget>(
  bucket: Bucket<T>,
  entry: RouteEntry<T>,
  change: number,
): Bucket<T> | undefined {
  if (bucket.kind === 'entry') return bucket === entry ? undefined : bucket;
  bucket.lastChange = change;
  const place = bucket.groups.findIndex((group) => group.rank === entry.rank);
  const group = bucket.groups[place];
  if (group !== undefined) {
    removeFromGroup(group, entry);
    if (group.size === 0) bucket.groups.splice(place, 1);
  }
  return bucket.groups.length === 0 ? undefined : bucket;
}

/** Rank of a bucket's group by its place; infinite after the last one. */
export function rankAt<T extends RouteTarget>(bucket: Bucket<T>, place: number): number {
  if (bucket.kind === 'entry') return place === 0 ? bucket.rank : Number.POSITIVE_INFINITY;
  return place < bucket.groups.length ? bucket.groups[place]!.rank : Number.POSITIVE_INFINITY;
}

/** The best entry of the group at `place`, if it is better than `best`; else `best`. */
export function bestAt<T extends RouteTarget>(
  bucket: Bucket<T>,
  place: number,
  search: Search<T>,
  best: RouteEntry<T> | undefined,
): RouteEntry<T> | undefined {
  if (bucket.kind === 'entry') return bestOfOne(bucket, search, best);
  return bestInGroup(bucket.groups[place]!, search, best);
}
