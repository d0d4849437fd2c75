import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startServer, type TestServer } from '../../../scripts/testing/servers/index.ts';
import { createDatabase, type Database } from '../../../src/db/index.ts';
import { coreEntities } from '../../../src/entities/index.ts';
import { silentLogger, systemClock } from '../../../src/kernel/index.ts';
import { defineEntity, f, typedefs } from '../../../src/schema/index.ts';
import { createTestEnvironment } from '../../support/admin.ts';
import { requireService } from '../../support/services.ts';
import { until } from '../../support/until.ts';
import { closeAll, createTestDatabase, type OptionsUnderTest, strategyOn, type TestDatabase } from './database.ts';

requireService('mariadb');

function open(
  database: TestDatabase,
  more: OptionsUnderTest = {},
  entities: Parameters<typeof createDatabase>[0]['entities'] = coreEntities,
): Promise<Database> {
  return createDatabase({
    strategy: strategyOn(database.server, more),
    entities,
    environment: createTestEnvironment(systemClock),
    onEvent: () => {},
    clock: systemClock,
    logger: silentLogger,
  });
}

describe('a MySQL store', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  it('tells texts apart by case, accents and spaces at the end', async () => {
    const store = await open(database);
    const names = ['a', 'A', 'á', 'a ', ' a', 'a\u0000', '🦧'];
    for (const username of names) {
      const made = await store.dao('consumers').insert({ username });
      assert.ok(made.ok, JSON.stringify(made));
    }
    for (const username of names) {
      const found = await store.dao('consumers').selectBy('username', username);
      assert.equal(found.ok && found.value?.username, username);
    }
    await store.close();
  });

  it('refuses text that its index cannot hold, by the name of the field', async () => {
    const store = await open(database);
    const long = await store.dao('consumers').insert({ username: 'x'.repeat(513) });
    assert.deepEqual(!long.ok && [long.error.code, long.error.fields], [2, { username: 'length must be at most 512' }]);
    assert.equal((await store.dao('consumers').insert({ username: 'é'.repeat(512) })).ok, true);
    await store.close();
  });
});

describe('the migrations of a MySQL store', () => {
  it('must have run, whole, and by nothing newer', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const asItIs = (entities = coreEntities): Promise<Database> => open(database, { migrate: undefined }, entities);
    await assert.rejects(asItIs(), { code: 'ERR_STORE_BOOTSTRAP', message: /run 'gibbon migrations bootstrap'$/ });
    const nodes = await Promise.all([open(database), open(database), open(database)]);
    assert.equal(new Set(nodes.map((node) => node.workspaceId)).size, 1);
    await Promise.all(nodes.map((node) => node.close()));
    await (await asItIs()).close();

    await database.sql("UPDATE schema_meta SET state = 'pending' WHERE kind = 'step'");
    await assert.rejects(asItIs(), { code: 'ERR_STORE_PENDING', message: /run 'gibbon migrations finish'$/ });
    await (await open(database)).close();
    await (await asItIs()).close();

    const grown = coreEntities.map((entity) =>
      entity.name === 'consumers' ? { ...entity, fields: { ...entity.fields, extra: f.string() } } : entity,
    );
    const added = defineEntity({ name: 'wishes', primary_key: ['id'], fields: { id: typedefs.uuid() } });
    await assert.rejects(asItIs([...grown, added]), {
      code: 'ERR_STORE_MIGRATIONS',
      message: /entities consumers\.extra, wishes\): run 'gibbon migrations up'$/,
    });
    const store = await open(database, {}, [...grown, added]);
    assert.ok((await store.dao('consumers').insert({ username: 'u', extra: 'e' })).ok);
    await store.close();

    await database.sql("INSERT INTO schema_meta VALUES ('step', '999_future', 'executed')");
    await assert.rejects(open(database), { code: 'ERR_STORE_NEWER' });
  });

  it('wait for one another no longer than the lock time-out', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const held = database.sql("SELECT GET_LOCK(CONCAT('gibbon_', SHA1(DATABASE())), 5), SLEEP(2)");
    await until(async () => {
      const [[used]] = (await database.sql("SELECT IS_USED_LOCK(CONCAT('gibbon_', SHA1(DATABASE())))")) as [[unknown]];
      return used !== null;
    });
    await assert.rejects(open(database, { migrate: { lockTimeoutMs: 1000 } }), { code: 'ERR_STORE_LOCKED' });
    await held;
  });
});

describe('a MySQL server that dies and comes back', () => {
  let server: TestServer;
  before(() => {
    server = startServer('mariadb');
  });
  after(() => server.stop());

  it('costs the writes of that time, and nothing else', async (t) => {
    const database = await createTestDatabase(server.url);
    t.after(() => closeAll(database.server));
    const store = await open(database);
    const consumers = store.dao('consumers');
    assert.ok((await consumers.insert({ username: 'before' })).ok);
    server.kill();
    assert.equal(await store.reachable(), false);
    for (const attempt of [() => consumers.insert({ username: 'during' }), () => consumers.page()]) {
      await assert.rejects(attempt, (fault: Error & { code: string }) => {
        assert.equal(fault.code, 'ERR_STORE');
        assert.match(fault.message, /^Cannot (?:read from|write to) the store: /);
        assert.doesNotMatch(fault.message, /SELECT|INSERT|during/);
        return true;
      });
    }
    server.restart();
    await until(() => store.reachable());
    assert.ok((await consumers.insert({ username: 'after' })).ok);
    const names = (await Array.fromAsync(consumers.each())).map((row) => String(row.username)).sort();
    assert.deepEqual(names, ['after', 'before']);
    await store.close();
  });
});
