import { type Field, type Fields, type Json, type Reading, read } from '../../schema/index.ts';

/** A JSON Schema, as data. */
export type JsonSchema = { [keyword: string]: Json };

/** What each kind of field is in JSON Schema 2020-12, before what all kinds have in common. */
const kinds: Reading<JsonSchema> = {
  string: (field) => ({
    type: 'string',
    ...(field.uuid === true ? { format: 'uuid' } : {}),
    ...(field.match === undefined ? {} : { pattern: field.match.pattern.source }),
    ...(field.starts_with === undefined ? {} : { pattern: `^${escaped(field.starts_with)}` }),
    ...(field.len_eq === undefined ? {} : { minLength: field.len_eq, maxLength: field.len_eq }),
    ...(field.len_min === undefined ? {} : { minLength: field.len_min }),
    ...(field.len_max === undefined ? {} : { maxLength: field.len_max }),
  }),
  integer: (field) => numberSchema('integer', field),
  number: (field) => numberSchema('number', field),
  boolean: () => ({ type: 'boolean' }),
  array: (field) => ({ type: 'array', items: fieldSchema(field.elements), ...countOf(field) }),
  set: (field) => ({ type: 'array', uniqueItems: true, items: fieldSchema(field.elements), ...countOf(field) }),
  map: (field) => ({ type: 'object', additionalProperties: fieldSchema(field.values) }),
  record: (field) => (field.abstract === true ? { type: 'object' } : recordSchema(field.fields)),
  foreign: (field) => ({
    type: 'object',
    description: `A row of ${field.reference}, by its id or a unique field.`,
    properties: { id: { type: 'string', format: 'uuid' } },
  }),
  json: () => ({}),
  any: () => ({}),
};

/** A field's values as a JSON Schema. What is not required may be null. */
export function fieldSchema(field: Field): JsonSchema {
  const schema = read(kinds, field);
  const shown: JsonSchema = { ...schema };
  if (field.one_of !== undefined) shown.enum = [...(field.one_of as readonly Json[])];
  if (field.eq !== undefined) shown.const = field.eq as Json;
  if (field.default !== undefined && field.default !== null) shown.default = field.default as Json;
  if (field.description !== undefined) shown.description = field.description;
  if (field.deprecation !== undefined) shown.deprecated = true;
  if (field.auto === true) shown.description ??= 'Made by the gateway when absent.';
  if (field.encrypted === true) shown.format ??= 'password';
  return field.required === true || field.auto === true ? shown : nullable(shown);
}

/** A record's fields as a JSON Schema of an object. */
export function recordSchema(fields: Fields): JsonSchema {
  const required = Object.entries(fields)
    .filter(([, field]) => field.required === true && field.default === undefined && field.auto !== true)
    .filter(([, field]) => field.type !== 'record')
    .map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length === 0 ? {} : { required }),
  };
}

function nullable(schema: JsonSchema): JsonSchema {
  if (typeof schema.type !== 'string') return schema;
  const widened: JsonSchema = { ...schema, type: [schema.type, 'null'] };
  if (Array.isArray(schema.enum)) widened.enum = [...schema.enum, null];
  return widened;
}

function numberSchema(
  type: string,
  field: { readonly between?: readonly [number, number]; readonly gt?: number; readonly timestamp?: boolean },
): JsonSchema {
  return {
    type,
    ...(field.between === undefined ? {} : { minimum: field.between[0], maximum: field.between[1] }),
    ...(field.gt === undefined ? {} : { exclusiveMinimum: field.gt }),
    ...(field.timestamp === true ? { description: 'Seconds since the epoch.' } : {}),
  };
}

function countOf(field: { readonly len_min?: number; readonly len_max?: number }): JsonSchema {
  return {
    ...(field.len_min === undefined ? {} : { minItems: field.len_min }),
    ...(field.len_max === undefined ? {} : { maxItems: field.len_max }),
  };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
