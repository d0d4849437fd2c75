import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { startPostgres } from '../../../scripts/testing/servers/index.ts';
import { createPool, type PostgresServer } from '../../../src/db/strategies/postgres/connection.ts';
import { coreEntities } from '../../../src/entities/index.ts';
import { createManualClock } from '../../../src/kernel/index.ts';
import { loadOrCreateDefaultCertificate } from '../../../src/tls/index.ts';
import { requireService } from '../../support/services.ts';
import { after, createTestDatabase, serverOf, strategyOn, type TestDatabase } from './database.ts';

const executable = requireService('postgres');

describe('connections to Postgres', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(() => database.drop());

  it('use the schema that is set, which a migration makes', async () => {
    const strategy = strategyOn({ ...database.server, schema: 'my "own"' });
    await strategy.open(coreEntities.filter(({ name }) => name !== 'tags'));
    await strategy.close();
    const counts = await database.sql(
      "SELECT schemaname, count(*)::text FROM pg_tables WHERE schemaname !~ '^pg_|^inf' GROUP BY 1",
    );
    assert.deepEqual(counts, [['my "own"', '35']]);
  });

  it('are no more than the pool may have, and give up a query that takes too long', async () => {
    const pool = createPool({ ...database.server, poolSize: 2, timeoutMs: 400 }, after);
    const pids = await Promise.all(
      Array.from({ length: 8 }, () => pool.query('SELECT pg_backend_pid()::text, pg_sleep(0.02)::text')),
    );
    assert.ok(new Set(pids.map(({ rows }) => rows[0]![0])).size <= 2);
    await assert.rejects(pool.query('SELECT pg_sleep(5)'));
    // The connection that did not answer is not used again.
    assert.deepEqual((await pool.query('SELECT 1')).rows, [['1']]);
    await pool.close();
  });

  it('wait for their turn where queries under way are limited', async () => {
    const pool = createPool({ ...database.server, maxConcurrentQueries: 1, semaphoreTimeoutMs: 100 }, after);
    const slow = pool.query('SELECT pg_sleep(0.5)');
    await assert.rejects(pool.query('SELECT 1'), { code: 'ERR_STORE_BUSY', message: /did not come within 100 ms/ });
    await slow;
    assert.equal((await pool.query('SELECT 1')).count, 1);
    await pool.close();
    const narrow = createPool({ ...database.server, poolSize: 1, backlog: 1 }, after);
    const queries = [1, 2, 3].map(() => narrow.query('SELECT pg_sleep(0.1)'));
    const outcomes = await Promise.allSettled(queries);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    await narrow.close();
  });

  it('read from a replica, and write to the primary', async () => {
    const copy = await createTestDatabase();
    const entities = coreEntities.filter(({ name }) => name !== 'tags');
    const second = strategyOn(copy.server);
    await second.open(entities);
    const strategy = strategyOn(database.server, { replica: copy.server });
    await strategy.open(entities);
    const row = { id: crypto.randomUUID(), username: 'u', custom_id: null, created_at: 1, updated_at: 1, tags: null };
    await strategy.transaction(async (session) => {
      assert.equal(await session.insert('consumers', { row }), undefined);
      assert.deepEqual((await session.select('consumers', [row.id]))?.row, row);
      return { commit: true, value: undefined };
    });
    assert.equal(await strategy.read.select('consumers', [row.id]), undefined);
    // A replica that may be behind is not asked until it has had time.
    const clock = createManualClock();
    const patient = strategyOn(database.server, { replica: copy.server, replicaLagMs: 500, clock });
    await patient.open(entities);
    assert.deepEqual((await patient.read.select('consumers', [row.id]))?.row, row);
    clock.advance(501);
    assert.equal(await patient.read.select('consumers', [row.id]), undefined);
    await patient.close();
    assert.deepEqual(await database.sql('SELECT username FROM consumers'), [['u']]);
    await Promise.all([strategy.close(), second.close()]);
    await copy.drop();
  });

  it('name the statement once per connection', async () => {
    const pool = createPool({ ...database.server, poolSize: 1 }, after);
    for (let at = 0; at < 3; at++) await pool.query('SELECT $1::int', [at]);
    const { rows } = await pool.query("SELECT name FROM pg_prepared_statements WHERE statement = 'SELECT $1::int'");
    assert.equal(rows.length, 1);
    await pool.close();
  });
});

describe('TLS to Postgres', () => {
  it('is refused by a server without it, and verified where that is asked for', async (t) => {
    const plain = await createTestDatabase();
    t.after(() => plain.drop());
    const asked = async (server: PostgresServer): Promise<string> => {
      const pool = createPool(server, after);
      try {
        const sql = 'SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
        return String((await pool.query(sql)).rows[0]?.[0]);
      } catch (fault) {
        return (fault as Error).message;
      } finally {
        await pool.close();
      }
    };
    assert.equal(await asked(plain.server), 'false');
    assert.match(await asked({ ...plain.server, tls: { verify: false } }), /does not support SSL/);

    const folder = mkdtempSync(join(tmpdir(), 'gibbon-pg-tls-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const pair = await loadOrCreateDefaultCertificate(folder, { name: 'server' });
    const server = startPostgres(executable, { tls: { cert: pair.cert[0]!, key: pair.key[0]! } });
    t.after(() => server.stop());
    const own = serverOf(new URL(server.url));
    assert.equal(await asked({ ...own, tls: { verify: false } }), 'true');
    assert.match(await asked({ ...own, tls: { verify: true } }), /self-signed/);
    const trusted = { verify: true, ca: [pair.cert[0]!] };
    assert.match(await asked({ ...own, tls: trusted }), /does not match certificate's altnames/);
    assert.equal(await asked({ ...own, host: 'localhost', tls: trusted }), 'true');
  });
});
