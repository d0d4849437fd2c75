/**
 * The field language. A field is frozen data; attribute names are Kong's own (snake_case), because they cross the wire
 * at GET /schemas and because authors of Kong plugins know them.
 */

/** The name of each kind of field. */
export type FieldKind =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'array'
  | 'set'
  | 'map'
  | 'record'
  | 'foreign'
  | 'json'
  | 'any';

/** A regular expression of ours beside the Lua pattern that Kong shows for it at GET /schemas. */
export interface Pattern {
  readonly pattern: RegExp;
  /** What GET /schemas prints; left out there when absent. */
  readonly lua?: string;
  /** Replaces the general message `invalid value: x`. */
  readonly err?: string;
}

/** Returns an error text, or nothing when the value is good. It must not throw. */
export type Check<T = unknown> = (value: T) => string | undefined;

/** What GET /schemas says of a field that will go away, and where its value lives now. */
export interface Deprecation {
  readonly message?: string;
  readonly removal_in_version?: string;
  readonly replaced_with?: readonly Replacement[];
}

/** The field that took a deprecated field's place, by its path from the record that holds the deprecated one. */
export interface Replacement {
  readonly path: readonly string[];
  /** Computes the old spelling's value from the record, where it is not simply the value at `path`. */
  readonly reverse?: (record: never) => unknown;
}

/** Attributes that any kind of field may carry. */
export interface Attributes<T = unknown> {
  /** Null is refused: "required field missing". */
  readonly required?: boolean;
  /** Filled in on insert and upsert, not on update. */
  readonly default?: T | null;
  /** Made by the store when absent: an id, a time stamp, a random string. */
  readonly auto?: boolean;
  readonly unique?: boolean;
  readonly unique_across_ws?: boolean;
  readonly immutable?: boolean;
  /** A `{vault://...}` reference is accepted in place of a value. */
  readonly referenceable?: boolean;
  readonly encrypted?: boolean;
  /** Accepted and shown, never stored in the entity's own row. */
  readonly transient?: boolean;
  /** Filled in by a subschema chosen by the entity's `subschema_key`. */
  readonly abstract?: boolean;
  readonly eq?: unknown;
  readonly ne?: unknown;
  readonly one_of?: readonly T[];
  readonly not_one_of?: readonly T[];
  readonly len_eq?: number;
  readonly len_min?: number;
  readonly len_max?: number;
  readonly custom_validator?: Check<never>;
  /** Replaces the message of the first validator that fails. */
  readonly err?: string;
  readonly description?: string;
  readonly deprecation?: Deprecation;
  /** The name of the shared type that this field came from, for documentation. */
  readonly typedef?: string;
}

/** A string; the empty one is refused unless `len_min` is 0. */
export interface StringField extends Attributes<string> {
  readonly type: 'string';
  readonly uuid?: boolean;
  readonly is_regex?: boolean;
  readonly starts_with?: string;
  readonly contains?: string;
  readonly match?: Pattern;
  readonly not_match?: Pattern;
  readonly match_all?: readonly Pattern[];
  readonly match_none?: readonly Pattern[];
  readonly match_any?: { readonly patterns: readonly Pattern[]; readonly err?: string };
}

/** A number, or with type `integer` one without a fraction. */
export interface NumberField extends Attributes<number> {
  readonly type: 'number' | 'integer';
  readonly between?: readonly [number, number];
  readonly gt?: number;
  readonly timestamp?: boolean;
}

/** True or false. */
export interface BooleanField extends Attributes<boolean> {
  readonly type: 'boolean';
}

/** A list; with type `set` duplicates are dropped, the first is kept. */
export interface ListField<E extends Field = Field> extends Attributes<readonly unknown[]> {
  readonly type: 'array' | 'set';
  readonly elements: E;
  readonly contains?: unknown;
  readonly mutually_exclusive_subsets?: readonly (readonly string[])[];
}

/** A map from strings to values of one kind. */
export interface MapField<V extends Field = Field> extends Attributes<object> {
  readonly type: 'map';
  readonly keys: StringField;
  readonly values: V;
}

/** A fixed set of named fields; the order of the keys is the order at GET /schemas. */
export type Fields = { readonly [name: string]: Field };

/** A nested record with its own checks and shorthands. */
export interface RecordField<F extends Fields = Fields> extends Attributes<object> {
  readonly type: 'record';
  readonly fields: F;
  readonly entity_checks?: readonly EntityCheck[];
  readonly shorthand_fields?: Shorthands;
}

/** A reference to another entity by its primary key, `{ id }`. */
export interface ForeignField extends Attributes<{ readonly id: string }> {
  readonly type: 'foreign';
  readonly reference: string;
  /** What deleting the parent does here; without it the deletion is refused. */
  readonly on_delete?: 'cascade' | 'null';
}

/** A JSON value, checked by a JSON schema of draft 4 where one is given. */
export interface JsonField extends Attributes<unknown> {
  readonly type: 'json';
  readonly json_schema?: { readonly inline?: object };
}

/** Anything that JSON can say. */
export interface AnyField extends Attributes<unknown> {
  readonly type: 'any';
}

