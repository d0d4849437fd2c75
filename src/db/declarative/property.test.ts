import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { silentLogger } from '../../kernel/index.ts';
import { createDatabase, type Database } from '../database.ts';
import { createOffStrategy } from '../strategies/off/index.ts';
import { someConfiguration } from './configurations.fixtures.ts';
import { clock, createTestEnvironment, createTestReader, definitions } from './declarative.fixtures.ts';
import { exportDeclaration } from './export.ts';
import { describeProblems } from './problems.ts';
import type { Declaration } from './read.ts';
import { readDeclarativeText } from './text.ts';

const runs = { numRuns: 150 };

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
    fc.asyncProperty(someConfiguration, async (table) => {
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
