import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkJson } from './json-schema.ts';

const point = {
  type: 'object',
  required: ['x'],
  properties: { x: { type: 'integer', minimum: 0 }, y: { type: ['number', 'null'], maximum: 9 } },
  additionalProperties: false,
};

const cases: readonly (readonly [schema: object, value: unknown, text: string | undefined])[] = [
  [{}, { anything: [1] }, undefined],
  [{ type: 'string' }, 5, 'wrong type: expected string, got integer'],
  [{ type: ['string', 'null'] }, true, 'wrong type: expected string or null, got boolean'],
  [{ type: 'number' }, 5, undefined],
  [{ type: 'integer' }, 5.5, 'wrong type: expected integer, got number'],
  [{ enum: ['a', { b: 1 }] }, { b: 1 }, undefined],
  [{ enum: ['a', { b: 1 }] }, { b: 2 }, 'matches none of the enum values'],
  [{ anyOf: [{ type: 'null' }, { minLength: 2 }] }, 'ab', undefined],
  [{ anyOf: [{ type: 'null' }, { minLength: 2 }] }, 'a', 'object needs to match one of the "anyOf" schemas'],
  [{ maxLength: 1 }, '😀', undefined],
  [{ maxLength: 1 }, 'ab', 'expected string length to be at most 1'],
  [{ minItems: 1 }, [], 'expected number of items to be at least 1'],
  [
    { items: point },
    [{ x: 1 }, { x: -1 }],
    'failed to validate item 2: property x validation failed: expected number to be at least 0',
  ],
  [point, { x: 1, y: null }, undefined],
  [point, { y: 1 }, 'property x is required'],
  [point, { x: 1, y: 10 }, 'property y validation failed: expected number to be at most 9'],
  [point, { x: 1, z: 1 }, 'additional properties forbidden, found z'],
  [point, JSON.parse('{"x":1,"__proto__":1}'), 'additional properties forbidden, found __proto__'],
  [
    { additionalProperties: { type: 'string' } },
    { a: 1 },
    'property a validation failed: wrong type: expected string, got integer',
  ],
];

for (const [schema, value, text] of cases) {
  test(`${JSON.stringify(value)} by ${JSON.stringify(schema)}`, () => assert.equal(checkJson(value, schema), text));
}
