import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineEntity, type EntityDefinition, f } from '../schema/index.ts';
import { affectedKeys, cacheKey, cacheKeyOf, fieldKey } from './cache-keys.ts';

const ws = '0dc6f45b-8f8d-40d2-a504-473544ee190b';
const entity = (name: string, more: Partial<EntityDefinition> = {}): EntityDefinition =>
  defineEntity({ name, primary_key: ['id'], workspaceable: true, fields: { id: f.string({ uuid: true }) }, ...more });

const credentials = entity('keyauth_credentials', {
  cache_key: ['key'],
  endpoint_key: 'key',
  fields: { id: f.string(), key: f.string({ unique: true }), consumer: f.foreign('consumers') },
});
const plugins = entity('plugins', { cache_key: ['name', 'route', 'service', 'consumer'] });
const consumers = entity('consumers', {
  endpoint_key: 'username',
  fields: { id: f.string(), username: f.string({ unique: true }), custom_id: f.string({ unique: true }) },
});

describe('cache keys in the form of Kong', () => {
  for (const [key, expected] of [
    [cacheKey(credentials, ['abc'], ws), `keyauth_credentials:abc:::::${ws}`],
    [cacheKey(plugins, ['cors', 'r', '', 'c'], ws), `plugins:cors:r::c::${ws}`],
    [cacheKey(consumers, ['42'], ws), `consumers:42:::::${ws}`],
    [cacheKey(entity('sessions', { workspaceable: false }), ['s'], ws), 'sessions:s:::::'],
    [cacheKey(entity('keys', { cache_key: ['kid', 'set'] }), ['k', 's'], ws), 'keys:k:s'],
    [cacheKey(entity('vaults', { cache_key: ['prefix'] }), ['env'], ws), 'vaults:env:::::'],
    [
      cacheKeyOf(plugins, { id: 'p', name: 'cors', route: null, service: { id: 's' }, consumer: null }, ws),
      `plugins:cors::s:::${ws}`,
    ],
    [cacheKeyOf(consumers, { id: '42', username: 'bob' }, ws), `consumers:42:::::${ws}`],
    [cacheKeyOf(credentials, { id: '42', key: 'abc', ws_id: 'other' }, ws), 'keyauth_credentials:abc:::::other'],
    [
      cacheKeyOf(entity('filter_chains', { cache_key: ['route', 'service'] }), { id: '42', route: null }, ws),
      `filter_chains:42:::::${ws}`,
    ],
  ]) {
    it(expected!, () => assert.equal(key, expected));
  }

  it('has keys for unique fields that no cache key can equal', () => {
    assert.equal(fieldKey(consumers, 'username', 'bob', ws), `consumers|username:bob:${ws}`);
    assert.ok(!fieldKey(consumers, 'username', 'bob', ws).startsWith('consumers:'));
  });
});

describe('keys that a change affects', () => {
  it('are those of the row as it is and as it was', () => {
    const change = {
      entity: 'keyauth_credentials',
      operation: 'update',
      row: { id: '42', key: 'new', consumer: { id: 'c' } },
      old: { id: '42', key: 'old', consumer: { id: 'd' } },
    } as const;
    assert.deepEqual([...affectedKeys(credentials, change, ws)].sort(), [
      'keyauth_credentials*consumer:c',
      'keyauth_credentials*consumer:d',
      `keyauth_credentials:new:::::${ws}`,
      `keyauth_credentials:old:::::${ws}`,
      `keyauth_credentials|id:42:${ws}`,
      `keyauth_credentials|key:new:${ws}`,
      `keyauth_credentials|key:old:${ws}`,
    ]);
  });

  it('leave out fields that are null', () => {
    const change = {
      entity: 'consumers',
      operation: 'create',
      row: { id: '42', username: 'bob', custom_id: null },
    } as const;
    assert.deepEqual([...affectedKeys(consumers, change, ws)].sort(), [
      `consumers:42:::::${ws}`,
      `consumers|id:42:${ws}`,
      `consumers|username:bob:${ws}`,
    ]);
  });
});
