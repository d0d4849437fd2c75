import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { coreEntities } from '../../../entities/index.ts';
import { createManualClock } from '../../../kernel/index.ts';
import { defineEntity, type EntityDefinition, type Fields, f, typedefs } from '../../../schema/index.ts';
import { tableLayout } from '../columns.ts';
import type { Strategy } from '../strategy.ts';
import { connect } from './connection.ts';
import { createSqliteStrategy } from './index.ts';
import { migrate, migrations } from './migrations.ts';
import { selectByField, selectPage, tableStatements } from './statements.ts';

const clock = createManualClock();

function thing(fields: Fields, more: Partial<EntityDefinition> = {}): EntityDefinition {
  return defineEntity({ name: 'things', primary_key: ['id'], fields: { id: typedefs.uuid(), ...fields }, ...more });
}

describe('sqlite store', () => {
  let folder: string;
  let path: string;
  const open = async (entities: readonly EntityDefinition[]): Promise<Strategy> => {
    const strategy = createSqliteStrategy({ path, clock });
    await strategy.open(entities);
    return strategy;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gibbon-sqlite-'));
    path = join(folder, 'deep', 'er', 'store.db');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('makes its folder, and files that only their owner can read', async () => {
    const strategy = await open([thing({})]);
    const modes = readdirSync(join(folder, 'deep', 'er')).map((name) =>
      (statSync(join(folder, 'deep', 'er', name)).mode & 0o777).toString(8),
    );
    assert.ok(modes.length >= 2);
    assert.ok(modes.every((mode) => mode === '600'));
    await strategy.close();
  });

  it('writes ahead, keeps foreign keys and checks types', async () => {
    const strategy = await open(coreEntities.filter(({ name }) => name !== 'tags'));
    const database = new DatabaseSync(path, { readOnly: true });
    assert.equal(database.prepare('PRAGMA journal_mode').get()?.journal_mode, 'wal');
    const [table] = database.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'routes'`).all();
    assert.match(String(table?.sql), /"service_id" TEXT REFERENCES "services" \("id"\) ON DELETE RESTRICT.*STRICT$/s);
    database.close();
    await strategy.close();
  });

  it('finds rows by key, unique field, parent and cache key without reading a whole table', async () => {
    const strategy = await open(coreEntities.filter(({ name }) => name !== 'tags'));
    const database = new DatabaseSync(path, { readOnly: true });
    const plan = (sql: string): string => {
      const values = Array.from(sql.matchAll(/\?/g), () => null);
      return database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...values)
        .map((row) => String(row.detail))
        .join('; ');
    };
    for (const definition of coreEntities) {
      if (definition.name === 'tags') continue;
      const layout = tableLayout(definition);
      const statements = tableStatements(layout);
      const looked = [statements.select, statements.delete];
      if (layout.hasCacheKey) looked.push(statements.selectByCacheKey);
      for (const { field } of layout.unique) looked.push(selectByField(layout, field));
      for (const { field } of layout.references) {
        looked.push(selectPage(layout, { limit: 1, parent: { field, id: 'x' } }, 0).sql);
      }
      for (const sql of looked) assert.doesNotMatch(plan(sql), /SCAN/, sql);
    }
    database.close();
    await strategy.close();
  });

  it('adds tables and columns that came later, with the default for older rows', async () => {
    const before = await open([thing({ name: f.string() })]);
    const id = '11111111-1111-4111-8111-111111111111';
    await before.transaction(async (session) => {
      await session.insert('things', { row: { id, name: 'old' } });
      return { commit: true, value: undefined };
    });
    await before.close();

    const other = defineEntity({ name: 'others', primary_key: ['id'], fields: { id: typedefs.uuid() } });
    const fields: Fields = {
      name: f.string({ unique: true }),
      enabled: f.boolean({ required: true, default: true }),
      ports: f.array(f.integer(), { default: [80, 443] }),
      other: f.foreign('others'),
      note: f.string(),
    };
    for (let times = 0; times < 2; times++) {
      const after = await open([thing(fields), other]);
      assert.deepEqual((await after.read.select('things', [id]))?.row, {
        id,
        name: 'old',
        enabled: true,
        ports: [80, 443],
        other: null,
        note: null,
      });
      assert.deepEqual(await after.read.page('others', { limit: 1 }), []);
      await after.close();
    }
    const database = new DatabaseSync(path, { readOnly: true });
    const meta = database.prepare(`SELECT name, value FROM schema_meta WHERE subsystem = 'entity' ORDER BY name`).all();
    assert.deepEqual(
      meta.map((row) => [row.name, row.value]),
      [
        ['others', '["id"]'],
        ['things', '["id","name","enabled","ports","other_id","note"]'],
      ],
    );
    database.close();
  });

  it('keeps tables and columns of entities that it is not told of', async () => {
    const before = await open([thing({ name: f.string(), old: f.string() })]);
    await before.close();
    const after = await open([thing({ name: f.string() })]);
    await after.transaction(async (session) => {
      const violation = await session.insert('things', { row: { id: 'x', name: 'n' } });
      return { commit: violation === undefined, value: undefined };
    });
    assert.deepEqual((await after.read.select('things', ['x']))?.row, { id: 'x', name: 'n' });
    await after.close();
  });

  it('runs steps that are new, each once', () => {
    path = join(folder, 'store.db');
    const connection = connect(path, { readOnly: false });
    const ran: number[] = [];
    const steps = [...migrations, { version: 2, up: () => ran.push(2) }, { version: 3, up: () => ran.push(3) }];
    migrate(connection, path, [], clock, steps.slice(0, 2));
    migrate(connection, path, [], clock, steps);
    migrate(connection, path, [], clock, steps);
    assert.deepEqual(ran, [2, 3]);
    connection.close();
  });

  it('leaves everything as it was when a step fails', () => {
    path = join(folder, 'store.db');
    const connection = connect(path, { readOnly: false });
    const broken = {
      version: 2,
      up: () => {
        connection.exec('CREATE TABLE half (x)');
        throw new Error('half way');
      },
    };
    migrate(connection, path, [], clock);
    assert.throws(() => migrate(connection, path, [], clock, [...migrations, broken]), /half way/);
    assert.equal(connection.get(`SELECT 1 FROM sqlite_schema WHERE name = 'half'`, []), undefined);
    assert.equal(typeof migrate(connection, path, [], clock), 'string');
    connection.close();
  });

  it('refuses a store that a newer version wrote, and says what to do', async () => {
    await (await open([thing({})])).close();
    const database = new DatabaseSync(path);
    database.exec(`UPDATE schema_meta SET value = '99' WHERE subsystem = 'core' AND name = 'version'`);
    database.close();
    const before = readFileSync(path);
    await assert.rejects(open([thing({})]), {
      code: 'ERR_STORE_NEWER',
      message:
        `Cannot open the store "${path}": a newer version wrote it (store layout 99, this version knows 1): ` +
        'start that version again, or put back a copy of the file from before the upgrade',
    });
    assert.deepEqual(readFileSync(path), before);
  });

  it('refuses a file that is no store, and a path that cannot be made', async () => {
    path = join(folder, 'text.db');
    writeFileSync(path, 'this is no database, though it is long enough to look like one'.repeat(50));
    await assert.rejects(open([thing({})]), { code: 'ERR_STORE_OPEN' });
    path = join(folder, 'text.db', 'store.db');
    await assert.rejects(open([thing({})]), { code: 'ERR_STORE_OPEN' });
  });

  it('undoes a transaction that is not to be kept, or that fails', async () => {
    const strategy = await open([thing({ name: f.string() })]);
    await strategy.transaction(async (session) => {
      await session.insert('things', { row: { id: 'a', name: 'n' } });
      return { commit: false, value: undefined };
    });
    const failing = strategy.transaction(async (session) => {
      await session.insert('things', { row: { id: 'b', name: 'n' } });
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    await strategy.transaction(async (session) => {
      await session.insert('things', { row: { id: 'c', name: 'n' } });
      return { commit: true, value: undefined };
    });
    const rows = await strategy.read.page('things', { limit: 9 });
    assert.deepEqual(
      rows.map(({ row }) => row.id),
      ['c'],
    );
    await strategy.close();
  });

  it('hides what is not committed from readers', async () => {
    const strategy = await open([thing({ name: f.string() })]);
    await strategy.transaction(async (session) => {
      await session.insert('things', { row: { id: 'a', name: 'n' } });
      assert.equal(await strategy.read.select('things', ['a']), undefined);
      assert.notEqual(await session.select('things', ['a']), undefined);
      return { commit: true, value: undefined };
    });
    assert.notEqual(await strategy.read.select('things', ['a']), undefined);
    await strategy.close();
  });
});
