import type { Row } from '../schema/index.ts';

/** One row that was written; a write that cascades is a list of these. */
export interface EntityChange {
  /** Plural entity name, such as `routes`. */
  readonly entity: string;
  readonly operation: 'create' | 'update' | 'delete';
  /** The row as it is now, or as it was for a deletion. */
  readonly row: Row;
  /** The row before an update. */
  readonly old?: Row;
}

/** Something that all nodes on a store are to hear of and that no row says, such as an order of an operator. */
export interface ClusterNotice {
  readonly topic: string;
  /** As JSON can hold it. */
  readonly data: Row;
}

/** What the DAO announces after each write that went through: all rows that changed together; or a notice. */
export interface EntityEvent {
  readonly changes: readonly EntityChange[];
  readonly notice?: ClusterNotice;
}
