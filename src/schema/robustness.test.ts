import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Field, type FieldKind, f } from './fields.ts';
import { errorsOf, rowOf, schemaOf } from './schema.fixtures.ts';

function nested(depth: number): unknown {
  return JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
}

test('values nested 10,000 levels deep do not exhaust the stack', () => {
  const deep = nested(10_000);
  const schema = schemaOf(
    {
      any: f.any(),
      json: f.json({ json_schema: { inline: { enum: [nested(9_999)] } } }),
      list: f.array(f.any(), { immutable: true }),
      map: f.map(f.string(), f.any()),
    },
    {
      entity_checks: [{ distinct: ['any', 'json'] }],
      shorthand_fields: {
        old: {
          field: f.any(),
          expand: (any: unknown) => ({ any }),
          deprecation: { replaced_with: [{ path: ['any'] }] },
        },
      },
    },
  );
  const row = rowOf(schema.insert({ any: deep, list: [deep], map: { a: deep } }));
  assert.equal(row.any, deep);
  assert.deepEqual(errorsOf(schema.insert({ any: nested(9_998), old: deep })), {
    old: 'both deprecated and new field are used but their values mismatch: old = table vs any = table',
  });
  rowOf(schema.insert({ any: nested(10_000), old: deep }));
  assert.deepEqual(errorsOf(schema.insert({ json: deep })), { json: 'matches none of the enum values' });
  rowOf(schema.update({ list: [nested(10_000)] }, row));
});

test('every kind refuses deep values of a wrong type', () => {
  const text = f.string();
  const fields: { readonly [K in FieldKind]: Field } = {
    string: text,
    integer: f.integer(),
    number: f.number(),
    boolean: f.boolean(),
    array: f.array(text),
    set: f.set(text),
    map: f.map(text, text),
    record: f.record({ text }),
    foreign: f.foreign('things'),
    json: f.json({ json_schema: { inline: { type: 'object' } } }),
    any: f.any({ one_of: [1] }),
  };
  const deep = nested(10_000);
  const given = Object.fromEntries(Object.keys(fields).map((name) => [name, deep]));
  assert.deepEqual(Object.keys(errorsOf(schemaOf(fields).insert(given))), Object.keys(fields));
});

test('names that objects inherit are names like any other', () => {
  const schema = schemaOf({ constructor: f.string(), r: f.record({ x: f.string() }), map: f.map(f.string(), f.any()) });
  assert.deepEqual(Object.entries(rowOf(schema.insert({}))), [
    ['constructor', null],
    ['r', { x: null }],
    ['map', null],
  ]);
  const given = JSON.parse('{"map":{"__proto__":{"polluted":1}},"r":{"__proto__":1,"hasOwnProperty":2}}');
  const errors = errorsOf(schema.insert(given));
  assert.deepEqual(Object.entries(errors.r as object), [
    ['__proto__', 'unknown field'],
    ['hasOwnProperty', 'unknown field'],
  ]);
  const { map } = rowOf(schema.insert({ map: given.map })) as { map: object };
  assert.deepEqual(Object.keys(map), ['__proto__']);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  assert.equal((map as { polluted?: unknown }).polluted, undefined);
  rowOf(schema.update(JSON.parse('{"map":{"__proto__":{"a":1}}}'), rowOf(schema.insert({}))));
});

// Anything worse than linear would take minutes here.
test('long texts and lists are judged', () => {
  const long = 'a'.repeat(200_000);
  const schema = schemaOf({
    match: f.string({ match: { pattern: /^[^*]*(?:\*[^*]*)?$/ } }),
    list: f.set(f.integer()),
  });
  assert.deepEqual(Object.keys(errorsOf(schema.insert({ match: `${long}*${long}*` }))), ['match']);
  const { list } = rowOf(schema.insert({ list: Array.from({ length: 100_000 }, (_, at) => at % 1000) }));
  assert.equal((list as unknown[]).length, 1000);
});
