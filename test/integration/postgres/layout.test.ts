import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createDatabase, type Database } from '../../../src/db/index.ts';
import { coreEntities, coreEntitiesFor } from '../../../src/entities/index.ts';
import { silentLogger, systemClock } from '../../../src/kernel/index.ts';
import { pluginSubschema } from '../../../src/pdk/support.ts';
import { bundledPlugins } from '../../../src/plugins/index.ts';
import { keyauthCredentials } from '../../../src/plugins/key-auth/entities.ts';
import { defineEntity, type EntityDefinition, f, typedefs } from '../../../src/schema/index.ts';
import { vaultSubschema } from '../../../src/vaults/index.ts';
import { createTestEnvironment } from '../../support/admin.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, type OptionsUnderTest, strategyOn, type TestDatabase } from './database.ts';

requireService('postgres');

const kongsTables = readFileSync(join(import.meta.dirname, 'kong-3.9.sql'), 'utf8');
const kongsRows = readFileSync(join(import.meta.dirname, 'kong-3.9-rows.sql'), 'utf8');

/** Everything that the catalogue says of a schema, as text. */
const catalogue = `
  SELECT 'column ' || c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ||
    CASE WHEN a.attnotnull THEN ' not null ' ELSE ' ' END || COALESCE(pg_get_expr(d.adbin, d.adrelid), '') AS line
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
  UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'meta ' || subsystem || ' ' || last_executed || ' ' || executed::text FROM schema_meta WHERE key = 'schema_meta'
  ORDER BY 1`;

const schemas = new Map(bundledPlugins.map((plugin) => [plugin.name, pluginSubschema(plugin)]));

/** What a gateway with all bundled plugins keeps. */
const allEntities = [...coreEntities, ...bundledPlugins.flatMap(({ entities }) => entities ?? [])];

