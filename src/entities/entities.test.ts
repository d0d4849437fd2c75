import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyauthCredentials } from '../plugins/key-auth/entities.ts';
import { createSchema, type Outcome, type Row, type Schema, type SchemaEnvironment } from '../schema/index.ts';
import type { Case } from './case.fixtures.ts';
import { coreEntities } from './index.ts';
import { otherCases } from './others.cases.ts';
import { pluginCases, pluginSubschemas } from './plugins.cases.ts';
import { routeCases } from './routes.cases.ts';
import { serviceCases } from './services.cases.ts';
import { targetCases, upstreamCases } from './upstreams.cases.ts';

const schemas = new Map<string, Schema>();
const environment: SchemaEnvironment = {
  now: () => 1_700_000_000_123,
  uuid: () => '11111111-1111-4111-8111-111111111111',
  randomString: () => 'random',
  subschema: (_entity, key) => (Object.hasOwn(pluginSubschemas, key) ? pluginSubschemas[key] : undefined),
  foreign: (entity) => schemas.get(entity),
};
for (const definition of [...coreEntities, keyauthCredentials]) {
  schemas.set(definition.name, createSchema(definition, environment));
}

const cases: readonly Case[] = [
  ...serviceCases,
  ...routeCases,
  ...upstreamCases,
  ...targetCases,
  ...pluginCases,
  ...otherCases,
];

for (const [index, fact] of cases.entries()) {
  const verb = fact.stored === undefined ? (fact.mode ?? 'insert') : 'update';
  test(`${index}: ${verb} ${fact.entity} ${JSON.stringify(fact.given).slice(0, 120)}`, () => {
    const before = JSON.stringify(fact.given);
    const outcome = run(fact);
    assert.equal(JSON.stringify(fact.given), before, 'what was given is left alone');
    if (fact.errors !== undefined) {
      assert.deepEqual(outcome, { ok: false, errors: fact.errors });
      return;
    }
    if (!outcome.ok) assert.fail(JSON.stringify(outcome.errors));
    const names = Object.keys(schemas.get(fact.entity)!.definition.fields);
    assert.deepEqual(Object.keys(outcome.value), names, 'all fields are there, in their order');
    for (const [name, value] of Object.entries(fact.row ?? {})) assert.deepEqual(outcome.value[name], value, name);
  });
}

function run({ entity, given, stored, mode }: Case): Outcome<Row> {
  const schema = schemas.get(entity)!;
  if (stored !== undefined) return schema.update(given, stored);
  if (mode === 'check') return schema.check(given);
  return mode === 'upsert' ? schema.upsert(given) : schema.insert(given);
}
