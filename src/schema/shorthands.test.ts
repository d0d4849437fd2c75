import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { f } from './fields.ts';
import { errorsOf, rowOf, schemaOf } from './schema.fixtures.ts';

const mismatch = 'both deprecated and new field are used but their values mismatch:';

describe('a deprecated shorthand', () => {
  const fields = {
    a: f.string({ default: 'default' }),
    r: f.record({ x: f.string(), y: f.integer({ default: 7 }) }),
    list: f.array(f.integer()),
    both: f.string(),
    too: f.string(),
  };
  const schema = schemaOf(fields, {
    shorthand_fields: {
      old_a: { field: f.string(), expand: (a: string) => ({ a }), deprecation: { replaced_with: [{ path: ['a'] }] } },
      old_x: {
        field: f.string(),
        expand: (x: string) => ({ r: { x } }),
        deprecation: { replaced_with: [{ path: ['r', 'x'] }] },
      },
      old_both: {
        field: f.string(),
        expand: (value: string) => ({ both: value, too: value }),
        deprecation: { replaced_with: [{ path: ['both'] }, { path: ['too'] }] },
      },
      old_list: {
        field: f.array(f.integer()),
        expand: (value: readonly number[]) => ({ list: value.map((part) => -part) }),
        deprecation: {
          replaced_with: [
            {
              path: ['list'],
              reverse: ({ list }: { list?: readonly number[] | null }) => list?.map((part) => -part),
            },
          ],
        },
      },
    },
  });
  const empty = { a: 'default', r: { x: null, y: 7 }, list: null, both: null, too: null };

  test('becomes what replaced it', () => {
    assert.deepEqual(rowOf(schema.insert({ old_a: '1', old_x: '2', old_both: '3', old_list: [4] })), {
      a: '1',
      r: { x: '2', y: 7 },
      list: [-4],
      both: '3',
      too: '3',
    });
  });

  test('may stand beside the new spelling with the same value', () => {
    rowOf(schema.insert({ old_a: '1', a: '1', old_x: '2', r: { x: '2' }, old_list: [4], list: [-4] }));
  });

  test('may not differ from the new spelling', () => {
    const given = { old_a: '1', a: '2', old_x: '1', r: { x: '2' }, old_both: '1', both: '1', too: '2' };
    assert.deepEqual(errorsOf(schema.insert(given)), {
      old_a: `${mismatch} old_a = 1 vs a = 2`,
      old_x: `${mismatch} old_x = 1 vs r.x = 2`,
      old_both: `${mismatch} old_both = 1 vs too = 2`,
    });
  });

  test('fills a new spelling that is null, and null yields to the new spelling', () => {
    const row = rowOf(schema.insert({ old_a: '1', a: null, old_x: null, r: { x: '2' } }));
    assert.deepEqual(row, { ...empty, a: '1', r: { x: '2', y: 7 } });
  });

  test('is judged by its own field, and nothing else is then', () => {
    assert.deepEqual(errorsOf(schema.insert({ old_a: 5, nope: 1 })), { old_a: 'expected a string' });
  });

  test('wins over stored values on update', () => {
    const stored = { ...empty, a: 'stored', r: { x: 'stored', y: 1 } };
    assert.deepEqual(rowOf(schema.update({ old_a: '1', old_x: '2' }, stored)), {
      ...stored,
      a: '1',
      r: { x: '2', y: 1 },
    });
  });

  test('does not touch a record of a wrong type', () => {
    assert.deepEqual(errorsOf(schema.insert({ old_x: '1', r: 'x' })), { r: 'expected a record' });
  });

  test('is echoed with the value of what replaced it', () => {
    const row = { ...empty, r: { x: 'x', y: 1 }, list: [-1] };
    assert.deepEqual(schema.show(row), { ...row, old_a: 'default', old_x: 'x', old_both: null, old_list: [1] });
  });
});

describe('shorthands that are not deprecated', () => {
  const schema = schemaOf(
    { a: f.string(), r: f.record({ x: f.string(), y: f.string() }) },
    {
      shorthand_fields: {
        url: { field: f.string(), expand: (value: string) => ({ a: value, r: { x: value } }) },
        old: { field: f.string(), expand: (a: string) => ({ a }), translate_backwards: ['a'] },
      },
    },
  );

  test('win over what is given beside them', () => {
    assert.deepEqual(rowOf(schema.insert({ url: 'u', a: 'a', r: { x: 'x', y: 'y' } })), {
      a: 'u',
      r: { x: 'u', y: 'y' },
    });
  });

  test('are echoed where they say from where', () => {
    const row = { a: 'a', r: { x: null, y: null } };
    assert.deepEqual(schema.show(row), { ...row, old: 'a' });
  });
});

describe('shorthands within', () => {
  const inner = f.record(
    { x: f.string(), y: f.string() },
    {
      shorthand_fields: {
        old: { field: f.string(), expand: (x: string) => ({ x }), deprecation: { replaced_with: [{ path: ['x'] }] } },
      },
    },
  );
  const schema = schemaOf({ r: inner, list: f.array(inner), map: f.map(f.string(), inner) });

  test('records, lists and maps are expanded', () => {
    assert.deepEqual(rowOf(schema.insert({ r: { old: '1' }, list: [{ old: '2' }], map: { a: { old: '3' } } })), {
      r: { x: '1', y: null },
      list: [{ x: '2', y: null }],
      map: { a: { x: '3', y: null } },
    });
  });

  test('are echoed there', () => {
    const row = { r: { x: '1', y: null }, list: [{ x: '2', y: null }], map: { a: { x: '3', y: null } } };
    assert.deepEqual(schema.show(row), {
      r: { ...row.r, old: '1' },
      list: [{ ...row.list[0], old: '2' }],
      map: { a: { ...row.map.a, old: '3' } },
    });
  });

  test('are reported under their bare name, those of the first record only', () => {
    assert.deepEqual(errorsOf(schema.insert({ r: { old: 1 }, list: [{ old: 'a', x: 'b' }] })), {
      old: 'expected a string',
    });
    assert.deepEqual(errorsOf(schema.insert({ list: [{ old: 'a', x: 'b' }] })), {
      old: `${mismatch} old = a vs x = b`,
    });
  });

  test('values of a wrong type are left to validation', () => {
    assert.deepEqual(errorsOf(schema.insert({ r: 1, list: 2, map: 3 })), {
      r: 'expected a record',
      list: 'expected an array',
      map: 'expected a map',
    });
  });
});
