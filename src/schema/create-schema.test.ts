import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { f } from './fields.ts';
import { errorsOf, rowOf, schemaOf } from './schema.fixtures.ts';
import * as t from './typedefs/index.ts';

const id = '11111111-1111-4111-8111-111111111111';

describe('auto fields', () => {
  const schema = schemaOf({
    id: t.uuid(),
    created_at: t.autoTimestampS(),
    updated_at: t.autoTimestampMs(),
    key: f.string({ auto: true }),
  });
  const made = {
    id: '00000000-0000-4000-8000-000000000001',
    created_at: 1_700_000_000,
    updated_at: 1_700_000_000.123,
    key: 'random',
  };

  test('are made on insert, in the unit that the type tells', () => {
    assert.deepEqual(rowOf(schema.insert({})), made);
  });

  test('are made on upsert, where only what is given stays', () => {
    assert.deepEqual(rowOf(schema.upsert({ id, created_at: 5, updated_at: 5, key: 'mine' })), {
      id,
      created_at: 5,
      updated_at: 1_700_000_000.123,
      key: 'mine',
    });
  });

  test('null means made for ids and times, null for keys', () => {
    const row = rowOf(schema.insert({ id: null, created_at: null, updated_at: null, key: null }));
    assert.equal(row.created_at, 1_700_000_000);
    assert.equal(row.key, null);
    assert.match(String(row.id), /^0{8}-/);
  });

  test('only the time of the update changes on update', () => {
    const stored = { id, created_at: 1, updated_at: 1, key: 'stored' };
    assert.deepEqual(rowOf(schema.update({}, stored)), { ...stored, updated_at: 1_700_000_000.123 });
  });

  test('ids and keys are not made for a mere check, unless required', () => {
    assert.deepEqual(rowOf(schema.check({})), { ...made, id: null, key: null });
    rowOf(schemaOf({ entity_id: t.uuid({ required: true }) }).check({}));
  });
});

describe('defaults', () => {
  const schema = schemaOf({
    list: f.array(f.string(), { default: ['a'] }),
    on: f.boolean({ default: true }),
    record: f.record({ x: f.integer({ default: 1 }), inner: f.record({ y: f.integer({ default: 2 }) }) }),
    maybe: f.record({ x: f.integer({ default: 1 }) }, { required: false }),
    list_of: f.array(f.record({ x: f.integer({ default: 1 }), inner: f.record({ y: f.integer({ default: 2 }) }) })),
    map_of: f.map(f.string(), f.record({ x: f.integer({ default: 1 }) })),
  });

  test('fill what is absent, also within records', () => {
    assert.deepEqual(rowOf(schema.insert({})), {
      list: ['a'],
      on: true,
      record: { x: 1, inner: { y: 2 } },
      maybe: null,
      list_of: null,
      map_of: null,
    });
  });

  test('fill records that were given in part', () => {
    const row = rowOf(
      schema.insert({ record: { inner: {} }, maybe: {}, list_of: [{}, { inner: {} }], map_of: { a: {} } }),
    );
    assert.deepEqual(row.record, { x: 1, inner: { y: 2 } });
    assert.deepEqual(row.maybe, { x: 1 });
    // Records within the elements of a list are not required as those of an entity are.
    assert.deepEqual(row.list_of, [
      { x: 1, inner: null },
      { x: 1, inner: { y: 2 } },
    ]);
    assert.deepEqual(row.map_of, { a: { x: 1 } });
  });

  test('do not replace an explicit null', () => {
    const row = rowOf(schema.insert({ list: null, on: null }));
    assert.equal(row.list, null);
    assert.equal(row.on, null);
  });

  test('cannot be changed through a row that got them', () => {
    const row = rowOf(schema.insert({}));
    assert.throws(() => (row.list as string[]).push('b'), TypeError);
    assert.throws(() => {
      (row.record as { inner: { y: number } }).inner.y = 3;
    }, TypeError);
  });
});

