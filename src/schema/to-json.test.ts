import assert from 'node:assert/strict';
import { test } from 'node:test';
import { f } from './fields.ts';
import { schemaOf } from './schema.fixtures.ts';

test('the JSON of a schema has every attribute but code and what is ours alone', () => {
  const pattern = { pattern: /^a/, lua: '^a' };
  const schema = schemaOf(
    {
      text: f.string({
        match: pattern,
        not_match: { pattern: /b/, lua: 'b' },
        match_all: [{ ...pattern, err: 'no a' }],
        match_any: { patterns: [pattern, { pattern: /^c$/ }] },
        custom_validator: () => undefined,
        typedef: 'ours',
      }),
      number: f.number({ between: [0, Number.POSITIVE_INFINITY], default: 0 }),
      map: f.map(f.string(), f.any(), { default: {} }),
      record: f.record(
        { x: f.string(), maybe: f.record({}, { required: false }) },
        {
          entity_checks: [
            { at_least_one_of: ['x'] },
            { custom_entity_check: { field_sources: ['x'], fn: () => undefined } },
            {
              conditional: {
                if_field: 'x',
                if_match: { match: pattern, elements: { type: 'string', ne: 'b' } },
                then_field: 'maybe',
                then_match: { eq: null },
              },
            },
          ],
          shorthand_fields: {
            old: {
              field: f.string({ len_min: 0 }),
              expand: (x: string) => ({ x }),
              deprecation: {
                message: 'use x',
                removal_in_version: '4.0',
                replaced_with: [{ path: ['x'], reverse: () => 'x' }],
              },
            },
            older: { field: f.string(), expand: (x: string) => ({ x }), translate_backwards: ['x'] },
          },
        },
      ),
      open: f.record({}, { abstract: true }),
    },
    { entity_checks: [{ mutually_exclusive: ['text', 'number'] }] },
  );
  assert.deepEqual(schema.toJson(), {
    entity_checks: [{ mutually_exclusive: ['text', 'number'] }],
    fields: [
      {
        text: {
          type: 'string',
          match: '^a',
          not_match: 'b',
          match_all: [{ pattern: '^a', err: 'no a' }],
          match_any: { patterns: ['^a', '^c$'] },
        },
      },
      { number: { type: 'number', between: [0, 'inf'], default: 0 } },
      { map: { type: 'map', keys: { type: 'string' }, values: { type: 'any' }, default: [] } },
      {
        record: {
          type: 'record',
          required: true,
          fields: [{ x: { type: 'string' } }, { maybe: { type: 'record', required: false, fields: [] } }],
          entity_checks: [
            { at_least_one_of: ['x'] },
            { custom_entity_check: { field_sources: ['x'] } },
            {
              conditional: {
                if_field: 'x',
                if_match: { match: '^a', elements: { type: 'string', ne: 'b' } },
                then_field: 'maybe',
                then_match: { eq: null },
              },
            },
          ],
          shorthand_fields: [
            {
              old: {
                type: 'string',
                len_min: 0,
                deprecation: { message: 'use x', removal_in_version: '4.0', replaced_with: [{ path: ['x'] }] },
              },
            },
            { older: { type: 'string', translate_backwards: ['x'] } },
          ],
        },
      },
      { open: { type: 'record', abstract: true } },
    ],
  });
});
