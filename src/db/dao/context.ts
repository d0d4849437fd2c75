import type { EntityChange, EntityEvent } from '../../events/index.ts';
import type { Clock, Logger } from '../../kernel/index.ts';
import type { EntityDefinition, Row, Schema, SchemaEnvironment } from '../../schema/index.ts';
import type { Key, ReadSession, Strategy, WriteSession } from '../strategies/strategy.ts';
import type { DaoError, DaoResult, WriteOptions } from './types.ts';

/** One write under way: its transaction, and the changes that will be announced when it went through. */
export interface Work {
  readonly session: WriteSession;
  readonly changes: EntityChange[];
}

/** Writes of one entity inside a {@link Work}; nothing is committed or announced here. */
export interface EntityWriter {
  insert(work: Work, given: unknown, options?: WriteOptions): Promise<DaoResult<Row>>;
  update(work: Work, key: Key, given: unknown, options?: WriteOptions): Promise<DaoResult<Row>>;
  upsert(work: Work, key: Key, given: unknown, options?: WriteOptions): Promise<DaoResult<Row>>;
  delete(work: Work, key: Key, options?: WriteOptions): Promise<DaoResult<boolean>>;
}

/** An entity made to work inside the DAO. */
export interface Entity {
  readonly definition: EntityDefinition;
  readonly schema: Schema;
  readonly hooks: EntityHooks;
  readonly writer: EntityWriter;
}

/** A foreign field seen from its parent. */
export interface ChildField {
  readonly child: string;
  readonly field: string;
  readonly onDelete: 'cascade' | 'null' | undefined;
}

/** What all DAOs of one database share. */
export interface DaoContext {
  readonly strategy: Strategy;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly environment: SchemaEnvironment;
  readonly announce: (event: EntityEvent) => void;
  /** @throws GibbonError for an unknown name */
  entity(name: string): Entity;
  /** The same, or undefined for an unknown name. */
  find(name: string): Entity | undefined;
  /** The foreign fields that refer to an entity. */
  childrenOf(name: string): readonly ChildField[];
}

/** Which write a hook is called for. */
export type WriteKind = 'insert' | 'update' | 'upsert';

/** A write as a hook sees it. */
export interface HookedWrite {
  readonly kind: WriteKind;
  readonly work: Work;
  readonly context: DaoContext;
  /** The key of the row; absent on insert. */
  readonly key?: Key;
}

/** What an entity adds to the general rules; see `hooks.ts` for who has which. All run inside the transaction. */
export interface EntityHooks {
  /** Before the schema: may rewrite what was given, or refuse it. */
  readonly prepare?: (given: Given, write: HookedWrite) => Promise<DaoResult<Given>>;
  /** After the schema: may refuse the complete row. */
  readonly check?: (row: Row, given: Given, write: HookedWrite) => Promise<DaoError | undefined>;
  /** After the row was written; `row` has its transient fields. Returns the row to hand back. */
  readonly written?: (row: Row, given: Given, write: HookedWrite) => Promise<DaoResult<Row>>;
  /** Before a row goes; may refuse. */
  readonly deleting?: (row: Row, work: Work, context: DaoContext) => Promise<DaoError | undefined>;
  /** Adds what is not stored in the row itself to rows that were read. */
  readonly complete?: (rows: readonly Row[], session: ReadSession) => Promise<readonly Row[]>;
}

/** What a caller handed in, once it is known to be an object. */
export type Given = { readonly [field: string]: unknown };

/** A successful result. */
export function ok<T>(value: T): DaoResult<T> {
  return { ok: true, value };
}

/** A failed result. */
export function fail(error: DaoError): DaoResult<never> {
  return { ok: false, error };
}
