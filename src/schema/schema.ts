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
  /** The subschema of `entity` for a value of its subschema key, such as a plugin's by name. */
  readonly subschema: (entity: string, key: string) => Subschema | undefined;
}

/** An entity definition made to work: it fills in, checks and rewrites rows. No method throws on bad input. */
export interface Schema {
  readonly definition: EntityDefinition;
  /** A complete row to insert: shorthands, auto fields, defaults, checks, transformations. */
  insert(given: unknown): Outcome<Row>;
  /** A complete row to store instead of `stored`: records merged deeply, lists and maps replaced, null clears. */
  update(given: unknown, stored: Row): Outcome<Row>;
  /** A complete row that replaces whatever is there. */
  upsert(given: unknown): Outcome<Row>;
  /** Like insert, without making ids: what POST /schemas/{entity}/validate answers with. */
  check(given: unknown): Outcome<Row>;
  /** The field at a dotted path, through records and through the subschema of `row`; undefined when there is none. */
  fieldAt(path: string, row?: Row): Field | undefined;
  /** Kong's JSON at GET /schemas/{entity}. */
  toJson(): Json;
}
