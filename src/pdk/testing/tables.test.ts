import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../kernel/index.ts';
import { createFakeTables } from './tables.ts';

const ann = { id: 'a', name: 'ann' };

test('rows are inserted, changed and deleted, and the given ones stay as they are', async () => {
  const given = { people: [ann] };
  const tables = createFakeTables(given, createManualClock());
  const writer = tables.writer('people');
  const bob = await writer.insert({ name: 'bob' });
  assert.equal(typeof bob['id'], 'string');
  assert.deepEqual(tables.rows('people'), [ann, bob]);
  assert.deepEqual(await writer.update('a', { name: 'anna' }), { id: 'a', name: 'anna' });
  assert.equal(await writer.update('x', { name: 'x' }), undefined);
  assert.deepEqual([await writer.delete('a'), await writer.delete('a')], [true, false]);
  assert.deepEqual(tables.rows('people'), [bob]);
  assert.deepEqual([tables.rows('others'), given.people], [[], [ann]]);
});

test('rows end with their time to live', async () => {
  const clock = createManualClock();
  const tables = createFakeTables({}, clock);
  const row = await tables.writer('people').insert({ name: 'bob' }, 10);
  clock.advance(9_999);
  assert.deepEqual(tables.rows('people'), [row]);
  await tables.writer('people').update(row['id'] as string, {}, 5);
  clock.advance(4_999);
  assert.equal(tables.rows('people').length, 1);
  clock.advance(1);
  assert.deepEqual(tables.rows('people'), []);
});
