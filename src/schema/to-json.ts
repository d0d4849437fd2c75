import type { EntityDefinition, Subschema } from './entity.ts';
import type { EntityCheck, Field, Fields, Pattern, Shorthands, StringField } from './fields.ts';
import type { Json } from './infer.ts';
import { requireRecords } from './normalize.ts';
import { type Reading, read } from './readings.ts';

/** Kong 3.9's JSON of an entity at GET /schemas/{entity}. */
export function entityToJson({ fields, entity_checks }: Pick<EntityDefinition, 'fields' | 'entity_checks'>): Json {
  return { entity_checks: checksToJson(entity_checks), fields: fieldsToJson(requireRecords(fields)) };
}

/** Kong 3.9's JSON of a subschema at GET /schemas/plugins/{name} and GET /schemas/vaults/{name}. */
export function subschemaToJson(subschema: Subschema): Json {
  return entityToJson(subschema);
}

/** What a kind has beside the attributes that are shown as they are. */
const kinds: Reading<{ [attribute: string]: Json }> = {
  string: (field) => patternsToJson(field),
  integer: () => ({}),
  number: () => ({}),
  boolean: () => ({}),
  any: () => ({}),
  json: () => ({}),
  foreign: () => ({}),
  array: (field) => ({ elements: fieldToJson(field.elements) }),
  set: (field) => ({ elements: fieldToJson(field.elements) }),
  map: (field) => ({ keys: fieldToJson(field.keys), values: fieldToJson(field.values) }),
  record: (field) => ({
    ...(field.abstract === true ? {} : { fields: fieldsToJson(field.fields) }),
    ...(field.entity_checks === undefined ? {} : { entity_checks: checksToJson(field.entity_checks) }),
    ...(field.shorthand_fields === undefined ? {} : { shorthand_fields: shorthandsToJson(field.shorthand_fields) }),
  }),
};

/** Attributes that are ours alone, or that a kind writes itself. */
const hidden = new Set(['typedef', 'elements', 'keys', 'values', 'fields', 'entity_checks', 'shorthand_fields']);
const patterns = new Set(['match', 'not_match', 'match_all', 'match_none', 'match_any']);

function fieldToJson(field: Field): { [attribute: string]: Json } {
  const shown: { [attribute: string]: Json } = {};
  for (const [name, value] of Object.entries(field)) {
    if (value === undefined || typeof value === 'function' || hidden.has(name) || patterns.has(name)) continue;
    shown[name] = valueToJson(value);
  }
  return Object.assign(shown, read(kinds, field));
}

function fieldsToJson(fields: Fields): Json {
  return Object.entries(fields).map(([name, field]) => ({ [name]: fieldToJson(field) }));
}

function shorthandsToJson(shorthands: Shorthands): Json {
  return Object.entries(shorthands).map(([name, { field, translate_backwards, deprecation }]) => ({
    [name]: {
      ...fieldToJson(field),
      ...(translate_backwards === undefined ? {} : { translate_backwards: [...translate_backwards] }),
      ...(deprecation === undefined ? {} : { deprecation: valueToJson(deprecation) }),
    },
  }));
}

function checksToJson(checks: readonly EntityCheck[] = []): Json {
  return checks.map((check) =>
    Object.fromEntries(
      Object.entries(check).map(([name, argument]) => {
        if (Array.isArray(argument)) return [name, [...argument]];
        return [name, argumentToJson(argument as object)];
      }),
    ),
  );
}

function argumentToJson(argument: object): Json {
  return Object.fromEntries(
    Object.entries(argument)
      .filter(([, value]) => value !== undefined && typeof value !== 'function')
      // Matches are parts of fields.
      .map(([name, value]) => [name, name.endsWith('_match') ? matchToJson(value as object) : valueToJson(value)]),
  );
}

function matchToJson(match: object): Json {
  const { elements, ...own } = match as { readonly elements?: object };
  const shown = fieldToJson({ type: 'string', ...own } as Field);
  if (!('type' in own)) delete shown.type;
  return elements === undefined ? shown : { ...shown, elements: matchToJson(elements) };
}

function patternsToJson(field: StringField): { [attribute: string]: Json } {
  const shown: { [attribute: string]: Json } = {};
  if (field.match?.lua !== undefined) shown.match = field.match.lua;
  if (field.not_match?.lua !== undefined) shown.not_match = field.not_match.lua;
  if (field.match_all !== undefined) shown.match_all = field.match_all.map(patternToJson);
  if (field.match_none !== undefined) shown.match_none = field.match_none.map(patternToJson);
  if (field.match_any !== undefined) {
    const { patterns, err } = field.match_any;
    shown.match_any = {
      patterns: patterns.map(({ lua, pattern }) => lua ?? pattern.source),
      ...(err === undefined ? {} : { err }),
    };
  }
  return shown;
}

function patternToJson({ pattern, lua, err }: Pattern): Json {
  return { pattern: lua ?? pattern.source, ...(err === undefined ? {} : { err }) };
}

/** Data as it is, without functions; an empty record is an empty list to Lua. */
function valueToJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(valueToJson);
  if (typeof value === 'number' && !Number.isFinite(value)) return luaNumber(value);
  if (typeof value !== 'object' || value === null) return value as Json;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined && typeof part !== 'function');
  return entries.length === 0 ? [] : Object.fromEntries(entries.map(([name, part]) => [name, valueToJson(part)]));
}

function luaNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? 'inf' : '-inf';
}
