import type { Field, Fields } from './fields.ts';

/** The steps of a dotted name, from the outermost record inwards. */
export type Path = readonly string[];

/** Splits a dotted name. */
export function pathOf(name: string): Path {
  return name.split('.');
}

/** The field at a path through records; undefined when there is none. */
export function fieldAt(fields: Fields, path: Path): Field | undefined {
  let level: Fields | undefined = fields;
  let field: Field | undefined;
  for (const step of path) {
    if (level === undefined || !Object.hasOwn(level, step)) return undefined;
    field = level[step];
    level = field?.type === 'record' ? field.fields : undefined;
  }
  return field;
}