describe('update', () => {
  const schema = schemaOf({
    a: f.string({ default: 'default' }),
    list: f.array(f.integer()),
    map: f.map(f.string(), f.integer()),
    record: f.record({ x: f.integer(), inner: f.record({ y: f.integer(), z: f.integer({ default: 3 }) }) }),
    fixed: f.string({ immutable: true }),
    fixed_set: f.set(f.string(), { immutable: true }),
  });
  const stored = {
    a: 'stored',
    list: [1, 2],
    map: { p: 1 },
    record: { x: 1, inner: { y: 1, z: 1 } },
    fixed: 'f',
    fixed_set: ['a', 'b'],
  };

  test('keeps what is not given', () => {
    assert.deepEqual(rowOf(schema.update({}, stored)), stored);
  });

  test('merges records deeply, and replaces lists and maps', () => {
    const given = { list: [3], map: { q: 2 }, record: { inner: { y: 9 } } };
    assert.deepEqual(rowOf(schema.update(given, stored)), {
      ...stored,
      list: [3],
      map: { q: 2 },
      record: { x: 1, inner: { y: 9, z: 1 } },
    });
  });

  test('clears with null', () => {
    const row = rowOf(schema.update({ a: null, list: null, record: { x: null } }, stored));
    assert.deepEqual([row.a, row.list, row.record], [null, null, { x: null, inner: { y: 1, z: 1 } }]);
  });

  test('refuses null for a record of an entity', () => {
    assert.deepEqual(errorsOf(schema.update({ record: null }, stored)), { record: 'required field missing' });
  });

  test('completes rows that were stored before a field was there', () => {
    const { a: _a, ...old } = stored;
    assert.deepEqual(rowOf(schema.update({}, { ...old, record: { x: 1 }, gone: 5 })), {
      ...stored,
      a: 'default',
      record: { x: 1, inner: { y: null, z: 3 } },
    });
  });

  test('leaves immutable fields', () => {
    rowOf(schema.update({ fixed: 'f', fixed_set: ['b', 'a'] }, stored));
    assert.deepEqual(errorsOf(schema.update({ fixed: 'g', fixed_set: ['a'] }, stored)), {
      fixed: 'immutable field cannot be updated',
      fixed_set: 'immutable field cannot be updated',
    });
  });

  test('reports unknown fields at every depth', () => {
    assert.deepEqual(errorsOf(schema.update({ nope: 1, record: { inner: { nope: null } } }, stored)), {
      nope: 'unknown field',
      record: { inner: { nope: 'unknown field' } },
    });
  });
});

describe('references', () => {
  const parents = schemaOf({
    id: t.uuid(),
    name: f.string({ unique: true, len_min: 2 }),
    custom_id: f.string({ unique: true }),
  });
  const fields = { parent: f.foreign('parents') };
  const schema = schemaOf(fields, {}, { foreign: () => parents });

  test('by id are cut down to the id', () => {
    assert.deepEqual(rowOf(schema.insert({ parent: { id, name: 'x', nope: 1 } })), { parent: { id } });
    assert.deepEqual(parents.reference({ id }), { by: 'id', id });
  });

  test('by a unique field are left for whoever can look them up', () => {
    const parent = { name: 'name', custom_id: 'c' };
    assert.deepEqual(rowOf(schema.insert({ parent })), { parent });
    assert.deepEqual(parents.reference({ ...parent, id: 'x' }), {
      by: 'unique',
      candidates: [
        { field: 'name', value: 'name' },
        { field: 'custom_id', value: 'c' },
      ],
    });
  });

  test('by a unique field are not enough for a check', () => {
    assert.deepEqual(errorsOf(schema.check({ parent: { name: 'name' } })), { parent: { id: 'missing primary key' } });
  });

  test('to nothing are refused', () => {
    assert.deepEqual(errorsOf(schema.insert({ parent: { name: 'n' } })), {
      parent: { name: 'length must be at least 2' },
    });
    assert.deepEqual(errorsOf(schema.insert({ parent: 'name' })), { parent: { id: 'missing primary key' } });
    assert.deepEqual(errorsOf(schema.insert({ parent: {} })), { parent: { id: 'missing primary key' } });
  });

  test('are accepted by any text where the other schema is not at hand', () => {
    const alone = schemaOf(fields);
    rowOf(alone.insert({ parent: { name: 'n' } }));
    assert.deepEqual(errorsOf(alone.insert({ parent: { name: 5 } })), { parent: { id: 'missing primary key' } });
  });
});

test('fieldAt follows paths through records and subschemas', () => {
  const config = f.record({ x: f.record({ y: f.integer() }) });
  const schema = schemaOf(
    { name: f.string(), config: f.record({}, { abstract: true }), r: f.record({ s: f.string() }) },
    { subschema_key: 'name', subschemas: { one: { name: 'one', fields: { config } } } },
  );
  assert.equal(schema.fieldAt('r.s')?.type, 'string');
  assert.equal(schema.fieldAt('config.x.y'), undefined);
  assert.equal(schema.fieldAt('config.x.y', { name: 'one' })?.type, 'integer');
  assert.equal(schema.fieldAt('config.x.y', { name: 'two' }), undefined);
  assert.equal(schema.fieldAt('constructor'), undefined);
  assert.equal(schema.fieldAt('r.s.t'), undefined);
});
