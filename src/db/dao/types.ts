import type { EntityDefinition, Row, Schema } from '../../schema/index.ts';

/** An expected failure of a read or write, in the shape of Kong's Admin API errors (codes 1 to 19). */
export interface DaoError {
  readonly code: number;
  readonly name: string;
  readonly message: string;
  readonly fields?: unknown;
  readonly options?: unknown;
}

/** A value, or the error that a client is answered with. Faults of the store itself are thrown. */
export type DaoResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: DaoError };

/** How to page. */
export interface PageOptions {
  /** Rows a page, 1 to 1000; 100 unless told. */
  readonly size?: number;
  /** Where the last page ended; opaque. */
  readonly offset?: string;
  /** Only rows that carry all, or any, of these tags. */
  readonly tags?: { readonly tags: readonly string[]; readonly mode: 'and' | 'or' };
}

/** One page of rows in the order of the primary key. */
export interface Page {
  readonly rows: readonly Row[];
  /** Give this back for the next page; absent on the last one. */
  readonly offset?: string;
}

/**
 * Reads and writes rows of one entity. Every write that goes through is announced once. An `id` is the primary key's
 * value; for a key of several fields it is a JSON list of their values.
 */
export interface Dao {
  readonly definition: EntityDefinition;
  readonly schema: Schema;
  select(id: string): Promise<DaoResult<Row | undefined>>;
  selectBy(uniqueField: string, value: unknown): Promise<DaoResult<Row | undefined>>;
  /** By the values of the cache key's fields, or of the primary key where there is no cache key. */
  selectByCacheKey(...values: readonly string[]): Promise<DaoResult<Row | undefined>>;
  insert(given: unknown, options?: WriteOptions): Promise<DaoResult<Row>>;
  /** Code 6 when there is no such row. */
  update(id: string, given: unknown, options?: WriteOptions): Promise<DaoResult<Row>>;
  /** The same for the row found by a unique field. */
  updateBy(uniqueField: string, value: unknown, given: unknown, options?: WriteOptions): Promise<DaoResult<Row>>;
  upsert(id: string, given: unknown, options?: WriteOptions): Promise<DaoResult<Row>>;
  /** Replaces the row that has this value of a unique field, or inserts one that has it. */
  upsertBy(uniqueField: string, value: unknown, given: unknown, options?: WriteOptions): Promise<DaoResult<Row>>;
  /** True when there was a row. Code 4 when others refer to it; cascades otherwise. */
  delete(id: string, options?: Pick<WriteOptions, 'expects'>): Promise<DaoResult<boolean>>;
  page(options?: PageOptions): Promise<DaoResult<Page>>;
  /** Rows whose foreign field refers to `parentId`. */
  pageFor(foreignField: string, parentId: string, options?: PageOptions): Promise<DaoResult<Page>>;
  /** The distinct values of a text field that are not null, sorted. */
  distinct(field: string): Promise<readonly string[]>;
  /** All rows, page by page behind the scenes. */
  each(size?: number): AsyncIterable<Row>;
}

/** A row that is complete and transformed already. */
export interface CompleteRow {
  readonly entity: string;
  readonly row: Row;
  /** Seconds since the epoch; null for never. */
  readonly expiresAt: number | null;
}

/** Options of a write. */
export interface WriteOptions {
  /** Seconds until the row expires, for entities with `ttl`. */
  readonly ttl?: number;
  /** False leaves the entity's transformations out, for rows that were exported after they ran. */
  readonly transform?: boolean;
  /** Refuses with code 20 unless the row is there, with one of these tags where they are listed. */
  readonly expects?: 'any' | readonly string[];
}
