import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeViolations } from './describe.ts';
import type { FieldErrors } from './fields.ts';
import { luaLiteral } from './lua-literal.ts';

const cases: readonly (readonly [FieldErrors, string])[] = [
  [{ name: 'required field missing' }, 'schema violation (name: required field missing)'],
  [
    { path: 'should start with: /', host: 'required field missing' },
    '2 schema violations (host: required field missing; path: should start with: /)',
  ],
  [{ config: { minute: 'expected a number' } }, 'schema violation (config.minute: expected a number)'],
  [{ '@entity': ['one', 'two'], a: 'three' }, '3 schema violations (one; two; a: three)'],
  [{ paths: [null, 'bad', null, 'worse'] }, '2 schema violations (paths.2: bad; paths.4: worse)'],
  [{ a: { z: '1', b: '2' } }, '2 schema violations (a.b: 2; a.z: 1)'],
  [
    { config: { redis: { port: 'bad', host: 'worse' } } },
    'schema violation (config.redis: {\n  host = "worse",\n  port = "bad"\n})',
  ],
  [
    { config: { '@entity': ['as a "whole"'], list: [null, 'x', { y: 'z' }] } },
    '2 schema violations (config.@entity: {\n  "as a \\"whole\\""\n}; ' +
      'config.list: {\n  [2] = "x",\n  [3] = {\n    y = "z"\n  }\n})',
  ],
  [{ sources: [{ ip: 'bad' }] }, 'schema violation (sources.1: {\n  ip = "bad"\n})'],
];

for (const [errors, text] of cases) {
  test(JSON.stringify(errors), () => assert.equal(describeViolations(errors), text));
}

test('a Lua literal on one line', () => {
  assert.equal(luaLiteral({ id: 'x' }), '{id="x"}');
  assert.equal(luaLiteral({ group: 'g', consumer: { id: 'x' } }), '{consumer={id="x"},group="g"}');
  assert.equal(
    luaLiteral({ 'x-y': 1, end: null, a: true, list: ['p', 'q'] }),
    '{a=true,["end"]=null,list={"p","q"},["x-y"]=1}',
  );
  assert.equal(luaLiteral({}), '{}');
  assert.equal(luaLiteral('a\\b\n'), '"a\\\\b\\n"');
});