/** Any field. */
export type Field =
  | StringField
  | NumberField
  | BooleanField
  | ListField
  | MapField
  | RecordField
  | ForeignField
  | JsonField
  | AnyField;

/** A field that is accepted on input only and expanded into others before validation. */
export interface Shorthand {
  readonly field: Field;
  /** Maps the given value to the fields that replace it; nested records are merged. */
  readonly expand: (value: never) => { readonly [name: string]: unknown };
  /** Where the value is read from when the old spelling is echoed back, in Kong 3.8's form; 3.9 reads `deprecation`. */
  readonly translate_backwards?: readonly string[];
  /** Makes the new spelling win over this one, refuses both with differing values, and echoes this one on reads. */
  readonly deprecation?: Deprecation;
}

/** Shorthand fields by name. */
export type Shorthands = { readonly [name: string]: Shorthand };

/** The part of a field that a conditional check compares a value with. */
export type Match = Partial<
  Pick<StringField, 'uuid' | 'starts_with' | 'match' | 'not_match' | 'match_any' | 'contains' | 'is_regex'> &
    Pick<NumberField, 'gt' | 'between'> &
    Pick<Attributes, 'required' | 'eq' | 'ne' | 'one_of' | 'not_one_of' | 'len_eq' | 'len_min' | 'len_max' | 'err'>
> & { readonly type?: FieldKind; readonly custom_validator?: Check<never>; readonly elements?: Match };

/** A rule over several fields; names may be dotted paths into records. */
export type EntityCheck =
  | { readonly at_least_one_of: readonly string[] }
  | { readonly only_one_of: readonly string[] }
  | { readonly distinct: readonly string[] }
  | { readonly mutually_required: readonly string[] }
  | { readonly mutually_exclusive: readonly string[] }
  | { readonly mutually_exclusive_sets: { readonly set1: readonly string[]; readonly set2: readonly string[] } }
  | {
      readonly conditional: {
        readonly if_field: string;
        readonly if_match: Match;
        readonly then_field: string;
        readonly then_match: Match;
        readonly then_err?: string;
      };
    }
  | {
      readonly conditional_at_least_one_of: {
        readonly if_field: string;
        readonly if_match: Match;
        readonly then_at_least_one_of: readonly string[];
        readonly then_err?: string;
        readonly else_match?: Match;
        readonly else_then_at_least_one_of?: readonly string[];
        readonly else_then_err?: string;
      };
    }
  | {
      readonly custom_entity_check: {
        readonly field_sources: readonly string[];
        readonly run_with_missing_fields?: boolean;
        readonly run_with_invalid_fields?: boolean;
        /** Returns a text for the entity as a whole, or texts by field. `entity` holds the sources only. */
        readonly fn: (entity: Readonly<Record<string, unknown>>) => string | FieldErrors | undefined;
      };
    };

/** What is wrong with one value: a text, texts by field of a record, or a list with holes for good elements. */
export type FieldProblem = string | FieldErrors | (FieldProblem | null)[];

/** Error texts in the shape of the entity; those of the entity as a whole are listed under `@entity`. */
export interface FieldErrors {
  [field: string]: FieldProblem;
}

/** The attributes that a builder of `F` takes besides what gives the field its kind. */
export type FieldOptions<F> = Omit<F, 'type' | 'elements' | 'keys' | 'values' | 'fields' | 'reference'>;

/** Builders of fields: `f.string({ required: true })`. Each returns frozen data and keeps the literal types given. */
export const f = {
  string: <const O extends FieldOptions<StringField>>(options?: O) => field('string', options),
  integer: <const O extends FieldOptions<NumberField>>(options?: O) => field('integer', options),
  number: <const O extends FieldOptions<NumberField>>(options?: O) => field('number', options),
  boolean: <const O extends FieldOptions<BooleanField>>(options?: O) => field('boolean', options),
  any: <const O extends FieldOptions<AnyField>>(options?: O) => field('any', options),
  json: <const O extends FieldOptions<JsonField>>(options?: O) => field('json', options),
  array: <const E extends Field, const O extends FieldOptions<ListField>>(elements: E, options?: O) =>
    field('array', { ...(options as O), elements } as O & { readonly elements: E }),
  set: <const E extends Field, const O extends FieldOptions<ListField>>(elements: E, options?: O) =>
    field('set', { ...(options as O), elements } as O & { readonly elements: E }),
  map: <const K extends StringField, const V extends Field, const O extends FieldOptions<MapField>>(
    keys: K,
    values: V,
    options?: O,
  ) => field('map', { ...(options as O), keys, values } as O & { readonly keys: K; readonly values: V }),
  record: <const F extends Fields, const O extends FieldOptions<RecordField>>(fields: F, options?: O) =>
    field('record', { ...(options as O), fields } as O & { readonly fields: F }),
  foreign: <const R extends string, const O extends FieldOptions<ForeignField>>(reference: R, options?: O) =>
    field('foreign', { ...(options as O), reference } as O & { readonly reference: R }),
} as const;

function field<const T extends FieldKind, O extends object>(type: T, options: O | undefined): { readonly type: T } & O {
  return Object.freeze({ type, ...(options as O) });
}
