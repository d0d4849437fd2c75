import type { EntityEvent } from '../../events/index.ts';
import type { EntityDefinition, Row } from '../../schema/index.ts';

/** Values of a primary key, in the order of its fields. */
export type Key = readonly (string | number)[];

/** A row as it lies in the store: every field of the entity but the transient ones. */
export interface StoredRecord {
  readonly row: Row;
  /** When the row expires, in seconds since the epoch; null for never and for entities without ttl. */
  readonly expiresAt: number | null;
}

/** A complete row to be stored. */
export interface NewRecord {
  readonly row: Row;
  /** For entities whose cache key has several fields. */
  readonly cacheKey?: string;
  /** Seconds since the epoch; null for never; absent keeps what an update finds. */
  readonly expiresAt?: number | null;
}

/** The constraint that a write ran into. The transaction goes on as if the statement had not been tried. */
export type Violation =
  | { readonly kind: 'primary' }
  | { readonly kind: 'unique'; readonly field: string }
  | { readonly kind: 'cache-key' }
  /** The field refers to a row that is not there. */
  | { readonly kind: 'foreign'; readonly field: string }
  /** Rows of the entity `by` still refer to the row. */
  | { readonly kind: 'referenced'; readonly by: string }
  /** The store cannot hold the value of the field. */
  | { readonly kind: 'unstorable'; readonly field: string; readonly reason: string };

/** Which rows to read, in the order of the primary key. */
export interface PageQuery {
  readonly limit: number;
  /** Only rows behind this key. */
  readonly after?: Key;
  /** Only rows whose foreign field refers to `id`. */
  readonly parent?: { readonly field: string; readonly id: string };
  readonly tags?: { readonly tags: readonly string[]; readonly mode: 'and' | 'or' };
}

/** One row of the view over the tags of all entities. */
export interface TagRecord {
  readonly tag: string;
  readonly entity_name: string;
  readonly entity_id: string;
  /** The tag's place among the tags of its row. */
  readonly ordinality: number;
}

/** Which tags to read, in the order of entity id, entity name and place. */
export interface TagQuery {
  readonly limit: number;
  readonly tag?: string;
  readonly after?: { readonly entityId: string; readonly entityName: string; readonly ordinality: number };
}

/** Reads. Expired rows are not there. Methods reject with a GibbonError when the store itself fails. */
export interface ReadSession {
  select(entity: string, key: Key): Promise<StoredRecord | undefined>;
  /** The rows with these keys, in any order; absent in stores where one by one is as quick. */
  readonly selectMany?: (entity: string, keys: readonly Key[]) => Promise<readonly StoredRecord[]>;
  /** By a unique field or the endpoint key; the first row in the order of the primary key. */
  selectBy(entity: string, field: string, value: string | number | boolean): Promise<StoredRecord | undefined>;
  selectByCacheKey(entity: string, cacheKey: string): Promise<StoredRecord | undefined>;
  page(entity: string, query: PageQuery): Promise<readonly StoredRecord[]>;
  pageTags(query: TagQuery): Promise<readonly TagRecord[]>;
  /** A row in whose list at `path` (a field, or a path into a record) `value` stands. */
  findListing(entity: string, path: readonly string[], value: string): Promise<StoredRecord | undefined>;
  /** The distinct values of a text field, sorted. */
  distinct(entity: string, field: string): Promise<readonly string[]>;
}

/** Reads and writes inside one transaction; its reads see its own writes. */
export interface WriteSession extends ReadSession {
  insert(entity: string, record: NewRecord): Promise<Violation | undefined>;
  /** Writes over the row with this key; nothing happens when there is none. */
  update(entity: string, key: Key, record: NewRecord): Promise<Violation | undefined>;
  /**
   * Inserts, or replaces the row with the same primary key, also an expired one. `isThere` says that this transaction has
   * seen that row.
   */
  upsert(entity: string, record: NewRecord, isThere: boolean): Promise<Violation | undefined>;
  /** Rows that refer to it with `on_delete: 'cascade'` go with it. */
  delete(entity: string, key: Key): Promise<Violation | undefined>;
  /** Tells other nodes of what happened, once it is committed; absent in stores that belong to one node. */
  publish?(event: EntityEvent): Promise<void>;
}

/** How a transaction ends. */
export interface Decision<T> {
  /** False undoes everything. */
  readonly commit: boolean;
  readonly value: T;
  /** Called as soon as the writes are durable and before any later transaction's; it must not throw. */
  readonly committed?: () => void;
}

/** What the work of a transaction promises, so that the store may be quicker about it. */
export interface WorkPromise {
  /** The first violation undoes everything: until then no statement needs a way back of its own. */
  readonly endsAtFirstViolation: boolean;
}

/** What is to be added to the field `value` of one row. */
export interface Addition {
  readonly key: Key;
  /** A whole number; 0 only reads, and makes no row. */
  readonly by: number;
  /** When a row that is made for it expires, in seconds since the epoch; null for never. */
  readonly expiresAt: number | null;
}

/** Who hears of writes that other nodes committed. */
export interface ChangeHearer {
  /** Called once for each write, in the order of the commits, own ones in between; it must not throw. */
  heard(event: EntityEvent): void;
  /** Called when writes may have been missed for good: whatever is held must be read again. */
  lost(): void;
}

/** A kind of store. The DAO is its only caller. */
export interface Strategy {
  readonly name: string;
  /** True when rows come from elsewhere: writes are judged as usual and then refused. */
  readonly isReadOnly?: boolean;
  /**
   * Opens the store. The embedded one creates what is missing for these entities and brings older tables up to date;
   * others do so when they are told to.
   * @throws GibbonError when the store cannot be opened, was written by a newer version, or needs migrations
   */
  open(entities: readonly EntityDefinition[]): Promise<void>;
  /** The id of the default workspace, the same for the life of the store; known once it is open. */
  readonly workspaceId: string;
  /** Sees what has been committed, and nothing of transactions under way. */
  readonly read: ReadSession;
  /** Runs `work` alone among writers; undoes everything when it rejects. */
  transaction<T>(work: (session: WriteSession) => Promise<Decision<T>>, promise?: WorkPromise): Promise<T>;
  /**
   * Adds to the field `value` of rows, each of which begins at 0, and returns the sums in the same order. Each addition is
   * atomic among all nodes on the store; no writer waits for it, and nobody hears of it. Absent in stores that are read only.
   */
  add?(entity: string, additions: readonly Addition[]): Promise<readonly number[]>;
  /** Starts to hear what other nodes write; absent in stores that belong to one node. */
  follow?(hearer: ChangeHearer): Promise<void>;
  /** True when the store answers. */
  reachable(): Promise<boolean>;
  /** Deletes expired rows and returns how many. */
  removeExpired(): Promise<number>;
  /** Waits for transactions under way. */
  close(): Promise<void>;
}
