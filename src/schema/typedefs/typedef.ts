import type { Field, FieldOptions } from '../fields.ts';
import type { FieldOf } from '../readings.ts';

/** The attributes of `B` with those of `O` in their places. */
export type Overlay<B, O> = {
  readonly [K in keyof B | keyof O]: K extends keyof O ? O[K] : K extends keyof B ? B[K] : never;
};

/** Builds fields of one shared type: the options given add to its attributes and replace them. */
export interface Typedef<B extends Field> {
  (): B;
  <const O extends FieldOptions<FieldOf<B['type']>>>(options: O): Overlay<B, O>;
}

/** Makes a builder of fields of the shared type that `base` is an example of. */
export function typedef<const B extends Field>(base: B): Typedef<B> {
  return (options?: object) => Object.freeze({ ...base, ...options }) as never;
}
