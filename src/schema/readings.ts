import type { Field, FieldKind, ListField, NumberField } from './fields.ts';

/** The field data of one kind. */
export type FieldOf<K extends FieldKind> = K extends 'array' | 'set'
  ? ListField
  : K extends 'number' | 'integer'
    ? NumberField
    : Extract<Field, { readonly type: K }>;

/** One way to read field data, with an answer for every kind: a new kind does not compile until each reading has one. */
export type Reading<R> = { readonly [K in FieldKind]: (field: FieldOf<K>) => R };

/** What `reading` makes of `field`. */
export function read<R>(reading: Reading<R>, field: Field): R {
  return (reading[field.type] as (field: Field) => R)(field);
}

/** The answers of a reading that has none for values without parts. */
export const nothingForScalars = {
  string: () => undefined,
  integer: () => undefined,
  number: () => undefined,
  boolean: () => undefined,
  json: () => undefined,
  any: () => undefined,
} satisfies Partial<Reading<undefined>>;
