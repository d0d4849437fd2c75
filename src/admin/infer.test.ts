import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Field, f } from '../schema/index.ts';
import { inferValue } from './infer.ts';

const record = f.record(
  { a: f.integer(), b: f.record({ c: f.boolean() }) },
  {
    shorthand_fields: { old: { field: f.number(), expand: (a: number) => ({ a }) } },
  },
);

describe('types of form values', () => {
  for (const [field, given, expected] of [
    [f.string(), '5', '5'],
    [f.string(), 'true', 'true'],
    [f.string(), '', null],
    [f.integer(), '5', 5],
    [f.integer(), '-5', -5],
    [f.integer(), '5.5', 5.5],
    [f.integer(), 'five', 'five'],
    [f.integer(), ' ', ' '],
    [f.integer(), '', null],
    [f.integer(), ['5'], ['5']],
    [f.number(), '1e3', 1000],
    [f.boolean(), 'true', true],
    [f.boolean(), 'false', false],
    [f.boolean(), 'yes', 'yes'],
    [f.boolean(), true, true],
    [f.array(f.integer()), '5', [5]],
    [f.array(f.integer()), ['5', 'x', ''], [5, 'x', null]],
    [f.set(f.string()), 'a', ['a']],
    [f.set(f.string()), '', null],
    [f.map(f.string(), f.integer()), { a: '1', b: 'x' }, { a: 1, b: 'x' }],
    [f.map(f.string(), f.integer()), 'x', 'x'],
    [record, { a: '1', b: { c: 'true' }, old: '2', nope: '3' }, { a: 1, b: { c: true }, old: 2, nope: '3' }],
    [record, 'x', 'x'],
    [f.foreign('services'), { id: '5' }, { id: '5' }],
    [f.any(), '5', '5'],
    [undefined, '', ''],
  ] as [Field | undefined, unknown, unknown][]) {
    it(`${field?.type ?? 'unknown'} from ${JSON.stringify(given)}`, () => {
      assert.deepEqual(JSON.parse(JSON.stringify(inferValue(given, field))), expected);
    });
  }
});
