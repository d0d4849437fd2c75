import type { Field, Schema, Shorthands } from '../schema/index.ts';
import type { FormValue } from './arguments.ts';

type Values = { [name: string]: unknown };

/**
 * Gives the texts of a form the types that the schema expects: numbers, true and false, null for the empty text, a list
 * for a single value. What does not fit stays text, for the schema to refuse. `hint` picks the subschema where the form
 * itself does not say, such as the name of a stored plugin.
 */
export function inferArguments(
  form: { readonly [name: string]: FormValue },
  schema: Schema,
  hint: Values = {},
): Values {
  const typed: Values = Object.create(null) as Values;
  const row = { ...hint, ...form };
  for (const [name, value] of Object.entries(form)) {
    const field = Object.hasOwn(schema.definition.fields, name) ? schema.fieldAt(name, row) : undefined;
    typed[name] = inferValue(value, field ?? shorthand(schema.definition.shorthand_fields, name));
  }
  if (schema.definition.ttl === true && typeof typed.ttl === 'string') typed.ttl = toNumber(typed.ttl);
  return typed;
}

/** Gives one text the type of a field. */
export function inferValue(value: unknown, field: Field | undefined): unknown {
  if (field === undefined) return value;
  if (value === '') return null;
  switch (field.type) {
    case 'integer':
    case 'number':
      return typeof value === 'string' ? toNumber(value) : value;
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : value;
    case 'array':
    case 'set':
      return (Array.isArray(value) ? value : [value]).map((item) => inferValue(item, field.elements));
    case 'map':
      return mapValues(value, () => field.values);
    case 'record':
      return mapValues(value, (name) =>
        Object.hasOwn(field.fields, name) ? field.fields[name] : shorthand(field.shorthand_fields, name),
      );
    default:
      return value;
  }
}

function mapValues(value: unknown, fieldOf: (name: string) => Field | undefined): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const typed: Values = Object.create(null) as Values;
  for (const [name, item] of Object.entries(value)) typed[name] = inferValue(item, fieldOf(name));
  return typed;
}

function shorthand(shorthands: Shorthands | undefined, name: string): Field | undefined {
  return shorthands !== undefined && Object.hasOwn(shorthands, name) ? shorthands[name]!.field : undefined;
}

/** The number that a text spells, or the text: blank text is no number here, though JavaScript says 0. */
function toNumber(text: string): number | string {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? text : number;
}
