import type { Fields } from './fields.ts';
import { type Bag, isBag } from './values.ts';

/** Lays what was given over what is stored: records field by field and deeply, everything else as a whole. */
export type Merge = (given: Bag, stored: Readonly<Bag>) => Bag;

/** Compiles the merging of rows or records with these fields. */
export function compileMerge(fields: Fields): Merge {
  const slots = Object.entries(fields).map(([name, field]) => ({
    name,
    merge: field.type === 'record' && field.abstract !== true ? compileMerge(field.fields) : undefined,
  }));
  return (given, stored) => {
    const merged = { ...given };
    for (const { name, merge } of slots) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      if (value === undefined) {
        if (stored[name] !== undefined) merged[name] = stored[name];
      } else if (merge !== undefined && isBag(value)) {
        const below = stored[name];
        merged[name] = merge(value, isBag(below) ? below : {});
      }
    }
    return merged;
  };
}
