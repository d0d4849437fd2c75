import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pluginSubschema } from '../../../src/pdk/support.ts';
import { createFakeHost } from '../../../src/pdk/testing.ts';
import { bundledPlugins } from '../../../src/plugins/index.ts';
import { entityToJson, subschemaToJson } from '../../../src/schema/index.ts';
import facts from './kong-schemas.fixture.json' with { type: 'json' };

/** What Kong 3.9.3 says of its bundled plugins and of the tables that they own; texts and functions are left out. */
const { plugins, entities } = facts as {
  readonly plugins: { readonly [name: string]: { readonly priority: number; readonly fields: unknown } };
  readonly entities: { readonly [name: string]: { readonly fields: unknown } };
};

/** Tables whose rows are counters: Kong has code in the place of a schema, or no Admin API to ask for one. */
const isWithoutFacts: ReadonlySet<string> = new Set(['ratelimiting_metrics', 'response_ratelimiting_metrics']);

/** Fields that Kong has not. */
const ours: { readonly [plugin: string]: readonly string[] } = { oauth2: ['enable_introspection'] };

for (const plugin of bundledPlugins) {
  const expected = plugins[plugin.name];
  if (expected === undefined) continue;
  test(`${plugin.name} has the priority and the schema that it has in Kong`, () => {
    assert.equal(plugin.priority, expected.priority);
    const { shorthand_fields: kongs } = configOf(expected);
    // Kong 3 has forgotten the names that lists had in Kong 2; where it knows no others, ours are left out.
    const known = Object.entries(plugin.config).filter(([name]) => ours[plugin.name]?.includes(name) !== true);
    const { shorthand_fields: _ours, ...bare } = { ...plugin, config: Object.fromEntries(known) };
    const { fields, entity_checks } = comparable(
      subschemaToJson(
        pluginSubschema(kongs === undefined ? bare : { ...bare, shorthand_fields: plugin.shorthand_fields ?? {} }),
      ),
    );
    assert.deepEqual({ fields, entity_checks }, comparable(pick(expected, ['fields', 'entity_checks'])));
    assert.equal(typeof plugin.setup(createFakeHost()), 'function');
  });
  for (const definition of plugin.entities ?? []) {
    if (isWithoutFacts.has(definition.name)) continue;
    test(`${definition.name} is the table that it is in Kong`, () => {
      const kong = entities[definition.name]!;
      assert.deepEqual(comparable(entityToJson(definition)), pick(kong, ['fields', 'entity_checks']));
      // Functions cannot be compared, and Kong has code for what `nested_endpoint_key` says.
      const {
        fields: _,
        entity_checks: _checks,
        transformations: _made,
        nested_endpoint_key: _key,
        ...rest
      } = definition;
      const { fields: _kongs, ...kongs } = kong;
      assert.deepEqual({ ...rest, entity_checks: [] }, { ...kongs, entity_checks: [] });
    });
  }
}

/** The attributes of `config` in a plugin's schema. */
function configOf({ fields }: { readonly fields: unknown }): { readonly shorthand_fields?: unknown } {
  return (fields as { readonly config?: object }[]).find((field) => 'config' in field)!.config!;
}

/** Without descriptions and messages of deprecation, which the facts leave out, and without fields that are not Kong's. */
function comparable(json: unknown): { readonly fields: unknown; readonly entity_checks: unknown } {
  const text = JSON.stringify(json, (name, value: unknown) => {
    if (Array.isArray(value)) return value.filter((entry) => !isOurs(entry));
    if (name === 'description' || (name === 'message' && typeof value === 'string')) return undefined;
    // Kong's session makes up a default when it starts; here each row gets a text of its own.
    const { default: fallback, ...rest } = (value ?? {}) as { readonly default?: unknown };
    return fallback === 'RANDOM' ? { ...rest, auto: true } : value;
  });
  return JSON.parse(text) as { readonly fields: unknown; readonly entity_checks: unknown };
}

/** True for a field that says of itself that Kong does not have it. */
function isOurs(entry: unknown): boolean {
  const [field] = Object.values(
    (entry ?? {}) as { readonly [field: string]: { readonly description?: unknown } | null },
  );
  return typeof field?.description === 'string' && field.description.startsWith('Not in Kong.');
}

function pick(from: object, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, (from as { readonly [name: string]: unknown })[name]]));
}
