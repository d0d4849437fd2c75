import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineEntity, f, typedefs } from '../schema/index.ts';
import { createRowResolver, createVaults, parseReference } from './index.ts';

const env = { MY_SECRET: 'one', MY_SECRET_PREVIOUS: 'zero', APP_TOKEN: 'two', PAIR: '{"user":"u","port":5,"deep":{}}' };

describe('references', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['{vault://env/my-secret}', { ok: true, value: 'one' }],
    ['{vault://env/MY_SECRET}', { ok: true, value: 'one' }],
    ['{vault://env/my-secret#2}', { ok: true, value: 'zero' }],
    ['{vault://env/token?prefix=app_}', { ok: true, value: 'two' }],
    ['{vault://my-app/token}', { ok: true, value: 'two' }],
    ['{vault://env/pair/user}', { ok: true, value: 'u' }],
    ['{vault://env/pair/port}', { ok: true, value: '5' }],
    ['{vault://env/pair/deep}', { ok: false, error: 'subfield deep is neither text nor a number' }],
    ['{vault://env/pair/none}', { ok: false, error: 'subfield none not found' }],
    ['{vault://env/my-secret/x}', { ok: false, error: 'the value is not JSON' }],
    ['{vault://env/nothing}', { ok: false, error: 'could not find a value' }],
    ['{vault://aws/token}', { ok: false, error: 'vault not found (aws)' }],
    ['{vault://env}', { ok: false, error: 'the reference is malformed' }],
  ];
  for (const [reference, expected] of cases) {
    it(`resolves ${reference}`, () => {
      const vaults = createVaults(env);
      vaults.put({ id: '1', prefix: 'my-app', name: 'env', config: { prefix: 'app-' } });
      assert.deepEqual(vaults.resolve(reference), expected);
    });
  }

  it('forgets a vault that is gone or renamed', () => {
    const vaults = createVaults(env);
    vaults.put({ id: '1', prefix: 'old', name: 'env', config: null });
    vaults.put({ id: '1', prefix: 'new', name: 'env', config: null });
    assert.equal(vaults.resolve('{vault://old/my-secret}').ok, false);
    assert.equal(vaults.resolve('{vault://new/my-secret}').ok, true);
    vaults.delete('1');
    assert.equal(vaults.resolve('{vault://new/my-secret}').ok, false);
  });

  it('reads all parts', () => {
    assert.deepEqual(parseReference('{vault://hcv/a%2Fb/c/d?x=1#2}'), {
      vault: 'hcv',
      resource: 'a/b',
      key: 'c/d',
      version: 2,
      options: new Map([['x', '1']]),
    });
  });
});

describe('rows', () => {
  const things = defineEntity({
    name: 'things',
    primary_key: ['id'],
    subschema_key: 'name',
    fields: {
      id: typedefs.uuid(),
      name: f.string(),
      secret: f.string({ referenceable: true }),
      plain: f.string(),
      config: f.record({}, { abstract: true }),
    },
  });
  const vaults = createVaults(env);
  const missing: string[] = [];
  const rows = createRowResolver({
    definitions: [things],
    subschema: () => ({
      name: 'x',
      fields: {
        config: f.record({
          list: f.array(f.string({ referenceable: true })),
          map: f.map(f.string(), f.string({ referenceable: true })),
          records: f.array(f.record({ key: f.string({ referenceable: true }) })),
        }),
      },
    }),
    resolve: (reference) => vaults.resolve(reference),
    onMissing: (entity, reference, error) => missing.push(`${entity} ${reference} ${error}`),
  });
  const reference = '{vault://env/my-secret}';

  it('get their secrets where fields may refer to one', () => {
    const row = {
      id: '1',
      name: 'x',
      secret: reference,
      plain: reference,
      config: { list: ['a', reference], map: { k: reference }, records: [{ key: reference }] },
    };
    assert.deepEqual(rows.resolve('things', row), {
      id: '1',
      name: 'x',
      secret: 'one',
      plain: reference,
      config: { list: ['a', 'one'], map: { k: 'one' }, records: [{ key: 'one' }] },
    });
  });

  it('stay the same objects without references', () => {
    const row = { id: '1', name: 'x', secret: 'a', plain: 'b', config: { list: ['a'], map: { k: 'v' }, records: [] } };
    assert.equal(rows.resolve('things', row), row);
    assert.equal(rows.resolve('unknown', row), row);
  });

  it('have an empty field where a reference leads nowhere', () => {
    const row = { id: '1', name: 'x', secret: '{vault://env/none}', plain: null, config: null };
    assert.deepEqual(rows.resolve('things', row), { ...row, secret: '' });
    assert.deepEqual(missing, ['things {vault://env/none} could not find a value']);
  });
});
