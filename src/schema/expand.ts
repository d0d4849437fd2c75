import { compileComplete } from './complete.ts';
import type { Field, FieldErrors, Fields, Shorthand, Shorthands } from './fields.ts';
import { luaText } from './messages.ts';
import { nothingForScalars, type Reading, read } from './readings.ts';
import type { Run } from './run.ts';
import { compileValidate } from './validate.ts';
import { type Bag, isBag, isSame, setOwn, valueAt } from './values.ts';

/**
 * Replaces shorthands in a given value by what they stand for. Problems go into `errors` under the shorthand's bare
 * name however deep it stands, and the first record that has any ends the pass, as in Kong.
 */
export type Expand = (value: unknown, errors: FieldErrors, run: Run) => unknown;

/** Undefined where no shorthand can be. */
const expanders: Reading<Expand | undefined> = {
  ...nothingForScalars,
  foreign: () => undefined,
  array: (field) => compileList(field.elements),
  set: (field) => compileList(field.elements),
  map: (field) => {
    const expand = read(expanders, field.values);
    if (expand === undefined) return undefined;
    return (value, errors, run) => {
      if (!isBag(value)) return value;
      const expanded = { ...value };
      for (const key of Object.keys(value)) setOwn(expanded, key, expand(value[key], errors, run));
      return expanded;
    };
  },
  record: (field) => compileExpandRecord(field.fields, field.shorthand_fields),
};

function compileList(element: Field): Expand | undefined {
  const expand = read(expanders, element);
  if (expand === undefined) return undefined;
  return (value, errors, run) => (Array.isArray(value) ? value.map((part) => expand(part, errors, run)) : value);
}

/** Compiles the expansion of a record's shorthands and of those in its fields; undefined when there are none. */
export function compileExpandRecord(fields: Fields, shorthands: Shorthands = {}): Expand | undefined {
  const own = Object.entries(shorthands).map(([name, shorthand]) => compileShorthand(name, shorthand, fields));
  const nested: { readonly name: string; readonly expand: Expand }[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const expand = field.abstract === true ? undefined : read(expanders, field);
    if (expand !== undefined) nested.push({ name, expand });
  }
  if (own.length === 0 && nested.length === 0) return undefined;

  return (value, errors, run) => {
    if (!isBag(value)) return value;
    const expanded = { ...value };
    for (const apply of own) apply(expanded, errors, run);
    for (const { name, expand } of nested) {
      if (hasAny(errors)) break;
      if (expanded[name] !== undefined) expanded[name] = expand(expanded[name], errors, run);
    }
    return expanded;
  };
}

function compileShorthand(name: string, shorthand: Shorthand, fields: Fields) {
  const { field, deprecation } = shorthand;
  const complete = compileComplete(field);
  const validate = compileValidate(field);
  const expand = shorthand.expand as (value: unknown) => Bag | undefined;
  const isFieldToo = Object.hasOwn(fields, name);
  return (record: Bag, errors: FieldErrors, run: Run): void => {
    const given = record[name];
    if (given === undefined) return;
    const value = complete === undefined ? given : complete(given, run);
    const problem = validate(value, run) ?? mismatch(record, name, value, shorthand);
    if (problem !== undefined) {
      // A mere check of a row knows nothing of a shorthand that bears a field's own name; the field judges.
      if (!(isFieldToo && run.mode === 'check')) setOwn(errors, name, problem);
      return;
    }
    delete record[name];
    for (const [target, part] of Object.entries(expand(value) ?? {})) {
      put(record, target, part, deprecation !== undefined);
    }
  };
}

/** A deprecated shorthand fills gaps; any other wins over what was given beside it. */
function put(record: Bag, name: string, part: unknown, isDeprecated: boolean): void {
  const there = record[name] ?? null;
  if (!isBag(part)) {
    if (!isDeprecated || there === null) setOwn(record, name, part);
    return;
  }
  if (there !== null && !isBag(there)) return;
  const merged: Bag = isDeprecated ? { ...part } : { ...there, ...part };
  if (isDeprecated) {
    for (const [key, value] of Object.entries(there ?? {})) {
      if (value !== null || merged[key] === undefined) setOwn(merged, key, value);
    }
  }
  setOwn(record, name, merged);
}

function mismatch(record: Bag, name: string, value: unknown, { deprecation }: Shorthand): string | undefined {
  if (value === null) return undefined;
  for (const { path, reverse } of deprecation?.replaced_with ?? []) {
    const current = reverse === undefined ? valueAt(record, path) : reverse(record as never);
    if (current === undefined || current === null || current === false || isSame(current, value)) continue;
    const pair = `${name} = ${luaText(value)} vs ${path.join('.')} = ${luaText(current)}`;
    return `both deprecated and new field are used but their values mismatch: ${pair}`;
  }
  return undefined;
}

function hasAny(errors: FieldErrors): boolean {
  for (const _ in errors) return true;
  return false;
}
