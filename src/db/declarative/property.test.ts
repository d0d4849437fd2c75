import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { silentLogger } from '../../kernel/index.ts';
import { createDatabase, type Database } from '../database.ts';
import { createOffStrategy } from '../strategies/off/index.ts';
import { clock, createTestEnvironment, createTestReader, definitions } from './declarative.fixtures.ts';
import { exportDeclaration } from './export.ts';
import { describeProblems } from './problems.ts';
import type { Declaration } from './read.ts';
import { readDeclarativeText } from './text.ts';

const runs = { numRuns: 150 };

const name = fc.stringMatching(/^[a-zA-Z][\w.~-]{0,20}$/);
const tags = fc.option(fc.uniqueArray(fc.stringMatching(/^[a-z: -]{1,12}$/), { maxLength: 3 }));
const path = fc.stringMatching(/^\/[a-z0-9_]{1,10}$/);
const plugin = fc.oneof(
  fc.record({
    name: fc.constant('key-auth'),
    config: fc.record({ key_names: fc.array(name, { maxLength: 3 }) }),
    tags,
  }),
  fc.record({ name: fc.constant('limit'), config: fc.record({ minute: fc.integer({ min: 1, max: 1e6 }) }), tags }),
);
const route = fc.record(
  {
    paths: fc.array(path, { minLength: 1, maxLength: 3 }),
    methods: fc.option(fc.uniqueArray(fc.constantFrom('GET', 'POST'), { maxLength: 2 })),
    strip_path: fc.boolean(),
    headers: fc.option(
      fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.array(name, { minLength: 1, maxLength: 2 })),
    ),
    tags,
    plugins: fc.array(plugin, { maxLength: 1 }),
  },
  { requiredKeys: ['paths'] },
);
const service = fc.record(
  {
    host: fc.constantFrom('a.test', '10.0.0.1', '[::1]'),
    port: fc.integer({ min: 0, max: 65535 }),
    retries: fc.option(fc.integer({ min: 0, max: 10 })),
    path: fc.option(path),
    tags,
    routes: fc.array(route, { maxLength: 3 }),
    plugins: fc.array(plugin, { maxLength: 1 }),
  },
  { requiredKeys: ['host'] },
);

/** Names are given by position, so that they are unique. */
const config = fc
  .record({
    services: fc.array(service, { maxLength: 4 }),
    consumers: fc.array(
      fc.record({
        keyauth_credentials: fc.array(fc.record({ tags, ttl: fc.option(fc.integer({ min: 1, max: 9 })) }), {
          maxLength: 2,
        }),
      }),
      { maxLength: 3 },
    ),
    upstreams: fc.array(fc.record({ targets: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 3 }) }), {
      maxLength: 2,
    }),
  })
  .map(({ services, consumers, upstreams }) => ({
    _format_version: '3.0',
    services: services.map((given, at) => ({ ...given, name: `s${at}` })),
    consumers: consumers.map(({ keyauth_credentials: keys }, at) => ({
      username: `c${at}`,
      keyauth_credentials: keys.map((given, index) => ({ ...given, key: `k${at}-${index}` })),
    })),
    upstreams: upstreams.map(({ targets }, at) => ({
      name: `u${at}`,
      targets: targets.map((port) => ({ target: `10.0.0.1:${port}` })),
    })),
  }));

function read(table: object): Declaration {
  const outcome = createTestReader().read(structuredClone(table) as { [key: string]: unknown }, 'hash');
  return outcome.ok ? outcome.declaration : assert.fail(JSON.stringify(outcome.errors));
}

async function holding(declaration: Declaration): Promise<Database> {
  const strategy = createOffStrategy({ clock, workspaceId: '0dc6f45b-8f8d-40d2-a504-473544ee190b' });
  const database = await createDatabase({
    strategy,
    entities: definitions,
    environment: createTestEnvironment(),
    onEvent: () => {},
    clock,
    logger: silentLogger,
  });
  strategy.replace(declaration);
  return database;
}

test('what is exported reads as the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(config, async (table) => {
      const declaration = read(table);
      let text = '';
      for await (const part of exportDeclaration(await holding(declaration), () => clock.now())) text += part;
      const parsed = readDeclarativeText(text);
      assert.ok(parsed.ok);
      const again = createTestReader().read(parsed.table, parsed.hash);
      if (!again.ok) assert.fail(JSON.stringify(again.errors));
      assert.deepEqual(sorted(again.declaration), sorted(declaration));
    }),
    runs,
  );
});

/** Rows by entity in the order of their keys. */
function sorted({ rows }: Declaration): unknown {
  return [...rows].map(([entity, list]) => [
    entity,
    [...list].sort((a, b) => (String(a.row.id) < String(b.row.id) ? -1 : 1)),
  ]);
}

test('no table makes the reader throw, and whatever it refuses can be told', () => {
  const key = fc.oneof(
    fc.constantFrom('services', 'routes', 'plugins', 'consumers', 'snis', 'certificates', 'keys', 'workspaces'),
    fc.constantFrom('_format_version', '_comment', '_ignore', '_plugin_configs', '_config', 'ttl', 'ws_id', 'config'),
    fc.constantFrom('id', 'name', 'service', 'paths', 'host', 'tags', '__proto__', 'constructor', 'protocols'),
    fc.string({ maxLength: 4 }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 5 }, fc.dictionary(key, tie('value'), { maxKeys: 5 }), fc.constant({})),
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>(null, true, 0, -1, 1.5, '', 'x', '3.0', '2.1', '0855b320-0dd2-547d-891d-601e9b38647f'),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('tree'),
    ),
  }));
  const reader = createTestReader();
  fc.assert(
    fc.property(tree, fc.constantFrom('3.0', '2.1', undefined), (table, version) => {
      const outcome = reader.read(
        { ...(table as object), ...(version === undefined ? {} : { _format_version: version }) },
        'h',
      );
      if (outcome.ok) return;
      assert.ok(Object.keys(outcome.errors).length > 0);
      assert.notEqual(describeProblems(outcome.errors), '');
      JSON.stringify(outcome.flatten());
    }),
    { numRuns: 500 },
  );
});

test('no text makes the parser throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[\s:\-&*[\]{},#|>"'a-c<!]{0,60}$/)), (text) => {
      const outcome = readDeclarativeText(text);
      assert.equal(typeof outcome.ok, 'boolean');
    }),
    { numRuns: 500 },
  );
});
