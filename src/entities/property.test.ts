import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyauthCredentials } from '../plugins/key-auth/entities.ts';
import { createSchema, describeViolations, type Outcome, type Row, type Schema } from '../schema/index.ts';
import { someId } from './case.fixtures.ts';
import { coreEntities } from './index.ts';
import { pluginSubschemas } from './plugins.cases.ts';

const schemas = new Map<string, Schema>();
const entities = [...coreEntities, keyauthCredentials];
for (const definition of entities) {
  const schema = createSchema(definition, {
    now: () => 1_700_000_000_123,
    uuid: () => someId,
    randomString: () => 'random',
    subschema: (_entity, key) => (Object.hasOwn(pluginSubschemas, key) ? pluginSubschemas[key] : undefined),
    foreign: (entity) => schemas.get(entity),
  });
  schemas.set(definition.name, schema);
}

/** Values that get past the first checks more often than noise does. */
const likely = fc.constantFrom<unknown>(
  null,
  '',
  'a',
  'a.test',
  '/',
  '/a//b',
  '~/(',
  'http://a.test:80/x',
  'http',
  'tcp',
  'limiter',
  'keys',
  'header',
  'cookie',
  '{vault://env/x}',
  '__proto__',
  '\ud800',
  0,
  1,
  -1,
  1.5,
  80,
  1e300,
  true,
  false,
  [],
  {},
  { id: someId },
  { id: 'x' },
  { name: 'a' },
  { minute: 1 },
  { minute: 1, redis_host: 'a', redis: { host: 'b' } },
);
const value = fc.oneof(
  { depthSize: 'small', withCrossShrink: true },
  likely,
  fc.array(likely, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('ip', 'port', 'active', 'healthy', 'redis', 'x', '__proto__'), likely, { maxKeys: 3 }),
  fc.jsonValue({ maxDepth: 3 }),
);

function givenFor(names: readonly string[]): fc.Arbitrary<unknown> {
  const name = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...names, 'url', 'ttl') },
    { weight: 1, arbitrary: fc.constantFrom('nope', '__proto__', 'constructor', 'toString') },
  );
  return fc.oneof(
    { weight: 9, arbitrary: fc.array(fc.tuple(name, value), { maxLength: 8 }).map(parsed) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

/** As a parser of JSON makes objects: `__proto__` is a key like any other. */
function parsed(entries: readonly (readonly [string, unknown])[]): unknown {
  const unique = [...new Map(entries)];
  return JSON.parse(`{${unique.map(([name, part]) => `${JSON.stringify(name)}:${JSON.stringify(part)}`).join()}}`);
}

for (const { name, fields } of entities) {
  test(`no JSON makes a method of the schema of ${name} throw`, () => {
    const schema = schemas.get(name)!;
    const names = Object.keys(fields);
    fc.assert(
      fc.property(givenFor(names), givenFor(names), (given, change) => {
        const before = JSON.stringify([given, change]);
        const inserted = schema.insert(given);
        for (const outcome of [inserted, schema.upsert(given), schema.check(given)]) judge(outcome, schema);
        schema.reference(given);
        const stored = inserted.ok ? inserted.value : isObject(given) ? given : {};
        judge(schema.update(change, stored), schema);
        schema.show(stored);
        schema.fieldAt('config.redis.host', stored);
        if (inserted.ok) {
          // What was accepted is accepted again, and stays what it is.
          const again = schema.update({}, inserted.value, { transform: false });
          if (!again.ok) assert.fail(JSON.stringify([inserted.value, again.errors]));
          assert.deepEqual({ ...again.value, updated_at: 0 }, { ...inserted.value, updated_at: 0 });
        }
        assert.equal(JSON.stringify([given, change]), before);
        assert.equal(Object.keys(Object.prototype).length, 0);
      }),
      { numRuns: 300 },
    );
  });
}

function judge(outcome: Outcome<Row>, schema: Schema): void {
  if (outcome.ok) {
    assert.deepEqual(Object.keys(outcome.value), Object.keys(schema.definition.fields));
    for (const part of Object.values(outcome.value)) assert.notEqual(part, undefined);
  } else {
    assert.match(describeViolations(outcome.errors), /^(?:schema violation|\d+ schema violations) \(/);
  }
}

function isObject(given: unknown): given is Row {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
