import type { Field, Fields, RecordField } from './fields.ts';

type ListElement<F> = F extends { readonly elements: infer E } ? E : never;

/**
 * The TypeScript type of a field's value when it is not null. Records directly within an entity or its records are always
 * there unless they say `required: false`; records within the elements of lists and maps must say `required: true`.
 */
export type ValueOf<F, InList extends boolean = false> = F extends { readonly type: 'string' }
  ? F extends { readonly one_of: readonly (infer V)[] }
    ? V
    : string
  : F extends { readonly type: 'integer' | 'number' }
    ? F extends { readonly one_of: readonly (infer V)[] }
      ? V
      : number
    : F extends { readonly type: 'boolean' }
      ? boolean
      : F extends { readonly type: 'array' | 'set' }
        ? readonly ValueOf<ListElement<F>, true>[]
        : F extends { readonly type: 'map'; readonly values: infer V }
          ? { readonly [key: string]: ValueOf<V, true> }
          : F extends { readonly type: 'record'; readonly fields: infer R }
            ? F extends { readonly abstract: true }
              ? { readonly [field: string]: unknown }
              : R extends Fields
                ? StoredOf<R, InList>
                : never
            : F extends { readonly type: 'foreign' }
              ? { readonly id: string }
              : unknown;

type IsAlwaysThere<F, InList extends boolean> = F extends { readonly required: true } | { readonly auto: true }
  ? true
  : F extends { readonly required: false }
    ? false
    : F extends { readonly type: 'record' }
      ? InList extends true
        ? false
        : true
      : false;

/** The type of a field as the DAO hands it back: null unless it is required, made by the store, or a record. */
export type StoredValue<F, InList extends boolean = false> =
  IsAlwaysThere<F, InList> extends true ? ValueOf<F, InList> : ValueOf<F, InList> | null;

/** A record of fields as the DAO hands it back: every field is there. */
export type StoredOf<F extends Fields, InList extends boolean = false> = {
  readonly [K in keyof F]: StoredValue<F[K], InList>;
};

type HasDefault<F> = F extends { readonly auto: true }
  ? true
  : F extends { readonly default: infer D }
    ? D extends null
      ? false
      : true
    : F extends { readonly type: 'record' }
      ? true
      : false;

type MustGive<F> = F extends { readonly required: true } ? (HasDefault<F> extends true ? false : true) : false;

/** What a caller may hand in for a field. A row that a foreign field refers to may be named by a unique field of its. */
export type GivenValue<F> =
  | (F extends { readonly type: 'record'; readonly fields: infer R }
      ? R extends Fields
        ? GivenOf<R>
        : never
      : F extends { readonly type: 'array' | 'set' }
        ? readonly GivenValue<ListElement<F>>[]
        : F extends { readonly type: 'foreign' }
          ? { readonly [unique: string]: unknown }
          : ValueOf<F>)
  | (F extends { readonly required: true } ? never : null);

/** What a caller may hand in for a record: only required fields without a default must be there. */
export type GivenOf<F extends Fields> = {
  readonly [K in keyof F as MustGive<F[K]> extends true ? K : never]: GivenValue<F[K]>;
} & {
  readonly [K in keyof F as MustGive<F[K]> extends true ? never : K]?: GivenValue<F[K]>;
};

/** The stored type of an entity definition or of a record field. */
export type Stored<E> = E extends { readonly fields: infer F } ? (F extends Fields ? StoredOf<F> : never) : never;

/** The given type of an entity definition or of a record field. */
export type Given<E> = E extends { readonly fields: infer F } ? (F extends Fields ? GivenOf<F> : never) : never;

/** A plugin's configuration as its handlers see it. */
export type ConfigOf<R> = R extends RecordField<infer F> ? StoredOf<F> : never;

/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A stored row of an entity whose definition is not known at compile time. */
export type Row = { readonly [field: string]: unknown };

export type { Field };
