import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkCases, checkedFields } from './entity-checks.cases.ts';
import { f } from './fields.ts';
import { errorsOf, rowOf, schemaOf } from './schema.fixtures.ts';

for (const [index, [check, given, errors]] of checkCases.entries()) {
  test(`${index}: ${Object.keys(check)[0]} given ${JSON.stringify(given)}`, () => {
    const outcome = schemaOf(checkedFields, { entity_checks: [check] }).insert(given);
    if (errors === undefined) rowOf(outcome);
    else assert.deepEqual(errorsOf(outcome), errors);
  });
}

describe('checks on an update', () => {
  const names = ['a', 'b'];
  const stored = { a: 'x', b: null, m: null, n: null, secret: null, r: {}, none: null };

  test('texts say so', () => {
    const schema = schemaOf(checkedFields, { entity_checks: [{ at_least_one_of: names }] });
    assert.deepEqual(errorsOf(schema.update({ a: null }, stored)), {
      '@entity': ["when updating, at least one of these fields must be non-empty: 'a', 'b'"],
    });
  });

  test('a missing source is reported as such', () => {
    const schema = schemaOf(checkedFields, { entity_checks: [{ only_one_of: ['a', 'none.x'] }] });
    assert.deepEqual(errorsOf(schema.update({}, stored)), {
      none: { x: 'field required for entity check when updating' },
    });
  });

  test('a check of which nothing is there is left out', () => {
    const schema = schemaOf(checkedFields, { entity_checks: [{ at_least_one_of: ['none.x'] }] });
    rowOf(schema.update({ b: 'y' }, stored));
  });

  test('stored values count', () => {
    const schema = schemaOf(checkedFields, { entity_checks: [{ mutually_exclusive: names }] });
    assert.deepEqual(errorsOf(schema.update({ b: 'y' }, stored)), {
      '@entity': ["only one or none of these fields must be set: 'a', 'b'"],
    });
  });
});

test('checks of a record speak within it', () => {
  const schema = schemaOf({
    r: f.record({ x: f.string(), y: f.string() }, { entity_checks: [{ mutually_required: ['x', 'y'] }] }),
  });
  assert.deepEqual(errorsOf(schema.insert({ r: { x: 'x' } })), {
    r: { '@entity': ["all or none of these fields must be set: 'x', 'y'"] },
  });
});

test('a custom check gets a copy that it cannot reach the row through', () => {
  const schema = schemaOf(
    { r: f.record({ x: f.string() }) },
    {
      entity_checks: [
        {
          custom_entity_check: {
            field_sources: ['r.x'],
            fn: (entity) => {
              (entity.r as { x: string }).x = 'changed';
              return undefined;
            },
          },
        },
      ],
    },
  );
  assert.deepEqual(rowOf(schema.insert({ r: { x: 'x' } })), { r: { x: 'x' } });
});
