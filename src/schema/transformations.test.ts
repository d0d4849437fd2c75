import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { f } from './fields.ts';
import { errorsOf, rowOf, schemaOf } from './schema.fixtures.ts';

const consumer = { id: '11111111-1111-4111-8111-111111111111' };
const other = { id: '22222222-2222-4222-8222-222222222222' };
const needed = "all or none of these fields must be set: 'password', 'consumer.id'";

const schema = schemaOf(
  { consumer: f.foreign('consumers', { required: true }), username: f.string(), password: f.string(), log: f.string() },
  {
    transformations: [
      {
        input: ['password'],
        needs: ['consumer.id'],
        on_write: ({ password, consumer: { id } }: { password: string; consumer: { id: string } }) => ({
          password: `${password}/${id[0]}`,
        }),
      },
      { on_write: ({ password }: { password: string | null }) => ({ log: `saw ${password}` }) },
    ],
  },
);
const stored = { consumer, username: 'u', password: 'kept', log: 'x' };

describe('transformations', () => {
  test('rewrite a valid row, each seeing what the one before it made', () => {
    const row = rowOf(schema.insert({ consumer, password: 'p' }));
    assert.deepEqual(row, { consumer, username: null, password: 'p/1', log: 'saw p/1' });
    assert.deepEqual(Object.keys(row), ['consumer', 'username', 'password', 'log']);
  });

  test('are left out without their input', () => {
    assert.deepEqual(rowOf(schema.insert({ consumer, password: null })).password, null);
    assert.equal(rowOf(schema.update({ username: 'v' }, stored)).password, 'kept');
  });

  test('are left out when told', () => {
    const row = rowOf(schema.insert({ consumer, password: 'p' }, { transform: false }));
    assert.deepEqual(row, { consumer, username: null, password: 'p', log: null });
  });

  test('refuse input without what they need', () => {
    assert.deepEqual(errorsOf(schema.insert({ password: 'p' })), {
      consumer: 'required field missing',
      '@entity': [needed],
    });
  });

  test('need what they need given again on update', () => {
    assert.deepEqual(errorsOf(schema.update({ password: 'p' }, stored)), { '@entity': [needed] });
    assert.equal(rowOf(schema.update({ password: 'p', consumer }, stored)).password, 'p/1');
  });

  test('refuse a change of what the stored value was made with', () => {
    assert.deepEqual(errorsOf(schema.update({ consumer: other }, stored)), { '@entity': [needed] });
    assert.equal(rowOf(schema.update({ consumer: other, password: 'p' }, stored)).password, 'p/2');
  });
});