describe('the layout of Kong on Postgres', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  function open(
    more: OptionsUnderTest = {},
    entities: readonly EntityDefinition[] = [...coreEntities, keyauthCredentials],
  ): Promise<Database> {
    return createDatabase({
      strategy: strategyOn(database.server, more),
      entities,
      environment: {
        ...createTestEnvironment(systemClock),
        subschema: (entity, key) =>
          entity === 'plugins' ? schemas.get(key) : entity === 'vaults' ? vaultSubschema(key) : undefined,
      },
      onEvent: () => {},
      clock: systemClock,
      logger: silentLogger,
    });
  }

  /** Opens without permission to migrate. */
  const openAsItIs = (entities?: readonly EntityDefinition[]): Promise<Database> =>
    open({ migrate: undefined }, entities);

  it('is what a bootstrap gives', async () => {
    const kongs = await createTestDatabase();
    try {
      await kongs.sql(kongsTables);
      const opened = await open();
      await opened.close();
      const [own, wanted] = [await database.sql(catalogue), await kongs.sql(catalogue)];
      assert.deepEqual(own, wanted);
      assert.ok(own.length > 500);
    } finally {
      await kongs.drop();
    }
  });

  it('opens as it is when Kong made it, and reads what Kong stored', async () => {
    await database.sql(kongsTables);
    await database.sql(kongsRows);
    const before = await database.sql(catalogue);
    const opened = await openAsItIs();
    assert.equal(opened.workspaceId, 'd638bce9-1090-48b8-9f1b-5a8d2b2576b6');

    const route = await opened.dao('routes').selectBy('name', 'row-route');
    assert.deepEqual(route.ok && route.value, {
      id: '88212e9b-e462-4b04-8838-1a72b4de877b',
      created_at: 1_795_176_202,
      updated_at: 1_795_176_202,
      name: 'row-route',
      protocols: ['https'],
      methods: ['GET', 'POST'],
      hosts: ['row.test', '*.row.test'],
      paths: ['/row', '~/r/(?<n>\\d+)$'],
      headers: { 'x-a': ['1', '2'] },
      https_redirect_status_code: 426,
      regex_priority: 3,
      strip_path: true,
      path_handling: 'v0',
      preserve_host: false,
      request_buffering: true,
      response_buffering: true,
      snis: ['row.test'],
      sources: null,
      destinations: null,
      tags: ['t1', 't2'],
      service: { id: 'eb6c3915-edf3-4509-bb08-4003d70e40ec' },
    });
    const stream = await opened.dao('routes').selectBy('name', 'row-tcp');
    assert.ok(stream.ok);
    assert.deepEqual(stream.value?.sources, [
      { ip: '10.0.0.0/8', port: 1 },
      { ip: '1.2.3.4', port: null },
    ]);
    const plugin = await opened
      .dao('plugins')
      .selectByCacheKey(
        'rate-limiting',
        '88212e9b-e462-4b04-8838-1a72b4de877b',
        'eb6c3915-edf3-4509-bb08-4003d70e40ec',
        '5d0f2977-73a7-457a-9a19-6ed205e74c11',
      );
    assert.ok(plugin.ok);
    assert.deepEqual({ ...(plugin.value?.config as object), minute: 5 }, plugin.value?.config);
    const targets = await opened.dao('targets').pageFor('upstream', 'a2cdb393-77d6-4679-bd56-97b47b7ec040');
    assert.equal(targets.ok && targets.value.rows[0]?.created_at, 1_795_176_202.131);
    const tagged = await opened.dao('consumers').page({ tags: { tags: ['t1', 't2'], mode: 'and' } });
    assert.equal(tagged.ok && tagged.value.rows.length, 1);
    await opened.close();
    assert.deepEqual(await database.sql(catalogue), before);
  });

  it('gives every row of Kong back as it was when it is written again', async () => {
    await database.sql(kongsTables);
    await database.sql(kongsRows);
    // Counting in the database is not offered.
    await database.sql(`UPDATE plugins SET config = jsonb_set(config, '{policy}', '"local"')`);
    const opened = await open({ migrate: undefined }, allEntities);
    const contents = async (entity: string): Promise<unknown> => {
      const table = entity === 'vaults' ? 'sm_vaults' : entity;
      // The window of rate-limiting is a field of ours.
      const rows = await database.sql(
        `SELECT (to_jsonb(t) - 'updated_at') #- '{config,window_type}' FROM "${table}" t ORDER BY 1`,
      );
      return rows.map(([row]) => JSON.parse(row!) as unknown);
    };
    let count = 0;
    for (const { name, primary_key } of allEntities) {
      if (name === 'tags' || name === 'workspaces' || primary_key[0] !== 'id') continue;
      const before = await contents(name);
      for await (const row of opened.dao(name).each()) {
        const written = await opened.dao(name).update(String(row.id), {});
        assert.ok(written.ok, `${name}: ${JSON.stringify(written)}`);
        count += 1;
      }
      assert.deepEqual(await contents(name), before, name);
    }
    assert.ok(count >= 13, `only ${count} rows were there`);
    await opened.close();
  });

  it('keeps what is written in the form that Kong reads', async () => {
    await database.sql(kongsTables);
    await database.sql(kongsRows);
    const opened = await openAsItIs();
    const dao = opened.dao('routes');
    const updated = await dao.update('88212e9b-e462-4b04-8838-1a72b4de877b', {
      protocols: ['tcp'],
      headers: null,
      methods: null,
      hosts: null,
      paths: null,
      snis: null,
      sources: [{ ip: '127.0.0.1', port: 5 }],
      tags: ['a "quoted" tag', 'b\\c'],
    });
    assert.ok(updated.ok, JSON.stringify(updated));
    const columns = 'protocols::text, headers::text, sources::text, tags::text, ws_id::text, regex_priority::text';
    assert.deepEqual(await database.sql(`SELECT ${columns} FROM routes WHERE name = 'row-route'`), [
      [
        '{tcp}',
        null,
        '{"{\\"ip\\": \\"127.0.0.1\\", \\"port\\": 5}"}',
        '{"a \\"quoted\\" tag","b\\\\c"}',
        'd638bce9-1090-48b8-9f1b-5a8d2b2576b6',
        '3',
      ],
    ]);
    assert.deepEqual(
      await database.sql(
        `SELECT entity_name, tags::text FROM tags WHERE entity_id = '88212e9b-e462-4b04-8838-1a72b4de877b'`,
      ),
      [['routes', '{"a \\"quoted\\" tag","b\\\\c"}']],
    );
    const key = await opened
      .dao('keyauth_credentials')
      .insert({ key: 'k', consumer: { id: '5d0f2977-73a7-457a-9a19-6ed205e74c11' } }, { ttl: 3600 });
    assert.ok(key.ok);
    const [[left]] = (await database.sql(
      `SELECT (EXTRACT(EPOCH FROM ttl) - ${Number(key.value.created_at)})::int::text FROM keyauth_credentials WHERE key = 'k'`,
    )) as [[string]];
    assert.equal(left, '3600');
    // A second credential with the key is refused by Kong's own constraint, and told by its field.
    const taken = await opened
      .dao('keyauth_credentials')
      .insert({ key: 'k', consumer: { id: '5d0f2977-73a7-457a-9a19-6ed205e74c11' } });
    assert.deepEqual(!taken.ok && [taken.error.code, taken.error.fields], [5, { key: 'k' }]);
    const long = await opened.dao('consumers').insert({ username: 'x'.repeat(1_000_000) });
    assert.deepEqual(!long.ok && [long.error.code, long.error.fields], [
      2,
      { username: 'value is too long for the index of the store' },
    ]);
    const inUse = await opened.dao('services').delete('eb6c3915-edf3-4509-bb08-4003d70e40ec');
    assert.deepEqual(!inUse.ok && [inUse.error.code, inUse.error.fields], [4, { '@referenced_by': 'routes' }]);
    const nowhere = await opened.dao('routes').insert({ paths: ['/x'], service: { id: randomUUID() } });
    assert.equal(!nowhere.ok && nowhere.error.code, 4);
    await opened.close();
  });

  it('is refused until it is there, and whole, with the command that helps', async () => {
    const refusal = async (): Promise<[string, string]> => {
      try {
        await (await openAsItIs()).close();
        return ['', ''];
      } catch (fault) {
        return [(fault as { code: string }).code, (fault as Error).message];
      }
    };
    assert.deepEqual(await refusal(), [
      'ERR_STORE_BOOTSTRAP',
      "Database needs bootstrapping: run 'gibbon migrations bootstrap'",
    ]);
    await database.sql(kongsTables);
    await database.sql("INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'default')");
    assert.deepEqual(await refusal(), ['', '']);

    await database.sql("UPDATE schema_meta SET pending = '{024_380_to_390}' WHERE subsystem = 'core'");
    assert.match((await refusal()).join(' '), /^ERR_STORE_PENDING .*run 'kong migrations finish'/);
    await database.sql(
      "UPDATE schema_meta SET pending = '{}', executed = executed || '{025_390_to_400}' WHERE subsystem = 'core'",
    );
    assert.match((await refusal()).join(' '), /^ERR_STORE_NEWER .*"core 025_390_to_400" is not known here/);
    await assert.rejects(open(), { code: 'ERR_STORE_NEWER' });
    await database.sql("UPDATE schema_meta SET executed = '{000_base}' WHERE subsystem = 'core'");
    assert.match((await refusal()).join(' '), /^ERR_STORE_OLDER /);
    await assert.rejects(open(), { code: 'ERR_STORE_OLDER' });
  });

  it('of an earlier Kong 3 is brought up to date, unless configurations must be rewritten', async () => {
    await database.sql(kongsTables);
    const whole = await database.sql(catalogue);
    await database.sql(`
      DROP TABLE filter_chains, clustering_sync_delta, clustering_sync_version;
      ALTER TABLE plugins DROP COLUMN instance_name, DROP COLUMN updated_at;
      ALTER TABLE upstreams DROP COLUMN use_srv_name;
      UPDATE schema_meta SET executed = executed[1:14], last_executed = '016_280_to_300' WHERE subsystem = 'core';
      UPDATE schema_meta SET executed = executed[1:4], last_executed = '005_320_to_330' WHERE subsystem = 'rate-limiting';
      INSERT INTO workspaces (id, name) VALUES ('00000000-0000-4000-8000-000000000000', 'default');
      INSERT INTO plugins (id, name, config, enabled, ws_id) VALUES
        (gen_random_uuid(), 'rate-limiting', '{}', true, '00000000-0000-4000-8000-000000000000')`);
    await database.sql(
      "UPDATE schema_meta SET executed = executed || '{016_280_to_300}' WHERE subsystem = 'core' AND NOT '016_280_to_300' = ANY (executed)",
    );
    await assert.rejects(openAsItIs(), { code: 'ERR_STORE_MIGRATIONS', message: /run 'gibbon migrations up'$/ });
    await assert.rejects(open(), { code: 'ERR_STORE_OLDER', message: /configurations of "rate-limiting"/ });
    await database.sql('DELETE FROM plugins');
    await (await open()).close();
    // Columns that were added later stand behind the others; everything else is the same.
    assert.deepEqual(await database.sql(catalogue), whole);
    await (await openAsItIs()).close();
  });

  it('holds entities that Kong does not know beside its own', async () => {
    const extra = defineEntity({
      name: 'wishes',
      primary_key: ['id'],
      endpoint_key: 'name',
      workspaceable: true,
      ttl: true,
      fields: {
        id: typedefs.uuid(),
        name: f.string({ unique: true }),
        consumer: f.foreign('consumers', { on_delete: 'cascade' }),
        counts: f.array(f.integer()),
        tags: typedefs.tags(),
      },
    });
    const entities = [...coreEntities, extra];
    await database.sql(kongsTables);
    await database.sql("INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'default')");
    const before = await database.sql(catalogue);
    // Two nodes that start at once on a database of Kong's add the table once, and change nothing else.
    const [opened, second] = (await Promise.all([openAsItIs(entities), openAsItIs(entities)])) as [Database, Database];
    await second.close();
    const isOfWishes = ([line]: (string | null)[]): boolean => line!.includes('wishes');
    const after = await database.sql(catalogue);
    assert.deepEqual(
      after.filter((row) => !isOfWishes(row)),
      before,
    );
    assert.ok(after.some(isOfWishes));
    const made = await opened.dao('wishes').insert({ name: 'w', counts: [3, 1], tags: ['t'] }, { ttl: 100 });
    assert.ok(made.ok, JSON.stringify(made));
    const found = await opened.dao('wishes').selectBy('name', 'w');
    assert.deepEqual(found.ok && found.value?.counts, [3, 1]);
    await opened.close();
    // A field that came later is a column that is missing.
    const grown = { ...extra, fields: { ...extra.fields, more: f.boolean() } };
    await assert.rejects(openAsItIs([...coreEntities, grown]), { message: /entities wishes\.more/ });
    await (await open({}, [...coreEntities, grown])).close();
    await (await openAsItIs([...coreEntities, grown])).close();
  });

  it('has the columns of expression routes, whatever the flavour', async () => {
    await (await open()).close();
    const opened = await openAsItIs(coreEntitiesFor('expressions', () => undefined));
    const given = { expression: 'http.path == "/a"', priority: 2 ** 46 - 1 };
    const made = await opened.dao('routes').insert(given);
    assert.ok(made.ok, JSON.stringify(made));
    const found = await opened.dao('routes').select(made.value['id'] as string);
    assert.ok(found.ok);
    assert.deepEqual([found.value?.['expression'], found.value?.['priority']], [given.expression, given.priority]);
    await opened.close();
  });

  it('is made once when several nodes start at once', async () => {
    const nodes = await Promise.all(Array.from({ length: 4 }, () => open()));
    assert.equal(new Set(nodes.map((node) => node.workspaceId)).size, 1);
    assert.deepEqual(await database.sql('SELECT count(*)::text FROM workspaces'), [['1']]);
    await Promise.all(nodes.map((node) => node.close()));
  });

  it('is waited for no longer than the lock time-out', async () => {
    const lock = database.sql('BEGIN; SELECT pg_advisory_xact_lock(7101339481); SELECT pg_sleep(1); COMMIT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await assert.rejects(open({ migrate: { lockTimeoutMs: 100 } }), { code: 'ERR_STORE_LOCKED' });
    await lock;
  });
});
