import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldCases } from './fields.cases.ts';
import { schemaOf } from './schema.fixtures.ts';

for (const [index, [field, value, problem]] of fieldCases.entries()) {
  test(`${index}: ${field.typedef ?? field.type} given ${JSON.stringify(value)}`, () => {
    const outcome = schemaOf({ x: field }).insert({ x: value });
    if (problem === undefined) assert.equal(outcome.ok, true, JSON.stringify(outcome));
    else assert.deepEqual(outcome, { ok: false, errors: { x: problem } });
  });
}
