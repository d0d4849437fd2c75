import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { consumers, plugins, targets } from '../../entities/index.ts';
import { defineEntity, f, typedefs } from '../../schema/index.ts';
import { cacheKey, cacheKeyOf } from './cache-key.ts';

const id = typedefs.uuid();

describe('cache keys', () => {
  it('have seven parts, the workspace last', () => {
    const row = { id: 'i', name: 'cors', route: null, service: { id: 's' }, consumer: null };
    assert.equal(cacheKeyOf(plugins, row, 'w'), 'plugins:cors::s:::w');
    assert.equal(cacheKeyOf(targets, { id: 'i', upstream: { id: 'u' }, target: 'a:80' }, 'w'), 'targets:u:a:80::::w');
    assert.equal(cacheKey(plugins, ['cors', 'r'], 'w'), 'plugins:cors:r::::w');
  });

  it('fall back to the primary key', () => {
    assert.equal(cacheKeyOf(consumers, { id: 'i', username: 'x' }, 'w'), 'consumers:i:::::w');
    const chains = defineEntity({
      name: 'filter_chains',
      primary_key: ['id'],
      cache_key: ['route', 'service'],
      fields: { id, route: f.foreign('routes'), service: f.foreign('services') },
    });
    assert.equal(cacheKeyOf(chains, { id: 'i', route: null, service: null }, 'w'), 'filter_chains:i:::::');
  });

  it('leave the workspace out where names are unique across workspaces', () => {
    const vaults = defineEntity({
      name: 'vaults',
      primary_key: ['id'],
      cache_key: ['prefix'],
      workspaceable: true,
      fields: { id, prefix: f.string() },
    });
    assert.equal(cacheKeyOf(vaults, { id: 'i', prefix: 'p' }, 'w'), 'vaults:p:::::');
    const keys = defineEntity({
      name: 'keys',
      primary_key: ['id'],
      cache_key: ['kid', 'set'],
      workspaceable: true,
      fields: { id, kid: f.string(), set: f.foreign('key_sets') },
    });
    assert.equal(cacheKeyOf(keys, { id: 'i', kid: 'k', set: { id: 's' } }, 'w'), 'keys:k:s');
    assert.equal(cacheKeyOf(keys, { id: 'i', kid: 'k', set: null }, 'w'), 'keys:k:');
  });
});
