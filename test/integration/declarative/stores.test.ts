import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, test } from 'node:test';
import fc from 'fast-check';
import { someConfiguration } from '../../../src/db/declarative/configurations.fixtures.ts';
import {
  clock,
  createTestEnvironment as createFixtureEnvironment,
  createTestReader,
  definitions,
} from '../../../src/db/declarative/declarative.fixtures.ts';
import {
  createDatabase,
  createDeclarationReader,
  createSqliteStrategy,
  type Database,
  type Declaration,
  exportDeclaration,
  importDeclaration,
  readDeclarativeText,
  rowsOf,
  rowTag,
  type Strategy,
} from '../../../src/db/index.ts';
import { coreEntities } from '../../../src/entities/index.ts';
import type { EntityChange } from '../../../src/events/index.ts';
import { type Clock, silentLogger, systemClock } from '../../../src/kernel/index.ts';
import { createTestEnvironment, stampPlugin } from '../../support/admin.ts';
import { requireService } from '../../support/services.ts';
import * as mysql from '../mysql/database.ts';
import * as postgres from '../postgres/database.ts';

interface Store {
  readonly strategy: Strategy;
  readonly drop: () => void | Promise<void>;
}

requireService('postgres');
requireService('mariadb');

const stores: { readonly [name: string]: (clock: Clock) => Promise<Store> } = {
  async sqlite(clock) {
    const folder = mkdtempSync(join(tmpdir(), 'gibbon-stores-'));
    return {
      strategy: createSqliteStrategy({ path: join(folder, 'store.db'), clock }),
      drop: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  async postgres(clock) {
    const { server, drop } = await postgres.createTestDatabase();
    return { strategy: postgres.strategyOn(server, { clock }), drop };
  },
  async mysql(clock) {
    const { server, drop } = await mysql.createTestDatabase();
    return { strategy: mysql.strategyOn(server, { clock }), drop };
  },
};

const config = `
_format_version: "3.0"
services:
- name: a
  host: a.test
  tags: [x, "y z"]
  routes:
  - {name: r, paths: [/a, "~/b/\\\\d+"], headers: {x-b: ["1"], x-a: ["2"]}, methods: [GET]}
  plugins:
  - {name: stamp, config: {labels: {b: "1", a: "2"}, ratio: 0.25, codes: [3, 1, 2]}}
consumers:
- {username: bob, custom_id: "7"}
upstreams:
- {name: u, targets: [{target: "10.0.0.1:80", weight: 5}]}
key_sets: [{name: s}]
vaults: [{prefix: my-env, name: env, config: {prefix: x}}]
parameters: [{key: k, value: v}]
`;

for (const [name, open] of Object.entries(stores)) {
  describe(`a declarative configuration and the store ${name}`, () => {
    let store: Store;
    let database: Database;
    let changes: EntityChange[] = [];

    before(async () => {
      store = await open(systemClock);
      database = await createDatabase({
        strategy: store.strategy,
        entities: coreEntities,
        environment: createTestEnvironment(systemClock, [stampPlugin.schema]),
        onEvent: (event) => changes.push(...event.changes),
        clock: systemClock,
        logger: silentLogger,
      });
    });
    after(async () => {
      await database.close();
      await store.drop();
    });

    function read(text: string): Declaration {
      const parsed = readDeclarativeText(text);
      assert.ok(parsed.ok);
      const reader = createDeclarationReader({
        definitions: coreEntities,
        schemaOf: (entity) => database.dao(entity).schema,
        uuid: randomUUID,
        now: () => systemClock.now(),
      });
      const outcome = reader.read(parsed.table, parsed.hash);
      return outcome.ok ? outcome.declaration : assert.fail(JSON.stringify(outcome.errors));
    }

    async function exported(): Promise<string> {
      let text = '';
      for await (const part of exportDeclaration(database, () => systemClock.now())) text += part;
      return text;
    }

    it('is imported as one change', async () => {
      changes = [];
      const done: number[] = [];
      const written = await importDeclaration(database, read(config), (count) => done.push(count));
      assert.deepEqual(written, { ok: true, value: 9 });
      assert.deepEqual(done, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
      assert.equal(changes.length, 9);
    });

    it('is exported as what can be imported, and comes out the same again', async () => {
      const text = await exported();
      assert.equal((await importDeclaration(database, read(text))).ok, true);
      assert.equal(withoutTimes(await exported()), withoutTimes(text));
    });

    it('is found equal when it is applied again', async () => {
      changes = [];
      const applied = await database.apply([...rowsOf(read(config))], {});
      assert.deepEqual(applied, { ok: true, value: [] });
      assert.deepEqual(changes, []);
    });

    it('leaves no trace on a dry run', async () => {
      const before = await exported();
      const next = read(config.replace('host: a.test', 'host: b.test'));
      const plan = await database.apply([...rowsOf(next)], {
        dryRun: true,
        // The store keeps values of its own there.
        prune: (entity) => entity !== 'parameters',
      });
      assert.deepEqual(plan.ok && plan.value.map(({ operation, entity }) => `${operation} ${entity}`), [
        'update services',
      ]);
      assert.equal(await exported(), before);
    });

    it('leaves no trace when a row is refused', async () => {
      const before = await exported();
      const clash = read(`
_format_version: "3.0"
consumers: [{username: new}, {username: other, custom_id: "7"}]
`);
      const applied = await database.apply([...rowsOf(clash)], {});
      assert.equal(!applied.ok && applied.error.code, 5);
      assert.equal(await exported(), before);
    });

    it('gives rows the tags that they have when they are read', async () => {
      const plugins = database.dao('plugins');
      const made = await plugins.insert({ name: 'stamp', config: { labels: { z: '1', a: '2' }, ratio: 1e-7 } });
      assert.ok(made.ok);
      const found = await plugins.select(String(made.value.id));
      assert.ok(found.ok);
      assert.equal(rowTag(plugins.definition, found.value!), rowTag(plugins.definition, made.value));
      const late = await plugins.update(String(made.value.id), { enabled: false }, { expects: ['x'] });
      assert.equal(!late.ok && late.error.code, 20);
      const due = await plugins.delete(String(made.value.id), { expects: [rowTag(plugins.definition, made.value)] });
      assert.deepEqual(due, { ok: true, value: true });
    });
  });
}

for (const [name, open] of Object.entries(stores)) {
  test(`any configuration comes out of the store ${name} as it went in`, async () => {
    // Kong's tables on Postgres forget what has expired by the server's own clock.
    clock.advance(Math.ceil(systemClock.now() / 1000) * 1000 - clock.now());
    const store = await open(clock);
    const database = await createDatabase({
      strategy: store.strategy,
      entities: definitions,
      environment: createFixtureEnvironment(),
      onEvent: () => {},
      clock,
      logger: silentLogger,
    });
    const read = (table: object): Declaration => {
      const outcome = createTestReader().read(table as { [key: string]: unknown }, 'hash');
      return outcome.ok ? outcome.declaration : assert.fail(JSON.stringify(outcome.errors));
    };
    try {
      const identity = fc.asyncProperty(someConfiguration, async (table) => {
        const declaration = read(structuredClone(table));
        // A row that is there already keeps the end of its time to live.
        assert.ok((await database.apply([], { prune: () => true })).ok);
        const applied = await database.apply([...rowsOf(declaration)], {});
        if (!applied.ok) assert.fail(applied.error.message);
        let text = '';
        for await (const part of exportDeclaration(database, () => clock.now())) text += part;
        const parsed = readDeclarativeText(text);
        assert.ok(parsed.ok);
        assert.deepEqual(rowsWithoutTimes(read(parsed.table)), rowsWithoutTimes(declaration));
      });
      await fc.assert(identity, { numRuns: 25 });
    } finally {
      await database.close();
      await store.drop();
    }
  });
}

/** Rows by entity and id. A replaced row keeps the time of its birth, which is the first configuration's. */
function rowsWithoutTimes(declaration: Declaration): unknown {
  const byEntity: { [entity: string]: { [id: string]: unknown } } = {};
  for (const { entity, row, expiresAt } of rowsOf(declaration)) {
    const { created_at: _created, updated_at: _updated, ...kept } = row;
    byEntity[entity] ??= {};
    byEntity[entity][String(row.id)] = { ...kept, expiresAt };
  }
  return byEntity;
}

/** Times are the store's own, and some stores make rows of their own without one. */
function withoutTimes(text: string): string {
  return text.replace(/updated_at: [\d.]+/g, '').replace(/created_at: (?:null|[\d.]+)/g, '');
}
