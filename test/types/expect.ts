/** True when two types are the same, not merely assignable to one another. */
export type Equal<A, B> =
  (<T>() => T extends Spread<A> ? 1 : 2) extends <T>() => T extends Spread<B> ? 1 : 2 ? true : false;

/** Compiles for `true` only. */
export type Expect<T extends true> = T;

/** Writes intersections and mapped types out, at every depth. */
type Spread<T> = T extends readonly (infer E)[]
  ? readonly Spread<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Spread<T[K]> }
    : T;
