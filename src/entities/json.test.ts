import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyauthCredentials } from '../plugins/key-auth/entities.ts';
import { entityToJson, subschemaToJson } from '../schema/index.ts';
import { coreEntities, routes } from './index.ts';
import facts from './kong-schemas.fixture.json' with { type: 'json' };

for (const definition of [...coreEntities, keyauthCredentials]) {
  test(`GET /schemas/${definition.name} answers as Kong 3.9.3 does`, () => {
    const { fields, entity_checks } = facts[definition.name as keyof typeof facts];
    const json: unknown = JSON.parse(JSON.stringify(entityToJson(definition)));
    const expected = Object.entries(fields).map(([name, attributes]) => ({ [name]: attributes }));
    assert.deepEqual(json, { fields: expected, entity_checks });
  });
}

test('a subschema shows its own fields and checks only', () => {
  const json = subschemaToJson(routes.subschemas!.grpc!) as { fields: object[]; entity_checks: object[] };
  assert.deepEqual(json.fields[0], {
    strip_path: {
      type: 'boolean',
      required: true,
      default: false,
      ne: true,
      err: "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'",
    },
  });
  assert.deepEqual(json.fields[1], {
    methods: {
      type: 'set',
      eq: null,
      err: "cannot set 'methods' when 'protocols' is 'grpc' or 'grpcs'",
      elements: { type: 'string', match: '^%u+$' },
    },
  });
  assert.equal(json.entity_checks.length, 1);
});

test('entities come after those that they refer to', () => {
  const seen = new Set<string>();
  for (const { name, fields } of coreEntities) {
    for (const field of Object.values(fields)) {
      if (field.type === 'foreign') assert.ok(seen.has(field.reference), `${name} refers to ${field.reference}`);
    }
    seen.add(name);
  }
});
