import type { Field, Fields, Shorthand, Shorthands } from './fields.ts';
import { nothingForScalars, type Reading, read } from './readings.ts';
import { type Bag, isBag, setOwn, valueAt } from './values.ts';

/** Puts deprecated shorthands back beside what replaced them. */
export type Show = (value: unknown) => unknown;

/** Undefined where nothing is put back. */
const showers: Reading<Show | undefined> = {
  ...nothingForScalars,
  foreign: () => undefined,
  array: (field) => compileList(field.elements),
  set: (field) => compileList(field.elements),
  map: (field) => {
    const show = read(showers, field.values);
    if (show === undefined) return undefined;
    return (value) => {
      if (!isBag(value)) return value;
      const shown = { ...value };
      for (const key of Object.keys(value)) setOwn(shown, key, show(value[key]));
      return shown;
    };
  },
  record: (field) => compileShowRecord(field.fields, field.shorthand_fields),
};

function compileList(element: Field): Show | undefined {
  const show = read(showers, element);
  return show === undefined ? undefined : (value) => (Array.isArray(value) ? value.map(show) : value);
}

/** Compiles the showing of a record; undefined when it is shown as it is stored. */
export function compileShowRecord(fields: Fields, shorthands: Shorthands = {}): Show | undefined {
  const echoes = Object.entries(shorthands).flatMap(([name, shorthand]) => {
    const read = compileEcho(shorthand);
    return read === undefined ? [] : [{ name, read }];
  });
  const nested: { readonly name: string; readonly show: Show }[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const show = read(showers, field);
    if (show !== undefined) nested.push({ name, show });
  }
  if (echoes.length === 0 && nested.length === 0) return undefined;
  return (value) => {
    if (!isBag(value)) return value;
    const shown = { ...value };
    for (const { name, show } of nested) shown[name] = show(value[name]);
    for (const { name, read } of echoes) {
      const echoed = read(value);
      if (echoed !== undefined) shown[name] = echoed;
    }
    return shown;
  };
}

function compileEcho({ deprecation, translate_backwards }: Shorthand): ((record: Bag) => unknown) | undefined {
  const replacement = deprecation?.replaced_with?.[0];
  if (replacement?.reverse !== undefined) return replacement.reverse as (record: unknown) => unknown;
  const path = replacement?.path ?? translate_backwards;
  return path === undefined ? undefined : (record) => valueAt(record, path);
}
