import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { definePlugin, f } from '../../src/pdk/index.ts';
import { createFakeExchange } from '../../src/pdk/testing.ts';
import { renderConfig } from './plugins.ts';

test('a configuration is a table of its fields', () => {
  const plugin = definePlugin({
    name: 'probe',
    version: '1.0.0',
    priority: 7,
    not_on: ['consumer'],
    config: {
      words: f.array(f.string(), { required: true, description: 'What is said.' }),
      way: f.string({ one_of: ['up', 'down'], default: 'up' }),
      inner: f.record({ size: f.integer({ between: [1, 3], default: 2 }) }),
    },
    shorthand_fields: {
      size: {
        field: f.integer(),
        expand: (value: number) => ({ inner: { size: value } }),
        deprecation: { replaced_with: [{ path: ['inner', 'size'] }] },
      },
    },
    setup: () => () => ({}),
  });
  assert.equal(
    renderConfig(plugin),
    `| Field        | Type                      | Default | Meaning       |
| ------------ | ------------------------- | ------- | ------------- |
| \`words\`      | array of string, required |         | What is said. |
| \`way\`        | \`up\`, \`down\`              | \`up\`    |               |
| \`inner\`      | record                    |         |               |
| \`inner.size\` | integer from 1 to 3       | \`2\`     |               |

Older names are taken too: \`size\` (now \`inner.size\`).

Priority 7. It may be attached to a service, a route, or to nothing: then it is for all requests.`,
  );
});

test('the guide names every function of the PDK', () => {
  const guide = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/plugin-development.md'), 'utf8');
  const missing: string[] = [];
  const visit = (value: object, path: string): void => {
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'function') {
        if (!new RegExp(`\\b${name}\\b`).test(guide)) missing.push(`${path}.${name}`);
      } else if (typeof member === 'object' && member !== null) visit(member, `${path}.${name}`);
    }
  };
  visit(createFakeExchange().kong, 'kong');
  assert.deepEqual(missing, []);
});
