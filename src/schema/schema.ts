import type { EntityDefinition, Subschema } from './entity.ts';
import type { Field, FieldErrors } from './fields.ts';
import type { Json, Row } from './infer.ts';

/** A value, or what is wrong with what was given. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: FieldErrors };

/** What processing a row needs from outside. */
export interface SchemaEnvironment {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly uuid: () => string;
  readonly randomString: () => string;
  /**
   * The subschema of `entity` for a value of its subschema key, such as a plugin's by name: the same object each time, as
   * it is compiled when it is first met.
   */
  readonly subschema: (entity: string, key: string) => Subschema | undefined;
  /** The schema of another entity, to judge references to its rows; without it any object may name a row. */
  readonly foreign?: (entity: string) => Schema | undefined;
}

/** How a value given for a foreign field names a row of the entity that the field refers to. */
export type Reference =
  | { readonly by: 'id'; readonly id: string }
  /** Unique fields with values, in the order in which to try them. */
  | { readonly by: 'unique'; readonly candidates: readonly { readonly field: string; readonly value: unknown }[] }
  | { readonly by: 'nothing'; readonly errors: FieldErrors };

/** Options of making a row. */
export interface MakeOptions {
  /** False leaves the entity's transformations out, for rows that were exported after they ran. */
  readonly transform?: boolean;
}

/** An entity definition made to work: it fills in, checks and rewrites rows. No method throws on bad input. */
export interface Schema {
  readonly definition: EntityDefinition;
  /** A complete row to insert: shorthands, auto fields, defaults, checks, transformations. */
  insert(given: unknown, options?: MakeOptions): Outcome<Row>;
  /** A complete row to store instead of `stored`: records merged deeply, lists and maps replaced, null clears. */
  update(given: unknown, stored: Row, options?: MakeOptions): Outcome<Row>;
  /** A complete row that replaces whatever is there. */
  upsert(given: unknown, options?: MakeOptions): Outcome<Row>;
  /** Like insert, without making ids: what POST /schemas/{entity}/validate answers with. */
  check(given: unknown): Outcome<Row>;
  /** The row as the Admin API shows it: deprecated shorthands are there again, with the value of what replaced them. */
  show(row: Row): Row;
  /** How `given`, the value of a foreign field of another entity, names a row of this one. */
  reference(given: unknown): Reference;
  /** The field at a dotted path, through records and through the subschema of `row`; undefined when there is none. */
  fieldAt(path: string, row?: Row): Field | undefined;
  /** Kong's JSON at GET /schemas/{entity}. */
  toJson(): Json;
}
