import type { EntityCheck, Fields, Shorthands } from './fields.ts';

/** Everything the gateway knows of a kind of row; see Kong's entity schemas. */
export interface EntityDefinition<N extends string = string, F extends Fields = Fields> {
  /** Plural name, also the table's and the Admin API's unless `admin_api_name` says otherwise. */
  readonly name: N;
  readonly primary_key: readonly string[];
  /** The unique field that may stand for the id in a path. */
  readonly endpoint_key?: string;
  /** The field that may stand for the id in a path under the parent, where the cache key has both. */
  readonly nested_endpoint_key?: string;
  /** Fields that together name a row in caches; two or more are also a unique constraint. */
  readonly cache_key?: readonly string[];
  readonly workspaceable?: boolean;
  /** Rows may expire: `ttl` seconds are accepted on writes, the rest is shown on reads. */
  readonly ttl?: boolean;
  readonly admin_api_name?: string;
  readonly admin_api_nested_name?: string;
  /** False for entities without generated endpoints. */
  readonly generate_admin_api?: boolean;
  /** False for entities that `config db_export` leaves out. */
  readonly db_export?: boolean;
  /** The field whose value picks a subschema, such as `name` for plugins. */
  readonly subschema_key?: string;
  /** Message for an unknown value of the subschema key; `%s` is the value. */
  readonly subschema_error?: string;
  readonly fields: F;
  readonly entity_checks?: readonly EntityCheck[];
  readonly shorthand_fields?: Shorthands;
  /** Rewrites of a valid row before it is stored, such as hashing a password. */
  readonly transformations?: readonly Transformation[];
  /** Static subschemas by value of the subschema key; plugins and vaults get theirs at run time. */
  readonly subschemas?: { readonly [key: string]: Subschema };
}

/** Extra rules that hold for one value of the subschema key: fields here replace or narrow those of the entity. */
export interface Subschema {
  readonly name: string;
  readonly fields: Fields;
  readonly entity_checks?: readonly EntityCheck[];
  readonly shorthand_fields?: Shorthands;
  readonly transformations?: readonly Transformation[];
}

/** Runs after validation on rows in which all of `input` are set. */
export interface Transformation {
  readonly input?: readonly string[];
  readonly needs?: readonly string[];
  readonly on_write: (row: never) => { readonly [field: string]: unknown };
}

/** Declares an entity; the result is frozen and carries its fields' literal types. */
export function defineEntity<const N extends string, const F extends Fields>(
  definition: EntityDefinition<N, F>,
): EntityDefinition<N, F> {
  return Object.freeze(definition);
}
