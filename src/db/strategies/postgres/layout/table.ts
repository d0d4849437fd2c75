/** A table as Kong creates it, in pieces of SQL that can each be added to a table that lacks it. */
export interface KongTable {
  readonly name: string;
  /** Name, type, constraint and default of each column, in order. */
  readonly columns: readonly string[];
  /** Name and definition of the primary key and of unique constraints. */
  readonly keys: readonly string[];
  /** The same for foreign keys. */
  readonly references: readonly string[];
  /** `INDEX <name> USING <method> (<columns>)`. */
  readonly indexes: readonly string[];
  /** The trigger that keeps the table `tags` in step. */
  readonly tagsTrigger?: string;
  /** The trigger that deletes some expired rows on each insert, and the column that says when a row expires. */
  readonly ttlTrigger?: { readonly name: string; readonly column: string };
  /**
   * Which rows are over, for a table without a column `ttl` whose entity has a time to live: a condition in which `$1` is
   * the time in seconds since the epoch.
   */
  readonly expired?: string;
}
