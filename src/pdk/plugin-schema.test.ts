import assert from 'node:assert/strict';
import { test } from 'node:test';
import { f } from '../schema/index.ts';
import { definePlugin } from './plugin.ts';
import { pluginSubschema } from './plugin-schema.ts';
import { runPlugin } from './testing.ts';

const bare = { name: 'probe', version: '1.0.0', priority: 1, config: { a: f.string() }, setup: () => () => ({}) };

test('a plugin runs on HTTP and may be attached anywhere unless it says otherwise', () => {
  const { name, fields } = pluginSubschema(definePlugin(bare));
  assert.equal(name, 'probe');
  assert.deepEqual(Object.keys(fields), ['protocols', 'config']);
  assert.deepEqual(fields['protocols']?.default, ['grpc', 'grpcs', 'http', 'https']);
  assert.equal(fields['config']?.required, true);
});

test('what a plugin forbids and allows narrows the fields of all plugins', () => {
  const plugin = definePlugin({
    ...bare,
    not_on: ['consumer', 'route', 'service'],
    protocols: ['tcp', 'tls'],
    entity_checks: [{ at_least_one_of: ['config.a'] }],
    shorthand_fields: { b: { field: f.string(), expand: (value: string) => ({ a: value }) } },
    custom_validator: () => undefined,
  });
  const { fields, entity_checks } = pluginSubschema(plugin);
  assert.deepEqual(Object.keys(fields), ['route', 'service', 'consumer', 'protocols', 'config']);
  assert.deepEqual([fields['route']?.eq, fields['service']?.eq, fields['consumer']?.eq], [null, null, null]);
  assert.deepEqual(fields['protocols']?.default, ['tcp', 'tls']);
  const narrower = pluginSubschema(definePlugin({ ...bare, protocols: ['tcp', 'tls'], default_protocols: ['tls'] }));
  assert.deepEqual(narrower.fields['protocols']?.default, ['tls']);
  assert.deepEqual(entity_checks, [{ at_least_one_of: ['config.a'] }]);
});

test('a configuration is completed, and refused with the message of Kong', async () => {
  let seen: unknown;
  const plugin = definePlugin({
    ...bare,
    config: { a: f.string({ default: 'x' }), n: f.integer({ required: true, gt: 0 }) },
    setup: () => (config) => {
      seen = config;
      return {};
    },
  });
  await runPlugin(plugin, { n: 1 });
  assert.deepEqual(seen, { a: 'x', n: 1 });
  await assert.rejects(runPlugin(plugin, { n: 0 }), {
    message: 'schema violation (config.n: value must be greater than 0)',
  });
});
